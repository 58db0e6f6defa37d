/** The test client of the conformance suite in TypeScript: it plays cases with the generated client. */
import { createInterface } from "node:readline";

import type { CallOptions, Client, EventOrGap, Hosted, ProbeClient, Tick } from "conformance";
import { CallbackContract } from "conformance/handlers";
import { connect } from "conformance/node";

import { Handler } from "./handler.js";
import { connectOptions, say, tally, toldFailure, toldItem, toldWide } from "./told.js";
import type { Call, Case, Json, Outcome, Step, Taken } from "./told.js";

/** What items are taken from. */
type Source = AsyncIterator<number | EventOrGap<Tick>, undefined, undefined>;

/** An actor of this client's. */
interface Actor {
  readonly hosted: Hosted;
  readonly handler: Handler;
}

/** A call that was begun. */
interface Begun {
  readonly outcome: Promise<Outcome>;
  readonly controller: AbortController;
}

class Player {
  readonly outcomes: Record<string, Outcome | Taken> = {};
  readonly #client: Client;
  readonly #buffer: number | undefined;
  readonly #nextLine: () => Promise<string | undefined>;
  readonly #begun = new Map<string, Begun>();
  readonly #sources = new Map<string, Source>();
  readonly #actors = new Map<string, Actor>();
  readonly #kept = new Map<string, (options: CallOptions) => Promise<null>>();

  constructor(client: Client, { options }: Case, nextLine: () => Promise<string | undefined>) {
    this.#client = client;
    this.#buffer = options.subscription_buffer;
    this.#nextLine = nextLine;
  }

  async play(step: Step): Promise<void> {
    switch (step.do) {
      case "call":
        await this.#make(step.as, step.begin === true, (signal) => this.#call(step, step.keep ?? "", signal));
        return;
      case "crowd":
        await this.#make(step.as, step.begin === true, () => this.#crowd(step.calls));
        return;
      case "end":
        this.outcomes[step.call] = await this.#ended(step.call).outcome;
        return;
      case "cancel": {
        const { controller, outcome } = this.#ended(step.call);
        controller.abort();
        this.outcomes[step.call] = await outcome;
        return;
      }
      case "stream":
        this.#sources.set(step.as, this.#stream(step));
        return;
      case "subscribe":
        await this.#subscribe(step.as);
        return;
      case "next":
        await this.#take(step.of, step.count ?? Number.POSITIVE_INFINITY);
        return;
      case "leave":
        await this.#source(step.of).return?.();
        this.#sources.delete(step.of);
        return;
      case "host":
        this.#host(step);
        return;
      case "until":
        await this.#actor(step.of).handler.until(step);
        return;
      case "release":
        this.#actor(step.of).handler.release();
        return;
      case "unhost":
        this.#actor(step.of).hosted.close();
        return;
      case "sync":
        say({ sync: step.word });
        await this.#nextLine();
        return;
      case "close":
        await this.#client.close();
        return;
    }
  }

  #host({ as: name, id = "cb", does = "echo", concurrency }: Extract<Step, { readonly do: "host" }>): void {
    const handler = new Handler(does, this.#client);
    this.#actors.set(name, { handler, hosted: this.#client.host(CallbackContract, handler, { id, concurrency }) });
  }

  #actor(name: string): Actor {
    const actor = this.#actors.get(name);
    if (actor === undefined) throw new Error(`there is no actor ${name}`);
    return actor;
  }

  async #make(name: string, begin: boolean, make: (signal: AbortSignal) => Promise<Outcome>): Promise<void> {
    const controller = new AbortController();
    const outcome = make(controller.signal);
    if (begin) this.#begun.set(name, { controller, outcome });
    else this.outcomes[name] = await outcome;
  }

  #ended(name: string): Begun {
    const begun = this.#begun.get(name);
    if (begun === undefined) throw new Error(`no call ${name} was begun`);
    this.#begun.delete(name);
    return begun;
  }

  async #call(call: Call, keep: string, signal: AbortSignal): Promise<Outcome> {
    try {
      return { ok: await this.#reply(call, keep, { timeout: call.timeout_ms, signal }) };
    } catch (error) {
      return signal.aborted && error === signal.reason ? { cancelled: true } : { ...toldFailure(error) };
    }
  }

  async #crowd(calls: number): Promise<Outcome> {
    const probe = this.#client.probe();
    return tally(await Promise.allSettled(Array.from({ length: calls }, (_, number) => probe.echo(String(number)))));
  }

  #reply(call: Call, keep: string, options: CallOptions): Json | Promise<Json> {
    const probe = this.#client.probe(call.actor);
    const { text = "", gate = "", kept = "", method = "", count = 0, bytes = 0, value = 0 } = call.args ?? {};
    switch (call.method) {
      case "echo":
        return probe.echo(text, options);
      case "read":
        return probe.read(text, options);
      case "wide": {
        const { unsigned, signed } = typeof value === "number" ? { unsigned: value, signed: value } : value;
        return probe.wide({ unsigned: BigInt(unsigned), signed: BigInt(signed) }, options).then(toldWide);
      }
      case "float":
        return probe.float(Number(value), options);
      case "long":
        return probe.long(bytes, options).then((long) => long.length);
      case "refuse":
        return probe.refuse(options);
      case "wait":
        return probe.wait(gate, options);
      case "open":
        return probe.open(gate, options);
      case "gathered":
        return probe.gathered(gate, count, options);
      case "publish":
        return probe.publish(count, options);
      case "note":
        return probe.note(text, options).then(() => null);
      case "notes":
        return probe.notes(options);
      case "explode":
        return probe.explode(options);
      case "call_back":
        return probe.callBack(this.#actor(kept).hosted.mailbox, method, options);
      case "take": {
        const take = this.#kept.get(kept);
        if (take === undefined) throw new Error(`nothing is kept as ${kept}`);
        return take(options);
      }
      default:
        return this.#give(probe, call, keep, options);
    }
  }

  async #give(probe: ProbeClient, { method }: Call, keep: string, options: CallOptions): Promise<Json> {
    switch (method) {
      case "give_colour": {
        const colour = await probe.giveColour(options);
        this.#kept.set(keep, (options) => probe.takeColour(colour, options));
        break;
      }
      case "give_shape": {
        const shape = await probe.giveShape(options);
        this.#kept.set(keep, (options) => probe.takeShape(shape, options));
        break;
      }
      case "give_step": {
        const step = await probe.giveStep(options);
        this.#kept.set(keep, (options) => probe.takeStep(step, options));
        break;
      }
      case "give_order": {
        const order = await probe.giveOrder(options);
        this.#kept.set(keep, (options) => probe.takeOrder(order, options));
        break;
      }
      case "give_tree": {
        const tree = await probe.giveTree(options);
        this.#kept.set(keep, (options) => probe.takeTree(tree, options));
        break;
      }
      default:
        throw new Error(`there is no method ${method}`);
    }
    return "kept";
  }

  #stream({ method, actor, args, timeout_ms: timeout }: Call): Source {
    const probe = this.#client.probe(actor);
    switch (method) {
      case "count":
        return probe.count(args?.to ?? 0, { timeout });
      case "failing":
        return probe.failing(args?.after ?? 0, { timeout });
      case "endless":
        return probe.endless(args?.gate ?? "", { timeout });
      default:
        throw new Error(`there is no stream ${method}`);
    }
  }

  async #subscribe(name: string): Promise<void> {
    const subscription = this.#client.probe().subscribe("Tick", { buffer: this.#buffer });
    try {
      await subscription.ready();
      this.#sources.set(name, subscription.withGaps());
    } catch (error) {
      this.outcomes[name] = { items: [], ended: false, ...toldFailure(error) };
    }
  }

  #source(name: string): Source {
    const source = this.#sources.get(name);
    if (source === undefined) throw new Error(`there is no stream ${name}`);
    return source;
  }

  async #take(name: string, count: number): Promise<void> {
    const source = this.#source(name);
    const known = this.outcomes[name] as Taken | undefined;
    const taken: Taken = known ?? { items: [], ended: false };
    this.outcomes[name] = taken;
    try {
      for (let left = count; left > 0; left--) {
        const { done, value } = await source.next();
        if (done === true) {
          taken.ended = true;
          return;
        }
        taken.items.push(toldItem(value));
      }
    } catch (error) {
      Object.assign(taken, toldFailure(error));
    }
  }

  async end(): Promise<void> {
    for (const [name, { handler }] of this.#actors) {
      handler.release();
      if (handler.texts.length > 0) this.outcomes[name] = { told: handler.texts };
    }
    for (const source of this.#sources.values()) await source.return?.();
  }
}

async function play(told: Case, nextLine: () => Promise<string | undefined>): Promise<void> {
  let client: Client;
  try {
    client = await connect(told.socket, connectOptions(told));
  } catch (error) {
    say({ outcome: { connect: toldFailure(error) } });
    return;
  }
  const player = new Player(client, told, nextLine);
  try {
    for (const step of told.steps) await player.play(step);
    await player.end();
  } finally {
    await client.close();
  }
  say({ outcome: player.outcomes });
}

const lines: AsyncIterator<string, undefined> = createInterface({ input: process.stdin })[Symbol.asyncIterator]();

async function nextLine(): Promise<string | undefined> {
  const next = await lines.next();
  return next.done === true ? undefined : next.value;
}

for (let line = await nextLine(); line !== undefined; line = await nextLine()) {
  await play(JSON.parse(line) as Case, nextLine);
}
