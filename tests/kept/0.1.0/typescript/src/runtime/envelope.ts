/** The fields around a payload: which frames there are, and what they say. */
import type { FrameFields } from "./callee.js";
import { fault } from "./errors.js";
import type { CallError, Refusal } from "./errors.js";

/** A request's routing facts, beside its target and its message type. */
export interface RequestFacts {
  /** Unique among what is in flight; null for a tell, which nobody answers. */
  readonly id: string | null;
  readonly expects: "reply" | "stream" | "nothing";
  readonly timeoutMs: number | null;
  /** How many items of a stream may come before more are granted; null if any number may, and for all other calls. */
  readonly credit: number | null;
}

/** The map that a frame of the client holds, where it is not a request. */
export type ControlFields = Readonly<Record<string, unknown>>;

/** Asks the server to stop working on a call. */
export function cancel(id: string): ControlFields {
  return { control: "cancel", request_id: id };
}

/** Lets the server send so many more items of a stream. */
export function credit(id: string, items: number): ControlFields {
  return { control: "credit", stream_id: id, items };
}

/** Says which contracts the client was generated from, by their names and hashes. */
export function hello(contracts: Readonly<Record<string, string>>, client: string, id: string): ControlFields {
  return { control: "hello", request_id: id, protocol: [1, 1], contracts, client };
}

/**
 * Asks which calls and events of the client's document do not fit the server. This client keeps variants of enums that it
 * does not know, so new ones do fit.
 */
export function schema(document: unknown, id: string): ControlFields {
  return { control: "schema", request_id: id, document, open_enums: true };
}

/** Asks for the events of these names. */
export function subscribe(names: readonly string[], id: string): ControlFields {
  return { message_types: names, request_id: id };
}

/** Asks for no more events of these names. */
export function unsubscribe(names: readonly string[]): ControlFields {
  return { control: "unsubscribe", message_types: names };
}

/** A frame of the server, read. */
export type Incoming =
  | {
      readonly kind: "response";
      readonly id: string | null;
      readonly refusal: Refusal | null;
      readonly payload: unknown;
    }
  | {
      readonly kind: "item";
      readonly id: string;
      readonly refusal: Refusal | null;
      readonly payload: unknown;
      readonly sequence: number;
      readonly isFinal: boolean;
    }
  | {
      readonly kind: "push";
      readonly event: string;
      readonly payload: unknown;
      readonly sequence: bigint | null;
      readonly missed: bigint;
    }
  | { readonly kind: "control"; readonly control: string; readonly fields: FrameFields }
  /** A call of an actor that the client hosts. */
  | { readonly kind: "request"; readonly fields: FrameFields };

/**
 * Tells which kind of frame a payload is.
 *
 * @throws ProtocolViolation if it is none that a server sends.
 */
export function readIncoming(value: unknown): Incoming {
  if (typeof value !== "object" || value === null || Array.isArray(value)) throw unreadable("it is not a map");
  const fields = value as Record<string, unknown>;
  if ("control" in fields) return readControl(fields);
  if ("target" in fields) return { kind: "request", fields };
  if ("stream_id" in fields) return readItem(fields);
  if ("notification_type" in fields) return readPush(fields);
  if ("success" in fields) return readResponse(fields);
  throw unreadable("it has none of the fields control, target, stream_id, notification_type and success");
}

function readControl(fields: Record<string, unknown>): Incoming {
  const { control } = fields;
  if (typeof control !== "string") throw unreadable("control is not a string");
  return { kind: "control", control, fields };
}

function readResponse(fields: Record<string, unknown>): Incoming {
  const { request_id: id, success, payload } = fields;
  if (typeof success !== "boolean") throw unreadable("success is not a boolean");
  return {
    kind: "response",
    id: typeof id === "string" ? id : null,
    refusal: success ? null : readRefusal(fields),
    payload: payload ?? null,
  };
}

function readItem(fields: Record<string, unknown>): Incoming {
  const { stream_id: id, sequence, is_final: isFinal, success, payload } = fields;
  if (typeof id !== "string") throw unreadable("stream_id is not a string");
  if (typeof isFinal !== "boolean") throw unreadable("is_final is not a boolean");
  const refusal = success === false ? readRefusal(fields) : null;
  return { kind: "item", id, refusal, payload: payload ?? null, sequence: readCount(sequence, "sequence"), isFinal };
}

function readPush(fields: Record<string, unknown>): Incoming {
  const { message_type: event, payload, seq, missed, timestamp } = fields;
  if (typeof event !== "string") throw unreadable("message_type is not a string");
  readCount(timestamp, "timestamp");
  return {
    kind: "push",
    event,
    payload: payload ?? null,
    sequence: seq === undefined || seq === null ? null : readLongCount(seq, "seq"),
    missed: missed === undefined || missed === null ? 0n : readLongCount(missed, "missed"),
  };
}

/** Counts of events may need all 64 bits. */
function readLongCount(value: unknown, field: string): bigint {
  const count = longCount(value);
  if (count === null) throw unreadable(`${field} is not a count`);
  return count;
}

/** The value, if it is a count. */
export function longCount(value: unknown): bigint | null {
  if (typeof value === "bigint") return value >= 0n ? value : null;
  return typeof value === "number" && Number.isSafeInteger(value) && value >= 0 ? BigInt(value) : null;
}

/** MessagePack may write any integer in 64 bits, which reads as bigint. */
function readCount(value: unknown, field: string): number {
  if (typeof value === "number" || typeof value === "bigint") return Number(value);
  throw unreadable(`${field} is not an integer`);
}

function readRefusal(fields: Record<string, unknown>): Refusal {
  const { error, error_code: errorCode, error_details: details } = fields;
  const text = typeof error === "string" ? error : "the server gave no reason";
  // A server that writes no codes still begins its text with one.
  const code = typeof errorCode === "string" ? errorCode : (/^(\w+):/.exec(text)?.[1] ?? "Internal");
  return { code, text: text.startsWith(`${code}: `) ? text.slice(code.length + 2) : text, details };
}

function unreadable(reason: string): CallError {
  return fault("ProtocolError", `the server sent a frame that cannot be read: ${reason}`, "unknown");
}
