/** What can go wrong with a call. */

/** Whether the actor got the message. */
export type Delivered = "no" | "yes" | "unknown";

/** What is known about a failure beside its code and its text. */
export interface FailureDetails {
  /** The same call may be made again. */
  readonly retryable: boolean;
  readonly delivered: Delivered;
  /** Where in the message or the reply the fault lies, for example `payload.items[3].id`. */
  readonly path?: string | undefined;
  /** What the name that was not understood might have meant. */
  readonly candidates?: readonly string[] | undefined;
  /** The turns that would have waited for each other. */
  readonly chain?: readonly string[] | undefined;
  /** When to try again, in milliseconds. */
  readonly retryAfterMs?: number | undefined;
}

/**
 * A call that did not succeed. `code` says why; it may be one that this version has no class for, so decide by
 * `retryable` and `delivered` where that is enough.
 */
export class CallError extends Error {
  readonly code: string;
  readonly retryable: boolean;
  readonly delivered: Delivered;
  readonly path: string | undefined;
  readonly candidates: readonly string[];
  readonly chain: readonly string[];
  readonly retryAfterMs: number | undefined;

  constructor(code: string, text: string, details: FailureDetails, options?: ErrorOptions) {
    super(text, options);
    this.name = new.target.name;
    this.code = code;
    this.retryable = details.retryable;
    this.delivered = details.delivered;
    this.path = details.path;
    this.candidates = details.candidates ?? [];
    this.chain = details.chain ?? [];
    this.retryAfterMs = details.retryAfterMs;
  }
}

/** The base of the errors that contracts declare; `error` is the contract's own value. */
export class ContractError<Detail = unknown> extends CallError {
  readonly error: Detail;

  constructor(text: string, error: Detail) {
    super("ContractError", text, { retryable: false, delivered: "yes" });
    this.error = error;
  }
}

/** No actor is exposed under the id. */
export class ActorNotFound extends CallError {}

/** The actor's queue is full. */
export class TargetBusy extends CallError {}

/** The server takes no more calls from this connection for a while. */
export class RateLimited extends CallError {}

/** The caller may not do this. */
export class PermissionDenied extends CallError {}

/** The call would have waited for itself. */
export class Deadlock extends CallError {}

/** The actor failed while it handled the call, or before it could. */
export class ActorFailed extends CallError {}

/** The server, or the actor, is going away. */
export class ShuttingDown extends CallError {}

/** The call took longer than its timeout. */
export class CallTimeout extends CallError {}

/** The server ended the call because it was asked to. */
export class CallCancelled extends CallError {}

/** The connection ended while the call was in flight, or before it was made. */
export class ConnectionLost extends CallError {}

/** What was sent or received is longer than a frame may be. */
export class FrameTooLarge extends CallError {}

/** A value that does not fit its type, in what was to be sent (`delivered` is "no") or in what came back. */
export class SerializationError extends CallError {}

/** One side did not understand the other. */
export class ProtocolViolation extends CallError {}

/** Items arrived faster than they were taken, and no more could be kept. */
export class SlowConsumer extends CallError {}

const CLASSES: ReadonlyMap<string, typeof CallError> = new Map<string, typeof CallError>([
  ["ActorNotFound", ActorNotFound],
  ["TargetBusy", TargetBusy],
  ["RateLimited", RateLimited],
  ["LimitExceeded", RateLimited],
  ["PermissionDenied", PermissionDenied],
  ["Deadlock", Deadlock],
  ["ActorFailed", ActorFailed],
  ["ActorStopped", ActorFailed],
  ["ShuttingDown", ShuttingDown],
  ["Timeout", CallTimeout],
  ["Cancelled", CallCancelled],
  ["ConnectionClosed", ConnectionLost],
  ["FrameTooLarge", FrameTooLarge],
  ["SerializationError", SerializationError],
  ["ProtocolError", ProtocolViolation],
  ["UnknownMessageType", ProtocolViolation],
  ["AmbiguousMessageType", ProtocolViolation],
  ["SchemaMismatch", ProtocolViolation],
  ["SlowConsumer", SlowConsumer],
]);

/** A failure as a frame tells it. */
export interface Refusal {
  readonly code: string;
  readonly text: string;
  /** The declared error's value if `code` is "ContractError", else the facts of {@link FailureDetails}. */
  readonly details: unknown;
}

/** The error for a refusal that is no declared error. What the server says of retrying and delivery is obeyed. */
export function failure(refusal: Refusal): CallError {
  const Class = CLASSES.get(refusal.code) ?? CallError;
  return new Class(refusal.code, refusal.text, readDetails(refusal.details));
}

function readDetails(value: unknown): FailureDetails {
  const details = typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};
  const { retryable, delivered, path, candidates, chain, retry_after_ms: retryAfterMs } = details;
  return {
    retryable: retryable === true,
    delivered: delivered === "no" || delivered === "yes" ? delivered : "unknown",
    path: typeof path === "string" ? path : undefined,
    candidates: texts(candidates),
    chain: texts(chain),
    retryAfterMs: typeof retryAfterMs === "number" ? retryAfterMs : undefined,
  };
}

function texts(value: unknown): readonly string[] | undefined {
  return Array.isArray(value) ? value.filter((item) => typeof item === "string") : undefined;
}
