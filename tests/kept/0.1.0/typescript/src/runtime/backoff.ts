/** How long to wait before a connection is tried again. */

/**
 * The waits between attempts, in milliseconds: each twice as long as the one before, up to a limit, and each cut short by
 * chance, so that the clients of a server that comes back do not all come at once.
 */
export class Backoff {
  readonly #first: number;
  readonly #most: number;
  /** How many attempts in a row came to nothing. */
  #failures = 0;

  constructor(first: number, most: number) {
    this.#first = first;
    this.#most = most;
  }

  /**
   * Takes note that a connection was lost that had lived so long. One that did not outlive the longest wait counts as a
   * failed attempt: a server that accepts and hangs up at once must not be asked without end.
   */
  lostAfter(lived: number): void {
    if (lived >= this.#most) this.#failures = 0;
    else this.failed();
  }

  failed(): void {
    this.#failures++;
  }

  /** How long to wait now: nothing after a connection that had lived long, else between half and all of the full wait. */
  delay(): number {
    if (this.#failures === 0) return 0;
    const full = Math.min(this.#first * 2 ** (this.#failures - 1), this.#most);
    return full / 2 + (full / 2) * Math.random();
  }
}
