/** Events: what is subscribed to on a connection, and who gets what arrives. */
import { onAbort, timedOut, unexpected } from "./call.js";
import type { Exchange } from "./call.js";
import type { Connection } from "./connection.js";
import type { Decoder } from "./decode.js";
import { Disposing } from "./dispose.js";
import * as envelope from "./envelope.js";
import type { Incoming } from "./envelope.js";
import { failure } from "./errors.js";
import type { Refusal } from "./errors.js";
import { Queue } from "./queue.js";

/** The events of a subscription, each under its name on the wire. */
export type EventDecoders<T> = ReadonlyMap<string, Decoder<T>>;

/** What a subscription can be given. */
export interface SubscribeOptions {
  /** How many events may wait to be taken: 1024 unless told. Beyond it the oldest are dropped and counted. */
  readonly buffer?: number | undefined;
  /** Ends the subscription when it fires. */
  readonly signal?: AbortSignal | undefined;
}

const DEFAULT_BUFFER = 1024;

/**
 * Events as they are published, from now on. It ends with `return()`, with leaving a `for await`, or with
 * `await using`, and fails when the connection is lost.
 */
export class Subscription<T> extends Disposing implements AsyncIterableIterator<T, undefined, undefined> {
  readonly #subscriber: Subscriber<T>;

  /** For {@link Subscriptions}. */
  constructor(subscriber: Subscriber<T>) {
    super();
    this.#subscriber = subscriber;
  }

  /** How many events have been lost so far, here or on the way, because they were not taken fast enough. */
  get missed(): number {
    return this.#subscriber.missed;
  }

  /** Waits until the server has confirmed: what is published after that arrives, or is counted as missed. */
  ready(): Promise<void> {
    return this.#subscriber.ready;
  }

  /** The next event. */
  next(): Promise<IteratorResult<T, undefined>> {
    return this.#subscriber.queue.next();
  }

  /** Ends the subscription; events that have not been taken are thrown away. */
  return(): Promise<IteratorResult<T, undefined>> {
    this.#subscriber.stop(null);
    return Promise.resolve({ done: true, value: undefined });
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  protected override async dispose(): Promise<void> {
    await this.return();
  }
}

/** One subscription's own state. */
class Subscriber<T> {
  readonly queue: Queue<T> = new Queue<T>();
  readonly ready: Promise<void>;
  missed = 0;
  readonly decoders: EventDecoders<T>;
  readonly #buffer: number;
  readonly #leave: () => void;
  #settle: { readonly resolve: () => void; readonly reject: (reason: Error) => void } | null = null;
  #release: () => void = () => undefined;

  constructor(decoders: EventDecoders<T>, options: SubscribeOptions | undefined, leave: () => void) {
    this.decoders = decoders;
    this.#buffer = options?.buffer ?? DEFAULT_BUFFER;
    this.#leave = leave;
    this.ready = new Promise((resolve, reject) => {
      this.#settle = { resolve, reject };
    });
    // Whoever does not ask for it learns of the failure from next().
    this.ready.catch(() => undefined);
    this.#release = onAbort(options?.signal, (reason) => {
      this.stop(reason);
    });
  }

  confirmed(): void {
    this.#settle?.resolve();
  }

  take(event: string, payload: unknown, missed: number): void {
    this.missed += missed;
    const decoder = this.decoders.get(event);
    if (decoder === undefined) return;
    try {
      this.queue.push(decoder(payload, null, "event"));
    } catch (error) {
      this.#finish(error as Error);
      this.queue.end(error as Error);
      return;
    }
    if (this.queue.length > this.#buffer) {
      this.queue.dropOldest();
      this.missed++;
    }
  }

  fail(reason: Error): void {
    this.#finish(reason);
    this.queue.end(reason);
  }

  stop(reason: Error | null): void {
    this.#finish(reason ?? new Error("the subscription was ended"));
    this.queue.abandon(reason);
  }

  #finish(reason: Error): void {
    if (this.queue.isEnded) return;
    this.#settle?.reject(reason);
    this.#release();
    this.#leave();
  }
}

/** An event that somebody here is subscribed to. */
interface Route {
  readonly subscribers: Set<Subscriber<unknown>>;
  /** The number of the next event, where the server numbers them. */
  next: number | null;
}

/** All subscriptions of a connection. */
export class Subscriptions {
  readonly #connection: Connection;
  readonly #routes = new Map<string, Route>();

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  /** Begins a subscription; if that cannot be done, the subscription is one that has failed. */
  open<T>(decoders: EventDecoders<T>, timeout: number, options: SubscribeOptions | undefined): Subscription<T> {
    const subscriber: Subscriber<T> = new Subscriber<T>(decoders, options, () => {
      this.#leave(subscriber as Subscriber<unknown>);
    });
    try {
      this.#connection.begin({ signal: options?.signal });
      for (const name of decoders.keys()) this.#route(name).subscribers.add(subscriber as Subscriber<unknown>);
      const opening = new Opening(this.#connection, subscriber as Subscriber<unknown>, timeout, (next) => {
        for (const name of decoders.keys()) this.#expect(name, next(name));
      });
      this.#connection.control(opening, envelope.subscribe([...decoders.keys()], opening.id));
    } catch (error) {
      subscriber.fail(error as Error);
    }
    return new Subscription(subscriber);
  }

  /** Passes an event on. */
  push({ event, payload, sequence, missed }: Extract<Incoming, { kind: "push" }>): void {
    const route = this.#routes.get(event);
    if (route === undefined) return;
    let lost = missed;
    if (sequence !== null) {
      // The server's own count and the gap in its numbers tell of the same events.
      if (route.next !== null) lost = Math.max(lost, sequence - route.next);
      route.next = sequence + 1;
    }
    for (const subscriber of [...route.subscribers]) subscriber.take(event, payload, lost);
  }

  /** Ends every subscription. */
  fail(reason: Error): void {
    const subscribers = new Set<Subscriber<unknown>>();
    for (const route of this.#routes.values()) for (const subscriber of route.subscribers) subscribers.add(subscriber);
    for (const subscriber of subscribers) subscriber.fail(reason);
  }

  #route(name: string): Route {
    let route = this.#routes.get(name);
    if (route === undefined) {
      route = { subscribers: new Set(), next: null };
      this.#routes.set(name, route);
    }
    return route;
  }

  #expect(name: string, next: number | null): void {
    const route = this.#routes.get(name);
    if (route !== undefined) route.next ??= next;
  }

  #leave(subscriber: Subscriber<unknown>): void {
    const unheard: string[] = [];
    for (const name of subscriber.decoders.keys()) {
      const route = this.#routes.get(name);
      if (route?.subscribers.delete(subscriber) === true && route.subscribers.size === 0) {
        this.#routes.delete(name);
        unheard.push(name);
      }
    }
    if (unheard.length > 0) this.#connection.notify(envelope.unsubscribe(unheard));
  }
}

/** Waits for the server's confirmation. */
class Opening implements Exchange {
  readonly id: string;
  readonly deadline: number;
  readonly wide = false;
  readonly #connection: Connection;
  readonly #subscriber: Subscriber<unknown>;
  readonly #timeout: number;
  readonly #numbered: (next: (name: string) => number | null) => void;

  constructor(
    connection: Connection,
    subscriber: Subscriber<unknown>,
    timeout: number,
    numbered: (next: (name: string) => number | null) => void,
  ) {
    this.id = connection.nextId();
    this.deadline = performance.now() + timeout;
    this.#connection = connection;
    this.#subscriber = subscriber;
    this.#timeout = timeout;
    this.#numbered = numbered;
  }

  replied(payload: unknown): void {
    this.#connection.forget(this);
    const numbers = (payload as { readonly subscribed?: Readonly<Record<string, unknown>> } | null)?.subscribed;
    this.#numbered((name) => {
      const next = numbers?.[name];
      return typeof next === "number" || typeof next === "bigint" ? Number(next) : null;
    });
    this.#subscriber.confirmed();
  }

  refused(refusal: Refusal): void {
    this.fail(failure(refusal));
  }

  item(): void {
    this.fail(unexpected("the subscription", "an item of a stream"));
  }

  expire(): void {
    this.fail(timedOut("the subscription", this.#timeout));
  }

  fail(reason: Error): void {
    this.#connection.forget(this);
    this.#subscriber.fail(reason);
  }
}
