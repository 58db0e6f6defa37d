/** Calls with many replies. */
import { onAbort, refusalOf, timedOut, unexpected } from "./call.js";
import type { Exchange } from "./call.js";
import type { Connection } from "./connection.js";
import { Disposing } from "./dispose.js";
import { SlowConsumer } from "./errors.js";
import type { Refusal } from "./errors.js";
import type { CallOptions, Method } from "./method.js";
import { Queue } from "./queue.js";

/** How many items may wait to be taken before the stream is given up. */
const MAX_WAITING = 65_536;

/**
 * The replies of one call, in order, to be read once. The call is made when the first item is asked for. Leaving a
 * `for await` early, `return()` and `await using` cancel it. It fails with `SlowConsumer` when more than 65,536 items
 * wait to be taken.
 */
export class Stream<T> extends Disposing implements AsyncIterableIterator<T, undefined, undefined> {
  readonly #queue = new Queue<T>();
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

class StreamCall<T> implements Exchange {
  readonly id: string;
  deadline: number;
  readonly wide: boolean;
  readonly #connection: Connection;
  readonly #method: Method<never, T>;
  readonly #timeout: number;
  readonly #queue: Queue<T>;
  #release: () => void = () => undefined;
  #sequence = 0;

  static start<A, T>(
    connection: Connection,
    head: Uint8Array,
    method: Method<A, T>,
    values: A,
    options: CallOptions | undefined,
    queue: Queue<T>,
  ): StreamCall<T> {
    const timeout = connection.begin(options);
    const payload = method.encode(values, null, "request", connection.codec);
    const call = new StreamCall(connection, method, timeout, queue);
    call.#release = onAbort(options?.signal, (reason) => {
      call.stop(reason);
    });
    connection.request(call, head, { id: call.id, expects: "stream", timeoutMs: timeout }, payload);
    return call;
  }

  private constructor(connection: Connection, method: Method<never, T>, timeout: number, queue: Queue<T>) {
    this.id = connection.nextId();
    this.deadline = performance.now() + timeout;
    this.wide = method.wide;
    this.#connection = connection;
    this.#method = method;
    this.#timeout = timeout;
    this.#queue = queue;
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
      this.stop(new SlowConsumer("SlowConsumer", text, { retryable: false, delivered: "yes" }));
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
    this.stop(timedOut(this.#method.message, this.#timeout));
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
