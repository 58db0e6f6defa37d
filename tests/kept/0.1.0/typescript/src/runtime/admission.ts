/** Which calls may be sent: no more are at the server at once than it takes. */
import type { Exchange } from "./exchange.js";

/** Gives calls a place at the server, in their order. */
export class Admission {
  #limit = Infinity;
  /** How many places are taken: of calls that are sent, or will be, and that the server has not ended. */
  #taken = 0;
  /** The ids of calls that have ended here alone: their places are taken until the server ends them too. */
  readonly #left = new Set<string>();
  /** The calls that wait for a place, in their order, each with what sends it. */
  readonly #waiting = new Map<Exchange, () => void>();

  /** The server takes so many calls at once. */
  allow(calls: number): void {
    // With no place at all nothing would ever be sent.
    this.#limit = Math.max(1, calls);
    this.#admit();
  }

  /** Sends a call, now or once there is a place for it. */
  enter(exchange: Exchange, send: () => void): void {
    if (this.#waiting.size === 0 && this.#taken < this.#limit) this.#place(exchange, send);
    else this.#waiting.set(exchange, send);
  }

  /** The server has said its last word on the call of this id; `exchange` is undefined if it had ended here before. */
  answered(id: string, exchange: Exchange | undefined): void {
    if (exchange?.hasPlace === true) exchange.hasPlace = false;
    else if (!this.#left.delete(id)) return;
    this.#vacate(1);
  }

  /** A call has ended here; tells whether it was still waiting for a place. */
  ended(exchange: Exchange): boolean {
    if (this.#waiting.delete(exchange)) return true;
    if (!exchange.hasPlace) return false;
    exchange.hasPlace = false;
    if (exchange.isSent) this.#left.add(exchange.id);
    else this.#vacate(1);
    return false;
  }

  /** The socket is lost that these were sent over: the server will end no call of it any more. */
  lost(sent: readonly Exchange[]): void {
    let places = this.#left.size;
    this.#left.clear();
    for (const exchange of sent) {
      if (exchange.hasPlace) places++;
      exchange.hasPlace = false;
    }
    this.#vacate(places);
  }

  #vacate(places: number): void {
    this.#taken -= places;
    this.#admit();
  }

  #admit(): void {
    while (this.#taken < this.#limit) {
      const [next] = this.#waiting;
      if (next === undefined) return;
      const [exchange, send] = next;
      this.#waiting.delete(exchange);
      this.#place(exchange, send);
    }
  }

  #place(exchange: Exchange, send: () => void): void {
    exchange.hasPlace = true;
    this.#taken++;
    send();
  }
}
