/**
 * Checked reading: each function takes a value of unknown type, as a codec read it, and gives a value of its type or
 * fails with the path to the fault. Generated decoders are made of these.
 *
 * Both codecs' forms are accepted: bytes as a list of numbers or as bytes, integers as number or as bigint, 128-bit
 * integers as an integer or as 16 bytes. Keys of maps are always strings here, as `keys.ts` tells.
 */
import { SerializationError } from "./errors.js";
import { setEntry } from "./json.js";
import { longKey, markedName, nameOf } from "./keys.js";
import { MAX_DEPTH, depthOf, pathOf } from "./path.js";
import type { Inside, Key, Path } from "./path.js";
import * as forms from "./text.js";
import type { Duration, SystemTime } from "./time.js";
import { firstFit, kept } from "./unknown.js";
import type { UnknownName } from "./unknown.js";

/** Reads a value that stands under `key` in what `parent` names. */
export type Decoder<T> = (value: unknown, parent: Path, key: Key) => T;

/** Fails because of what was found. */
export function mismatch(expected: string, value: unknown, parent: Path, key: Key): never {
  throw fault(`expected ${expected}, found ${kindOf(value)}`, parent, key);
}

/** The error for what was found, where its kind is not what is wrong. */
export function fault(text: string, parent: Path, key: Key): SerializationError {
  const path = pathOf(parent, key);
  return new SerializationError("SerializationError", `${path}: ${text}`, { retryable: false, delivered: "yes", path });
}

/** What stands in a list or a map, which itself stands under `key` in what `parent` names; fails if it is too deep. */
export function inside(parent: Path, key: Key): Inside {
  const depth = depthOf(parent) + 1;
  if (depth <= MAX_DEPTH) return { parent, key, depth };
  throw fault(`nested deeper than ${String(MAX_DEPTH)} levels`, parent, key);
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

function asNumber(name: string, wide: Decoder<bigint>): Decoder<number> {
  return (value, parent, key) => {
    const integer = Number(wide(value, parent, key));
    if (Number.isSafeInteger(integer)) return integer;
    throw fault(`expected ${name} up to 2^53, found one that a number would round`, parent, key);
  };
}

export const i64AsNumber: Decoder<number> = asNumber("i64", i64);
export const u64AsNumber: Decoder<number> = asNumber("u64", u64);
export const i64AsString: Decoder<string> = (value, parent, key) => String(i64(value, parent, key));
export const u64AsString: Decoder<string> = (value, parent, key) => String(u64(value, parent, key));

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
export function nonZero<T extends number | bigint | string>(
  value: unknown,
  parent: Path,
  key: Key,
  inner: Decoder<T>,
): T {
  const integer = inner(value, parent, key);
  if (integer !== 0 && integer !== 0n && integer !== "0") return integer;
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
  const path = inside(parent, key);
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
  const path = inside(parent, key);
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

/** An entry whose name every object inherits something under, or that may stand under another name. */
export function entry(from: Fields, name: string): unknown {
  const at = Object.hasOwn(from, name) ? name : markedName(name);
  return Object.hasOwn(from, at) ? from[at] : undefined;
}

/** An object with this property alone, for code that must not name a deprecated one as a key. */
export function property<Name extends string, T>(name: Name, value: T): { readonly [Key in Name]: T } {
  return { [name]: value } as { readonly [Key in Name]: T };
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
  throw fault(`expected no entry but ${names.join(", ")}`, inside(parent, key), nameOf(other));
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
  const path = inside(parent, key);
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

/** Reads a key of a map: its text, or the bytes of an integer of 128 bits. */
export type KeyDecoder<K> = (key: string | Uint8Array, parent: Path, name: Key) => K;

/** A map from keys that JSON writes as strings. */
export function map<K, V>(value: unknown, parent: Path, key: Key, readKey: KeyDecoder<K>, item: Decoder<V>): Map<K, V> {
  const from = fields(value, parent, key);
  const path = inside(parent, key);
  const to = new Map<K, V>();
  for (const each of Object.keys(from)) {
    const name = nameOf(each);
    to.set(readKey(longKey(each) ?? name, path, name), item(from[each], path, name));
  }
  return to;
}

const INTEGER = /^-?\d{1,39}$/;

/** A key that is an integer, read with the decoder of its type. */
export function integerKey<T extends number | bigint | string>(inner: Decoder<T>): KeyDecoder<T> {
  return (value, parent, key) => {
    if (typeof value !== "string") return inner(value, parent, key);
    return INTEGER.test(value)
      ? inner(BigInt(value), parent, key)
      : mismatch("a key that is an integer", value, parent, key);
  };
}

/** A key that is a truth value. */
export function boolKey(value: string | Uint8Array, parent: Path, key: Key): boolean {
  if (value === "true") return true;
  return value === "false" ? false : mismatch("a key that is a boolean", value, parent, key);
}

/** One of several texts, or the name of a variant that this client does not know. */
export function choice<T extends string>(
  value: unknown,
  parent: Path,
  key: Key,
  choices: ReadonlySet<T | UnknownName>,
): T | UnknownName {
  const text = string(value, parent, key) as T | UnknownName;
  if (!choices.has(text)) kept.count++;
  return text;
}

/** Reads the name of a variant that is called otherwise here. */
export function renamed<T extends string>(
  value: unknown,
  parent: Path,
  key: Key,
  names: readonly (readonly [name: string, own: T])[],
): T {
  const text = string(value, parent, key);
  // What is unknown is kept, as everywhere.
  return names.find(([name]) => name === text)?.[1] ?? (text as T);
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
 * Reads an externally tagged enum that stands among the entries of others, as it would stand alone: the first entry that
 * names a variant is its. No other is, since nothing tells it from those of others.
 */
export function variantAmong<T>(
  from: Fields,
  parent: Path,
  key: Key,
  variants: readonly string[],
  inner: Decoder<T>,
): T {
  const name = variantIn(from, variants);
  if (name !== undefined) return inner(standing(name, entry(from, name)), parent, key);
  externallyTagged(from, parent, key);
  return unknownVariant(variants, parent, key);
}

/** Reads an externally tagged enum whose one entry is what is left of a map, as it would stand alone. */
export function variantLeft<T>(from: Fields, parent: Path, key: Key, inner: Decoder<T>): T {
  const [name, data] = externallyTagged(from, parent, key);
  return inner(standing(name, data), parent, key);
}

/** A variant without data has no entry where it stands alone. */
function standing(name: string, data: unknown): unknown {
  if (data === null) return name;
  const alone: Record<string, unknown> = {};
  setEntry(alone, markedName(name), data);
  return alone;
}

/** The entries but the one that {@link variantAmong} reads. */
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
  return firstFit([inner], (decoder) => decoder(value, parent, key), isMisfit)?.value ?? null;
}

/** The value as the first of the decoders that accepts it, one that knows all of it if there is one. */
export function firstOf<T>(
  value: unknown,
  parent: Path,
  key: Key,
  expected: string,
  decoders: readonly Decoder<T>[],
): T {
  const fit = firstFit(decoders, (decoder) => decoder(value, parent, key), isMisfit);
  return fit === null ? mismatch(expected, value, parent, key) : fit.value;
}

/** The value did not fit: nothing else went wrong. */
export function isMisfit(error: unknown): boolean {
  return error instanceof SerializationError;
}

/** A span of time. */
export function duration(value: unknown, parent: Path, key: Key): Duration {
  const from = fields(value, parent, key);
  const path = inside(parent, key);
  return { secs: u64(from["secs"], path, "secs"), nanos: u32(from["nanos"], path, "nanos") };
}

/** A point in time. */
export function systemTime(value: unknown, parent: Path, key: Key): SystemTime {
  const from = fields(value, parent, key);
  const path = inside(parent, key);
  return {
    secs: u64(from["secs_since_epoch"], path, "secs_since_epoch"),
    nanos: u32(from["nanos_since_epoch"], path, "nanos_since_epoch"),
  };
}
