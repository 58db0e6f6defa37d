/** Events, as the user reads them. */
import { onAbort, reasonOf } from "./abort.js";
import type { Decoder } from "./decode.js";
import { Disposing } from "./dispose.js";
import { Inbox } from "./inbox.js";
import type { EventOrGap } from "./inbox.js";

/** The events of a subscription, each under its name on the wire. */
export type EventDecoders<T> = ReadonlyMap<string, Decoder<T>>;

/** What a subscription can be given. */
export interface SubscribeOptions {
  /** How many events may wait to be taken, 1 or more: 1024 unless told. Beyond it the oldest are dropped and counted. */
  readonly buffer?: number | undefined;
  /** Ends the subscription when it fires. */
  readonly signal?: AbortSignal | undefined;
}

const DEFAULT_BUFFER = 1024;

/**
 * Events as they are published, from now on. It ends with `return()`, with leaving a `for await`, or with `await using`.
 *
 * When the connection is lost and made anew, it goes on. Events that will not come are no error: {@link missed} counts
 * them, and {@link withGaps} tells where they would have stood. It fails when the connection ends for good, or when the
 * server does not take it.
 */
export class Subscription<T> extends Disposing implements AsyncIterableIterator<T, undefined, undefined> {
  readonly #subscriber: Subscriber<T>;

  /** For the connection. */
  constructor(subscriber: Subscriber<T>) {
    super();
    this.#subscriber = subscriber;
  }

  /**
   * How many events have been lost so far: they were not taken fast enough, here or on the way, or there was no connection.
   * `Number.MAX_SAFE_INTEGER` also stands for more; undefined from when on nobody knows.
   */
  get missed(): number | undefined {
    return this.#subscriber.inbox.missed;
  }

  /**
   * Waits until the server has confirmed: what is published after that arrives, or is counted as missed.
   *
   * @throws whatever the subscription fails with; the reason of `signal` once that fires, which ends the wait alone.
   */
  ready(options?: { readonly signal?: AbortSignal | undefined }): Promise<void> {
    const signal = options?.signal;
    const { ready } = this.#subscriber;
    if (signal === undefined) return ready;
    if (signal.aborted) return Promise.reject(reasonOf(signal));
    return new Promise<void>((resolve, reject) => {
      const release = onAbort(signal, reject);
      ready.then(resolve, reject).finally(release).catch(reject);
    });
  }

  /** The next event. */
  async next(): Promise<IteratorResult<T, undefined>> {
    for (;;) {
      const { done, value } = await this.#subscriber.inbox.next();
      if (done === true) return { done, value };
      if (value.kind === "event") return { done: false, value: value.event };
    }
  }

  /** Ends the subscription; events that have not been taken are thrown away. */
  return(): Promise<IteratorResult<T, undefined>> {
    this.#subscriber.stop(null);
    return Promise.resolve({ done: true, value: undefined });
  }

  /**
   * The same events, with the gaps between them where they stand. Read a subscription either way, not both.
   *
   * ```ts
   * for await (const next of client.feed().subscribe("Price").withGaps()) {
   *   if (next.kind === "gap") await reload();
   *   else show(next.event);
   * }
   * ```
   */
  withGaps(): AsyncIterableIterator<EventOrGap<T>, undefined, undefined> {
    const { inbox } = this.#subscriber;
    return {
      next: () => inbox.next(),
      return: async () => {
        await this.return();
        return { done: true, value: undefined };
      },
      [Symbol.asyncIterator]() {
        return this;
      },
    };
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  protected override async dispose(): Promise<void> {
    await this.return();
  }
}

/** One subscription's own state. */
export class Subscriber<T> {
  readonly inbox: Inbox<T>;
  readonly ready: Promise<void>;
  readonly decoders: EventDecoders<T>;
  /** The server has taken it, so that what is missed from now on must be told. */
  isFollowed = false;
  readonly #leave: () => void;
  #settle: { readonly resolve: () => void; readonly reject: (reason: Error) => void } | null = null;
  #release: () => void = () => undefined;

  /**
   * @param leave - called once, when it ends.
   * @throws RangeError if there are no events to wait for, or no room for any.
   */
  constructor(decoders: EventDecoders<T>, options: SubscribeOptions | undefined, leave: () => void) {
    const { buffer = DEFAULT_BUFFER } = options ?? {};
    if (decoders.size === 0) throw new RangeError("a subscription is to one event at least");
    if (!Number.isSafeInteger(buffer) || buffer < 1) throw new RangeError("buffer is a number of events, 1 or more");
    this.decoders = decoders;
    this.inbox = new Inbox(buffer);
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

  /** The names of its events. */
  get names(): readonly string[] {
    return [...this.decoders.keys()];
  }

  confirmed(): void {
    this.isFollowed = true;
    this.#settle?.resolve();
  }

  take(event: string, payload: unknown): void {
    const decoder = this.decoders.get(event);
    if (decoder === undefined) return;
    try {
      this.inbox.put(decoder(payload, null, "event"));
    } catch (error) {
      this.fail(error as Error);
    }
  }

  fail(reason: Error): void {
    this.#finish(reason);
    this.inbox.end(reason);
  }

  stop(reason: Error | null): void {
    this.#finish(reason ?? new Error("the subscription was ended"));
    this.inbox.abandon(reason);
  }

  #finish(reason: Error): void {
    if (this.inbox.isEnded) return;
    this.#settle?.reject(reason);
    this.#release();
    this.#leave();
  }
}
