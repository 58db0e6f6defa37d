/** One connection: any number of calls in flight, what is sent for them, and what comes back. */
import { Ask, Tell, reasonOf } from "./call.js";
import type { Exchange } from "./call.js";
import { loadCodec } from "./codec.js";
import type { Codec, CodecName } from "./codec.js";
import { Deadlines } from "./deadlines.js";
import { Disposing } from "./dispose.js";
import * as envelope from "./envelope.js";
import type { Incoming, RequestFacts } from "./envelope.js";
import { CallError, ConnectionLost, failure } from "./errors.js";
import { FrameReader, writeFrame } from "./frame.js";
import type { CallOptions, Method } from "./method.js";
import { Output } from "./output.js";
import { Subscriptions } from "./subscription.js";
import type { EventDecoders, SubscribeOptions, Subscription } from "./subscription.js";
import { Target } from "./target.js";
import type { Dial, Transport } from "./transport.js";

/** How a client talks to its server. */
export interface ConnectOptions {
  /** What messages are written in: "json" unless told, or "messagepack", which needs `@msgpack/msgpack`. */
  readonly codec?: CodecName | undefined;
  /** How long a call waits if it does not say so itself, in milliseconds: 30 000 unless told. */
  readonly timeout?: number | undefined;
}

const DEFAULT_TIMEOUT = 30_000;

/** The longest delay that a timer takes. */
const MAX_TIMEOUT = 0x7fffffff;

/** From here on what is to be sent is sent, not gathered further. */
const FLUSH_AT = 256 * 1024;

/** A connection to one server. */
export class Connection extends Disposing {
  readonly #codec: Codec;
  readonly #timeout: number;
  readonly #output = new Output();
  readonly #exchanges = new Map<string, Exchange>();
  readonly #deadlines = new Deadlines(() => this.#exchanges.values());
  readonly #subscriptions: Subscriptions = new Subscriptions(this);
  readonly #isWide = (id: string): boolean => this.#exchanges.get(id)?.wide ?? true;
  readonly #ended: Promise<void>;
  #resolveEnded: () => void = () => undefined;
  #transport: Transport | null = null;
  #lost: Error | null = null;
  #lastId = 0;
  #isFlushing = false;
  #tells: Tell[] = [];

  private constructor(codec: Codec, timeout: number) {
    super();
    this.#codec = codec;
    this.#timeout = timeout;
    this.#ended = new Promise((resolve) => {
      this.#resolveEnded = resolve;
    });
  }

  /**
   * Opens a connection.
   *
   * @throws {@link ConnectionLost} if nothing listens there; RangeError if an option makes no sense.
   */
  static async open(dial: Dial, options: ConnectOptions = {}): Promise<Connection> {
    const timeout = checkTimeout(options.timeout ?? DEFAULT_TIMEOUT);
    const connection = new Connection(await loadCodec(options.codec ?? "json"), timeout);
    const reader = new FrameReader((payload) => {
      connection.#receive(payload);
    });
    connection.#transport = await dial({
      received: (bytes) => {
        try {
          reader.push(bytes);
        } catch (error) {
          connection.#lose(error as Error);
        }
      },
      closed: (cause) => {
        connection.#lose(cause ?? null);
        connection.#resolveEnded();
      },
    });
    return connection;
  }

  /** Whether calls can no longer be made. */
  get isClosed(): boolean {
    return this.#lost !== null;
  }

  /** Ends the connection once what was sent has left; calls in flight fail. */
  async close(): Promise<void> {
    if (this.#lost === null) {
      this.#flush();
      this.#lose(null, "the client was closed");
    }
    await this.#ended;
  }

  protected override async dispose(): Promise<void> {
    await this.close();
  }

  /** The actor of this id, to make calls to. */
  target(id: string): Target {
    return new Target(this, id);
  }

  // What follows is for targets and exchanges.

  /** What all requests of one message type to one target begin with. */
  requestHead(target: string, messageType: string): Uint8Array {
    return this.#codec.requestHead(target, messageType);
  }

  /** What the client writes. */
  get codec(): CodecName {
    return this.#codec.name;
  }

  /** Makes a call that is answered once. */
  ask<A, R>(head: Uint8Array, method: Method<A, R>, values: A, options: CallOptions | undefined): Promise<R> {
    return new Promise((resolve, reject) => {
      const timeout = this.begin(options);
      const payload = method.encode(values, null, "request", this.#codec.name);
      const ask = new Ask(this, method, timeout, options, resolve, reject);
      this.request(ask, head, { id: ask.id, expects: "reply", timeoutMs: timeout }, payload);
    });
  }

  /** Makes a call that is not answered; it is over once it has left this process. */
  tell<A>(head: Uint8Array, method: Method<A, null>, values: A, options: CallOptions | undefined): Promise<void> {
    return new Promise((resolve, reject) => {
      const timeout = this.begin(options);
      const payload = method.encode(values, null, "request", this.#codec.name);
      const tell = new Tell(this, method.message, timeout, options, resolve, reject);
      this.#tells.push(tell);
      this.request(tell, head, { id: null, expects: "nothing", timeoutMs: null }, payload);
    });
  }

  /** Subscribes to the events that the decoders name. */
  subscribe<T>(decoders: EventDecoders<T>, options: SubscribeOptions | undefined): Subscription<T> {
    return this.#subscriptions.open(decoders, this.#timeout, options);
  }

  /** Checks that a call can be made, and gives its timeout in whole milliseconds. */
  begin(options: CallOptions | undefined): number {
    const timeout = options?.timeout === undefined ? this.#timeout : checkTimeout(options.timeout);
    if (options?.signal?.aborted === true) throw reasonOf(options.signal);
    if (this.#lost !== null) throw this.#lossBefore(this.#lost);
    return timeout;
  }

  nextId(): string {
    return String(++this.#lastId);
  }

  /** Sends a request and keeps the exchange until it ends; fails the exchange if it cannot be sent. */
  request(exchange: Exchange, head: Uint8Array, facts: RequestFacts, payload: unknown): void {
    this.#send(exchange, (output) => {
      this.#codec.writeRequest(output, head, facts, payload);
    });
  }

  /** Sends a frame that is no request and keeps the exchange that waits for its answer. */
  control(exchange: Exchange, fields: envelope.ControlFields): void {
    this.#send(exchange, (output) => {
      this.#codec.writeControl(output, fields);
    });
  }

  /** Sends a frame that nobody answers. */
  notify(fields: envelope.ControlFields): void {
    if (this.#lost !== null) return;
    writeFrame(this.#output, (output) => {
      this.#codec.writeControl(output, fields);
    });
    this.#flushSoon();
  }

  /** Asks the server to stop working on a call. */
  cancel(exchange: Exchange): void {
    if (this.#exchanges.has(exchange.id)) this.notify(envelope.cancel(exchange.id));
  }

  /** Takes the exchange out of the table: frames for it are ignored from now on. */
  forget(exchange: Exchange): void {
    this.#exchanges.delete(exchange.id);
  }

  #send(exchange: Exchange, body: (output: Output) => void): void {
    this.#exchanges.set(exchange.id, exchange);
    try {
      writeFrame(this.#output, body);
    } catch (error) {
      exchange.fail(error as Error);
      return;
    }
    this.#deadlines.watch(exchange.deadline);
    this.#flushSoon();
  }

  #flushSoon(): void {
    if (this.#output.length >= FLUSH_AT) {
      this.#flush();
    } else if (!this.#isFlushing) {
      this.#isFlushing = true;
      this.#transport?.soon(() => {
        this.#isFlushing = false;
        this.#flush();
      });
    }
  }

  #flush(): void {
    if (this.#output.length === 0 || this.#transport === null) return;
    const tells = this.#tells;
    if (tells.length === 0) {
      this.#transport.write(this.#output.take());
      return;
    }
    this.#tells = [];
    this.#transport.write(this.#output.take(), () => {
      for (const tell of tells) if (this.#exchanges.has(tell.id)) tell.written();
    });
  }

  #receive(payload: Uint8Array): void {
    if (this.#lost !== null) return;
    const incoming = envelope.readIncoming(this.#codec.read(payload, this.#isWide));
    switch (incoming.kind) {
      case "response":
        this.#respond(incoming);
        return;
      case "item": {
        const exchange = this.#exchanges.get(incoming.id);
        if (incoming.refusal !== null) exchange?.refused(incoming.refusal);
        else exchange?.item(incoming.payload, incoming.sequence, incoming.isFinal);
        return;
      }
      case "push":
        this.#subscriptions.push(incoming);
        return;
      case "control":
        // A server may say more than this version knows; what it does not know is meant to be ignored.
        return;
    }
  }

  #respond({ id, refusal, payload }: Extract<Incoming, { kind: "response" }>): void {
    if (id !== null) {
      const exchange = this.#exchanges.get(id);
      if (refusal === null) exchange?.replied(payload);
      else exchange?.refused(refusal);
    } else if (refusal !== null) {
      // It could not tell which call it refuses, so none can be told from it either.
      throw failure(refusal);
    }
  }

  /** Ends everything, once. */
  #lose(cause: Error | null, text = "the connection was lost"): void {
    if (this.#lost === null) {
      const because = cause === null ? text : `${text}: ${cause.message}`;
      const details = { retryable: false, delivered: "unknown" } as const;
      this.#lost = new ConnectionLost("ConnectionClosed", because, details, cause === null ? undefined : { cause });
      this.#deadlines.stop();
      for (const exchange of [...this.#exchanges.values()]) exchange.fail(this.#lost);
      this.#subscriptions.fail(this.#lost);
      if (cause instanceof CallError) this.#transport?.destroy();
      else this.#transport?.end();
    }
  }

  #lossBefore(lost: Error): ConnectionLost {
    return new ConnectionLost("ConnectionClosed", lost.message, { retryable: true, delivered: "no" }, { cause: lost });
  }
}

function checkTimeout(timeout: number): number {
  if (timeout > 0 && timeout <= MAX_TIMEOUT) return Math.ceil(timeout);
  throw new RangeError(`a timeout is a number of milliseconds from 1 to ${String(MAX_TIMEOUT)}`);
}
