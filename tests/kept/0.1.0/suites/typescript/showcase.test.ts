/** The generated TypeScript client calls everything that the showcase serves. */
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";

import {
  ActorNotFound,
  CallError,
  ConnectionLost,
  ContractError,
  ListError,
  MathError,
  OrderError,
  SerializationError,
  UnknownMessageType,
} from "showcase";
import type { Client, ListItem, PriceUpdate, TradeExecuted } from "showcase";
import { connect } from "showcase/node";

import { runDuringTests } from "../../service.mjs";

const limit = { timeout: 20_000 };

/** What a stream gives until its end. */
async function all<T>(stream: AsyncIterable<T>): Promise<T[]> {
  const items: T[] = [];
  for await (const item of stream) items.push(item);
  return items;
}

for (const codec of ["json", "messagepack"] as const) {
  describe(codec, () => {
    // One for each codec, since a notification is not taken back.
    const socket = runDuringTests("showcase", "--tick-ms", "50");
    const options = { codec, timeout: 10_000 };
    let client: Client;
    before(async () => {
      client = await connect(socket, options);
    });
    after(() => client.close());

    test("calculator: a sum", limit, async () => {
      assert.deepEqual(await client.calculator().add(5, 3), { sum: 8 });
      assert.deepEqual(await client.calculator().add(2 ** 31 - 1, -(2 ** 31)), { sum: -1 });
    });

    test("calculator: a declared error in place of a wrong sum", limit, async () => {
      for (const [a, b] of [
        [2 ** 31 - 1, 1],
        [-(2 ** 31), -1],
      ] as const) {
        await assert.rejects(client.calculator().add(a, b), (error) => {
          assert.ok(error instanceof MathError && error instanceof ContractError && error instanceof CallError);
          assert.equal(error.error, "Overflow");
          assert.deepEqual([error.code, error.delivered, error.retryable], ["ContractError", "yes", false]);
          return true;
        });
      }
    });

    test("list_service: every item, whatever the page", limit, async () => {
      const expected: ListItem[] = Array.from({ length: 25 }, (_, index) => ({
        id: BigInt(index + 1),
        name: `item ${String(index + 1)}`,
      }));
      for (const pageSize of [1n, 10n, 2n ** 64n - 1n]) {
        assert.deepEqual(await all(client.listService().list({ pageSize })), expected);
      }
    });

    test("list_service: a stream that is refused", limit, async () => {
      await assert.rejects(all(client.listService().list({ pageSize: 0n })), (error) => {
        assert.ok(error instanceof ListError);
        assert.equal(error.error, "EmptyPages");
        return true;
      });
    });

    test("countdown: its steps, in time", limit, async () => {
      const begun = performance.now();
      assert.deepEqual(await all(client.countdown().countdown(3, 20n)), [{ value: 3 }, { value: 2 }, { value: 1 }]);
      assert.ok(performance.now() - begun >= 39, "two pauses of 20 ms");
      assert.deepEqual(await all(client.countdown().countdown(0, 20n)), []);
    });

    test("kv_store: what is set is kept", limit, async () => {
      const store = client.kvStore();
      assert.equal(await store.setValue("name", "Ada"), null);
      await store.setValue("name", "Ada ☃ \u{1f680} \0");
      await store.setValue("", "");
      assert.deepEqual(await store.getValue("name"), { value: "Ada ☃ \u{1f680} \0" });
      assert.deepEqual(await store.getValue(""), { value: "" });
      assert.deepEqual(await store.getValue("nothing"), { value: null });
    });

    test("orders: a confirmation, or either declared error", limit, async () => {
      const orders = client.orders();
      const first = await orders.placeOrder({ product: "widget" });
      const second = await orders.placeOrder({ product: "widget" });
      assert.notEqual(first.orderId, second.orderId);
      const refusals = [
        ["gadget", { kind: "OutOfStock" }],
        ["unicorn ☃", { kind: "ProductNotFound", value: "unicorn ☃" }],
      ] as const;
      for (const [product, expected] of refusals) {
        await assert.rejects(orders.placeOrder({ product }), (error) => {
          assert.ok(error instanceof OrderError);
          assert.deepEqual(error.error, expected);
          return true;
        });
      }
    });

    test("price_feed: both events", limit, async () => {
      const updates: PriceUpdate[] = [];
      const trades: TradeExecuted[] = [];
      const feed = client.priceFeed().subscribe(["PriceUpdate", "TradeExecuted"]);
      await feed.ready();
      for await (const event of feed) {
        if ("quantity" in event) trades.push(event);
        else updates.push(event);
        if (updates.length >= 3 && trades.length >= 3) break;
      }
      for (const { symbol, price } of [...updates, ...trades]) assert.ok(symbol !== "" && price > 0);
      for (const { quantity } of trades) assert.ok(Number.isInteger(quantity) && quantity > 0);
      assert.equal(feed.missed, 0);
    });

    test("price_feed: one event, for more than one reader", limit, async () => {
      const first = client.priceFeed().subscribe("PriceUpdate");
      const second = client.priceFeed().subscribe("PriceUpdate");
      await Promise.all([first.ready(), second.ready()]);
      assert.ok(!(await first.next()).done);
      await first.return();
      for (let count = 0; count < 3; count++) {
        const { value } = await second.next();
        assert.ok(value !== undefined && !("quantity" in value));
      }
      await second.return();
      assert.deepEqual(await second.next(), { done: true, value: undefined });
    });

    test("health: ok", limit, async () => {
      assert.deepEqual(await client.health().healthCheck(), { status: "ok" });
    });

    test("agent: online once a notification has reached it", limit, async () => {
      const agent = client.agent();
      assert.equal(await agent.queryStatus(), "Offline");
      await agent.notify("lunch", "in the park at noon");
      assert.equal(await agent.queryStatus(), "Online");
    });

    test("a stream that is left, and a call after it", limit, async () => {
      for await (const tick of client.countdown().countdown(2 ** 32 - 1, 1n)) {
        if (tick.value < 2 ** 32 - 3) break;
      }
      assert.deepEqual(await client.calculator().add(1, 1), { sum: 2 });
    });

    test("a stream that is aborted, and a call after it", limit, async () => {
      const controller = new AbortController();
      const reason = new Error("seen enough");
      // The second step is an hour away.
      const ticks = client.countdown().countdown(2, 3_600_000n, { signal: controller.signal });
      assert.deepEqual(await ticks.next(), { done: false, value: { value: 2 } });
      const next = ticks.next();
      controller.abort(reason);
      await assert.rejects(next, (error) => error === reason);
      assert.deepEqual(await client.calculator().add(1, 1), { sum: 2 });
    });

    test("an actor that is not there", limit, async () => {
      await assert.rejects(client.calculator("nobody").add(1, 1), (error) => {
        assert.ok(error instanceof ActorNotFound);
        assert.deepEqual([error.code, error.delivered], ["ActorNotFound", "no"]);
        assert.match(error.message, /nobody/);
        return true;
      });
      await assert.rejects(all(client.countdown("nobody").countdown(1, 0n)), ActorNotFound);
    });

    test("an actor of another contract", limit, async () => {
      await assert.rejects(client.health("calculator").healthCheck(), (error) => {
        assert.ok(error instanceof UnknownMessageType);
        assert.deepEqual([error.code, error.delivered], ["UnknownMessageType", "no"]);
        return true;
      });
    });

    test("what does not fit is not sent", limit, async () => {
      const cases: [() => Promise<unknown>, RegExp][] = [
        [() => client.calculator().add("5" as never, 3), /a: expected i32, found string/],
        [() => client.calculator().add(2 ** 31, 0), /a: expected i32, found integer out of range/],
        [() => client.calculator().add(0, 0.5), /b: expected i32/],
        [() => client.kvStore().setValue("key", undefined as never), /value: expected string/],
        [() => client.orders().placeOrder({} as never), /product: expected string/],
        [() => client.orders().placeOrder(null as never), /request: expected/],
        [() => client.agent().notify(7 as never, ""), /subject: expected string/],
        [() => all(client.countdown().countdown(-1, 0n)), /from: expected u32/],
        [() => all(client.countdown().countdown(1, 0 as never)), /delayMs: expected u64/],
        [() => all(client.listService().list({ pageSize: 2n ** 64n })), /pageSize: expected u64/],
      ];
      for (const [call, words] of cases) {
        await assert.rejects(call(), (error) => {
          assert.ok(error instanceof SerializationError);
          assert.match(error.message, words);
          assert.equal(error.delivered, "no");
          return true;
        });
      }
      assert.deepEqual(await client.calculator().add(5, 3), { sum: 8 });
    });

    test("many calls in flight", limit, async () => {
      // It stays open while the others go on: its second step is an hour away.
      const slow = client.countdown().countdown(2, 3_600_000n);
      assert.deepEqual(await slow.next(), { done: false, value: { value: 2 } });
      const calculator = client.calculator();
      const numbers = Array.from({ length: 500 }, (_, number) => number);
      const sums = await Promise.all(numbers.map((number) => calculator.add(number, 1)));
      assert.deepEqual(
        sums,
        numbers.map((number) => ({ sum: number + 1 })),
      );
      const lists = await Promise.all(numbers.slice(0, 20).map(() => all(client.listService().list({ pageSize: 5n }))));
      for (const items of lists) assert.equal(items.length, 25);
      await slow.return();
    });

    test("a client that was closed", limit, async () => {
      const other = await connect(socket, options);
      const ticks = other.countdown().countdown(2, 3_600_000n);
      assert.deepEqual(await ticks.next(), { done: false, value: { value: 2 } });
      await other.close();
      assert.ok(other.isClosed);
      await assert.rejects(ticks.next(), ConnectionLost);
      await assert.rejects(other.health().healthCheck(), ConnectionLost);
    });
  });
}
