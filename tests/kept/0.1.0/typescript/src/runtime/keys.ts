/**
 * The keys of maps, as the codecs' readers put them into objects. An object has no keys but strings, sorts those that are
 * written like an index before all others, and takes `__proto__` for something else. A key that would suffer from this
 * stands in it under a name that begins with a mark.
 */

/** What the name of a key begins with that does not stand under itself; behind it is a letter for its kind. */
const MARK = "\u0000";

/** The name of the key `__proto__`. */
export const PROTO_KEY: string = `${MARK}t__proto__`;

/** What objects sort before all else: a number of 32 bits, and it costs nothing to take longer ones for one. */
const INDEX = /^(?:0|[1-9]\d*)$/;

/** What the name of a key begins with that is an integer of 128 bits, as its bytes. */
const LONG = `${MARK}x`;

/** The name that a text has as a key of an object. */
export function textKey(text: string): string {
  const first = text.charCodeAt(0);
  const isPlain = first !== 0 && !(first >= 0x30 && first <= 0x39 && INDEX.test(text));
  return isPlain || text === PROTO_KEY ? text : `${MARK}t${text}`;
}

/** The name that a key of MessagePack has as a key of an object. */
export function anyKey(key: unknown): string {
  switch (typeof key) {
    case "string":
      return textKey(key);
    case "number":
    case "bigint":
      return `${MARK}i${String(key)}`;
    case "boolean":
      return `${MARK}b${String(key)}`;
    default:
      // In hexadecimal digits, since the bytes do not tell whether the integer has a sign.
      return isLong(key) ? `${LONG}${Array.from(key, hex).join("")}` : String(key);
  }
}

function isLong(key: unknown): key is Uint8Array {
  return key instanceof Uint8Array && key.length === 16;
}

function hex(byte: number): string {
  return byte.toString(16).padStart(2, "0");
}

/** The bytes of a key that is an integer of 128 bits; undefined of any other. */
export function longKey(key: string): Uint8Array | undefined {
  if (!key.startsWith(LONG)) return undefined;
  return Uint8Array.from(key.slice(LONG.length).match(/../g) ?? [], (digits) => parseInt(digits, 16));
}

/** The key as text, which is how all decoders know it. */
export function nameOf(key: string): string {
  return key.charCodeAt(0) === 0 ? key.slice(2) : key;
}

/** The name under which an object has the entry of this name, if it has not it under the name itself. */
export function markedName(name: string): string {
  return name === "__proto__" ? PROTO_KEY : textKey(name);
}

/** Whether an object can hold this key as it stands on the wire, and in its place. */
export function isPlain(key: string): boolean {
  return key.charCodeAt(0) !== 0 || key === PROTO_KEY;
}

/** The key as it stands on the wire. */
export function keyOf(key: string): string | number | bigint | boolean | Uint8Array {
  const name = nameOf(key);
  const long = longKey(key);
  if (long !== undefined) return long;
  if (key.startsWith(`${MARK}b`)) return name === "true";
  if (!key.startsWith(`${MARK}i`)) return name;
  const number = Number(name);
  return Number.isSafeInteger(number) || !/^-?\d+$/.test(name) ? number : BigInt(name);
}
