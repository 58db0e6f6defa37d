/** The fields around a payload: which frames there are, and what they say. */
import { ProtocolViolation } from "./errors.js";
import type { Refusal } from "./errors.js";

/** A request's routing facts, beside its target and its message type. */
export interface RequestFacts {
  /** Unique among what is in flight; null for a tell, which nobody answers. */
  readonly id: string | null;
  readonly expects: "reply" | "stream" | "nothing";
  readonly timeoutMs: number | null;
}

/** The map that a frame of the client holds, where it is not a request. */
export type ControlFields = Readonly<Record<string, unknown>>;

/** Asks the server to stop working on a call. */
export function cancel(id: string): ControlFields {
  return { control: "cancel", request_id: id };
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
      readonly sequence: number | null;
      readonly missed: number;
    }
  | { readonly kind: "control" };

/**
 * Tells which kind of frame a payload is.
 *
 * @throws {@link ProtocolViolation} if it is none that a server sends.
 */
export function readIncoming(value: unknown): Incoming {
  if (typeof value !== "object" || value === null || Array.isArray(value)) throw unreadable("it is not a map");
  const fields = value as Record<string, unknown>;
  if ("control" in fields) return readControl(fields);
  if ("stream_id" in fields) return readItem(fields);
  if ("notification_type" in fields) return readPush(fields);
  if ("success" in fields) return readResponse(fields);
  throw unreadable("it has none of the fields control, stream_id, notification_type and success");
}

function readControl({ control }: Record<string, unknown>): Incoming {
  if (typeof control !== "string") throw unreadable("control is not a string");
  return { kind: "control" };
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
    sequence: seq === undefined || seq === null ? null : readCount(seq, "seq"),
    missed: missed === undefined || missed === null ? 0 : readCount(missed, "missed"),
  };
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

function unreadable(reason: string): ProtocolViolation {
  return new ProtocolViolation("ProtocolError", `the server sent a frame that cannot be read: ${reason}`, {
    retryable: false,
    delivered: "unknown",
  });
}
