/** What waits for frames of the server, whatever kind of call it is. */
import type { Timed } from "./deadlines.js";
import type { CallError, Refusal } from "./errors.js";
import type { Exactness } from "./json.js";

/** Something that frames with its id are meant for. It leaves the connection's table before or when it ends, once. */
export abstract class Exchange implements Timed {
  readonly id: string;
  /** What matters of the reply. */
  readonly exactness: Exactness;
  deadline: number;
  /** How many bytes the payload of its frame has. */
  size = 0;
  /** Its frame was handed to the socket of now, so that nobody knows whether it arrived. */
  isSent = false;
  /** It counts among the calls that the server takes at once. */
  hasPlace = false;
  /** It has ended, and what comes for it is ignored. */
  isOver = false;

  /** @param timeout - how long it may take from now on, in milliseconds. */
  constructor(id: string, timeout: number, exactness: Exactness) {
    this.id = id;
    this.deadline = performance.now() + timeout;
    this.exactness = exactness;
  }

  /** How long it may still take, in whole milliseconds. */
  get remaining(): number {
    return Math.max(1, Math.ceil(this.deadline - performance.now()));
  }

  abstract replied(payload: unknown): void;
  abstract refused(refusal: Refusal): void;
  /** An item of a stream arrived. */
  abstract item(payload: unknown, sequence: number, isFinal: boolean): void;
  abstract expire(): void;
  /** It ends for a reason that does not come from the server. */
  abstract fail(reason: Error): void;

  /** Its frame has left this process. */
  written(): void {
    // Most wait for what the server says.
  }

  /** The socket that it was sent over is lost. It may have run, so that not all may be sent again. */
  lose(reason: CallError): void {
    this.fail(reason);
  }
}
