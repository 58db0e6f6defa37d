/** What is to be sent and is not handed to a socket yet: it has certainly not left this process. */
import type { Exchange } from "./exchange.js";
import { MAX_PAYLOAD, PREFIX, writeFrame } from "./frame.js";
import { Output } from "./output.js";

interface Frame {
  /** Who waits for the answer; null for what means something on the socket of now alone. */
  readonly exchange: Exchange | null;
  /** With its prefix. */
  readonly length: number;
}

/** Frames that are handed to a socket together. */
export interface Batch {
  readonly bytes: Uint8Array;
  /** What may be written to it. */
  readonly exchanges: readonly Exchange[];
}

/** So many frames of calls that ended are kept, whatever else waits. */
const SLACK = 64;

/** Whole frames, in their order. Those of calls that end before they are taken are never sent. */
export class Outbox {
  /** The longest payload that the server takes, in bytes. */
  limit: number = MAX_PAYLOAD;
  readonly #output = new Output();
  #frames: Frame[] = [];
  #over = 0;

  /** How many bytes wait. */
  get length(): number {
    return this.#output.length;
  }

  /**
   * Appends one frame.
   *
   * @param exchange - the call that it makes; null if it is of no use on another socket than the one of now.
   * @returns how many bytes its payload has.
   * @throws FrameTooLarge if the payload is longer than {@link limit}; whatever `body` throws.
   */
  add(exchange: Exchange | null, body: (output: Output) => void): number {
    const size = writeFrame(this.#output, body, this.limit);
    this.#frames.push({ exchange, length: size + PREFIX });
    return size;
  }

  /** Takes note that the call of a frame in here has ended. */
  drop(): void {
    this.#over++;
    // A server that stays away costs no more memory than there are callers.
    if (this.#over > SLACK && this.#over * 2 > this.#frames.length) this.#sort();
  }

  /** Hands over everything. */
  take(): Batch {
    if (this.#over > 0) this.#sort();
    const exchanges: Exchange[] = [];
    for (const { exchange } of this.#frames) {
      if (exchange === null) continue;
      exchange.isSent = true;
      exchanges.push(exchange);
    }
    this.#frames = [];
    return { bytes: this.#output.take(), exchanges };
  }

  /** Keeps the calls for another socket, and hands over what is of no use there. */
  takeAsides(): Uint8Array {
    return this.#sort(true);
  }

  /** Throws out the frames of calls that have ended, and if told so, hands over those that are of no call. */
  #sort(withAsides = false): Uint8Array {
    const frames = this.#frames;
    const bytes = this.#output.take();
    const asides = new Output(0);
    this.#frames = [];
    this.#over = 0;
    let start = 0;
    for (const frame of frames) {
      const end = start + frame.length;
      const piece = bytes.subarray(start, end);
      start = end;
      if (frame.exchange === null && withAsides) {
        asides.bytes(piece);
      } else if (frame.exchange?.isOver !== true) {
        this.#output.bytes(piece);
        this.#frames.push(frame);
      }
    }
    return asides.take();
  }
}
