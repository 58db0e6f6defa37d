/** What stands in for the server in tests: it has handlers of its user's, and clients connect to it in memory. */
import { loadCodec } from "./codec.js";
import type { CodecName } from "./codec.js";
import { Disposing } from "./dispose.js";
import type { Encoder } from "./encode.js";
import { fault } from "./errors.js";
import { FakeSession } from "./fake-session.js";
import { Actor } from "./hosting.js";
import type { HostOptions, HostedContract, Line, Serving } from "./hosting.js";
import type { Dial } from "./transport.js";

/** What the generated code says of a contract that is served in tests. */
export interface FakeContract<Handler, Events> {
  /** The full name. */
  readonly name: string;
  /** The id of the actor that clients call where they name none. */
  readonly target: string;
  readonly methods: HostedContract<Handler>["methods"];
  /** By their short names. */
  readonly events: { readonly [Name in keyof Events]: readonly [name: string, encoder: Encoder<Events[Name]>] };
}

/** How a contract is served in tests. */
export interface FakeOptions {
  /** The actor's id: the one that clients call where they name none unless told. */
  readonly id?: string | undefined;
  /**
   * Told of what a handler throws that is no `CallError`, and of replies that do not fit. Its callers learn neither. Unless
   * it is given, both are written to the console.
   */
  readonly onError?: HostOptions["onError"];
}

/** How many calls of one actor run at once. */
const CONCURRENCY = 1024;

/** What serves some messages of an actor. */
export interface Part {
  readonly messages: readonly string[];
  /** Makes it as it is reached over one line. */
  readonly serve: (line: Line) => Serving;
}

/** What is the same for all contracts. */
export abstract class Fake extends Disposing {
  /** By the ids of the actors, then by the names of the contracts. */
  readonly #served = new Map<string, Map<string, Part>>();
  readonly #sessions = new Set<FakeSession>();
  /** The number of the next event of each name. */
  readonly #numbers = new Map<string, number>();
  readonly #epoch = crypto.randomUUID();
  #isClosed = false;

  /**
   * Has `handler` serve the contract, to clients that are connected as well, and in the place of what has served it. An actor may
   * serve several contracts. Methods that the handler lacks answer `UnknownMessageType`; a `CallError` that one throws is what
   * the caller gets.
   */
  serve<Handler extends object, Events>(
    contract: FakeContract<Handler, Events>,
    handler: Partial<Handler>,
    options: FakeOptions = {},
  ): void {
    const { id = contract.target, onError } = options;
    const terms = { concurrency: CONCURRENCY, onError, stopped: "the server was closed", passesErrors: true };
    const whole = completed(handler, contract.name);
    const serve = (line: Line): Serving => new Actor(contract, whole, line, terms);
    const part: Part = { messages: Object.keys(contract.methods), serve };
    const parts = this.#served.get(id) ?? new Map<string, Part>();
    this.#served.set(id, parts.set(contract.name, part));
    for (const session of this.#sessions) session.serve(id, part);
  }

  /**
   * Sends an event to the clients that have subscribed to it.
   *
   * @throws SerializationError if the payload does not fit its type.
   */
  publish<Handler, Events, Name extends string & keyof Events>(
    contract: FakeContract<Handler, Events>,
    event: Name,
    payload: Events[Name],
  ): void {
    const [name, encode] = Reflect.get(contract.events, event) as (typeof contract.events)[Name];
    // Found out here, whether there are subscribers or not.
    encode(payload, null, "payload", "json");
    const seq = this.#next(name);
    this.#numbers.set(name, seq + 1);
    for (const session of this.#sessions) session.push(name, seq, (codec) => encode(payload, null, "payload", codec));
  }

  /** Ends all connections as if they were lost. Clients make them anew unless told not to. */
  dropConnections(): void {
    for (const session of [...this.#sessions]) session.drop();
  }

  /** Ends all connections, and takes no more. */
  close(): Promise<void> {
    this.#isClosed = true;
    this.dropConnections();
    return Promise.resolve();
  }

  protected override dispose(): Promise<void> {
    return this.close();
  }

  /** What a client connects by that writes this codec. */
  protected async dialled(name: CodecName = "json"): Promise<Dial> {
    const codec = await loadCodec(name);
    return (receiver) => {
      if (this.#isClosed) return Promise.reject(fault("ConnectionClosed", "the fake server was closed", "no"));
      const session: FakeSession = new FakeSession(codec, receiver, this.#epoch, {
        next: (event) => this.#next(event),
        ended: () => this.#sessions.delete(session),
      });
      this.#sessions.add(session);
      for (const [id, parts] of this.#served) for (const part of parts.values()) session.serve(id, part);
      return Promise.resolve(session);
    };
  }

  #next(event: string): number {
    return this.#numbers.get(event) ?? 1;
  }
}

/** The handler, whose missing methods say that they are. */
function completed<Handler extends object>(handler: Partial<Handler>, contract: string): Handler {
  return new Proxy(handler, {
    get(target, key) {
      const method: unknown = Reflect.get(target, key);
      if (typeof method === "function") return method.bind(target) as unknown;
      throw fault("UnknownMessageType", `this fake of ${contract} has no method ${String(key)}`);
    },
  }) as Handler;
}
