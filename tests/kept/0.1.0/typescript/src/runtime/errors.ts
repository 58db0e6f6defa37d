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

/**
 * The base of the errors that contracts declare; `error` is the contract's own value. It is itself the error of a method
 * that declares none in what the client was generated from; `error` is then the value as the codec read it.
 */
export class ContractError<Detail = unknown> extends CallError {
  readonly error: Detail;

  constructor(text: string, error: Detail) {
    super("ContractError", text, { retryable: false, delivered: "yes" });
    this.error = error;
  }
}

/** The actor, or the server, knows no such message: the client is of another version. */
export class UnknownMessageType extends CallError {}

/** The short name of a message fits several methods of the actor; see `candidates`. */
export class AmbiguousMessageType extends CallError {}

/** The method or the event has another form in the server than in what this client was generated from. */
export class SchemaMismatch extends CallError {}

/** No actor is exposed under the id. */
export class ActorNotFound extends CallError {}

/** The actor's queue is full. */
export class TargetBusy extends CallError {}

/** The server takes no more calls from this caller for a while; see `retryAfterMs`. */
export class RateLimited extends CallError {}

/** A limit of the server is reached, such as that of calls in flight on a connection. */
export class LimitExceeded extends CallError {}

/** The caller may not do this. */
export class PermissionDenied extends CallError {}

/** The call would have waited for itself. */
export class Deadlock extends CallError {}

/** The actor failed while it handled the call, or before it could. */
export class ActorFailed extends CallError {}

/** The actor stopped before it answered. */
export class ActorStopped extends CallError {}

/** The server is going away. */
export class ShuttingDown extends CallError {}

/** The call took longer than its timeout. */
export class CallTimeout extends CallError {}

/** The server ended the call because it was asked to. */
export class CallCancelled extends CallError {}

/** The connection ended while the call was in flight, or there was none. */
export class ConnectionLost extends CallError {}

/** What was sent or received is longer than a frame may be. */
export class FrameTooLarge extends CallError {}

/** A value that does not fit its type, in what was to be sent (`delivered` is "no") or in what came back. */
export class SerializationError extends CallError {}

/** One side did not understand the other. */
export class ProtocolViolation extends CallError {}

/** Items arrived faster than they were taken, and no more could be kept. */
export class SlowConsumer extends CallError {}

/** The server failed in a way that has no other code. */
export class InternalError extends CallError {}

/** What a code says as long as nothing more is known. */
interface Row {
  readonly kind: typeof CallError;
  readonly delivered: Delivered;
  /** The same call may be made again if it was not delivered. */
  readonly heals: boolean;
}

function row(kind: typeof CallError, delivered: Delivered, heals: boolean): Row {
  return { kind, delivered, heals };
}

/** The codes of this version, but for the contracts' own errors. */
type Code =
  | "UnknownMessageType"
  | "AmbiguousMessageType"
  | "ProtocolError"
  | "PermissionDenied"
  | "SchemaMismatch"
  | "FrameTooLarge"
  | "Deadlock"
  | "ActorNotFound"
  | "TargetBusy"
  | "RateLimited"
  | "LimitExceeded"
  | "ShuttingDown"
  | "SerializationError"
  | "Timeout"
  | "Cancelled"
  | "ConnectionClosed"
  | "ActorFailed"
  | "ActorStopped"
  | "SlowConsumer"
  | "Internal";

const TABLE: Readonly<Record<Code, Row>> = {
  UnknownMessageType: row(UnknownMessageType, "no", false),
  AmbiguousMessageType: row(AmbiguousMessageType, "no", false),
  ProtocolError: row(ProtocolViolation, "no", false),
  PermissionDenied: row(PermissionDenied, "no", false),
  SchemaMismatch: row(SchemaMismatch, "no", false),
  FrameTooLarge: row(FrameTooLarge, "no", false),
  Deadlock: row(Deadlock, "no", false),
  ActorNotFound: row(ActorNotFound, "no", true),
  TargetBusy: row(TargetBusy, "no", true),
  RateLimited: row(RateLimited, "no", true),
  LimitExceeded: row(LimitExceeded, "no", true),
  ShuttingDown: row(ShuttingDown, "no", true),
  SerializationError: row(SerializationError, "no", false),
  Timeout: row(CallTimeout, "unknown", true),
  Cancelled: row(CallCancelled, "unknown", true),
  ConnectionClosed: row(ConnectionLost, "unknown", true),
  ActorFailed: row(ActorFailed, "yes", true),
  ActorStopped: row(ActorStopped, "yes", true),
  SlowConsumer: row(SlowConsumer, "yes", false),
  Internal: row(InternalError, "unknown", false),
};

const ROWS: ReadonlyMap<string, Row> = new Map(Object.entries(TABLE));

/** Of a code that this version does not know. */
const UNKNOWN: Row = row(CallError, "unknown", false);

/** An error of this side's own making; `delivered` is what the code says unless told. */
export function fault(
  code: Code,
  text: string,
  delivered: Delivered = TABLE[code].delivered,
  options?: ErrorOptions,
): CallError {
  const { kind: Kind, heals } = TABLE[code];
  return new Kind(code, text, { retryable: heals && delivered === "no", delivered }, options);
}

/** A failure as a frame tells it. */
export interface Refusal {
  readonly code: string;
  readonly text: string;
  /** The declared error's value if `code` is "ContractError", else the facts of {@link FailureDetails}. */
  readonly details: unknown;
}

/** The failure of a call that was made a second time, whose first attempt may have run. */
export function mayHaveRun(error: CallError): CallError {
  if (error.delivered !== "no") return error;
  const { kind: Kind } = ROWS.get(error.code) ?? UNKNOWN;
  const { path, candidates, chain, retryAfterMs } = error;
  const details = { retryable: false, delivered: "unknown", path, candidates, chain, retryAfterMs } as const;
  return new Kind(error.code, error.message, details, { cause: error });
}

/**
 * The error for a refusal that is no declared error of its method. What the server says of retrying and delivery is obeyed; where it
 * says nothing, the code does.
 */
export function failure(refusal: Refusal): CallError {
  if (refusal.code === "ContractError") return new ContractError(refusal.text, refusal.details);
  const row = ROWS.get(refusal.code) ?? UNKNOWN;
  return new row.kind(refusal.code, refusal.text, readDetails(refusal.details, row));
}

/** The longest payload that the server says it takes, in bytes, where a refusal tells. */
export function maxFrame({ code, details }: Refusal): number | null {
  if (code !== "FrameTooLarge" || typeof details !== "object" || details === null) return null;
  const { max_frame: limit } = details as { readonly max_frame?: unknown };
  return typeof limit === "number" || typeof limit === "bigint" ? Number(limit) : null;
}

function readDetails(value: unknown, { delivered: usual, heals }: Row): FailureDetails {
  const details = typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};
  const { retryable, delivered: told, path, candidates, chain, retry_after_ms: retryAfterMs } = details;
  const delivered = told === "no" || told === "yes" || told === "unknown" ? told : usual;
  return {
    retryable: typeof retryable === "boolean" ? retryable : heals && delivered === "no",
    delivered,
    path: typeof path === "string" ? path : undefined,
    candidates: texts(candidates),
    chain: texts(chain),
    retryAfterMs: typeof retryAfterMs === "number" ? retryAfterMs : undefined,
  };
}

function texts(value: unknown): readonly string[] | undefined {
  return Array.isArray(value) ? value.filter((item) => typeof item === "string") : undefined;
}
