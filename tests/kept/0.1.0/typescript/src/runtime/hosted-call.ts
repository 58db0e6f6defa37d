/** One call that the server makes: its time, its credit, and its one answer. */
import { refusal, refuse } from "./callee.js";
import type { FrameFields } from "./callee.js";
import { longCount } from "./envelope.js";
import type { ControlFields } from "./envelope.js";
import { CallError, fault } from "./errors.js";

/** A call, as the actor that serves it sees it. */
export type Running = HostedCall;

/** The longest delay that a timer takes. */
const MAX_DELAY = 0x7fffffff;

/** More credit than any stream has items. */
const MAX_CREDIT = 1n << 63n;

/** Marks errors of what was to be written, which the handler did not throw itself. */
const unwritten = new WeakSet<object>();

/** Answers one request, once. */
export class HostedCall {
  /** It was asked for with `expects_stream`. */
  readonly isStream: boolean;
  /** Somebody waits for more than a refusal. */
  readonly isAwaited: boolean;
  /** The handler was called. */
  hasBegun = false;
  readonly #id: string | null;
  readonly #answer: (fields: ControlFields) => void;
  readonly #forget: () => void;
  readonly #abort = new AbortController();
  #timer: ReturnType<typeof setTimeout> | undefined;
  /** How many more items may be sent; null if any number may. */
  #credit: bigint | null;
  #wake: () => void = () => undefined;
  #sequence = 0;
  #isAnswered = false;

  constructor(
    id: string | null,
    request: FrameFields,
    { isAwaited, isStream }: { readonly isAwaited: boolean; readonly isStream: boolean },
    answer: (fields: ControlFields) => void,
    forget: () => void,
  ) {
    this.#id = id;
    this.isAwaited = isAwaited;
    this.isStream = isStream;
    this.#answer = answer;
    this.#forget = forget;
    this.#credit = longCount(request["credit"]);
    const timeout = longCount(request["timeout_ms"]);
    if (timeout !== null && timeout <= MAX_DELAY) {
      this.#timer = setTimeout(() => {
        this.cancel(fault("Timeout", "the caller waits no longer", this.hasBegun ? "unknown" : "no"));
      }, Number(timeout));
    }
  }

  get signal(): AbortSignal {
    return this.#abort.signal;
  }

  /** Ends a call without a reply: it is done as soon as it waits to be run, and cannot be cancelled. */
  accept(): void {
    if (this.isAwaited) this.reply(null);
    else this.#end();
  }

  /** Answers with the one reply, which a caller who wants a stream gets as its only item. */
  reply(payload: unknown): void {
    if (this.#isAnswered) return;
    if (this.isStream) {
      const isNull = payload === null || payload === undefined;
      if (isNull) this.#item(null);
      this.#send(this.#frame(isNull ? null : payload, true));
    } else {
      this.#send({ success: true, request_id: this.#id, error: null, payload });
    }
  }

  /** Answers with a failure. */
  fail(error: CallError): void {
    if (this.#isAnswered) return;
    this.#end();
    if (this.#id !== null) refuse(this.#answer, refusal(this.#id, error, this.isStream ? this.#sequence : null));
  }

  /** Answers with a declared error, whose value `details` are. */
  declare(error: CallError, details: unknown): void {
    if (this.#id !== null) this.#send(refusal(this.#id, error, this.isStream ? this.#sequence : null, details));
  }

  /** Ends the handler, and answers with the reason. */
  cancel(reason: CallError): void {
    this.fail(reason);
    this.#abort.abort(reason);
    this.#wake();
  }

  /** Ends the handler; nobody waits for an answer. */
  abandon(reason: Error): void {
    this.#end();
    this.#abort.abort(reason);
    this.#wake();
  }

  /** Lets so many more items be sent. */
  grant(items: unknown): void {
    const more = longCount(items);
    if (this.#credit === null || more === null) return;
    const sum = this.#credit + more;
    this.#credit = sum < MAX_CREDIT ? sum : MAX_CREDIT;
    this.#wake();
  }

  /** Whether the error came from what was to be written. */
  isUnsent(error: unknown): boolean {
    return typeof error === "object" && error !== null && unwritten.has(error);
  }

  /** Sends what a handler yields, as far as there is credit, and closes it when it ends or is not wanted any longer. */
  async items(items: unknown, write: (item: unknown) => unknown): Promise<void> {
    const iterator = iterate(items);
    let isOpen = true;
    try {
      while (await this.#mayGoOn()) {
        const next = await this.#unlessAborted(Promise.resolve(iterator.next()));
        if (next === null) break;
        if (next.done === true) {
          isOpen = false;
          this.#send(this.#frame(null, true));
          break;
        }
        this.#item(written(next.value, write));
      }
    } catch (error) {
      isOpen = this.isUnsent(error);
      throw error;
    } finally {
      if (isOpen) await iterator.return?.();
    }
  }

  #item(payload: unknown): void {
    if (this.#isAnswered) return;
    if (this.#credit !== null) this.#credit--;
    written(this.#frame(payload, false), this.#answer);
    this.#sequence++;
    // The time of a stream is for its first item.
    clearTimeout(this.#timer);
  }

  #frame(payload: unknown, isFinal: boolean): ControlFields {
    return { stream_id: this.#id, sequence: this.#sequence, is_final: isFinal, payload };
  }

  /** Whether one more item may be sent; waits for credit. */
  async #mayGoOn(): Promise<boolean> {
    while (!this.signal.aborted) {
      if (this.#credit === null || this.#credit > 0n) return true;
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
    return false;
  }

  /** The result, or null as soon as the call is ended. */
  async #unlessAborted<T>(result: Promise<T>): Promise<T | null> {
    const aborted = new Promise<null>((resolve) => {
      this.#wake = () => {
        if (this.signal.aborted) resolve(null);
      };
      this.#wake();
    });
    // A handler that fails after the end fails for nobody.
    result.catch(() => undefined);
    return Promise.race([result, aborted]);
  }

  #send(fields: ControlFields): void {
    if (this.#isAnswered) return;
    // What is too long for the server is no answer yet.
    written(fields, this.#answer);
    this.#end();
  }

  #end(): void {
    this.#isAnswered = true;
    clearTimeout(this.#timer);
    this.#forget();
  }
}

/** What `write` makes of a value; what it throws is no failure of the handler. */
export function written<T, R>(item: T, write: (item: T) => R): R {
  try {
    return write(item);
  } catch (error) {
    if (typeof error === "object" && error !== null) unwritten.add(error);
    throw error;
  }
}

type Items = AsyncIterator<unknown> | Iterator<unknown>;

function iterate(items: unknown): Items {
  const source = items as Partial<AsyncIterable<unknown> & Iterable<unknown>> | null | undefined;
  const iterator = source?.[Symbol.asyncIterator]?.() ?? source?.[Symbol.iterator]?.();
  if (iterator === undefined) throw new TypeError("a stream is an iterable");
  return iterator;
}
