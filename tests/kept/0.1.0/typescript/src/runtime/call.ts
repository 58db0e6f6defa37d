/** Calls in flight that are answered once or not at all: what ends them, each exactly once. */
import { onAbort } from "./abort.js";
import type { Connection } from "./connection.js";
import { CallError, failure, fault, mayHaveRun } from "./errors.js";
import type { Refusal } from "./errors.js";
import { Exchange } from "./exchange.js";
import { exactnessOf } from "./method.js";
import type { CallOptions, Method } from "./method.js";

/** The error for a refusal of a call of `method`. */
export function refusalOf(method: Method<never, unknown>, refusal: Refusal): CallError {
  if (refusal.code !== "ContractError" || method.declared === null) return failure(refusal);
  return method.declared(refusal.text, refusal.details);
}

/** The error for an answer that does not belong to the kind of the call. */
export function unexpected(method: string, what: string): CallError {
  return fault("ProtocolError", `${method} was answered with ${what}`, "yes");
}

/** A call with one reply. One that may be made twice is made once more when the answer was lost with its socket. */
export class Ask<Reply> extends Exchange {
  readonly #connection: Connection;
  readonly #method: Method<never, Reply>;
  readonly #timeout: number;
  readonly #resolve: (reply: Reply) => void;
  readonly #reject: (reason: Error) => void;
  readonly #release: () => void;
  /** Sends it; null if that must not be done again. */
  #again: ((ask: Ask<Reply>, timeout: number) => void) | null = null;
  /** It was sent over a socket that is lost. */
  #mayHaveRun = false;

  constructor(
    connection: Connection,
    method: Method<never, Reply>,
    timeout: number,
    options: CallOptions | undefined,
    resolve: (reply: Reply) => void,
    reject: (reason: Error) => void,
  ) {
    super(connection.nextId(), timeout, exactnessOf(method));
    this.#connection = connection;
    this.#method = method;
    this.#timeout = timeout;
    this.#resolve = resolve;
    this.#reject = reject;
    this.#release = onAbort(options?.signal, (reason) => {
      connection.cancel(this);
      this.fail(reason);
    });
  }

  /** Sends it, now and, if it `repeats`, once more. */
  send(repeats: boolean, send: (ask: Ask<Reply>, timeout: number) => void): void {
    if (repeats) this.#again = send;
    send(this, this.#timeout);
  }

  override lose(reason: CallError): void {
    const again = this.#again;
    if (again === null || reason.delivered !== "unknown") {
      this.fail(reason);
      return;
    }
    this.#again = null;
    this.#mayHaveRun = true;
    this.isSent = false;
    again(this, this.remaining);
  }

  replied(payload: unknown): void {
    this.#end();
    try {
      this.#resolve(this.#method.decode(payload, null, "reply"));
    } catch (error) {
      this.#reject(error as Error);
    }
  }

  refused(refusal: Refusal): void {
    try {
      this.fail(refusalOf(this.#method, refusal));
    } catch (error) {
      this.fail(error as Error);
    }
  }

  item(): void {
    this.fail(unexpected(this.#method.message, "an item of a stream"));
  }

  expire(): void {
    const reason = this.#connection.timedOut(this, this.#method.message, this.#timeout);
    this.#connection.cancel(this);
    this.fail(reason);
  }

  fail(reason: Error): void {
    this.#end();
    this.#reject(this.#mayHaveRun && reason instanceof CallError ? mayHaveRun(reason) : reason);
  }

  #end(): void {
    this.#connection.forget(this);
    this.#release();
  }
}

/** A call without a reply, until its bytes have left. */
export class Tell extends Exchange {
  readonly #connection: Connection;
  readonly #message: string;
  readonly #timeout: number;
  readonly #resolve: () => void;
  readonly #reject: (reason: Error) => void;
  readonly #release: () => void;

  constructor(
    connection: Connection,
    message: string,
    timeout: number,
    options: CallOptions | undefined,
    resolve: () => void,
    reject: (reason: Error) => void,
  ) {
    super(connection.nextId(), timeout, "rough");
    this.#connection = connection;
    this.#message = message;
    this.#timeout = timeout;
    this.#resolve = resolve;
    this.#reject = reject;
    this.#release = onAbort(options?.signal, (reason) => {
      this.fail(reason);
    });
  }

  override written(): void {
    this.#end();
    this.#resolve();
  }

  // The server answers no tell, and does not learn this id.
  replied(): void {
    this.fail(unexpected(this.#message, "a reply"));
  }

  refused(refusal: Refusal): void {
    this.fail(failure(refusal));
  }

  item(): void {
    this.fail(unexpected(this.#message, "an item of a stream"));
  }

  expire(): void {
    const text = `${this.#message} could not be written within ${String(this.#timeout)} ms`;
    this.fail(this.isSent ? fault("Timeout", text) : this.#connection.timedOut(this, this.#message, this.#timeout));
  }

  fail(reason: Error): void {
    this.#end();
    this.#reject(reason);
  }

  #end(): void {
    this.#connection.forget(this);
    this.#release();
  }
}
