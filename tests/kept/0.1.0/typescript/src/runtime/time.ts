/** Times, in more digits than `Date` has. */

/** A span of time. */
export interface Duration {
  /** Whole seconds. */
  readonly secs: bigint;
  /** Nanoseconds beyond them, below 1,000,000,000. */
  readonly nanos: number;
}

/** A point in time: the span since the start of 1970 in UTC. */
export interface SystemTime {
  /** Whole seconds. */
  readonly secs: bigint;
  /** Nanoseconds beyond them, below 1,000,000,000. */
  readonly nanos: number;
}
