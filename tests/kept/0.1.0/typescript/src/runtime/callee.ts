/** What a connection knows of the actors that the client hosts: enough to leave all else out where there are none. */
import type { ControlFields } from "./envelope.js";
import { fault } from "./errors.js";
import type { CallError } from "./errors.js";

/** The fields of a frame, as they were read. */
export type FrameFields = Readonly<Record<string, unknown>>;

/** Takes the calls that the server makes. */
export interface Callee {
  /** A request arrived; `answer` sends frames for it, as long as there is the socket that it came over. */
  called(request: FrameFields, answer: (fields: ControlFields) => void): void;
  /** A control arrived. */
  told(control: string, fields: FrameFields): void;
  /** The socket is gone, and nobody waits for what was called over it. */
  lost(reason: Error): void;
}

/** Answers what is asked of a client that hosts nothing. */
export function absent(request: FrameFields, answer: (fields: ControlFields) => void): void {
  const { request_id: id, expects_stream: isStream } = request;
  if (isId(id)) refuse(answer, refusal(id, fault("ActorNotFound", NOT_HOSTED), isStream === true ? 0 : null));
}

/** Whether the server may call by this id. Its own have few digits; what is longer is not worth an answer. */
export function isId(id: unknown): id is string {
  return typeof id === "string" && id.length <= MAX_ID;
}

/** The longest id of a call. */
const MAX_ID = 255;

/** Sends a failure. A server that takes no frame that holds one cannot be told. */
export function refuse(answer: (fields: ControlFields) => void, fields: ControlFields): void {
  try {
    answer(fields);
  } catch {
    // Nobody waits for anything else.
  }
}

/** What is said of an id that no hosted actor has. */
export const NOT_HOSTED = "the client hosts no actor of this id (AgentNotFound)";

/** The frame of a failure: the last of a stream after `sequence` items, or a response if that is null. */
export function refusal(id: string, error: CallError, sequence: number | null, details?: unknown): ControlFields {
  const { code, message, retryable, delivered, path, retryAfterMs } = error;
  return {
    ...(sequence === null
      ? { success: false, request_id: id }
      : { stream_id: id, sequence, is_final: true, success: false }),
    error: `${code}: ${message}`,
    error_code: code,
    error_details: details === undefined ? { retryable, delivered, path, retry_after_ms: retryAfterMs } : details,
    payload: null,
  };
}
