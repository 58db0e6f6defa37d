/** What is said first over a new socket, and what comes back for it. Nothing waits for the answers. */
import type { Connection } from "./connection.js";
import * as envelope from "./envelope.js";
import type { ControlFields } from "./envelope.js";
import { Exchange } from "./exchange.js";
import * as json from "./json.js";
import type { Subscribers } from "./subscribers.js";

/** What a client was generated from. */
export interface MadeFrom {
  /** The hash of each contract, by its full name. */
  readonly contracts: Readonly<Record<string, string>>;
  /** Loads the document of the contracts, as JSON; only a server that serves something else is sent it. */
  readonly document: () => Promise<string>;
}

/** What this client calls itself. */
const CLIENT = "callsheet-typescript";

/** Introduces a client, and takes up its subscriptions again. */
export class Greeting {
  readonly #connection: Connection;
  readonly #subscribers: Subscribers;
  readonly #madeFrom: MadeFrom | null;
  /** Why the server refuses messages of these types. */
  #misfits: ReadonlyMap<string, string> = new Map();
  /** The introduction over the socket of now. */
  #current: Exchange | null = null;

  /** @param madeFrom - null if the client does not introduce itself. */
  constructor(connection: Connection, subscribers: Subscribers, madeFrom: MadeFrom | null) {
    this.#connection = connection;
    this.#subscribers = subscribers;
    this.#madeFrom = madeFrom;
  }

  /** Why the server would refuse messages of this type, if it is known to. */
  misfit(messageType: string): string | undefined {
    return this.#misfits.get(messageType);
  }

  /** What is written to a new socket before anything else. */
  begin(write: (question: Exchange, fields: ControlFields) => void): void {
    const madeFrom = this.#madeFrom;
    if (madeFrom === null) {
      this.#subscribers.inLife(null);
    } else {
      const hello: Exchange = new Question(this.#connection, (answer) => {
        this.#welcomed(hello, madeFrom, answer);
      });
      this.#current = hello;
      write(hello, envelope.hello(madeFrom.contracts, CLIENT, hello.id));
    }
    this.#subscribers.resume(write);
  }

  #welcomed(hello: Exchange, madeFrom: MadeFrom, answer: Answer): void {
    const { epoch, differing, limits } = answer ?? {};
    // Whoever knows no introductions counts for another server each time.
    this.#subscribers.inLife(typeof epoch === "string" ? epoch : null);
    this.#misfits = new Map();
    const allowed = limits as { readonly frame?: unknown; readonly in_flight?: unknown } | null | undefined;
    this.#connection.obey(allowed?.frame, allowed?.in_flight);
    if (!Array.isArray(differing) || differing.length === 0) return;
    madeFrom.document().then(
      (document) => {
        // Meanwhile it may be another socket, which has an introduction of its own.
        if (this.#current === hello) this.#askToJudge(document);
      },
      () => {
        // Without the document calls that do not fit fail in whatever way they do.
      },
    );
  }

  #askToJudge(document: string): void {
    const question = new Question(this.#connection, (answer) => {
      this.#misfits = new Map(reasons(answer?.["refused"]));
      for (const [event, why] of reasons(answer?.["withheld"])) this.#subscribers.withhold(event, why);
    });
    this.#connection.control(question, envelope.schema(json.parse(document), question.id));
  }
}

/** The fields of an answer; null if the question was refused. */
type Answer = Readonly<Record<string, unknown>> | null;

function reasons(value: unknown): [name: string, why: string][] {
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).map(([name, why]) => [name, String(why)]);
}

/** Something that the client asks for itself, over one socket. */
class Question extends Exchange {
  readonly #connection: Connection;
  readonly #answered: (answer: Answer) => void;

  constructor(connection: Connection, answered: (answer: Answer) => void) {
    super(connection.nextId(), Infinity, "digits");
    this.#connection = connection;
    this.#answered = answered;
  }

  replied(payload: unknown): void {
    this.fail();
    this.#answered(typeof payload === "object" ? (payload as Answer) : null);
  }

  refused(): void {
    this.fail();
    this.#answered(null);
  }

  item(): void {
    this.refused();
  }

  expire(): void {
    // It has all the time that its socket has.
  }

  fail(): void {
    this.#connection.forget(this);
  }
}
