/** Unix sockets, by Node.js: the only part that needs Node.js. */
import { connect } from "node:net";
import type { Socket } from "node:net";

import { Connection } from "./connection.js";
import type { ConnectOptions } from "./connection.js";
import { ConnectionLost } from "./errors.js";
import type { Dial, Receiver, Transport } from "./transport.js";

/** How long a server that does not read may hold up the end of a connection, in milliseconds. */
const LINGER = 1_000;

/**
 * Opens a connection to the server that listens on the socket at `path`.
 *
 * @throws {@link ConnectionLost} if nothing listens there.
 */
export function openUnix(path: string, options?: ConnectOptions): Promise<Connection> {
  return Connection.open(dialUnix(path), options);
}

/** Dials the socket at `path`. */
export function dialUnix(path: string): Dial {
  return (receiver) =>
    new Promise((resolve, reject) => {
      const socket = connect(path);
      const refuse = (cause: Error): void => {
        const text = `cannot connect to ${path}: ${cause.message}`;
        reject(new ConnectionLost("ConnectionClosed", text, { retryable: true, delivered: "no" }, { cause }));
      };
      socket.once("error", refuse);
      socket.once("connect", () => {
        socket.off("error", refuse);
        resolve(new SocketTransport(socket, receiver));
      });
    });
}

class SocketTransport implements Transport {
  readonly #socket: Socket;

  constructor(socket: Socket, receiver: Receiver) {
    this.#socket = socket;
    let cause: Error | undefined;
    socket.on("data", (bytes) => {
      receiver.received(bytes);
    });
    socket.on("error", (error) => {
      cause = error;
    });
    socket.on("close", () => {
      receiver.closed(cause);
    });
  }

  write(bytes: Uint8Array, written?: () => void): void {
    this.#socket.write(bytes, (error) => {
      if (error === null || error === undefined) written?.();
    });
  }

  soon(task: () => void): void {
    setImmediate(task);
  }

  end(): void {
    const destroy = (): void => {
      this.#socket.destroy();
    };
    const linger = setTimeout(destroy, LINGER);
    this.#socket.once("close", () => {
      clearTimeout(linger);
    });
    // Also ends the half that reads: whatever still arrives is for nobody.
    this.#socket.end(destroy);
  }

  destroy(): void {
    this.#socket.destroy();
  }
}
