/**
 * Checked writing: each function takes a value that claims to be of its type and gives what the codec writes for it, or
 * fails with the path to the fault before anything is sent. Generated encoders are made of these.
 */
import type { CodecName } from "./codec.js";
import { isChar, isMisfit, kindOf } from "./decode.js";
import { SerializationError } from "./errors.js";
import { Entries, NEGATIVE_ZERO, setEntry } from "./json.js";
import { MAX_DEPTH, depthOf, pathOf } from "./path.js";
import type { Inside, Key, Path } from "./path.js";
import * as forms from "./text.js";
import type { Duration, SystemTime } from "./time.js";
import { UNKNOWN, firstFit, kept } from "./unknown.js";

/** Writes a value that stands under `key` in what `parent` names. */
export type Encoder<T> = (value: T, parent: Path, key: Key, codec: CodecName) => unknown;

/** Fails because of what was given. */
export function mismatch(expected: string, value: unknown, parent: Path, key: Key): never {
  throw fault(`expected ${expected}, found ${kindOf(value)}`, parent, key);
}

/** Fails because of what was given, where its kind is not what is wrong. */
export function fault(text: string, parent: Path, key: Key): SerializationError {
  const path = pathOf(parent, key);
  return new SerializationError("SerializationError", `${path}: ${text}`, { retryable: false, delivered: "no", path });
}

/**
 * Deeper objects are not looked into: a value that holds itself would never end. The wire has another map for each of them,
 * but for what stands beside a tag.
 */
const MAX_OBJECTS = 4 * MAX_DEPTH;

/** What stands in a list or an object, which itself stands under `key` in what `parent` names; fails if it is too deep. */
export function inside(parent: Path, key: Key): Inside {
  const depth = depthOf(parent) + 1;
  if (depth <= MAX_OBJECTS) return { parent, key, depth };
  // The path itself would be as long.
  let outermost: Path = parent;
  while (outermost !== null && outermost.parent !== null) outermost = outermost.parent;
  throw tooDeep(outermost === null ? key : outermost.key);
}

function tooDeep(argument: Key): SerializationError {
  return fault(`nested deeper than ${String(MAX_DEPTH)} levels, the message itself counted`, null, argument);
}

/**
 * The same payload of a message, if it is not nested too deep for the wire.
 *
 * @throws SerializationError if it is.
 */
export function shallow(payload: unknown): unknown {
  for (const [name, entry] of heldBy(payload)) {
    if (!fits(entry, MAX_DEPTH - 1)) throw tooDeep(String(name));
  }
  return payload;
}

function fits(value: unknown, levels: number): boolean {
  if (typeof value !== "object" || value === null || value instanceof Uint8Array || value === NEGATIVE_ZERO)
    return true;
  if (levels === 0) return false;
  if (Array.isArray(value)) return value.every((item) => fits(item, levels - 1));
  for (const [, entry] of heldBy(value)) if (!fits(entry, levels - 1)) return false;
  return true;
}

function heldBy(value: unknown): Iterable<readonly [key: unknown, value: unknown]> {
  if (value instanceof Map) return value as ReadonlyMap<unknown, unknown>;
  if (value instanceof Entries) return value.entries;
  return typeof value === "object" && value !== null ? Object.entries(value) : [];
}

/** Null. */
export const unit: Encoder<unknown> = (value, parent, key) =>
  value === null ? null : mismatch("null", value, parent, key);

/** A truth value. */
export const bool: Encoder<boolean> = (value, parent, key) =>
  typeof value === "boolean" ? value : mismatch("boolean", value, parent, key);

/** Any text. */
export const string: Encoder<string> = (value, parent, key) =>
  typeof value === "string" ? value : mismatch("string", value, parent, key);

/** A text of one Unicode scalar value. */
export const char: Encoder<string> = (value, parent, key) =>
  isChar(value) ? value : mismatch("a string of one character", value, parent, key);

function text(form: forms.Form): Encoder<string> {
  return (value, parent, key) => {
    if (typeof value !== "string") return mismatch(form.name, value, parent, key);
    if (form.matches(value)) return value;
    throw fault(`expected ${form.name}, found another text`, parent, key);
  };
}

export const uuid: Encoder<string> = text(forms.uuid);
export const ipAddress: Encoder<string> = text(forms.ipAddress);
export const ipv4Address: Encoder<string> = text(forms.ipv4Address);
export const ipv6Address: Encoder<string> = text(forms.ipv6Address);
export const socketAddress: Encoder<string> = text(forms.socketAddress);
export const timestamp: Encoder<string> = text(forms.timestamp);
export const dateTime: Encoder<string> = text(forms.dateTime);
export const date: Encoder<string> = text(forms.date);
export const time: Encoder<string> = text(forms.time);
export const decimal: Encoder<string> = text(forms.decimal);
export const url: Encoder<string> = text(forms.url);

function small(name: string, min: number, max: number): Encoder<number> {
  return (value, parent, key) => {
    if (Number.isInteger(value) && value >= min && value <= max) return value;
    if (Number.isInteger(value)) throw fault(`expected ${name}, found integer out of range`, parent, key);
    return mismatch(name, value, parent, key);
  };
}

export const i8: Encoder<number> = small("i8", -0x80, 0x7f);
export const i16: Encoder<number> = small("i16", -0x8000, 0x7fff);
export const i32: Encoder<number> = small("i32", -0x80000000, 0x7fffffff);
export const u8: Encoder<number> = small("u8", 0, 0xff);
export const u16: Encoder<number> = small("u16", 0, 0xffff);
export const u32: Encoder<number> = small("u32", 0, 0xffffffff);

function large(name: string, min: bigint, max: bigint): (value: bigint, parent: Path, key: Key) => bigint {
  return (value, parent, key) => {
    if (typeof value !== "bigint") return mismatch(`${name} (a bigint)`, value, parent, key);
    if (value >= min && value <= max) return value;
    throw fault(`expected ${name}, found integer out of range`, parent, key);
  };
}

/** The form that JSON.stringify can write, where it is exact. */
function short(value: bigint): number | bigint {
  return value >= Number.MIN_SAFE_INTEGER && value <= Number.MAX_SAFE_INTEGER ? Number(value) : value;
}

const checkI64 = large("i64", -(2n ** 63n), 2n ** 63n - 1n);
const checkU64 = large("u64", 0n, 2n ** 64n - 1n);
const checkI128 = large("i128", -(2n ** 127n), 2n ** 127n - 1n);
const checkU128 = large("u128", 0n, 2n ** 128n - 1n);

/** An integer of 64 bits. */
export const i64: Encoder<bigint> = (value, parent, key) => short(checkI64(value, parent, key));

/** An unsigned integer of 64 bits. */
export const u64: Encoder<bigint> = (value, parent, key) => short(checkU64(value, parent, key));

function asNumber(name: string, check: (value: bigint, parent: Path, key: Key) => bigint): Encoder<number> {
  return (value, parent, key) => {
    if (!Number.isInteger(value)) return mismatch(`${name} (a number)`, value, parent, key);
    if (Number.isSafeInteger(value)) return short(check(BigInt(value), parent, key));
    throw fault(`expected ${name} up to 2^53, found one that a number would round`, parent, key);
  };
}

export const i64AsNumber: Encoder<number> = asNumber("i64", checkI64);
export const u64AsNumber: Encoder<number> = asNumber("u64", checkU64);

const DIGITS = /^(?:0|-?[1-9]\d{0,19})$/;

function asString(name: string, check: (value: bigint, parent: Path, key: Key) => bigint): Encoder<string> {
  return (value, parent, key) => {
    if (typeof value !== "string") return mismatch(`${name} (a string)`, value, parent, key);
    if (DIGITS.test(value)) return short(check(BigInt(value), parent, key));
    throw fault(`expected the digits of ${name}, found another text`, parent, key);
  };
}

export const i64AsString: Encoder<string> = asString("i64", checkI64);
export const u64AsString: Encoder<string> = asString("u64", checkU64);

/** An integer of 128 bits: in MessagePack its 16 bytes. */
export function i128(value: bigint, parent: Path, key: Key, codec: CodecName): unknown {
  checkI128(value, parent, key);
  return codec === "json" ? short(value) : toBytes(value);
}

/** An unsigned integer of 128 bits: in MessagePack its 16 bytes. */
export function u128(value: bigint, parent: Path, key: Key, codec: CodecName): unknown {
  checkU128(value, parent, key);
  return codec === "json" ? short(value) : toBytes(value);
}

/** An integer of whatever length: in MessagePack its 16 bytes if 64 bits do not hold it. */
export function anyInteger(value: bigint, parent: Path, key: Key, codec: CodecName): unknown {
  if (value < -(2n ** 127n) || value >= 2n ** 128n) throw fault("an integer longer than 128 bits", parent, key);
  const isLong = value < -(2n ** 63n) || value >= 2n ** 64n;
  return isLong && codec === "messagepack" ? toBytes(value) : short(value);
}

function toBytes(value: bigint): Uint8Array {
  const bytes = new Uint8Array(16);
  const view = new DataView(bytes.buffer);
  view.setBigUint64(0, BigInt.asUintN(64, value >> 64n));
  view.setBigUint64(8, BigInt.asUintN(64, value));
  return bytes;
}

/** An integer but zero. */
export function nonZero<T extends number | bigint | string>(
  value: T,
  parent: Path,
  key: Key,
  codec: CodecName,
  inner: Encoder<T>,
): unknown {
  if (value === 0 || value === 0n || value === "0")
    throw fault("expected an integer that is not zero, found zero", parent, key);
  return inner(value, parent, key, codec);
}

/** A float: in JSON a finite one. */
export function f64(value: number, parent: Path, key: Key, codec: CodecName): unknown {
  if (typeof value !== "number") return mismatch("float", value, parent, key);
  if (codec === "messagepack") return value;
  if (!Number.isFinite(value)) throw fault("expected a finite float in JSON", parent, key);
  return Object.is(value, -0) ? NEGATIVE_ZERO : value;
}

/** A float that is rounded to 32 bits where it arrives. */
export function f32(value: number, parent: Path, key: Key, codec: CodecName): unknown {
  if (Number.isFinite(value) && !Number.isFinite(Math.fround(value))) {
    throw fault("expected f32, found float out of range", parent, key);
  }
  return f64(value, parent, key, codec);
}

/** Bytes: in JSON a list of numbers. */
export function bytes(value: Uint8Array, parent: Path, key: Key, codec: CodecName): unknown {
  if (!(value instanceof Uint8Array)) return mismatch("Uint8Array", value, parent, key);
  return codec === "json" ? Array.from(value) : value;
}

/** The value, or null. */
export function nullable<T>(
  value: T | null | undefined,
  parent: Path,
  key: Key,
  codec: CodecName,
  inner: Encoder<T>,
): unknown {
  return value === null || value === undefined ? null : inner(value, parent, key, codec);
}

/** A list of any length. */
export function array<T>(
  value: readonly T[],
  parent: Path,
  key: Key,
  codec: CodecName,
  item: Encoder<T>,
): readonly unknown[] {
  if (!Array.isArray(value)) return mismatch("array", value, parent, key);
  const path = inside(parent, key);
  return (value as readonly T[]).map((each, at) => item(each, path, at, codec));
}

/** A list of exactly `length`. */
export function arrayOf<T>(
  value: readonly T[],
  parent: Path,
  key: Key,
  codec: CodecName,
  length: number,
  item: Encoder<T>,
): readonly unknown[] {
  checkLength(value, parent, key, length);
  return array(value, parent, key, codec, item);
}

/** A list with a type for each place. */
export function tuple<T extends readonly unknown[]>(
  value: T,
  parent: Path,
  key: Key,
  codec: CodecName,
  encoders: { readonly [Place in keyof T]: Encoder<T[Place]> },
): readonly unknown[] {
  checkLength(value, parent, key, encoders.length);
  const path = inside(parent, key);
  // A mapped tuple's own map() forgets that it is one.
  return (encoders as readonly Encoder<unknown>[]).map((encoder, at) => encoder(value[at], path, at, codec));
}

function checkLength(value: readonly unknown[], parent: Path, key: Key, length: number): void {
  if (!Array.isArray(value)) mismatch(`an array of ${String(length)}`, value, parent, key);
  else if (value.length !== length) {
    throw fault(`expected an array of ${String(length)}, found one of ${String(value.length)}`, parent, key);
  }
}

/** An object whose properties are looked up by name. */
export function object<T extends object>(value: T, parent: Path, key: Key): T {
  return typeof value === "object" && (value as T | null) !== null && !Array.isArray(value)
    ? value
    : mismatch("object", value, parent, key);
}

/** An object that has properties of these names alone: where the names tell what is meant. */
export function only<T extends object>(value: T, parent: Path, key: Key, names: readonly string[]): T {
  for (const [name, property] of Object.entries(object(value, parent, key))) {
    if (property === undefined || names.includes(name)) continue;
    throw fault(`expected no property but ${names.join(", ")}`, inside(parent, key), name);
  }
  return value;
}

/**
 * One map with the entries of all parts. A text is the name of a variant without data, which becomes an entry without
 * a value; null has no entries.
 */
export function merge(parent: Path, key: Key, parts: readonly unknown[]): Record<string, unknown> {
  const to: Record<string, unknown> = {};
  for (const part of parts) {
    for (const [name, entry] of entriesOf(part, parent, key)) {
      // An entry that is left out keeps its name to itself all the same.
      if (Object.hasOwn(to, name)) throw fault("the entry is given twice", inside(parent, key), name);
      setEntry(to, name, entry);
    }
  }
  return to;
}

function entriesOf(part: unknown, parent: Path, key: Key): readonly [name: string, entry: unknown][] {
  if (part === null || part === undefined) return [];
  if (typeof part === "string") return [[part, null]];
  if (part instanceof Map || part instanceof Entries)
    return Array.from(heldBy(part), ([name, entry]) => [String(name), entry]);
  const hasEntries = typeof part === "object" && !Array.isArray(part) && !(part instanceof Uint8Array);
  return hasEntries ? Object.entries(part) : mismatch("a value that has entries", part, parent, key);
}

/** A map from strings. */
export function record<T>(
  value: Readonly<Record<string, T>>,
  parent: Path,
  key: Key,
  codec: CodecName,
  item: Encoder<T>,
): Record<string, unknown> {
  object(value, parent, key);
  const path = inside(parent, key);
  const to: Record<string, unknown> = {};
  for (const [name, each] of Object.entries(value)) setEntry(to, name, item(each, path, name, codec));
  return to;
}

/** A map from strings that not every string can be. */
export function keyed<K extends string, T>(
  value: Readonly<Partial<Record<K, T>>>,
  parent: Path,
  key: Key,
  codec: CodecName,
  writeKey: Encoder<K>,
  item: Encoder<T>,
): Record<string, unknown> {
  object(value, parent, key);
  const path = inside(parent, key);
  const to: Record<string, unknown> = {};
  for (const [name, each] of Object.entries(value)) {
    setEntry(to, String(writeKey(name as K, path, name, codec)), item(each as T, path, name, codec));
  }
  return to;
}

/** A map from keys that JSON writes as strings and MessagePack as they are. */
export function map<K extends number | bigint | string | boolean, V>(
  value: ReadonlyMap<K, V>,
  parent: Path,
  key: Key,
  codec: CodecName,
  writeKey: Encoder<K>,
  item: Encoder<V>,
): unknown {
  if (!(value instanceof Map)) return mismatch("Map", value, parent, key);
  const path = inside(parent, key);
  const to = new Map<unknown, unknown>();
  for (const [each, inner] of value as ReadonlyMap<K, V>) {
    to.set(writeKey(each, path, String(each), codec), item(inner, path, String(each), codec));
  }
  return codec === "json" ? Object.fromEntries(to) : to;
}

/** One of several texts, by what it is on the wire; the name of a variant that this client does not know is itself. */
export function choice<T extends string>(value: T, parent: Path, key: Key, choices: ReadonlyMap<T, string>): string {
  const name = choices.get(value);
  if (name !== undefined) return name;
  if (typeof value !== "string") return mismatch("string", value, parent, key);
  kept.count++;
  return value;
}

/** Writes an enum, but for what this client does not know: where entries of others stand about it, nothing tells that. */
export function known<T>(
  value: T,
  parent: Path,
  key: Key,
  codec: CodecName,
  variants: readonly string[],
  inner: Encoder<T>,
): unknown {
  const isUnknown = typeof value === "string" ? !variants.includes(value) : isUnknownVariant(value);
  return isUnknown ? unknownVariant(variants, parent, key) : inner(value, parent, key, codec);
}

function isUnknownVariant(value: unknown): boolean {
  return typeof value === "object" && value !== null && "kind" in value && value.kind === UNKNOWN;
}

/** Fails because a variant is named that is none of these. */
export function unknownVariant(known: readonly string[], parent: Path, key: Key): never {
  throw fault(`unknown variant, expected one of ${known.join(", ")}`, parent, key);
}

/** The property of this name, for code that must not name a deprecated one as `value.name`. */
export function property<T extends object, K extends keyof T>(value: T, name: K): T[K] {
  return value[name];
}

/** Writes what is given, and leaves out what is not. */
export function optional<T>(value: T | undefined, write: (given: T) => unknown): unknown {
  return value === undefined ? undefined : write(value);
}

/** The value as the first of the encoders that accepts it writes it, one that knows all of it if there is one. */
export function firstOf(
  value: unknown,
  parent: Path,
  key: Key,
  codec: CodecName,
  expected: string,
  encoders: readonly Encoder<never>[],
): unknown {
  // Each checks for itself that the value is one of its own.
  const attempt = (encoder: Encoder<never>): unknown => (encoder as Encoder<unknown>)(value, parent, key, codec);
  const fit = firstFit(encoders, attempt, isMisfit);
  return fit === null ? mismatch(expected, value, parent, key) : fit.value;
}

/** A span of time. */
export const duration: Encoder<Duration> = (value, parent, key, codec) => {
  const { secs, nanos } = object(value, parent, key);
  const path = inside(parent, key);
  return { secs: u64(secs, path, "secs", codec), nanos: u32(nanos, path, "nanos", codec) };
};

/** A point in time. */
export const systemTime: Encoder<SystemTime> = (value, parent, key, codec) => {
  const { secs, nanos } = object(value, parent, key);
  const path = inside(parent, key);
  return {
    secs_since_epoch: u64(secs, path, "secs", codec),
    nanos_since_epoch: u32(nanos, path, "nanos", codec),
  };
};
