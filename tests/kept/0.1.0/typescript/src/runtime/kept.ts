/**
 * What is kept of variants that a client does not know: their data as they came, to be written back as they came. An object
 * stands for a map where it can hold its keys in their order, and a `Map` for all others.
 */
import type { CodecName } from "./codec.js";
import * as decode from "./decode.js";
import * as encode from "./encode.js";
import { Entries, setEntry } from "./json.js";
import { isPlain, keyOf, nameOf } from "./keys.js";
import type { Key, Path } from "./path.js";
import { kept } from "./unknown.js";

/** The data of an externally tagged variant; undefined if `value` is its name alone. */
export function external(value: unknown, name: string, data: unknown, parent: Path, key: Key): unknown {
  kept.count++;
  return typeof value === "string" ? undefined : keep(data, decode.inside(parent, key), name);
}

/** The data of an adjacently tagged variant, which stand under a key of their own; undefined if there are none. */
export function adjacent(data: unknown, parent: Path, key: Key): unknown {
  kept.count++;
  return data === undefined ? undefined : keep(data, parent, key);
}

/** The data of an internally tagged variant: all entries but its tag. */
export function internal(from: decode.Fields, tag: string, parent: Path, key: Key): unknown {
  kept.count++;
  return keep(decode.rest(from, [tag]), parent, key);
}

function keep(value: unknown, parent: Path, key: Key): unknown {
  if (value === null || typeof value !== "object") return value;
  // A copy: what arrived is a view of a larger piece that would be kept alive with it.
  if (value instanceof Uint8Array) return new Uint8Array(value);
  const path = decode.inside(parent, key);
  if (Array.isArray(value)) return value.map((item, at) => keep(item, path, at));
  if (Object.getPrototypeOf(value) !== Object.prototype) return decode.mismatch("a value", value, parent, key);
  const from = value as decode.Fields;
  const keys = Object.keys(from);
  if (!keys.every(isPlain)) return new Map(keys.map((each) => [keyOf(each), keep(from[each], path, nameOf(each))]));
  const to: Record<string, unknown> = {};
  for (const each of keys) setEntry(to, nameOf(each), keep(from[each], path, nameOf(each)));
  return to;
}

/** Writes an externally tagged variant. */
export function writeExternal(name: unknown, data: unknown, parent: Path, key: Key, codec: CodecName): unknown {
  const told = writeName(name, parent, key);
  return data === undefined ? told : writeMap([[told, data]], parent, key, codec);
}

/** Writes an adjacently tagged variant. */
export function writeAdjacent(
  names: { readonly tag: string; readonly content: string },
  name: unknown,
  data: unknown,
  parent: Path,
  key: Key,
  codec: CodecName,
): unknown {
  const tag: [string, unknown] = [names.tag, writeName(name, parent, key)];
  return writeMap(data === undefined ? [tag] : [tag, [names.content, data]], parent, key, codec);
}

/** Writes an internally tagged variant. */
export function writeInternal(
  tag: string,
  name: unknown,
  data: unknown,
  parent: Path,
  key: Key,
  codec: CodecName,
): unknown {
  const entries = data === undefined ? [] : entriesOf(data);
  if (entries === null) return encode.mismatch("the entries of a variant", data, parent, key);
  if (entries.some(([name]) => name === tag))
    throw encode.fault("the entry is given twice", encode.inside(parent, key), tag);
  return writeMap([[tag, writeName(name, parent, key)], ...entries], parent, key, codec);
}

function writeName(name: unknown, parent: Path, key: Key): string {
  kept.count++;
  return encode.string(name as string, encode.inside(parent, key), "name", "json") as string;
}

type Entry = readonly [key: unknown, value: unknown];

/** The entries of a map, in its order; null if it is none. */
function entriesOf(value: unknown): readonly Entry[] | null {
  if (value instanceof Map) return [...(value as ReadonlyMap<unknown, unknown>)];
  if (typeof value !== "object" || value === null) return null;
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null) return null;
  return Object.entries(value).filter(([, entry]) => entry !== undefined);
}

function write(value: unknown, parent: Path, key: Key, codec: CodecName): unknown {
  switch (typeof value) {
    case "string":
    case "boolean":
      return value;
    case "number":
      return encode.f64(value, parent, key, codec);
    case "bigint":
      return encode.anyInteger(value, parent, key, codec);
    default:
  }
  if (value === null) return null;
  if (value instanceof Uint8Array) return encode.bytes(value, parent, key, codec);
  if (Array.isArray(value)) return encode.array(value as readonly unknown[], parent, key, codec, write);
  const entries = entriesOf(value);
  return entries === null
    ? encode.mismatch("a value of the wire", value, parent, key)
    : writeMap(entries, parent, key, codec);
}

function writeMap(entries: readonly Entry[], parent: Path, key: Key, codec: CodecName): unknown {
  const path = encode.inside(parent, key);
  const written = entries.map(([each, entry]): [unknown, unknown] => {
    const name = writeKey(each, path, codec);
    return [name, write(entry, path, String(name), codec)];
  });
  return codec === "json" ? new Entries(written as [string, unknown][]) : new Map(written);
}

function writeKey(key: unknown, path: Path, codec: CodecName): unknown {
  // Its bytes do not tell JSON's digits: nobody knows here whether it has a sign.
  if (key instanceof Uint8Array && codec === "messagepack") return key;
  if (typeof key === "number" ? !Number.isInteger(key) : !["string", "bigint", "boolean"].includes(typeof key)) {
    return encode.mismatch("a key that is a string, an integer or a boolean", key, path, "key");
  }
  return codec === "json" ? String(key) : key;
}
