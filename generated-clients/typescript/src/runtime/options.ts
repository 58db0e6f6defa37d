/** What the user decides about a connection. */
import type { CodecName } from "./codec.js";

/** How a client talks to its server. */
export interface ConnectOptions {
  /** What messages are written in: "json" unless told, or "messagepack", which needs `@msgpack/msgpack`. */
  readonly codec?: CodecName | undefined;
  /**
   * How long connecting may take, and each call that does not say so itself, in milliseconds: 30 000 unless told. The wait
   * for a connection counts.
   */
  readonly timeout?: number | undefined;
  /** Ends connecting when it fires, with the signal's reason. Once the connection is there, it does nothing. */
  readonly signal?: AbortSignal | undefined;
  /**
   * Whether a connection that is lost is made anew, and how: true unless told. With false the first loss ends the client.
   *
   * Calls that had not left this process wait for the next connection until their timeout; those that had fail with
   * `ConnectionLost`, since they may have run; only those that are idempotent are made once more instead. Subscriptions go on. A client that is not closed
   * keeps trying, and keeps its process running.
   */
  readonly reconnect?: boolean | ReconnectOptions | undefined;
  /**
   * How many items of a stream the server may send before they are read: 256 unless told. More are granted as items are
   * read. With 0 it sends as fast as the connection allows.
   */
  readonly streamWindow?: number | undefined;
  /**
   * Whether the client tells the server what it was generated from: true unless told. It costs no round trip. One that
   * does not knows neither which calls do not fit another server, nor how many events it missed while there was no
   * connection.
   */
  readonly introduce?: boolean | undefined;
}

/** How long to wait before each attempt to make a connection anew. A random half at most is taken off each wait. */
export interface ReconnectOptions {
  /** The first wait, in milliseconds: 50 unless told. It doubles after each attempt that came to nothing. */
  readonly firstDelay?: number | undefined;
  /**
   * The longest wait, in milliseconds: 5000 unless told. After a connection that had lasted as long, the first attempt is
   * made at once.
   */
  readonly maxDelay?: number | undefined;
}

/** The options with everything decided. */
export interface Settings {
  readonly codec: CodecName;
  readonly timeout: number;
  /** Null if a lost connection is not made anew. */
  readonly reconnect: ReconnectDelays | null;
  readonly streamWindow: number;
  readonly introduce: boolean;
}

interface ReconnectDelays {
  readonly firstDelay: number;
  readonly maxDelay: number;
}

/** The longest delay that a timer takes. */
const MAX_TIMEOUT = 0x7fffffff;

/**
 * Decides what the options leave open.
 *
 * @throws RangeError if an option makes no sense.
 */
export function settle(options: ConnectOptions): Settings {
  const { codec = "json", reconnect = true, streamWindow = 256 } = options;
  if (!["json", "messagepack"].includes(codec)) throw new RangeError('codec is "json" or "messagepack"');
  if (!Number.isSafeInteger(streamWindow) || streamWindow < 0) {
    throw new RangeError("streamWindow is a number of items, 0 or more");
  }
  return {
    codec,
    timeout: checkTimeout(options.timeout ?? 30_000),
    reconnect: reconnect === false ? null : delays(reconnect === true ? {} : reconnect),
    streamWindow,
    introduce: options.introduce ?? true,
  };
}

function delays({ firstDelay = 50, maxDelay = 5000 }: ReconnectOptions): ReconnectDelays {
  if (!(firstDelay >= 1 && firstDelay <= maxDelay && maxDelay <= MAX_TIMEOUT)) {
    throw new RangeError("firstDelay is a number of milliseconds, 1 or more, and maxDelay at least as many");
  }
  return { firstDelay, maxDelay };
}

/**
 * A timeout in whole milliseconds.
 *
 * @throws RangeError if it is none.
 */
export function checkTimeout(timeout: number): number {
  if (timeout > 0 && timeout <= MAX_TIMEOUT) return Math.ceil(timeout);
  throw new RangeError(`a timeout is a number of milliseconds from 1 to ${String(MAX_TIMEOUT)}`);
}
