/**
 * Frames: a length in four bytes, big-endian, then so many bytes of payload.
 */
import { fault } from "./errors.js";
import type { Output } from "./output.js";

/** The bytes of a frame's length. */
export const PREFIX = 4;

/** The longest payload that is accepted, and that is sent unless the server takes less, in bytes. */
export const MAX_PAYLOAD: number = 16 * 1024 * 1024;

/**
 * Appends one frame whose payload `body` writes. If `body` fails or writes too much, nothing is appended.
 *
 * @returns how many bytes the payload has.
 * @throws FrameTooLarge if it has more than `limit`; whatever `body` throws.
 */
export function writeFrame(output: Output, body: (output: Output) => void, limit: number = MAX_PAYLOAD): number {
  const before = output.length;
  try {
    output.u32(0);
    body(output);
    const length = output.length - before - PREFIX;
    if (length > limit) {
      throw fault(
        "FrameTooLarge",
        `the message takes ${String(length)} bytes, and a frame holds at most ${String(limit)}`,
      );
    }
    output.patchU32(before, length);
    return length;
  } catch (error) {
    output.truncate(before);
    throw error;
  }
}

/** Cuts what arrives, in pieces of any size, into the payloads of its frames. */
export class FrameReader {
  readonly #onPayload: (payload: Uint8Array) => void;
  #waiting: Uint8Array[] = [];
  #held = 0;
  /** How many bytes must be held before looking at them is worth while: joining pieces earlier would be quadratic. */
  #needed: number = PREFIX;

  constructor(onPayload: (payload: Uint8Array) => void) {
    this.#onPayload = onPayload;
  }

  /**
   * Takes the next piece and passes on every payload that is complete. A payload is a view of what arrived.
   *
   * @throws ProtocolViolation if a frame claims more than {@link MAX_PAYLOAD} bytes; nothing can be read then.
   */
  push(piece: Uint8Array): void {
    let bytes = piece;
    if (this.#held > 0) {
      this.#waiting.push(piece);
      this.#held += piece.length;
      if (this.#held < this.#needed) return;
      bytes = join(this.#waiting, this.#held);
    }
    let at = 0;
    let needed = PREFIX;
    while (bytes.length - at >= PREFIX) {
      const length =
        (((bytes[at] ?? 0) << 24) |
          ((bytes[at + 1] ?? 0) << 16) |
          ((bytes[at + 2] ?? 0) << 8) |
          (bytes[at + 3] ?? 0)) >>>
        0;
      if (length > MAX_PAYLOAD) {
        throw fault(
          "ProtocolError",
          `the server announced a frame of ${String(length)} bytes, and at most ${String(MAX_PAYLOAD)} are accepted`,
          "unknown",
        );
      }
      if (bytes.length - at < PREFIX + length) {
        needed = PREFIX + length;
        break;
      }
      const start = at + PREFIX;
      at = start + length;
      this.#onPayload(bytes.subarray(start, at));
    }
    this.#waiting = at < bytes.length ? [bytes.subarray(at)] : [];
    this.#held = bytes.length - at;
    this.#needed = needed;
  }
}

function join(pieces: readonly Uint8Array[], length: number): Uint8Array {
  const joined = new Uint8Array(length);
  let at = 0;
  for (const piece of pieces) {
    joined.set(piece, at);
    at += piece.length;
  }
  return joined;
}
