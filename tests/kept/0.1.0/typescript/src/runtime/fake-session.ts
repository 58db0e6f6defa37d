/** One client of a fake server: the transport that it writes to, and what answers it. */
import type { FrameFields } from "./callee.js";
import type { Codec, CodecName } from "./codec.js";
import type { ControlFields } from "./envelope.js";
import { fault } from "./errors.js";
import type { Part } from "./fake.js";
import { FrameReader, MAX_PAYLOAD, writeFrame } from "./frame.js";
import type { Running } from "./hosted-call.js";
import { Actors } from "./hosting.js";
import type { Serving } from "./hosting.js";
import { Output } from "./output.js";
import type { Receiver, Transport } from "./transport.js";

/** How many calls a client may have in flight, as servers say that are told nothing else. */
const IN_FLIGHT = 1024;

type Later = (task: () => void) => void;

/**
 * Runs a task once timers have had their turn: streams without end must not keep them from it. It is taken here, before tests
 * exchange it for one that stands still.
 */
const later: Later =
  (globalThis as { readonly setImmediate?: Later }).setImmediate ??
  (
    (start) => (task) =>
      void start(task, 0)
  )(globalThis.setTimeout);

/** What a session is told by its server, and tells it. */
export interface FakeOwner {
  /** The number of the next event of this name. */
  next(event: string): number;
  /** The session is over. */
  ended(): void;
}

/** A connection in memory. */
export class FakeSession implements Transport {
  readonly backlog = 0;
  readonly #codec: Codec;
  readonly #receiver: Receiver;
  readonly #epoch: string;
  readonly #owner: FakeOwner;
  readonly #reader: FrameReader = new FrameReader((payload) => {
    this.#read(payload);
  });
  readonly #actors: Actors = new Actors(this, "the fake server has no actor of this id (AgentNotFound)");
  readonly #served = new Map<string, Parts>();
  readonly #subscribed = new Set<string>();
  #isOver = false;

  constructor(codec: Codec, receiver: Receiver, epoch: string, owner: FakeOwner) {
    this.#codec = codec;
    this.#receiver = receiver;
    this.#epoch = epoch;
    this.#owner = owner;
  }

  /** What is written here. */
  get codec(): CodecName {
    return this.#codec.name;
  }

  write(bytes: Uint8Array, written?: () => void): void {
    later(() => {
      if (this.#isOver) return;
      written?.();
      try {
        this.#reader.push(bytes);
      } catch {
        this.drop();
      }
    });
  }

  soon(task: () => void): void {
    later(task);
  }

  end(): void {
    later(() => {
      this.drop();
    });
  }

  destroy(): void {
    this.drop();
  }

  /** Ends it, for both sides. */
  drop(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#owner.ended();
    this.#actors.lost(fault("ConnectionClosed", "the client is gone"));
    later(() => {
      this.#receiver.closed();
    });
  }

  /** Takes calls for an actor, or for one more of its contracts. */
  serve(id: string, part: Part): void {
    let parts = this.#served.get(id);
    if (parts === undefined) {
      parts = new Parts();
      this.#served.set(id, parts);
      this.#actors.add(id, parts);
    }
    parts.add(part.messages, part.serve(this));
  }

  /** Sends an event, if it is wanted. */
  push(event: string, seq: number, encode: (codec: CodecName) => unknown): void {
    if (!this.#subscribed.has(event)) return;
    const payload = encode(this.codec);
    const notification_type = "subscription";
    this.#send({ notification_type, message_type: event, timestamp: Date.now(), seq, payload });
  }

  #read(payload: Uint8Array): void {
    const fields = this.#codec.read(payload, () => "order") as FrameFields;
    if (typeof fields["control"] === "string") this.#control(fields["control"], fields);
    else if (Array.isArray(fields["message_types"])) this.#subscribe(fields, fields["message_types"] as string[]);
    else this.#actors.called(fields, this.#send);
  }

  #control(control: string, fields: FrameFields): void {
    switch (control) {
      case "hello":
        this.#reply(fields, {
          protocol: [1, 1],
          server: "callsheet-fake",
          epoch: this.#epoch,
          unknown: [],
          differing: [],
          limits: { frame: MAX_PAYLOAD, in_flight: IN_FLIGHT },
        });
        return;
      case "discover":
        this.#reply(fields, { actors: [...this.#served.keys()].map((name) => ({ name })) });
        return;
      case "ping":
        this.#reply(fields, null);
        return;
      case "unsubscribe":
        for (const name of (fields["message_types"] ?? [...this.#subscribed]) as string[])
          this.#subscribed.delete(name);
        this.#reply(fields, null);
        return;
      default:
        this.#actors.told(control, fields);
    }
  }

  #subscribe(fields: FrameFields, names: readonly string[]): void {
    for (const name of names) this.#subscribed.add(name);
    this.#reply(fields, { subscribed: Object.fromEntries(names.map((name) => [name, this.#owner.next(name)])) });
  }

  #reply({ request_id: id }: FrameFields, payload: unknown): void {
    if (typeof id === "string") this.#send({ success: true, request_id: id, error: null, payload });
  }

  readonly #send = (fields: ControlFields): void => {
    const output = new Output();
    writeFrame(output, (body) => {
      this.#codec.writeControl(body, fields);
    });
    const bytes = output.take();
    later(() => {
      if (!this.#isOver) this.#receiver.received(bytes);
    });
  };
}

/** An actor, of which each contract is served by itself. */
class Parts implements Serving {
  readonly #parts = new Map<string, Serving>();

  add(messages: readonly string[], part: Serving): void {
    for (const message of messages) this.#parts.set(message, part);
  }

  serve(message: string, payload: unknown, call: Running): void {
    const part = this.#parts.get(message);
    if (part === undefined) call.fail(fault("UnknownMessageType", "this fake has no such message"));
    else part.serve(message, payload, call);
  }

  stop(): void {
    for (const part of new Set(this.#parts.values())) part.stop();
  }
}
