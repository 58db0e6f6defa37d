/** What the test client hosts. */
import { Refused } from "conformance";
import type { CallFacts, Client, Shape, Wide } from "conformance";
import type { CallbackHandler } from "conformance/handlers";

import type { Does, Reached } from "./told.js";

const SECRET = "a secret";

/** So often a long answer repeats the text that it answers. */
const LONG = 10_000;

/** Answers as a case says, and knows who has come. */
export class Handler implements CallbackHandler {
  /** What it was told. */
  readonly texts: string[] = [];
  readonly #does: Does;
  readonly #client: Client;
  readonly #released: Promise<unknown>;
  #hanging = 0;
  #left = 0;
  #changed: () => void = () => undefined;
  /** Lets what hangs go on. */
  release: () => void = () => undefined;

  constructor(does: Does, client: Client) {
    this.#does = does;
    this.#client = client;
    this.#released = new Promise<void>((resolve) => {
      this.release = resolve;
    });
  }

  /** Waits until that much has come. */
  async until({ told = 0, hanging = 0, left = 0 }: Reached): Promise<void> {
    while (this.texts.length < told || this.#hanging < hanging || this.#left < left) {
      await new Promise<void>((resolve) => {
        this.#changed = resolve;
      });
    }
  }

  async say(text: string, call: CallFacts): Promise<string> {
    switch (this.#does) {
      case "throw":
        throw new Error(SECRET);
      case "hang":
        await this.#hang(call.signal);
        return text;
      case "long":
        return text.repeat(LONG);
      case "ask":
        return this.#client.probe().echo(text);
      default:
        return text;
    }
  }

  async weigh(text: string, call: CallFacts): Promise<string> {
    if (this.#does === "refuse") throw new Refused("it is refused", { kind: "Changed", found: text });
    return this.say(text, call);
  }

  wide(value: Wide): Wide {
    return value;
  }

  shape(value: Shape): Shape {
    return value;
  }

  async *items(upto: number, call: CallFacts): AsyncGenerator<number, void> {
    for (let number = 1; number <= upto; number++) yield number;
    if (this.#does === "refuse") throw new Refused("it is refused", { kind: "Never" });
    if (this.#does === "throw") throw new Error(SECRET);
    if (this.#does === "hang") await this.#hang(call.signal);
  }

  told(text: string): void {
    this.texts.push(text);
    this.#changed();
  }

  async #hang(signal: AbortSignal): Promise<void> {
    this.#hanging++;
    this.#changed();
    const left = new Promise<void>((resolve) => {
      signal.addEventListener("abort", () => {
        resolve();
      });
    });
    await Promise.race([this.#released, left]);
    if (!signal.aborted) return;
    this.#left++;
    this.#changed();
    signal.throwIfAborted();
  }
}
