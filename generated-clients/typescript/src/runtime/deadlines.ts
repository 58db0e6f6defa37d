/** One timer for all calls of a connection. */

/** Something that must be over at a point of `performance.now()`. */
export interface Timed {
  readonly deadline: number;
  expire(): void;
}

/** Deadlines this close together, in milliseconds, are met together. */
const COARSENESS = 5;

/** Expires what is overdue. The timer runs only while something is waited for, and never keeps the process alive. */
export class Deadlines {
  readonly #waiting: () => Iterable<Timed>;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #due = Infinity;

  /** @param waiting - everything that has a deadline now. */
  constructor(waiting: () => Iterable<Timed>) {
    this.#waiting = waiting;
  }

  /** Makes sure that the timer fires for this deadline; most calls find it set already. */
  watch(deadline: number): void {
    if (deadline >= this.#due) return;
    this.stop();
    this.#due = deadline;
    const delay = Math.max(COARSENESS, Math.ceil(deadline - performance.now()));
    this.#timer = setTimeout(() => {
      this.#sweep();
    }, delay);
    letGo(this.#timer);
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#due = Infinity;
  }

  #sweep(): void {
    // What the timer was set for is due, whatever clock it goes by: tests exchange timers for ones that they move on.
    const now = Math.max(performance.now(), this.#due);
    this.#due = Infinity;
    let next = Infinity;
    for (const timed of [...this.#waiting()]) {
      if (timed.deadline <= now) timed.expire();
      else next = Math.min(next, timed.deadline);
    }
    if (next < Infinity) this.watch(next);
  }
}

/** Node's timers keep the process alive, unless they are told not to; browsers' are numbers, which keep nothing. */
function letGo(timer: number | { unref?(): unknown }): void {
  if (typeof timer === "object") timer.unref?.();
}
