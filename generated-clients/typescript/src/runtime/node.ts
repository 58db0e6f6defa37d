/** Unix sockets, by Node.js: the only part that needs Node.js. */
import { connect } from "node:net";
import type { Socket } from "node:net";

import { reasonOf } from "./abort.js";
import { fault } from "./errors.js";
import type { Dial, Receiver, Transport } from "./transport.js";

/** How long a server that does not read may hold up the end of a connection, in milliseconds. */
const LINGER = 1_000;

/**
 * Dials the socket at `path`.
 *
 * @throws RangeError if that is no path.
 */
export function dialUnix(path: string): Dial {
  if (path === "") throw new RangeError("the path of a socket is not empty");
  return (receiver, signal) =>
    new Promise((resolve, reject) => {
      // As the only argument, a path of digits would be a port.
      const socket = connect({ path });
      const stop = (): void => {
        socket.destroy();
        reject(reasonOf(signal));
      };
      const refuse = (cause: Error): void => {
        signal.removeEventListener("abort", stop);
        reject(fault("ConnectionClosed", `cannot connect to ${path}: ${cause.message}`, "no", { cause }));
      };
      signal.addEventListener("abort", stop, { once: true });
      socket.once("error", refuse);
      socket.once("connect", () => {
        signal.removeEventListener("abort", stop);
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
