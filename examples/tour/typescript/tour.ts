/** A tour of the showcase with the client that was generated for TypeScript: `node dist/tour.js SOCKET`. */
import { CallError, MathError, OrderError, UNKNOWN } from "showcase";
import type { Client, OrderErrorDetail } from "showcase";
import { connect } from "showcase/node";

async function tour(socket: string): Promise<void> {
  await using client = await connect(socket);
  await requestAndResponse(client);
  await declaredError(client);
  await streams(client);
  await state(client);
  await tellThenAsk(client);
  await orders(client);
  await subscription(client);
  await messagePack(socket);
  await timeLimitAndCancel(client);
  await failure(client);
}

async function requestAndResponse(client: Client): Promise<void> {
  heading("Request and response");
  const { sum } = await client.calculator().add(5, 3);
  line("calculator.add(5, 3)", `sum ${sum}`);
  const { status } = await client.health().healthCheck();
  line("health.health_check()", status);
}

async function declaredError(client: Client): Promise<void> {
  heading("A typed error in place of a wrong sum");
  let came: string;
  try {
    const { sum } = await client.calculator().add(2 ** 31 - 1, 1);
    came = `sum ${sum}`;
  } catch (error) {
    if (!(error instanceof MathError)) throw error;
    came = `MathError: ${error.error}`;
  }
  line("calculator.add(2147483647, 1)", came);
}

async function streams(client: Client): Promise<void> {
  heading("Streams: many replies to one call");
  const names: string[] = [];
  for await (const { name } of client.listService().list({ pageSize: 10n })) names.push(name);
  line("list_service.list(page_size 10)", `${names.length} items, \`${names.at(0)}\` to \`${names.at(-1)}\``);

  for await (const { value } of client.countdown().countdown(3, 100n)) {
    line("countdown.countdown(3, 100)", `tick ${value}`);
  }
}

async function state(client: Client): Promise<void> {
  heading("State between calls");
  const store = client.kvStore();
  await store.setValue("greeting", "hello from TypeScript");
  line('kv_store.set_value("greeting", ...)', "done");
  for (const key of ["greeting", "farewell"]) {
    const { value } = await store.getValue(key);
    line(`kv_store.get_value("${key}")`, value ?? "no value");
  }
}

async function tellThenAsk(client: Client): Promise<void> {
  heading("A tell, which has no reply, then an ask");
  const agent = client.agent();
  await agent.notify("lunch", "in the park at noon");
  line('agent.notify("lunch", ...)', "sent");
  line("agent.query_status()", await agent.queryStatus());
}

async function orders(client: Client): Promise<void> {
  heading("An order taken, and two refused, each for its own reason");
  for (const product of ["widget", "gadget", "unicorn"]) {
    let came: string;
    try {
      const { orderId } = await client.orders().placeOrder({ product });
      came = `confirmed as ${orderId}`;
    } catch (error) {
      if (!(error instanceof OrderError)) throw error;
      came = `OrderError: ${refusal(error.error)}`;
    }
    line(`orders.place_order("${product}")`, came);
  }
}

// The compiler knows all variants: a `switch` that forgets one returns nothing, and does not compile. What a
// newer server sends, and this client does not know, is `UNKNOWN`.
function refusal(error: OrderErrorDetail): string {
  switch (error.kind) {
    case "OutOfStock":
      return "out of stock";
    case "ProductNotFound":
      return `no product \`${error.value}\``;
    case UNKNOWN:
      return `\`${error.name}\`, which is newer than this client`;
  }
}

async function subscription(client: Client): Promise<void> {
  heading("A subscription: the server pushes");
  let seen = 0;
  for await (const { symbol, price } of client.priceFeed().subscribe("PriceUpdate")) {
    line("price_feed: PriceUpdate", `${symbol} ${price.toFixed(2)}`);
    if (++seen === 3) break;
  }
}

async function messagePack(socket: string): Promise<void> {
  heading("The same call over MessagePack");
  await using client = await connect(socket, { codec: "messagepack" });
  const { sum } = await client.calculator().add(5, 3);
  line("calculator.add(5, 3)", `sum ${sum}`);
}

async function timeLimitAndCancel(client: Client): Promise<void> {
  heading("A call with a time limit, and a stream that is left early");
  const { sum } = await client.calculator().add(20, 22, { timeout: 1_000 });
  line("calculator.add(20, 22), at most 1 s", `sum ${sum}`);

  for await (const { value } of client.countdown().countdown(1_000, 10n)) {
    if (value > 998) continue;
    line("countdown.countdown(1000, 10)", `cancelled at tick ${value}`);
    // The server stops counting when the loop is left.
    break;
  }
}

async function failure(client: Client): Promise<void> {
  heading("A failure on the way: nobody has that name");
  let came: string;
  try {
    const { sum } = await client.calculator("nobody").add(5, 3);
    came = `sum ${sum}`;
  } catch (error) {
    if (!(error instanceof CallError)) throw error;
    came = `${error.code}: ${error.message}`;
  }
  line('calculator at "nobody": add(5, 3)', came);
}

function heading(text: string): void {
  console.log(styled("1", text));
}

/** Prints what was called and what came of it. */
function line(call: string, came: string): void {
  console.log(`  ${call.padEnd(36)} ${styled("2", "->")} ${styled("32", came)}`);
}

/** Bold, dim and colours are for people at a terminal who have not declined them. */
function styled(style: string, text: string): string {
  return process.env["NO_COLOR"] || !process.stdout.isTTY ? text : `\x1b[${style}m${text}\x1b[0m`;
}

const [socket] = process.argv.slice(2);
if (socket === undefined) {
  console.error("usage: node dist/tour.js SOCKET");
  process.exit(2);
}
try {
  await tour(socket);
} catch (error) {
  console.error(`error: ${error instanceof CallError ? `${error.code}: ${error.message}` : String(error)}`);
  process.exitCode = 1;
}
