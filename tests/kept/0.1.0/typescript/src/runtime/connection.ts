/** One connection: any number of calls in flight, what is sent for them, and what comes back. */
import { reasonOf } from "./abort.js";
import { Admission } from "./admission.js";
import { Backoff } from "./backoff.js";
import { Ask, Tell } from "./call.js";
import { absent } from "./callee.js";
import type { Callee } from "./callee.js";
import { loadCodec } from "./codec.js";
import type { Codec, CodecName } from "./codec.js";
import { Deadlines } from "./deadlines.js";
import { dialInTime } from "./dialling.js";
import { Disposing } from "./dispose.js";
import * as envelope from "./envelope.js";
import type { Incoming, RequestFacts } from "./envelope.js";
import { CallError, failure, fault, maxFrame } from "./errors.js";
import type { Delivered, Refusal } from "./errors.js";
import type { Exchange } from "./exchange.js";
import { MAX_PAYLOAD, writeFrame } from "./frame.js";
import { Greeting } from "./greeting.js";
import type { MadeFrom } from "./greeting.js";
import type { Exactness } from "./json.js";
import { Link } from "./link.js";
import { payloadOf } from "./method.js";
import type { AskOptions, CallOptions, Method } from "./method.js";
import { checkTimeout, settle } from "./options.js";
import type { ConnectOptions, Settings } from "./options.js";
import { Outbox } from "./outbox.js";
import { Output } from "./output.js";
import { Subscribers } from "./subscribers.js";
import type { EventDecoders, SubscribeOptions, Subscription } from "./subscription.js";
import { Target } from "./target.js";
import type { Dial } from "./transport.js";

/** A connection to one server, which is made anew when it is lost. */
export class Connection extends Disposing {
  readonly #dial: Dial;
  readonly #settings: Settings;
  readonly #codec: Codec;
  readonly #outbox = new Outbox();
  readonly #exchanges = new Map<string, Exchange>();
  readonly #admission = new Admission();
  readonly #deadlines = new Deadlines(() => this.#exchanges.values());
  readonly #subscribers: Subscribers = new Subscribers(this);
  readonly #greeting: Greeting;
  readonly #backoff: Backoff | null;
  readonly #exactness = (id: string): Exactness => this.#exchanges.get(id)?.exactness ?? "digits";
  /** The socket of now; null while there is none. */
  #link: Link | null = null;
  /** Why there is none. */
  #down: Error | null = null;
  #retry: ReturnType<typeof setTimeout> | undefined;
  /** Ends attempts to make the connection anew. */
  readonly #closing = new AbortController();
  /** Why no more calls are taken. */
  #end: CallError | null = null;
  #closed: Promise<void> = Promise.resolve();
  #lastId = 0;
  /** Takes what the server calls; null while the client hosts nothing. */
  callee: Callee | null = null;

  private constructor(dial: Dial, settings: Settings, codec: Codec, madeFrom: MadeFrom | null) {
    super();
    this.#dial = dial;
    this.#settings = settings;
    this.#codec = codec;
    this.#greeting = new Greeting(this, this.#subscribers, settings.introduce ? madeFrom : null);
    const { reconnect } = settings;
    this.#backoff = reconnect === null ? null : new Backoff(reconnect.firstDelay, reconnect.maxDelay);
  }

  /**
   * Opens a connection.
   *
   * @param madeFrom - what the client introduces itself with.
   * @throws ConnectionLost if nothing listens there; CallTimeout if it takes too long; the reason of the options' signal
   * once that fires; RangeError if an option makes no sense.
   */
  static async open(dial: Dial, options: ConnectOptions = {}, madeFrom: MadeFrom | null = null): Promise<Connection> {
    const settings = settle(options);
    const connection = new Connection(dial, settings, await loadCodec(settings.codec), madeFrom);
    await connection.#connect(options.signal);
    return connection;
  }

  /** Whether calls can no longer be made: the client was closed, or the connection was lost and is not made anew. */
  get isClosed(): boolean {
    return this.#end !== null;
  }

  /** Ends the connection once what was sent has left, and the wait for one; calls in flight fail. */
  async close(): Promise<void> {
    if (this.#end === null) {
      const link = this.#link;
      this.#link = null;
      link?.finish();
      this.#closed = link?.ended ?? Promise.resolve();
      this.#finish(null, "the client was closed");
    }
    await this.#closed;
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

  /** How many items of a stream may come before they are read; 0 if any number. */
  get streamWindow(): number {
    return this.#settings.streamWindow;
  }

  /** Makes a call that is answered once. */
  ask<A, R>(head: Uint8Array, method: Method<A, R>, values: A, options: AskOptions | undefined): Promise<R> {
    return new Promise((resolve, reject) => {
      const timeout = this.begin(options, method.message);
      const payload = payloadOf(method, values, this.#codec.name);
      const repeats = options?.idempotent ?? method.idempotent ?? false;
      new Ask(this, method, timeout, options, resolve, reject).send(repeats, (ask, timeoutMs) => {
        this.request(ask, head, { id: ask.id, expects: "reply", timeoutMs, credit: null }, payload);
      });
    });
  }

  /** Makes a call that is not answered; it is over once it has left this process. */
  tell<A>(head: Uint8Array, method: Method<A, null>, values: A, options: CallOptions | undefined): Promise<void> {
    return new Promise((resolve, reject) => {
      const timeout = this.begin(options, method.message);
      const payload = payloadOf(method, values, this.#codec.name);
      const tell = new Tell(this, method.message, timeout, options, resolve, reject);
      this.request(tell, head, { id: null, expects: "nothing", timeoutMs: null, credit: null }, payload);
    });
  }

  /** Subscribes to the events that the decoders name. */
  subscribe<T>(decoders: EventDecoders<T>, options: SubscribeOptions | undefined): Subscription<T> {
    return this.#subscribers.open(decoders, this.#settings.timeout, options);
  }

  /** Checks that a call of this message type can be made, and gives its timeout in whole milliseconds. */
  begin(options: CallOptions | undefined, messageType: string | null): number {
    const timeout = options?.timeout === undefined ? this.#settings.timeout : checkTimeout(options.timeout);
    if (options?.signal?.aborted === true) throw reasonOf(options.signal);
    if (this.#end !== null) throw fault("ConnectionClosed", this.#end.message, "no", { cause: this.#end });
    if (this.#link?.isLeaving === true && this.#backoff === null) throw leaving();
    const misfit = messageType === null ? undefined : this.#greeting.misfit(messageType);
    if (misfit !== undefined) throw fault("SchemaMismatch", misfit);
    return timeout;
  }

  /** How many bytes wait to be handed to the socket. */
  get backlog(): number {
    return this.#outbox.length;
  }

  nextId(): string {
    return String(++this.#lastId);
  }

  /**
   * Sends a request, now or over the next socket or when the server takes it, and keeps the exchange until it ends; fails it
   * if it cannot be sent.
   */
  request(exchange: Exchange, head: Uint8Array, facts: RequestFacts, payload: unknown): void {
    this.#exchanges.set(exchange.id, exchange);
    this.#deadlines.watch(exchange.deadline);
    let hasWaited = false;
    const send = (): void => {
      const now = hasWaited ? { ...facts, timeoutMs: exchange.remaining } : facts;
      try {
        exchange.size = this.#outbox.add(exchange, (output) => {
          this.#codec.writeRequest(output, head, now, payload);
        });
      } catch (error) {
        exchange.fail(error as Error);
        return;
      }
      this.#link?.flushSoon();
    };
    // Nobody waits at the server for a call that is not answered.
    if (facts.expects === "nothing") send();
    else this.#admission.enter(exchange, send);
    hasWaited = true;
  }

  /** Sends a frame that is no call, and keeps the exchange that waits for its answer. Without a socket it is not sent. */
  control(exchange: Exchange, fields: envelope.ControlFields): void {
    this.#exchanges.set(exchange.id, exchange);
    this.#deadlines.watch(exchange.deadline);
    if (this.#link === null || this.#link.isLeaving) return;
    try {
      exchange.size = this.#outbox.add(null, (output) => {
        this.#codec.writeControl(output, fields);
      });
      exchange.isSent = true;
    } catch (error) {
      exchange.fail(error as Error);
      return;
    }
    this.#link.flushSoon();
  }

  /** Sends a frame that nobody answers, and that means something on the socket of now alone. */
  notify(fields: envelope.ControlFields): void {
    const link = this.#link;
    if (link === null) return;
    const write = (output: Output): void => {
      this.#codec.writeControl(output, fields);
    };
    if (link.isLeaving) {
      link.writeAside(framed(write));
    } else {
      this.#outbox.add(null, write);
      link.flushSoon();
    }
  }

  /** Asks the server to stop working on a call. One that has not left yet will not. */
  cancel(exchange: Exchange): void {
    if (exchange.isSent && !exchange.isOver) this.notify(envelope.cancel(exchange.id));
  }

  /** Lets the server send so many more items of a stream. */
  grant(exchange: Exchange, items: number): void {
    if (exchange.isSent) this.notify(envelope.credit(exchange.id, items));
  }

  /** Takes the exchange out of the table: frames for it are ignored from now on. */
  forget(exchange: Exchange): void {
    if (!this.#exchanges.delete(exchange.id)) return;
    exchange.isOver = true;
    const wasWaiting = this.#admission.ended(exchange);
    if (!exchange.isSent && !wasWaiting) this.#outbox.drop();
  }

  /** The error for a call that took longer than `timeout`. */
  timedOut(exchange: Exchange, method: string, timeout: number): CallError {
    const within = `within ${String(timeout)} ms`;
    if (exchange.isSent) return fault("Timeout", `${method} had no answer ${within}`);
    const why = this.#down === null ? "the server took no more" : `there is no connection: ${this.#down.message}`;
    return fault("Timeout", `${method} was not sent ${within}: ${why}`, "no");
  }

  /** The server takes no frames whose payload is longer than `frame`, and no more than `calls` at once. */
  obey(frame: unknown, calls?: unknown): void {
    if (typeof frame === "number" || typeof frame === "bigint") {
      this.#outbox.limit = Math.min(Number(frame), MAX_PAYLOAD);
    }
    if (typeof calls === "number" || typeof calls === "bigint") this.#admission.allow(Number(calls));
  }

  /** Makes a link, and uses it from now on. */
  async #connect(signal: AbortSignal | undefined): Promise<void> {
    const link = new Link(this.#outbox, {
      received: (payload, from) => {
        this.#receive(payload, from);
      },
      lost: (lost, cause) => {
        this.#lose(lost, cause);
      },
    });
    try {
      const transport = await dialInTime(this.#dial, link, this.#settings.timeout, signal);
      if (this.#end !== null) {
        transport.destroy();
        throw this.#end;
      }
      const greeting = this.#greet();
      this.#link = link;
      this.#down = null;
      if (!link.attach(transport, greeting)) this.#lose(link, null);
    } catch (error) {
      link.abandon();
      throw error;
    }
  }

  #greet(): Uint8Array {
    const output = new Output();
    this.#greeting.begin((question, fields) => {
      this.#exchanges.set(question.id, question);
      question.size = writeFrame(output, (body) => {
        this.#codec.writeControl(body, fields);
      });
      question.isSent = true;
    });
    return output.take();
  }

  #receive(payload: Uint8Array, link: Link): void {
    const incoming = envelope.readIncoming(this.#codec.read(payload, this.#exactness));
    switch (incoming.kind) {
      case "response":
        this.#respond(incoming, link);
        return;
      case "item": {
        const exchange = this.#sent(incoming.id);
        if (incoming.isFinal) this.#admission.answered(incoming.id, exchange);
        if (incoming.refusal !== null) exchange?.refused(incoming.refusal);
        else exchange?.item(incoming.payload, incoming.sequence, incoming.isFinal);
        return;
      }
      case "push":
        this.#subscribers.push(incoming);
        return;
      case "control":
        // A server may say more than this version knows; what it does not know is meant to be ignored.
        if (incoming.control === "goodbye") this.#leave(link);
        else this.callee?.told(incoming.control, incoming.fields);
        return;
      case "request": {
        const answer = (fields: envelope.ControlFields): void => {
          if (this.#link === link) this.notify(fields);
        };
        if (this.callee === null) absent(incoming.fields, answer);
        else this.callee.called(incoming.fields, answer);
        return;
      }
    }
  }

  #respond({ id, refusal, payload }: Extract<Incoming, { kind: "response" }>, link: Link): void {
    if (id !== null) {
      const exchange = this.#sent(id);
      this.#admission.answered(id, exchange);
      if (refusal === null) exchange?.replied(payload);
      else exchange?.refused(refusal);
    } else if (refusal !== null) {
      this.#refusedAll(refusal, link);
    }
  }

  /** What is not sent cannot be answered. */
  #sent(id: string): Exchange | undefined {
    const exchange = this.#exchanges.get(id);
    return exchange?.isSent === true ? exchange : undefined;
  }

  /** All that is asked for here has an id, so a refusal without one is about the frame's size or the whole connection. */
  #refusedAll(refusal: Refusal, link: Link): void {
    const limit = maxFrame(refusal);
    if (limit === null) {
      link.lastWords = failure(refusal);
      // Said first of all, it is that the server takes no such connection, and has not looked at its calls.
      link.isRefused = link.heard === 1 && refusal.code === "LimitExceeded";
      return;
    }
    this.obey(limit);
    for (const exchange of [...this.#exchanges.values()]) {
      if (exchange.size <= limit) continue;
      this.#admission.answered(exchange.id, exchange);
      exchange.fail(failure(refusal));
    }
  }

  /** The server takes no more calls over this socket. */
  #leave(link: Link): void {
    link.leave();
    if (this.#backoff !== null) return;
    for (const exchange of [...this.#exchanges.values()]) if (!exchange.isSent) exchange.fail(leaving());
  }

  #lose(link: Link, cause: Error | null): void {
    if (this.#link !== link) return;
    this.#link = null;
    this.#closed = link.ended;
    const why = cause ?? link.lastWords;
    this.callee?.lost(why ?? fault("ConnectionClosed", "the connection was lost"));
    if (this.#backoff === null) {
      this.#finish(why, "the connection was lost", link.isRefused ? "no" : "unknown");
      return;
    }
    const lost = loss(why, "the connection was lost", link.isRefused ? "no" : "unknown");
    this.#outbox.takeAsides();
    const sent = [...this.#exchanges.values()].filter(({ isSent }) => isSent);
    this.#admission.lost(sent);
    for (const exchange of sent) exchange.lose(lost);
    this.#subscribers.lose();
    this.#backoff.lostAfter(link.age);
    this.#tryAgain(lost, this.#backoff);
  }

  #tryAgain(why: Error, backoff: Backoff): void {
    this.#down = why;
    this.#retry = setTimeout(() => {
      this.#connect(this.#closing.signal).catch((error: unknown) => {
        if (this.#end !== null) return;
        backoff.failed();
        this.#tryAgain(error as Error, backoff);
      });
    }, backoff.delay());
  }

  /** Ends everything, once. */
  #finish(cause: Error | null, text: string, delivered: Delivered = "unknown"): void {
    const end = loss(cause, text, delivered);
    this.#end = end;
    clearTimeout(this.#retry);
    this.#closing.abort(end);
    this.#deadlines.stop();
    this.callee?.lost(end);
    for (const exchange of [...this.#exchanges.values()]) {
      exchange.fail(exchange.isSent ? end : loss(cause, text, "no"));
    }
    this.#subscribers.fail(end);
  }
}

function loss(cause: Error | null, text: string, delivered: Delivered): CallError {
  if (cause === null) return fault("ConnectionClosed", text, delivered);
  return fault("ConnectionClosed", `${text}: ${cause.message}`, delivered, { cause });
}

function leaving(): CallError {
  return fault("ShuttingDown", "the server has said goodbye, and the connection is not made anew");
}

function framed(write: (output: Output) => void): Uint8Array {
  const output = new Output(64);
  writeFrame(output, write);
  return output.take();
}
