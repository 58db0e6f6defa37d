/** What the generated code says of a method, and what a caller may say of a call. */
import type { Decoder } from "./decode.js";
import type { Encoder } from "./encode.js";
import type { ContractError } from "./errors.js";

/** One method of a contract, as it is called. */
export interface Method<Arguments, Reply> {
  /** The full name of the message type that carries the call. */
  readonly message: string;
  readonly encode: Encoder<Arguments>;
  /** Reads the reply of an ask or an item of a stream. */
  readonly decode: Decoder<Reply>;
  /** Makes the declared error from its text and its value; null if the contract declares none. */
  readonly declared: ((text: string, details: unknown) => ContractError) | null;
  /** The reply may hold integers of 64 bits or more, whose digits must be kept. */
  readonly wide: boolean;
}

/** What every call can be given. */
export interface CallOptions {
  /**
   * How long to wait for the reply, or for a stream's first item, in milliseconds. After it the call is cancelled and
   * fails with `CallTimeout`. The client's own default is 30 000.
   */
  readonly timeout?: number | undefined;
  /** Ends the call when it fires: the server is told, and the call fails with the signal's reason. */
  readonly signal?: AbortSignal | undefined;
}
