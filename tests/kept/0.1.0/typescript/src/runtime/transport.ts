/** What a connection needs of the thing that moves its bytes. */

/** An open way to the server. */
export interface Transport {
  /**
   * Sends the bytes, which the connection never changes again.
   *
   * @param written - called once they have left this process; not called if they never do, nor if nobody knows.
   */
  write(bytes: Uint8Array, written?: () => void): void;
  /** Calls `task` once, soon, after what is now running has made its calls: they are then written together. */
  soon(task: () => void): void;
  /** Sends what is still to be sent and ends; `closed` of the {@link Receiver} follows. */
  end(): void;
  /** Ends at once. */
  destroy(): void;
}

/** Who is told what happens on a transport. */
export interface Receiver {
  /** Bytes arrived. */
  received(bytes: Uint8Array): void;
  /** It is over. Called once, and nothing after it. */
  closed(cause?: Error): void;
}

/**
 * Opens a transport, and tells `receiver` from then on. It is called again, with another receiver, for each connection
 * that is made anew. When `signal` fires, nobody waits for it any longer.
 */
export type Dial = (receiver: Receiver, signal: AbortSignal) => Promise<Transport>;
