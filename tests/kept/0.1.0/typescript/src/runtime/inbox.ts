/** What has come for one subscription and is not read yet. */
import { Queue } from "./queue.js";

/** What a subscription brings: an event, or that there were some which will not come. */
export type EventOrGap<T> =
  | { readonly kind: "event"; readonly event: T }
  | {
      readonly kind: "gap";
      /**
       * How many events will not come: they were not read in time, here or at the server, or there was no connection when
       * they were published. `Number.MAX_SAFE_INTEGER` also stands for more. Undefined if nobody knows, perhaps none: so it
       * is once another server, or one that was started again, has taken the place of the one before.
       */
      readonly missed: number | undefined;
    };

interface Gap {
  readonly kind: "gap";
  missed: number | undefined;
}

/** Both together, where either may be unknown. */
export function plus(one: number | undefined, other: number | undefined): number | undefined {
  return one === undefined || other === undefined ? undefined : Math.min(one + other, Number.MAX_SAFE_INTEGER);
}

/** Events and the gaps between them, in their order. */
export class Inbox<T> {
  readonly #queue = new Queue<EventOrGap<T>>();
  readonly #capacity: number;
  /** What was lost before the oldest that is left. */
  #lost: Gap | null = null;
  #missed: number | undefined = 0;

  /** @param capacity - how many events and gaps may wait to be read. */
  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  /** How many events were lost so far; undefined if nobody knows. */
  get missed(): number | undefined {
    return this.#missed;
  }

  get isEnded(): boolean {
    return this.#queue.isEnded;
  }

  put(event: T): void {
    this.#queue.push({ kind: "event", event });
    while (this.#queue.length > this.#capacity) {
      const oldest = this.#queue.dropOldest();
      if (oldest?.kind === "gap") {
        this.#widenLost(oldest.missed);
      } else {
        this.#missed = plus(this.#missed, 1);
        this.#widenLost(1);
      }
    }
  }

  /** So many events will not come, or an unknown number of them. */
  putGap(missed: number | undefined): void {
    this.#missed = plus(this.#missed, missed);
    const newest: Gap | EventOrGap<T> | undefined = this.#queue.newest;
    if (newest?.kind === "gap") (newest as Gap).missed = plus(newest.missed, missed);
    else if (newest !== undefined || this.#queue.isAwaited) this.#queue.push({ kind: "gap", missed });
    else this.#widenLost(missed);
  }

  end(error: Error | null): void {
    this.#queue.end(error);
  }

  /** Ends it at once: what it holds is thrown away. */
  abandon(error: Error | null): void {
    this.#lost = null;
    this.#queue.abandon(error);
  }

  /** Takes the next event or gap, or waits for it. */
  next(): Promise<IteratorResult<EventOrGap<T>, undefined>> {
    const lost = this.#lost;
    if (lost === null) return this.#queue.next();
    this.#lost = null;
    return Promise.resolve({ done: false, value: lost });
  }

  #widenLost(missed: number | undefined): void {
    if (this.#lost === null) this.#lost = { kind: "gap", missed };
    else this.#lost.missed = plus(this.#lost.missed, missed);
  }
}
