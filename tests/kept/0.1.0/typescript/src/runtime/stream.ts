/** Calls with many replies. */
import { onAbort } from "./abort.js";
import { refusalOf, unexpected } from "./call.js";
import type { Connection } from "./connection.js";
import { Disposing } from "./dispose.js";
import { fault } from "./errors.js";
import type { Refusal } from "./errors.js";
import { Exchange } from "./exchange.js";
import { exactnessOf, payloadOf } from "./method.js";
import type { CallOptions, Method } from "./method.js";
import { Queue } from "./queue.js";

/** How many items may wait to be taken before the stream is given up. */
const MAX_WAITING = 65_536;

/**
 * The replies of one call, in order, to be read once. The call is made when the first item is asked for. Leaving a
 * `for await` early, `return()` and `await using` cancel it. If the connection is lost it fails: it is not begun again.
 *
 * The server sends no more than the connection's `streamWindow` of items before they are read, so that a stream that is
 * not read stops there. Where the server does not keep to it, the stream fails with `SlowConsumer` when more than 65,536
 * items wait to be taken.
 */
export class Stream<T> extends Disposing implements AsyncIterableIterator<T, undefined, undefined> {
  readonly #queue: Queue<T> = new Queue<T>(() => this.#call?.taken());
  readonly #start: (queue: Queue<T>) => StreamCall<T>;
  #call: StreamCall<T> | null = null;

  constructor(
    connection: Connection,
    head: Uint8Array,
    method: Method<never, T>,
    values: unknown,
    options: CallOptions | undefined,
  ) {
    super();
    this.#start = (queue) => StreamCall.start(connection, head, method, values as never, options, queue);
  }

  /** The next item. */
  next(): Promise<IteratorResult<T, undefined>> {
    if (this.#call === null && !this.#queue.isEnded) {
      try {
        this.#call = this.#start(this.#queue);
      } catch (error) {
        this.#queue.end(error as Error);
      }
    }
    return this.#queue.next();
  }

  /** Cancels the call, if it is not over; items that have not been taken are thrown away. */
  return(): Promise<IteratorResult<T, undefined>> {
    if (this.#call === null) this.#queue.abandon(null);
    else this.#call.stop(null);
    return Promise.resolve({ done: true, value: undefined });
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  protected override async dispose(): Promise<void> {
    await this.return();
  }
}

class StreamCall<T> extends Exchange {
  readonly #connection: Connection;
  readonly #method: Method<never, T>;
  readonly #timeout: number;
  readonly #queue: Queue<T>;
  /** How many items the server may send before they are read; 0 if any number. */
  readonly #window: number;
  #release: () => void = () => undefined;
  #sequence = 0;
  /** How many items were read since the server was last granted more. */
  #read = 0;

  static start<A, T>(
    connection: Connection,
    head: Uint8Array,
    method: Method<A, T>,
    values: A,
    options: CallOptions | undefined,
    queue: Queue<T>,
  ): StreamCall<T> {
    const timeout = connection.begin(options, method.message);
    const payload = payloadOf(method, values, connection.codec);
    const call = new StreamCall(connection, method, timeout, queue);
    call.#release = onAbort(options?.signal, (reason) => {
      call.stop(reason);
    });
    const credit = call.#window > 0 ? call.#window : null;
    connection.request(call, head, { id: call.id, expects: "stream", timeoutMs: timeout, credit }, payload);
    return call;
  }

  private constructor(connection: Connection, method: Method<never, T>, timeout: number, queue: Queue<T>) {
    super(connection.nextId(), timeout, exactnessOf(method));
    this.#connection = connection;
    this.#method = method;
    this.#timeout = timeout;
    this.#queue = queue;
    this.#window = connection.streamWindow;
  }

  /**
   * An item was read: grants as many as were, half a window at a time. So the server never waits for a reader that keeps
   * up, and is not told of every item.
   */
  taken(): void {
    this.#read++;
    if (this.isOver || this.#window === 0 || this.#read * 2 < this.#window) return;
    this.#connection.grant(this, this.#read);
    this.#read = 0;
  }

  item(payload: unknown, sequence: number, isFinal: boolean): void {
    // The deadline is for the wait until the first item.
    this.deadline = Infinity;
    if (sequence !== this.#sequence++) {
      this.stop(
        unexpected(this.#method.message, `item ${String(sequence)} where ${String(this.#sequence - 1)} was due`),
      );
      return;
    }
    // An item that is null is never marked final: this one carries the end alone.
    if (!isFinal || payload !== null) this.#take(payload);
    if (isFinal) {
      this.#end();
      this.#queue.end(null);
    }
  }

  #take(payload: unknown): void {
    try {
      this.#queue.push(this.#method.decode(payload, null, "item"));
    } catch (error) {
      this.#connection.cancel(this);
      this.fail(error as Error);
      return;
    }
    if (this.#queue.length > MAX_WAITING) {
      const text = `${this.#method.message} sent more than ${String(MAX_WAITING)} items that were not taken`;
      this.stop(fault("SlowConsumer", text));
    }
  }

  replied(): void {
    this.fail(unexpected(this.#method.message, "a single reply"));
  }

  refused(refusal: Refusal): void {
    try {
      this.fail(refusalOf(this.#method, refusal));
    } catch (error) {
      this.fail(error as Error);
    }
  }

  expire(): void {
    this.stop(this.#connection.timedOut(this, this.#method.message, this.#timeout));
  }

  fail(reason: Error): void {
    this.#end();
    this.#queue.end(reason);
  }

  /** Ends the call from this side, and throws away what has not been taken. */
  stop(reason: Error | null): void {
    this.#connection.cancel(this);
    this.#end();
    this.#queue.abandon(reason);
  }

  #end(): void {
    this.#connection.forget(this);
    this.#release();
  }
}
