/** Calls in flight: what ends them, each exactly once. */
import type { Connection } from "./connection.js";
import type { Timed } from "./deadlines.js";
import { CallTimeout, ProtocolViolation, failure } from "./errors.js";
import type { CallError, Refusal } from "./errors.js";
import type { CallOptions, Method } from "./method.js";

/** Something that frames with its id are meant for. It leaves the connection's table before or when it ends. */
export interface Exchange extends Timed {
  readonly id: string;
  /** The reply may hold integers whose digits must be kept. */
  readonly wide: boolean;
  replied(payload: unknown): void;
  refused(refusal: Refusal): void;
  /** An item of a stream arrived. */
  item(payload: unknown, sequence: number, isFinal: boolean): void;
  /** It ends for a reason that does not come from the server. */
  fail(reason: Error): void;
}

/** The error for a refusal of a call of `method`. */
export function refusalOf(method: Method<never, unknown>, refusal: Refusal): CallError {
  if (refusal.code !== "ContractError" || method.declared === null) return failure(refusal);
  return method.declared(refusal.text, refusal.details);
}

/** The error for a call that took longer than `timeout`. */
export function timedOut(method: string, timeout: number): CallTimeout {
  return new CallTimeout("Timeout", `${method} had no answer within ${String(timeout)} ms`, {
    retryable: false,
    delivered: "unknown",
  });
}

/** The error for an answer that does not belong to the kind of the call. */
export function unexpected(method: string, what: string): ProtocolViolation {
  return new ProtocolViolation("ProtocolError", `${method} was answered with ${what}`, {
    retryable: false,
    delivered: "yes",
  });
}

/** The error as an Error, whatever a signal was aborted with. */
export function reasonOf(signal: AbortSignal): Error {
  const reason: unknown = signal.reason;
  return reason instanceof Error ? reason : new Error("the call was aborted", { cause: reason });
}

/** Calls `stop` when the signal fires, until the returned function is called. */
export function onAbort(signal: AbortSignal | undefined, stop: (reason: Error) => void): () => void {
  if (signal === undefined) return nothing;
  const listener = (): void => {
    stop(reasonOf(signal));
  };
  signal.addEventListener("abort", listener, { once: true });
  return () => {
    signal.removeEventListener("abort", listener);
  };
}

function nothing(): void {
  // There is no listener to remove.
}

/** A call with one reply. */
export class Ask<Reply> implements Exchange {
  readonly id: string;
  readonly deadline: number;
  readonly wide: boolean;
  readonly #connection: Connection;
  readonly #method: Method<never, Reply>;
  readonly #timeout: number;
  readonly #resolve: (reply: Reply) => void;
  readonly #reject: (reason: Error) => void;
  readonly #release: () => void;

  constructor(
    connection: Connection,
    method: Method<never, Reply>,
    timeout: number,
    options: CallOptions | undefined,
    resolve: (reply: Reply) => void,
    reject: (reason: Error) => void,
  ) {
    this.id = connection.nextId();
    this.deadline = performance.now() + timeout;
    this.wide = method.wide;
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

  replied(payload: unknown): void {
    this.#end();
    try {
      this.#resolve(this.#method.decode(payload, null, "reply"));
    } catch (error) {
      this.#reject(error as Error);
    }
  }

  refused(refusal: Refusal): void {
    this.#end();
    try {
      this.#reject(refusalOf(this.#method, refusal));
    } catch (error) {
      this.#reject(error as Error);
    }
  }

  item(): void {
    this.fail(unexpected(this.#method.message, "an item of a stream"));
  }

  expire(): void {
    this.#connection.cancel(this);
    this.fail(timedOut(this.#method.message, this.#timeout));
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

/** A call without a reply, until its bytes have left. */
export class Tell implements Exchange {
  readonly id: string;
  readonly deadline: number;
  readonly wide = false;
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
    this.id = connection.nextId();
    this.deadline = performance.now() + timeout;
    this.#connection = connection;
    this.#message = message;
    this.#timeout = timeout;
    this.#resolve = resolve;
    this.#reject = reject;
    this.#release = onAbort(options?.signal, (reason) => {
      this.fail(reason);
    });
  }

  /** Its bytes have left this process. */
  written(): void {
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
    this.fail(
      new CallTimeout("Timeout", `${this.#message} could not be written within ${String(this.#timeout)} ms`, {
        retryable: false,
        delivered: "unknown",
      }),
    );
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
