/** Values that arrive whenever they do, for a reader that takes them one by one. */

interface Waiter<T> {
  readonly resolve: (result: IteratorResult<T, undefined>) => void;
  readonly reject: (reason: Error) => void;
}

/** What follows the last value: an error that is told once, or nothing. */
interface End {
  error: Error | null;
}

/** A queue between a producer that never waits and consumers that do. */
export class Queue<T> {
  #values: T[] = [];
  /** Where the next value stands; those before it are taken. */
  #first = 0;
  readonly #waiters: Waiter<T>[] = [];
  readonly #taken: () => void;
  #end: End | null = null;

  /** @param taken - called for each value that a consumer gets. */
  constructor(taken: () => void = () => undefined) {
    this.#taken = taken;
  }

  /** How many values wait to be taken. */
  get length(): number {
    return this.#values.length - this.#first;
  }

  /** Whether nothing will be added any more. */
  get isEnded(): boolean {
    return this.#end !== null;
  }

  push(value: T): void {
    if (this.#end !== null) return;
    const waiter = this.#waiters.shift();
    if (waiter === undefined) {
      this.#values.push(value);
    } else {
      waiter.resolve({ done: false, value });
      this.#taken();
    }
  }

  /** Whether somebody waits for the next value. */
  get isAwaited(): boolean {
    return this.#waiters.length > 0;
  }

  /** The value that was added last, if it has not been taken. */
  get newest(): T | undefined {
    return this.length > 0 ? this.#values[this.#values.length - 1] : undefined;
  }

  /** Throws the oldest value away, and says which it was. */
  dropOldest(): T | undefined {
    return this.length > 0 ? this.#shift() : undefined;
  }

  /** Ends the queue after the values that it holds, with an error if there is one. The first end counts. */
  end(error: Error | null): void {
    if (this.#end !== null) return;
    const waiters = this.#waiters.splice(0);
    this.#end = { error: waiters.length === 0 ? error : null };
    // Several may wait, but the error is one.
    const [first, ...others] = waiters;
    if (error === null) first?.resolve({ done: true, value: undefined });
    else first?.reject(error);
    for (const waiter of others) waiter.resolve({ done: true, value: undefined });
  }

  /** Ends the queue at once: the values that it holds are thrown away. */
  abandon(error: Error | null): void {
    this.#values = [];
    this.#first = 0;
    this.end(error);
  }

  /** Takes the next value, or waits for it. */
  next(): Promise<IteratorResult<T, undefined>> {
    if (this.length > 0) {
      const value = this.#shift();
      this.#taken();
      return Promise.resolve({ done: false, value });
    }
    if (this.#end === null) {
      return new Promise((resolve, reject) => {
        this.#waiters.push({ resolve, reject });
      });
    }
    const { error } = this.#end;
    this.#end.error = null;
    return error === null ? Promise.resolve({ done: true, value: undefined }) : Promise.reject(error);
  }

  #shift(): T {
    const value = this.#values[this.#first] as T;
    this.#first++;
    // Moving the rest once they are the smaller half keeps every step cheap.
    if (this.#first * 2 > this.#values.length) {
      this.#values = this.#values.slice(this.#first);
      this.#first = 0;
    }
    return value;
  }
}
