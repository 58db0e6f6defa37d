/** What tests of lost connections share: pipes that they end themselves, and what comes of a call. */
import assert from "node:assert/strict";

import { ConnectionLost } from "../src/errors.js";
import { Connection } from "../src/index.js";
import type { ConnectOptions, Receiver, Transport } from "../src/index.js";
import type { Fixture, Frame, Peer } from "./fake-server.js";
import { ADD, ORDER } from "./methods.js";

export const BOUNDED = { timeout: 30_000 };
export const QUICK: ConnectOptions = { reconnect: { firstDelay: 1, maxDelay: 20 } };

export function number(frame: Frame): number {
  return (frame["payload"] as { a: number }).a;
}

export function echo(frame: Frame, peer: Peer): void {
  if (frame["target"] === "calculator") peer.reply(frame, number(frame));
}

export function add(connection: Connection, a: number, timeout?: number): Promise<bigint> {
  return connection.target("calculator").ask(ADD, { a: BigInt(a), b: 0n }, { timeout });
}

/** A way out whose bytes leave when the test says so. */
export class Pipe implements Transport {
  readonly receiver: Receiver;
  readonly pieces: { readonly text: string; readonly written: (() => void) | undefined }[] = [];
  isEnded = false;
  #tasks: (() => void)[] = [];
  /** An open way out keeps the process running. */
  readonly #open = setInterval(() => undefined, 60_000);

  constructor(receiver: Receiver) {
    this.receiver = receiver;
  }

  write(bytes: Uint8Array, written?: () => void): void {
    this.pieces.push({ text: new TextDecoder().decode(bytes), written });
  }

  soon(task: () => void): void {
    this.#tasks.push(task);
  }

  /** What would run soon runs now. */
  run(): void {
    for (const task of this.#tasks.splice(0)) task();
  }

  end(): void {
    this.lose();
  }

  /** The connection ends from the other side. */
  lose(cause?: Error): void {
    this.isEnded = true;
    clearInterval(this.#open);
    this.receiver.closed(cause);
  }

  destroy(): void {
    this.end();
  }

  reply(id: string, payload: number): void {
    this.say({ success: true, request_id: id, error: null, payload });
  }

  say(frame: Frame): void {
    const payload = new TextEncoder().encode(JSON.stringify(frame));
    const bytes = new Uint8Array(4 + payload.length);
    new DataView(bytes.buffer).setUint32(0, payload.length);
    bytes.set(payload, 4);
    this.receiver.received(bytes);
  }

  get requests(): number[] {
    const all = this.pieces.map(({ text }) => text).join("");
    return [...all.matchAll(/"a":(\d+)/g)].map(([, a]) => Number(a));
  }
}

/** A connection over pipes: the first is there, and each further one once it is asked for. */
export async function piped(
  options: ConnectOptions = QUICK,
): Promise<{ connection: Connection; next: () => Promise<Pipe> }> {
  const made: Pipe[] = [];
  let waiting: ((pipe: Pipe) => void)[] = [];
  const connection = await Connection.open((receiver) => {
    const pipe = new Pipe(receiver);
    const [first, ...others] = waiting;
    waiting = others;
    if (first === undefined) made.push(pipe);
    else first(pipe);
    return Promise.resolve(pipe);
  }, options);
  return {
    connection,
    next: async () => {
      const pipe = made.shift() ?? (await new Promise<Pipe>((resolve) => waiting.push(resolve)));
      // The connection takes it up in the turn after.
      await new Promise(setImmediate);
      return pipe;
    },
  };
}

export async function outcome(call: Promise<unknown>): Promise<unknown> {
  return call.then(
    (value) => value,
    (error: unknown) => error,
  );
}

/** Stops the server; ends when the client has learned of it. */
export async function stop(server: Fixture): Promise<void> {
  const silent = outcome(server.connection.target("silent").ask(ORDER, { product: "x" }, undefined));
  await server.arrived((frame) => frame["target"] === "silent");
  await server.stop();
  assertLost(await silent, "unknown");
}

export function assertLost(error: unknown, delivered: "no" | "unknown"): void {
  assert.ok(error instanceof ConnectionLost, String(error));
  assert.deepEqual([error.code, error.delivered, error.retryable], ["ConnectionClosed", delivered, delivered === "no"]);
}
