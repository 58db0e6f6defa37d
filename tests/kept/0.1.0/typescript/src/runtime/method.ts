/** What the generated code says of a method, and what a caller may say of a call. */
import type { CodecName } from "./codec.js";
import type { Decoder } from "./decode.js";
import { shallow } from "./encode.js";
import type { Encoder } from "./encode.js";
import type { ContractError } from "./errors.js";
import type { Exactness } from "./json.js";

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
  /** The reply may hold variants that this client does not know, whose data must be kept as they came. */
  readonly open?: boolean;
  /** A call does no harm if it is made twice. */
  readonly idempotent?: boolean;
}

/** What matters of the replies. */
export function exactnessOf({ wide, open = false }: Method<never, unknown>): Exactness {
  if (open) return "order";
  return wide ? "digits" : "rough";
}

/**
 * The payload of a call with these arguments.
 *
 * @throws SerializationError if they do not fit.
 */
export function payloadOf<A>(method: Method<A, unknown>, values: A, codec: CodecName): unknown {
  return shallow(method.encode(values, null, "request", codec));
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

/** What a call with one reply can be given. */
export interface AskOptions extends CallOptions {
  /**
   * Whether the call does no harm if it is made twice. One that may have run when the connection was lost is then made once
   * more, over the next connection and within its timeout. What the contract says unless told.
   */
  readonly idempotent?: boolean | undefined;
}
