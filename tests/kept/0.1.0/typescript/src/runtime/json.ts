/**
 * JSON whose integers keep all their digits. `JSON.parse` does nearly all of the work: only a text with an integer of
 * sixteen digits or more is read here, and only a value that holds a large bigint or -0 is written here.
 */
import { textKey } from "./keys.js";

/** Sixteen digits that are not the fraction of a float. Inside a string they cost time, never exactness. */
const LONG_INTEGER = /(?:^|[^.\d])\d{16}/;

/** The characters of the least integer of 128 bits: longer ones fit no type, and take long to read. */
const LONGEST_INTEGER = 40;

/** A key that an object would sort before all others. */
const INDEX_KEY = /"(?:0|[1-9]\d*)"[ \t\n\r]*:/;

/** What a key begins with that `keys.ts` would take for one that it has marked itself. Values that begin so cost time alone. */
const MARKED_KEY = '"\\u0000';

/** Deeper nesting is left to `JSON.parse`, which no text can exhaust the stack of: what reads the value refuses it. */
const MAX_EXACT_DEPTH = 256;

/**
 * What of a text matters: "rough" if integers beyond `Number.MAX_SAFE_INTEGER` may lose digits, "digits" if they may not,
 * "order" if beside that maps have to keep the order of their entries, in objects as `keys.ts` tells.
 */
export type Exactness = "rough" | "digits" | "order";

/**
 * Reads a JSON text. Integers beyond `Number.MAX_SAFE_INTEGER` become bigint, all other numbers number; the entry
 * `__proto__` becomes an own property like any other.
 *
 * @throws SyntaxError if the text is not JSON.
 */
export function parse(text: string, exactness: Exactness = "digits"): unknown {
  const isMarked = text.includes(MARKED_KEY) || (exactness === "order" && INDEX_KEY.test(text));
  if (isMarked || (exactness !== "rough" && LONG_INTEGER.test(text))) {
    try {
      return new ExactParser(text, isMarked).document();
    } catch (error) {
      if (error !== TOO_DEEP) throw error;
    }
  }
  return JSON.parse(text) as unknown;
}

const TOO_DEEP = new Error("too deep to be read exactly");

/** A map whose entries are written in this very order. `JSON.stringify` refuses it as it refuses a bigint. */
export class Entries {
  readonly entries: readonly (readonly [name: string, value: unknown])[];

  constructor(entries: readonly (readonly [name: string, value: unknown])[]) {
    this.entries = entries;
  }

  toJSON(): never {
    throw new TypeError("an object would not keep the order");
  }
}

/** Stands for -0, which `JSON.stringify` would write without its sign: it refuses this as it refuses a bigint. */
export const NEGATIVE_ZERO = {
  toJSON(): never {
    throw new TypeError("-0 keeps its sign");
  },
};

/**
 * Writes a value made of plain objects, {@link Entries}, arrays, strings, numbers, bigints, booleans, null and
 * {@link NEGATIVE_ZERO}.
 */
export function stringify(value: unknown): string {
  try {
    return JSON.stringify(value);
  } catch (error) {
    // A bigint, -0 and entries are what JSON.stringify refuses in such a value.
    if (error instanceof TypeError) return stringifyExact(value);
    throw error;
  }
}

function stringifyExact(value: unknown): string {
  if (typeof value === "bigint") return value.toString();
  if (value === NEGATIVE_ZERO) return "-0";
  if (Array.isArray(value)) return `[${value.map(stringifyExact).join(",")}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  const entries: string[] = [];
  for (const [key, entry] of value instanceof Entries ? value.entries : Object.entries(value)) {
    if (entry !== undefined) entries.push(`${JSON.stringify(key)}:${stringifyExact(entry)}`);
  }
  return `{${entries.join(",")}}`;
}

/** Sets an own property, also where plain assignment would set the prototype. */
export function setEntry(object: Record<string, unknown>, key: string, value: unknown): void {
  if (key === "__proto__") {
    Object.defineProperty(object, key, { value, writable: true, enumerable: true, configurable: true });
  } else {
    object[key] = value;
  }
}

const SPACE = /[ \t\n\r]*/y;
const NUMBER = /-?(?:0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?/y;
// Leaves escapes, and the control characters that are not allowed, to JSON.parse.
const PLAIN = /[^"\\\u0000-\u001f]*/y;

class ExactParser {
  readonly #text: string;
  readonly #isMarked: boolean;
  #at = 0;
  #depth = 0;

  constructor(text: string, isMarked: boolean) {
    this.#text = text;
    this.#isMarked = isMarked;
  }

  document(): unknown {
    this.#space();
    const value = this.#value();
    this.#space();
    if (this.#at < this.#text.length) throw this.#unexpected();
    return value;
  }

  #value(): unknown {
    switch (this.#text[this.#at]) {
      case "{":
        return this.#nested(() => this.#object());
      case "[":
        return this.#nested(() => this.#array());
      case '"':
        return this.#string();
      case "t":
        return this.#word("true", true);
      case "f":
        return this.#word("false", false);
      case "n":
        return this.#word("null", null);
      default:
        return this.#number();
    }
  }

  #nested<T>(read: () => T): T {
    if (++this.#depth > MAX_EXACT_DEPTH) throw TOO_DEEP;
    this.#at++;
    this.#space();
    const value = read();
    this.#depth--;
    return value;
  }

  #object(): Record<string, unknown> {
    const object: Record<string, unknown> = {};
    if (this.#skip("}")) return object;
    for (;;) {
      if (this.#text[this.#at] !== '"') throw this.#unexpected();
      const key = this.#string();
      this.#space();
      if (!this.#skip(":")) throw this.#unexpected();
      this.#space();
      setEntry(object, this.#isMarked ? textKey(key) : key, this.#value());
      this.#space();
      if (this.#skip("}")) return object;
      if (!this.#skip(",")) throw this.#unexpected();
      this.#space();
    }
  }

  #array(): unknown[] {
    const array: unknown[] = [];
    if (this.#skip("]")) return array;
    for (;;) {
      array.push(this.#value());
      this.#space();
      if (this.#skip("]")) return array;
      if (!this.#skip(",")) throw this.#unexpected();
      this.#space();
    }
  }

  #string(): string {
    const start = this.#at;
    PLAIN.lastIndex = start + 1;
    PLAIN.test(this.#text);
    const end = PLAIN.lastIndex;
    if (this.#text[end] === '"') {
      this.#at = end + 1;
      return this.#text.slice(start + 1, end);
    }
    this.#at = this.#endOfString(end);
    return JSON.parse(this.#text.slice(start, this.#at)) as string;
  }

  /** The position after the first quotation mark from `from` on that no backslash escapes. */
  #endOfString(from: number): number {
    for (let quote = this.#text.indexOf('"', from); quote !== -1; quote = this.#text.indexOf('"', quote + 1)) {
      let backslashes = 0;
      while (this.#text[quote - 1 - backslashes] === "\\") backslashes++;
      if (backslashes % 2 === 0) return quote + 1;
    }
    throw new SyntaxError("unexpected end of JSON in a string");
  }

  #number(): number | bigint {
    NUMBER.lastIndex = this.#at;
    const match = NUMBER.exec(this.#text);
    if (match === null) throw this.#unexpected();
    this.#at = NUMBER.lastIndex;
    const value = Number(match[0]);
    const isInteger = match[1] === undefined && match[2] === undefined && match[0].length <= LONGEST_INTEGER;
    return isInteger && !Number.isSafeInteger(value) ? BigInt(match[0]) : value;
  }

  #word<T>(word: string, value: T): T {
    if (!this.#text.startsWith(word, this.#at)) throw this.#unexpected();
    this.#at += word.length;
    return value;
  }

  #skip(character: string): boolean {
    if (this.#text[this.#at] !== character) return false;
    this.#at++;
    return true;
  }

  #space(): void {
    SPACE.lastIndex = this.#at;
    SPACE.test(this.#text);
    this.#at = SPACE.lastIndex;
  }

  #unexpected(): SyntaxError {
    const found = this.#at < this.#text.length ? "unexpected character" : "unexpected end";
    return new SyntaxError(`${found} at position ${String(this.#at)} of JSON`);
  }
}
