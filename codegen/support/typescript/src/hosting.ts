/** Actors that a client hosts: the calls that the server makes over the client's own connection. */
import { NOT_HOSTED, isId, refusal, refuse as answerWith } from "./callee.js";
import type { Callee, FrameFields } from "./callee.js";
import type { CodecName } from "./codec.js";
import type { Connection } from "./connection.js";
import { shallow } from "./encode.js";
import type { Encoder } from "./encode.js";
import type { ControlFields } from "./envelope.js";
import { CallError, ContractError, SlowConsumer, fault } from "./errors.js";
import { HostedCall, written } from "./hosted-call.js";
import type { Running } from "./hosted-call.js";

/** What the generated code says of a contract that clients host. */
export interface HostedContract<Handler> {
  /** The full name. */
  readonly name: string;
  /** By the full names of their message types. */
  readonly methods: Readonly<Record<string, HostedMethod<Handler>>>;
  /** Hosts an actor; it stands here so that whoever hosts nothing needs no code for it. */
  readonly host: (
    connection: Connection,
    contract: HostedContract<Handler>,
    handler: Handler,
    options: HostOptions | undefined,
  ) => Hosted;
}

/** One method of such a contract. */
export interface HostedMethod<Handler> {
  readonly kind: "ask" | "tell" | "stream";
  /** Reads a request, and gives what makes the call. */
  readonly read: (payload: unknown) => (handler: Handler, call: CallFacts) => unknown;
  /** Writes a reply or an item. */
  readonly encode: Encoder<never>;
  /** The error that the contract declares, and what writes its value; null if there is none. */
  readonly declared: {
    readonly kind: abstract new (text: string, error: never) => ContractError;
    readonly encode: Encoder<never>;
  } | null;
}

/** What a handler is told of a call, beside its arguments. */
export interface CallFacts {
  /** Fires when nobody waits for the call any more: it was cancelled, its time is over, or the connection is lost. */
  readonly signal: AbortSignal;
}

/** What a handler returns: the reply, now or later. */
export type Awaitable<T> = PromiseLike<T> | T;

/** What the handler of a stream returns. */
export type AnyIterable<T> = AsyncIterable<T> | Iterable<T>;

/** How an actor is hosted. */
export interface HostOptions {
  /** The mailbox's id, of 1 to 255 bytes: one that no other actor of this client has unless told. */
  readonly id?: string | undefined;
  /** How many calls run at once: 16 unless told. Further ones wait, 1,000 at most. */
  readonly concurrency?: number | undefined;
  /**
   * Told of what a handler throws that is no error of its contract, and of replies that do not fit. Its callers learn neither.
   * Unless it is given, both are written to the console.
   */
  readonly onError?: ((error: unknown, message: string) => void) | undefined;
}

/** The address of a hosted actor, to be given to the server. It is good for the connection over which it is sent. */
export interface HostedMailbox {
  readonly contract: string;
  readonly id: string;
  readonly route: "client";
}

/** An actor that the client hosts, until it is closed. */
export interface Hosted extends Disposable {
  /**
   * Its address. After a reconnect the actor is still hosted, but what the server was given over the old connection is
   * no longer good: give it away anew.
   */
  readonly mailbox: HostedMailbox;
  /** Ends it: calls that run are cancelled, later ones fail with `ActorNotFound`. A second time does nothing. */
  close(): void;
}

/** The longest path that the server is told. */
const MAX_PATH = 1_000;

/** How many calls of one actor wait. */
const MAX_WAITING = 1_000;

/** So many bytes that the server has not read are a server that does not read: it is answered no more. */
const MAX_BACKLOG: number = 64 * 1024 * 1024;

const dispose: symbol = (Symbol as { readonly dispose?: symbol }).dispose ?? Symbol.for("Symbol.dispose");

/**
 * Hosts an actor of this contract on the connection.
 *
 * @throws RangeError if an option makes no sense, or another actor has the id; ConnectionLost if the client was closed.
 */
export function host<Handler>(
  connection: Connection,
  contract: HostedContract<Handler>,
  handler: Handler,
  options: HostOptions = {},
): Hosted {
  if (connection.isClosed) throw fault("ConnectionClosed", "the client was closed", "no");
  const { concurrency = 16, onError } = options;
  if (!Number.isSafeInteger(concurrency) || concurrency < 1)
    throw new RangeError("concurrency is a number of calls, 1 or more");
  const actors = connection.callee instanceof Actors ? connection.callee : new Actors(connection, NOT_HOSTED);
  connection.callee = actors;
  const id = options.id ?? actors.freeId();
  checkId(id);
  const actor = new Actor(contract, handler, connection, { concurrency, onError, stopped: NO_LONGER });
  actors.add(id, actor);
  const close = (): void => {
    actors.remove(id, actor);
  };
  const hosted = { mailbox: { contract: contract.name, id, route: "client" } as const, close };
  // Runtimes that lack `Symbol.dispose` have what the compilers' helpers fall back to.
  return Object.defineProperty(hosted, dispose, { value: close }) as typeof hosted & Disposable;
}

function checkId(id: string): void {
  const length = new TextEncoder().encode(id).length;
  if (length < 1 || length > 255 || /\p{Cc}/u.test(id) || id.split("/").includes("")) {
    throw new RangeError(
      "an id has 1 to 255 bytes, no control characters, and nothing empty before, between or after `/`",
    );
  }
}

const NO_LONGER = "the client hosts this actor no longer";

/** What answers go over. */
export interface Line {
  /** What they are written in. */
  readonly codec: CodecName;
  /** How many bytes wait to be handed on. */
  readonly backlog: number;
}

/** All actors that are reached over one line. */
export class Actors implements Callee {
  readonly #line: Line;
  readonly #nobody: string;
  readonly #actors = new Map<string, Serving>();
  readonly #calls = new Map<string, Running>();
  #lastId = 0;

  /** @param nobody - what is said of an id that none of them has. */
  constructor(line: Line, nobody: string) {
    this.#line = line;
    this.#nobody = nobody;
  }

  freeId(): string {
    let id: string;
    do id = `hosted_${String(++this.#lastId)}`;
    while (this.#actors.has(id));
    return id;
  }

  add(id: string, actor: Serving): void {
    if (this.#actors.has(id)) throw new RangeError(`the client hosts an actor of the id ${JSON.stringify(id)} already`);
    this.#actors.set(id, actor);
  }

  remove(id: string, actor: Serving): void {
    if (this.#actors.get(id) !== actor) return;
    this.#actors.delete(id);
    actor.stop();
  }

  called(request: FrameFields, answer: (fields: ControlFields) => void): void {
    const { target, message_type: message, request_id: id, expects_reply: reply, expects_stream: stream } = request;
    const isStream = stream === true;
    const isAwaited = isStream || reply === true;
    const hasNone = id === undefined || id === null;
    const known = isId(id) ? id : null;
    // Nothing could be said to whoever waits for an answer under no id.
    if (known === null && (isAwaited || !hasNone)) return;
    if (this.#line.backlog > MAX_BACKLOG) return;
    const refuse = (error: CallError): void => {
      if (known !== null) answerWith(answer, refusal(known, error, isStream ? 0 : null));
    };
    if (known !== null && this.#calls.has(known)) {
      refuse(fault("ProtocolError", "the request_id is that of a call in flight"));
      return;
    }
    const actor = typeof target === "string" ? this.#actors.get(target) : undefined;
    if (actor === undefined) {
      refuse(fault("ActorNotFound", this.#nobody));
      return;
    }
    if (isStream && reply === true) {
      refuse(fault("ProtocolError", "a request expects a reply or a stream, not both"));
      return;
    }
    const call: HostedCall = new HostedCall(known, request, { isAwaited, isStream }, answer, () => {
      // It may be that of another one by then.
      if (known !== null && this.#calls.get(known) === call) this.#calls.delete(known);
    });
    if (known !== null) this.#calls.set(known, call);
    actor.serve(typeof message === "string" ? message : "", request["payload"], call);
  }

  told(control: string, fields: FrameFields): void {
    const { request_id: id, stream_id: stream, items } = fields;
    if (control === "cancel" && typeof id === "string") {
      const call = this.#calls.get(id);
      call?.cancel(fault("Cancelled", "the call was cancelled", call.hasBegun ? "unknown" : "no"));
    } else if (control === "credit" && typeof stream === "string") {
      this.#calls.get(stream)?.grant(items);
    }
  }

  lost(reason: Error): void {
    for (const call of [...this.#calls.values()]) call.abandon(reason);
  }
}

/** An actor, whatever its handler is. */
export interface Serving {
  serve(message: string, payload: unknown, call: Running): void;
  stop(): void;
}

/** How an actor serves. */
export interface Terms {
  /** How many calls run at once. */
  readonly concurrency: number;
  readonly onError: HostOptions["onError"];
  /** What those are told whose calls it leaves behind. */
  readonly stopped: string;
  /** A `CallError` that the handler throws reaches the caller as it is. */
  readonly passesErrors?: boolean;
}

/** One actor. */
export class Actor<Handler> implements Serving {
  readonly #contract: Pick<HostedContract<Handler>, "name" | "methods">;
  readonly #handler: Handler;
  readonly #line: Line;
  readonly #terms: Terms;
  readonly #waiting = new Set<() => void>();
  readonly #calls = new Set<Running>();
  #running = 0;

  constructor(contract: Pick<HostedContract<Handler>, "name" | "methods">, handler: Handler, line: Line, terms: Terms) {
    this.#contract = contract;
    this.#handler = handler;
    this.#line = line;
    this.#terms = terms;
  }

  serve(message: string, payload: unknown, call: Running): void {
    const { methods } = this.#contract;
    const method = Object.hasOwn(methods, message) ? methods[message] : undefined;
    if (method === undefined) {
      call.fail(fault("UnknownMessageType", `${this.#contract.name} has no such message`));
      return;
    }
    if (method.kind === "stream" && !call.isStream) {
      call.fail(fault("ProtocolError", `${message} is a stream: ask for it with expects_stream`));
      return;
    }
    if (method.kind === "tell" && call.isStream) {
      call.fail(fault("ProtocolError", `${message} has no reply: leave out expects_stream`));
      return;
    }
    if (this.#running >= this.#terms.concurrency && this.#waiting.size >= MAX_WAITING) {
      call.fail(fault("TargetBusy", "too many calls wait for the actor"));
      return;
    }
    let make: (handler: Handler, facts: CallFacts) => unknown;
    try {
      make = method.read(payload);
    } catch (error) {
      call.fail(unread(error));
      return;
    }
    if (method.kind === "tell" || !call.isAwaited) call.accept();
    this.#enter(call, async () => {
      // It was told to have reached nobody.
      if (call.signal.aborted) return;
      call.hasBegun = true;
      try {
        const { signal } = call;
        const result = await make(this.#handler, { signal });
        if (method.kind === "stream") await call.items(result, (item) => this.#write(method, item));
        else if (method.kind === "ask") call.reply(written(result, (reply) => this.#write(method, reply)));
      } catch (error) {
        this.#failed(error, message, method, call);
      }
    });
  }

  stop(): void {
    const { stopped } = this.#terms;
    for (const call of [...this.#calls]) call.cancel(fault("ActorStopped", stopped, call.hasBegun ? "yes" : "no"));
    this.#waiting.clear();
  }

  #enter(call: Running, run: () => Promise<void>): void {
    this.#calls.add(call);
    const start = (): void => {
      this.#waiting.delete(start);
      this.#running++;
      // A handler never runs within the reader of what arrives.
      void Promise.resolve()
        .then(run)
        .finally(() => {
          this.#running--;
          this.#calls.delete(call);
          const [next] = this.#waiting;
          next?.();
        });
    };
    if (this.#running < this.#terms.concurrency) {
      start();
      return;
    }
    this.#waiting.add(start);
    call.signal.addEventListener("abort", () => {
      if (this.#waiting.delete(start)) this.#calls.delete(call);
    });
  }

  #write(method: HostedMethod<Handler>, value: unknown): unknown {
    if (this.#line.backlog > MAX_BACKLOG) throw fault("SlowConsumer", "what was asked for is not read");
    const place = method.kind === "stream" ? "item" : "reply";
    return shallow(method.encode(value as never, null, place, this.#line.codec));
  }

  #failed(error: unknown, message: string, { declared }: HostedMethod<Handler>, call: Running): void {
    // What a handler throws once it was told to stop is for nobody.
    if (call.signal.aborted) return;
    try {
      if (declared !== null && error instanceof declared.kind) {
        const details = shallow(declared.encode(error.error as never, null, "error", this.#line.codec));
        call.declare(error, details);
        return;
      }
    } catch (unwritten) {
      this.#report(unwritten, message);
      call.fail(unsent(unwritten));
      return;
    }
    const isDeclared = error instanceof ContractError;
    if (this.#terms.passesErrors === true && error instanceof CallError && !isDeclared && !call.isUnsent(error)) {
      call.fail(error);
      return;
    }
    this.#report(error, message);
    call.fail(call.isUnsent(error) ? unsent(error) : fault("ActorFailed", "the handler failed", "yes"));
  }

  #report(error: unknown, message: string): void {
    try {
      const { onError = log } = this.#terms;
      onError(error, message);
    } catch {
      // What is told of failures must not make more of them.
    }
  }
}

function log(error: unknown, message: string): void {
  const { console } = globalThis as { readonly console?: { error(...what: unknown[]): void } };
  console?.error(`callsheet: the handler of ${message} failed:`, error);
}

/** Why a request cannot be read, without the words of whoever reads it. */
function unread(error: unknown): CallError {
  const details = { retryable: false, delivered: "no", path: pathOf(error) } as const;
  return new CallError("SerializationError", "the request does not fit the method", details);
}

function unsent(error: unknown): CallError {
  if (error instanceof SlowConsumer) return error;
  const details = { retryable: false, delivered: "yes", path: pathOf(error) } as const;
  return new CallError("SerializationError", "what the handler answered does not fit the method", details);
}

/** Where the fault lies, unless the keys of a map make that longer than anyone would read. */
function pathOf(error: unknown): string | undefined {
  const path = error instanceof CallError ? error.path : undefined;
  return path !== undefined && path.length <= MAX_PATH ? path : undefined;
}
