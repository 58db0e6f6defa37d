/** A server that says what a test tells it to say. Its framing and codecs are its own, not those under test. */
import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:net";
import type { Server, Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { decode, encode } from "@msgpack/msgpack";

import { Connection } from "../src/index.js";
import type { ConnectOptions, MadeFrom } from "../src/index.js";
import { dialUnix } from "../src/node.js";

export type Frame = Record<string, unknown>;

/** One client, seen from the server. */
export class Peer {
  readonly #socket: Socket;
  #isJson = true;

  constructor(socket: Socket, onFrame: (frame: Frame, peer: Peer) => void) {
    this.#socket = socket;
    let held = Buffer.alloc(0);
    socket.on("data", (piece: Buffer) => {
      held = Buffer.concat([held, piece]);
      while (held.length >= 4 && held.length >= 4 + held.readUInt32BE(0)) {
        const payload = held.subarray(4, 4 + held.readUInt32BE(0));
        held = held.subarray(4 + payload.length);
        this.#isJson = payload[0] === 0x7b;
        onFrame((this.#isJson ? JSON.parse(payload.toString()) : decode(payload)) as Frame, this);
      }
    });
    socket.on("error", () => undefined);
  }

  send(...frames: Frame[]): void {
    this.raw(
      ...frames.map((frame) => (this.#isJson ? Buffer.from(JSON.stringify(frame)) : Buffer.from(encode(frame)))),
    );
  }

  raw(...payloads: Buffer[]): void {
    const pieces = payloads.flatMap((payload) => {
      const prefix = Buffer.alloc(4);
      prefix.writeUInt32BE(payload.length);
      return [prefix, payload];
    });
    this.#socket.write(Buffer.concat(pieces));
  }

  reply(request: Frame, payload: unknown): void {
    this.send({ success: true, request_id: request["request_id"], error: null, payload });
  }

  refuse(request: Frame, code: string, text: string, details: unknown): void {
    const error = { error: `${code}: ${text}`, error_code: code, error_details: details };
    this.send({ success: false, request_id: request["request_id"], ...error, payload: null });
  }

  /** Ends it after what was sent. */
  end(): void {
    this.#socket.end();
  }

  stopReading(): void {
    this.#socket.pause();
  }

  drop(): void {
    this.#socket.destroy();
  }
}

/** A fake server with a client that is connected to it. */
export interface Fixture extends AsyncDisposable {
  readonly path: string;
  readonly connection: Connection;
  /** Every frame that arrived. */
  readonly frames: Frame[];
  /** Every connection that was made, the last one last. */
  readonly peers: Peer[];
  /** Ends every connection, and listens no more. */
  stop(): Promise<void>;
  /** Listens again. */
  start(): Promise<void>;
  /** Waits for the first frame, past or to come, that fits. */
  arrived(fits: (frame: Frame) => boolean): Promise<Frame>;
}

/** Starts a server and connects to it. */
export async function serve(
  onFrame: (frame: Frame, peer: Peer) => void,
  options?: ConnectOptions,
  madeFrom?: MadeFrom,
): Promise<Fixture> {
  const folder = await mkdtemp(join(tmpdir(), "callsheet-"));
  const path = join(folder, "server.sock");
  const frames: Frame[] = [];
  const peers: Peer[] = [];
  let waiting: { fits: (frame: Frame) => boolean; resolve: (frame: Frame) => void }[] = [];
  let server: Server | null = null;
  const onConnection = (socket: Socket): void => {
    const peer = new Peer(socket, (frame) => {
      frames.push(frame);
      for (const { fits, resolve } of waiting) if (fits(frame)) resolve(frame);
      waiting = waiting.filter(({ fits }) => !fits(frame));
      onFrame(frame, peer);
    });
    peers.push(peer);
  };
  const start = async (): Promise<void> => {
    server = createServer(onConnection);
    await listen(server, path);
  };
  const stop = async (): Promise<void> => {
    const stopped = server;
    server = null;
    for (const peer of peers) peer.drop();
    if (stopped !== null) await new Promise((resolve) => stopped.close(resolve));
  };
  await start();
  const connection = await Connection.open(dialUnix(path), options, madeFrom);
  return {
    path,
    connection,
    frames,
    peers,
    stop,
    start,
    arrived: (fits) =>
      new Promise((resolve) => {
        const found = frames.find(fits);
        if (found === undefined) waiting.push({ fits, resolve });
        else resolve(found);
      }),
    async [Symbol.asyncDispose]() {
      await connection.close();
      await stop();
      await rm(folder, { recursive: true });
    },
  };
}

function listen(server: Server, path: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(path, resolve);
  });
}
