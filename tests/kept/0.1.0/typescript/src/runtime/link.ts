/** One socket, from when it is open until it is lost. */
import type { CallError } from "./errors.js";
import { FrameReader } from "./frame.js";
import type { Outbox } from "./outbox.js";
import type { Receiver, Transport } from "./transport.js";

/** From here on what is to be sent is sent, not gathered further. */
const FLUSH_AT = 256 * 1024;

/** Who is told what a link brings. */
export interface LinkOwner {
  /** A frame's payload arrived. What this throws ends the link. */
  received(payload: Uint8Array, link: Link): void;
  /** It is over. Called once, and nothing after it. */
  lost(link: Link, cause: Error | null): void;
}

/**
 * Moves what stands in an outbox over one transport. It has one batch on its way at a time: what stands behind that has
 * certainly not left this process when the transport is lost.
 */
export class Link implements Receiver {
  /** The server has said goodbye: no more calls go over this link. */
  isLeaving = false;
  /** What the server said last that answers no call: why it is about to hang up. */
  lastWords: CallError | null = null;
  /** Those words were that it does not take the connection at all. */
  isRefused = false;
  /** How many frames have arrived. */
  heard = 0;
  readonly #outbox: Outbox;
  readonly #owner: LinkOwner;
  readonly #reader: FrameReader;
  readonly #since = performance.now();
  /** Kept once the transport has closed. */
  readonly ended: Promise<void>;
  #resolveEnded: () => void = () => undefined;
  #transport: Transport | null = null;
  #isOver = false;
  /** A batch is on its way. */
  #isWriting = false;
  /** What waits is to be written as soon as that batch has left. */
  #isDue = false;
  /** What waits will be written when what is now running has made its calls. */
  #isFlushing = false;

  constructor(outbox: Outbox, owner: LinkOwner) {
    this.#outbox = outbox;
    this.#owner = owner;
    this.#reader = new FrameReader((payload) => {
      if (this.#isOver) return;
      this.heard++;
      owner.received(payload, this);
    });
    this.ended = new Promise((resolve) => {
      this.#resolveEnded = resolve;
    });
  }

  /** How long it has lasted, in milliseconds. */
  get age(): number {
    return performance.now() - this.#since;
  }

  /** Writes to this transport from now on, `greeting` first; false if it has closed already. */
  attach(transport: Transport, greeting: Uint8Array): boolean {
    if (this.#isOver) {
      transport.destroy();
      return false;
    }
    this.#transport = transport;
    if (greeting.length > 0) transport.write(greeting);
    this.#flush();
    return true;
  }

  received(bytes: Uint8Array): void {
    if (this.#isOver) return;
    try {
      this.#reader.push(bytes);
    } catch (error) {
      this.#transport?.destroy();
      this.#lose(error as Error);
    }
  }

  closed(cause?: Error): void {
    this.#resolveEnded();
    this.#lose(cause ?? null);
  }

  /** Nobody waits for it any longer: what it brings is ignored. */
  abandon(): void {
    this.#isOver = true;
  }

  /** Writes what waits in the outbox, together with what is put there meanwhile. */
  flushSoon(): void {
    if (this.isLeaving || this.#transport === null) return;
    if (this.#outbox.length >= FLUSH_AT) {
      this.#flush();
    } else if (!this.#isFlushing) {
      this.#isFlushing = true;
      this.#transport.soon(() => {
        this.#isFlushing = false;
        this.#flush();
      });
    }
  }

  /** Sends no more calls over this link; those that were sent are still answered. */
  leave(): void {
    if (this.isLeaving) return;
    this.isLeaving = true;
    this.writeAside(this.#outbox.takeAsides());
  }

  /** Writes what is of no call, past all calls. */
  writeAside(bytes: Uint8Array): void {
    if (bytes.length > 0 && !this.#isOver) this.#transport?.write(bytes);
  }

  /** Writes all that waits, and ends. Nothing more is told. */
  finish(): void {
    if (!this.isLeaving && this.#outbox.length > 0) this.#write();
    this.#isOver = true;
    this.#transport?.end();
  }

  #flush(): void {
    if (this.#isOver || this.isLeaving || this.#outbox.length === 0) return;
    if (this.#isWriting) this.#isDue = true;
    else this.#write();
  }

  #write(): void {
    const { bytes, exchanges } = this.#outbox.take();
    if (bytes.length === 0) return;
    this.#isWriting = true;
    this.#transport?.write(bytes, () => {
      this.#isWriting = false;
      for (const exchange of exchanges) if (!exchange.isOver) exchange.written();
      if (this.#isDue) {
        this.#isDue = false;
        this.#flush();
      }
    });
  }

  #lose(cause: Error | null): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#owner.lost(this, cause);
  }
}
