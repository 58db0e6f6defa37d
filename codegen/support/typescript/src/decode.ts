/**
 * Checked reading: each function takes a value of unknown type, as a codec read it, and gives a value of its type or
 * fails with the path to the fault. Generated decoders are made of these.
 *
 * Both codecs' forms are accepted: bytes as a list of numbers or as bytes, integers as number or as bigint, 128-bit
 * integers as an integer or as 16 bytes. Keys of maps are always strings here.
 */
import { SerializationError } from "./errors.js";
import { setEntry } from "./json.js";
import { PROTO_KEY } from "./messagepack.js";
import { pathOf } from "./path.js";
import type { Key, Path } from "./path.js";
import * as forms from "./text.js";
import type { Duration, SystemTime } from "./time.js";

/** Reads a value that stands under `key` in what `parent` names. */
export type Decoder<T> = (value: unknown, parent: Path, key: Key) => T;

/** Fails because of what was found. */
export function mismatch(expected: string, value: unknown, parent: Path, key: Key): never {
  throw fault(`expected ${expected}, found ${kindOf(value)}`, parent, key);
}

function fault(text: string, parent: Path, key: Key): SerializationError {
  const path = pathOf(parent, key);
  return new SerializationError("SerializationError", `${path}: ${text}`, { retryable: false, delivered: "yes", path });
}

/** What a value is, without telling the value. */
export function kindOf(value: unknown): string {
  if (value === null) return "null";
  if (Array.isArray(value)) return "array";
  if (value instanceof Uint8Array) return "bytes";
  switch (typeof value) {
    case "number":
      // Both codecs read longer integers as bigint.
      return Number.isSafeInteger(value) ? "integer" : "float";
    case "bigint":
      return "integer";
    case "undefined":
      return "nothing";
    default:
      return typeof value;
  }
}

/** Null and nothing else. */
export function unit(value: unknown, parent: Path, key: Key): null {
  return value === null ? null : mismatch("null", value, parent, key);
}

/** A truth value. */
export function bool(value: unknown, parent: Path, key: Key): boolean {
  return typeof value === "boolean" ? value : mismatch("boolean", value, parent, key);
}

/** Any text. */
export function string(value: unknown, parent: Path, key: Key): string {
  return typeof value === "string" ? value : mismatch("string", value, parent, key);
}

/** A text of one Unicode scalar value. */
export function char(value: unknown, parent: Path, key: Key): string {
  return isChar(value) ? value : mismatch("a string of one character", value, parent, key);
}

/** Whether a value is a text of one Unicode scalar value. */
export function isChar(value: unknown): value is string {
  if (typeof value !== "string" || value.length === 0 || value.length > 2) return false;
  const point = value.codePointAt(0) ?? 0;
  return value.length === (point > 0xffff ? 2 : 1) && (point < 0xd800 || point > 0xdfff);
}

function text(form: forms.Form): Decoder<string> {
  return (value, parent, key) => {
    const read = string(value, parent, key);
    if (form.matches(read)) return read;
    throw fault(`expected ${form.name}, found another text`, parent, key);
  };
}

export const uuid: Decoder<string> = text(forms.uuid);
export const ipAddress: Decoder<string> = text(forms.ipAddress);
export const ipv4Address: Decoder<string> = text(forms.ipv4Address);
export const ipv6Address: Decoder<string> = text(forms.ipv6Address);
export const socketAddress: Decoder<string> = text(forms.socketAddress);
export const timestamp: Decoder<string> = text(forms.timestamp);
export const dateTime: Decoder<string> = text(forms.dateTime);
export const date: Decoder<string> = text(forms.date);
export const time: Decoder<string> = text(forms.time);
export const decimal: Decoder<string> = text(forms.decimal);
export const url: Decoder<string> = text(forms.url);

function small(name: string, min: number, max: number): Decoder<number> {
  return (value, parent, key) => {
    if (typeof value === "number" && Number.isInteger(value) && value >= min && value <= max) return value;
    // MessagePack may write any integer in 64 bits.
    if (typeof value === "bigint" && value >= min && value <= max) return Number(value);
    if (kindOf(value) === "integer") throw fault(`expected ${name}, found integer out of range`, parent, key);
    return mismatch(name, value, parent, key);
  };
}

export const i8: Decoder<number> = small("i8", -0x80, 0x7f);
export const i16: Decoder<number> = small("i16", -0x8000, 0x7fff);
export const i32: Decoder<number> = small("i32", -0x80000000, 0x7fffffff);
export const u8: Decoder<number> = small("u8", 0, 0xff);
export const u16: Decoder<number> = small("u16", 0, 0xffff);
export const u32: Decoder<number> = small("u32", 0, 0xffffffff);

function large(name: string, min: bigint, max: bigint): Decoder<bigint> {
  return (value, parent, key) => {
    let integer: bigint;
    if (typeof value === "number" && Number.isSafeInteger(value)) integer = BigInt(value);
    else if (typeof value === "bigint") integer = value;
    else return mismatch(name, value, parent, key);
    if (integer >= min && integer <= max) return integer;
    throw fault(`expected ${name}, found integer out of range`, parent, key);
  };
}

export const i64: Decoder<bigint> = large("i64", -(2n ** 63n), 2n ** 63n - 1n);
export const u64: Decoder<bigint> = large("u64", 0n, 2n ** 64n - 1n);

const wideI128 = large("i128", -(2n ** 127n), 2n ** 127n - 1n);
const wideU128 = large("u128", 0n, 2n ** 128n - 1n);

/** An integer of 128 bits, or its 16 bytes. */
export function i128(value: unknown, parent: Path, key: Key): bigint {
  return value instanceof Uint8Array && value.length === 16
    ? BigInt.asIntN(128, fromBytes(value))
    : wideI128(value, parent, key);
}

/** An unsigned integer of 128 bits, or its 16 bytes. */
export function u128(value: unknown, parent: Path, key: Key): bigint {
  return value instanceof Uint8Array && value.length === 16 ? fromBytes(value) : wideU128(value, parent, key);
}

function fromBytes(bytes: Uint8Array): bigint {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return (view.getBigUint64(0) << 64n) | view.getBigUint64(8);
}

/** An integer but zero. */
export function nonZero<T extends number | bigint>(value: unknown, parent: Path, key: Key, inner: Decoder<T>): T {
  const integer = inner(value, parent, key);
  if (integer !== 0 && integer !== 0n) return integer;
  throw fault("expected an integer that is not zero, found zero", parent, key);
}

/** A float; an integer is one too. */
export function f64(value: unknown, parent: Path, key: Key): number {
  if (typeof value === "number") return value;
  return typeof value === "bigint" ? Number(value) : mismatch("float", value, parent, key);
}

/** A float of 32 bits, exactly: JSON writes fewer digits than tell which it is among 64 bits. */
export function f32(value: unknown, parent: Path, key: Key): number {
  const float = f64(value, parent, key);
  const rounded = Math.fround(float);
  if (Number.isFinite(rounded) || !Number.isFinite(float)) return rounded;
  throw fault("expected f32, found float out of range", parent, key);
}

/** Bytes. */
export function bytes(value: unknown, parent: Path, key: Key): Uint8Array {
  // A copy: what arrived is a view of a larger piece that would be kept alive with it.
  if (value instanceof Uint8Array) return new Uint8Array(value);
  if (!Array.isArray(value)) return mismatch("bytes", value, parent, key);
  return Uint8Array.from(array(value, parent, key, u8));
}

/** The value, or null. */
export function nullable<T>(value: unknown, parent: Path, key: Key, inner: Decoder<T>): T | null {
  return value === null || value === undefined ? null : inner(value, parent, key);
}

/** A list of any length. */
export function array<T>(value: unknown, parent: Path, key: Key, item: Decoder<T>): T[] {
  if (!Array.isArray(value)) return mismatch("array", value, parent, key);
  const path = { parent, key };
  const items = new Array<T>(value.length);
  for (let at = 0; at < value.length; at++) items[at] = item(value[at], path, at);
  return items;
}

/** A list of exactly `length`. */
export function arrayOf<T>(value: unknown, parent: Path, key: Key, length: number, item: Decoder<T>): T[] {
  return array(items(value, parent, key, length), parent, key, item);
}

/** A list with a type for each place. */
export function tuple<T extends readonly unknown[]>(
  value: unknown,
  parent: Path,
  key: Key,
  decoders: { readonly [Place in keyof T]: Decoder<T[Place]> },
): T {
  const path = { parent, key };
  const from = items(value, parent, key, decoders.length);
  // A mapped tuple's own map() forgets that it is one.
  return (decoders as readonly Decoder<unknown>[]).map((decoder, at) => decoder(from[at], path, at)) as unknown as T;
}

function items(value: unknown, parent: Path, key: Key, length: number): readonly unknown[] {
  if (!Array.isArray(value)) return mismatch(`an array of ${String(length)}`, value, parent, key);
  if (value.length === length) return value;
  throw fault(`expected an array of ${String(length)}, found one of ${String(value.length)}`, parent, key);
}

/** The entries of a map, by name. */
export type Fields = Readonly<Record<string, unknown>>;

/** A map whose entries are looked up by name. */
export function fields(value: unknown, parent: Path, key: Key): Fields {
  if (typeof value !== "object" || value === null || Array.isArray(value) || value instanceof Uint8Array) {
    return mismatch("object", value, parent, key);
  }
  return value as Fields;
}

/** An entry whose name every object inherits something under, or is refused by the reader of MessagePack. */
export function entry(from: Fields, name: string): unknown {
  if (Object.hasOwn(from, name)) return from[name];
  return name === "__proto__" ? from[PROTO_KEY] : undefined;
}

/** The entries of other names than these. */
export function rest(from: Fields, names: readonly string[]): Fields {
  const to: Record<string, unknown> = {};
  for (const name of Object.keys(from)) {
    if (!names.includes(nameOf(name))) setEntry(to, name, from[name]);
  }
  return to;
}

/** A map that has entries of these names alone: where the names tell what is meant. */
export function only(value: unknown, parent: Path, key: Key, names: readonly string[]): Fields {
  const from = fields(value, parent, key);
  const other = Object.keys(from).find((name) => !names.includes(nameOf(name)));
  if (other === undefined) return from;
  throw fault(`expected no entry but ${names.join(", ")}`, { parent, key }, nameOf(other));
}

/** The name of an entry, as it was sent. */
function nameOf(key: string): string {
  return key === PROTO_KEY ? "__proto__" : key;
}

/** A map from strings, which all have to be such as `readKey` accepts. */
export function record<T>(
  value: unknown,
  parent: Path,
  key: Key,
  item: Decoder<T>,
  readKey: Decoder<string> = string,
): Record<string, T> {
  const from = fields(value, parent, key);
  const path = { parent, key };
  const to: Record<string, T> = {};
  for (const each of Object.keys(from)) {
    const name = nameOf(each);
    setEntry(to, readKey(name, path, name), item(from[each], path, name));
  }
  return to;
}

/** A map from strings that not every string can be. */
export function keyed<K extends string, T>(
  value: unknown,
  parent: Path,
  key: Key,
  readKey: Decoder<K>,
  item: Decoder<T>,
): Partial<Record<K, T>> {
  return record(value, parent, key, item, readKey) as Partial<Record<K, T>>;
}

/** A map from keys that are written as strings. */
export function map<K, V>(
  value: unknown,
  parent: Path,
  key: Key,
  readKey: (text: string, parent: Path, key: Key) => K,
  item: Decoder<V>,
): Map<K, V> {
  const from = fields(value, parent, key);
  const path = { parent, key };
  const to = new Map<K, V>();
  for (const name of Object.keys(from)) to.set(readKey(name, path, name), item(from[name], path, name));
  return to;
}

const INTEGER = /^-?\d{1,39}$/;

/** A key that is an integer, read with the decoder of its type. */
export function integerKey<T extends number | bigint>(inner: Decoder<T>): (text: string, parent: Path, key: Key) => T {
  return (text, parent, key) =>
    INTEGER.test(text) ? inner(BigInt(text), parent, key) : mismatch("a key that is an integer", text, parent, key);
}

/** A key that is a truth value. */
export function boolKey(text: string, parent: Path, key: Key): boolean {
  if (text === "true") return true;
  return text === "false" ? false : mismatch("a key that is a boolean", text, parent, key);
}

/** One of several texts. */
export function choice<T extends string>(value: unknown, parent: Path, key: Key, choices: ReadonlySet<T>): T {
  const text = string(value, parent, key);
  return choices.has(text as T) ? (text as T) : unknownVariant([...choices], parent, key);
}

/** Fails because a variant is named that is none of these. */
export function unknownVariant(known: readonly string[], parent: Path, key: Key): never {
  throw fault(`unknown variant, expected one of ${known.join(", ")}`, parent, key);
}

/** The name and the data of a variant: a text alone, or a map with one entry. */
export function externallyTagged(value: unknown, parent: Path, key: Key): readonly [name: string, data: unknown] {
  if (typeof value === "string") return [value, null];
  const from = fields(value, parent, key);
  const [name, ...others] = Object.keys(from);
  if (name === undefined || others.length > 0) {
    throw fault(
      `expected an object with one entry, found one with ${name === undefined ? "none" : "more"}`,
      parent,
      key,
    );
  }
  return [nameOf(name), from[name]];
}

/**
 * The value of an externally tagged enum that stands among the entries of others, as it would stand alone: the first
 * entry that names a variant. Where there is none, all entries are given, for the enum's decoder to judge.
 */
export function variantAmong(from: Fields, variants: readonly string[]): unknown {
  const name = variantIn(from, variants);
  if (name === undefined) return from;
  const data = entry(from, name);
  return data === null ? name : { [name]: data };
}

/** The entries but the one that {@link variantAmong} takes. */
export function withoutVariant(from: Fields, variants: readonly string[]): Fields {
  const name = variantIn(from, variants);
  return name === undefined ? from : rest(from, [name]);
}

function variantIn(from: Fields, variants: readonly string[]): string | undefined {
  return Object.keys(from)
    .map(nameOf)
    .find((name) => variants.includes(name));
}

/** The value, or null where the decoder does not accept it. */
export function attempt<T>(value: unknown, parent: Path, key: Key, inner: Decoder<T>): T | null {
  try {
    return inner(value, parent, key);
  } catch (error) {
    if (error instanceof SerializationError) return null;
    throw error;
  }
}

/** The value as the first of the decoders that accepts it. */
export function firstOf<T>(
  value: unknown,
  parent: Path,
  key: Key,
  expected: string,
  decoders: readonly Decoder<T>[],
): T {
  for (const decoder of decoders) {
    try {
      return decoder(value, parent, key);
    } catch (error) {
      if (!(error instanceof SerializationError)) throw error;
    }
  }
  return mismatch(expected, value, parent, key);
}

/** A span of time. */
export function duration(value: unknown, parent: Path, key: Key): Duration {
  const from = fields(value, parent, key);
  const path = { parent, key };
  return { secs: u64(from["secs"], path, "secs"), nanos: u32(from["nanos"], path, "nanos") };
}

/** A point in time. */
export function systemTime(value: unknown, parent: Path, key: Key): SystemTime {
  const from = fields(value, parent, key);
  const path = { parent, key };
  return {
    secs: u64(from["secs_since_epoch"], path, "secs_since_epoch"),
    nanos: u32(from["nanos_since_epoch"], path, "nanos_since_epoch"),
  };
}
