/**
 * MessagePack. What arrives is read by the peer dependency `@msgpack/msgpack`, which is loaded only when a client asks
 * for this codec. What is sent is written here: that library cannot write maps whose keys are integers or booleans, nor
 * write into the connection's own buffer.
 */
import { PROTO_KEY, anyKey } from "./keys.js";
import type { Output } from "./output.js";

/** Reads one whole value. */
export type Reader = (bytes: Uint8Array) => unknown;

/** The library refuses the key `__proto__`, which a map of strings may well hold: it passes under another name. */
const PROTO_BYTES: Uint8Array = new TextEncoder().encode("__proto__");

/**
 * Loads the reader. In what it reads, integers written in 64 bits are bigint, all others number; the keys of every
 * map are strings, as `keys.ts` tells.
 *
 * @throws Error if the package `@msgpack/msgpack` is not installed.
 */
export async function loadReader(): Promise<Reader> {
  const { Decoder } = await import("@msgpack/msgpack").catch((cause: unknown) => {
    throw new Error('the codec "messagepack" needs the package @msgpack/msgpack 3; install it beside this one', {
      cause,
    });
  });
  const decoder = new Decoder({
    useBigInt64: true,
    mapKeyConverter: anyKey,
    keyDecoder: {
      canBeCached: (length) => length === PROTO_BYTES.length,
      decode: (bytes, offset, length) => decodeKey(bytes.subarray(offset, offset + length)),
    },
  });
  return (bytes) => decoder.decode(bytes);
}

const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

function decodeKey(bytes: Uint8Array): string {
  const isProto = bytes.every((byte, at) => byte === PROTO_BYTES[at]);
  return isProto ? PROTO_KEY : utf8.decode(bytes);
}

/**
 * Writes a value made of plain objects, Maps, arrays, strings, numbers, bigints of at most 64 bits, booleans,
 * Uint8Arrays and null. Entries that are undefined are left out. A number without a fraction is written as an integer.
 */
export function write(output: Output, value: unknown): void {
  switch (typeof value) {
    case "string":
      writeText(output, value);
      return;
    case "number":
      writeNumber(output, value);
      return;
    case "boolean":
      output.u8(value ? 0xc3 : 0xc2);
      return;
    case "bigint":
      writeBigInt(output, value);
      return;
    case "object":
      if (value === null) output.u8(0xc0);
      else if (Array.isArray(value)) writeArray(output, value);
      else if (value instanceof Uint8Array) writeBytes(output, value);
      else if (value instanceof Map) writeMap(output, value);
      else writeObject(output, value as Record<string, unknown>);
      return;
    default:
      throw new TypeError(`cannot write a ${typeof value} as MessagePack`);
  }
}

/** Writes the head of a map with so many entries. */
export function writeMapHead(output: Output, entries: number): void {
  if (entries < 16) output.u8(0x80 | entries);
  else if (entries <= 0xffff) tag16(output, 0xde, entries);
  else tag32(output, 0xdf, entries);
}

const encoder = new TextEncoder();

/** Writes a string. */
export function writeText(output: Output, text: string): void {
  const { length } = text;
  if (length < 32 && isAscii(text)) {
    output.u8(0xa0 | length);
    output.text(text);
    return;
  }
  const bytes = encoder.encode(text);
  if (bytes.length < 32) output.u8(0xa0 | bytes.length);
  else if (bytes.length <= 0xff) tag8(output, 0xd9, bytes.length);
  else if (bytes.length <= 0xffff) tag16(output, 0xda, bytes.length);
  else tag32(output, 0xdb, bytes.length);
  output.bytes(bytes);
}

function isAscii(text: string): boolean {
  for (let at = 0; at < text.length; at++) {
    if (text.charCodeAt(at) > 0x7f) return false;
  }
  return true;
}

function writeNumber(output: Output, value: number): void {
  if (!Number.isInteger(value) || Object.is(value, -0)) writeFloat(output, value);
  else if (value >= 0) writeUnsigned(output, value);
  else if (value >= -0x20) output.u8(value & 0xff);
  else if (value >= -0x80) tag8(output, 0xd0, value & 0xff);
  else if (value >= -0x8000) tag16(output, 0xd1, value & 0xffff);
  else if (value >= -0x80000000) tag32(output, 0xd2, value >>> 0);
  else if (Number.isSafeInteger(value)) writeLong(output, 0xd3, BigInt(value));
  else writeFloat(output, value);
}

function writeUnsigned(output: Output, value: number): void {
  if (value < 0x80) output.u8(value);
  else if (value <= 0xff) tag8(output, 0xcc, value);
  else if (value <= 0xffff) tag16(output, 0xcd, value);
  else if (value <= 0xffffffff) tag32(output, 0xce, value);
  else if (Number.isSafeInteger(value)) writeLong(output, 0xcf, BigInt(value));
  else writeFloat(output, value);
}

function writeBigInt(output: Output, value: bigint): void {
  if (value >= Number.MIN_SAFE_INTEGER && value <= Number.MAX_SAFE_INTEGER) writeNumber(output, Number(value));
  else writeLong(output, value < 0n ? 0xd3 : 0xcf, value);
}

function writeBytes(output: Output, bytes: Uint8Array): void {
  if (bytes.length <= 0xff) tag8(output, 0xc4, bytes.length);
  else if (bytes.length <= 0xffff) tag16(output, 0xc5, bytes.length);
  else tag32(output, 0xc6, bytes.length);
  output.bytes(bytes);
}

function writeArray(output: Output, items: readonly unknown[]): void {
  if (items.length < 16) output.u8(0x90 | items.length);
  else if (items.length <= 0xffff) tag16(output, 0xdc, items.length);
  else tag32(output, 0xdd, items.length);
  for (const item of items) write(output, item);
}

function writeMap(output: Output, map: ReadonlyMap<unknown, unknown>): void {
  writeMapHead(output, map.size);
  for (const [key, entry] of map) {
    write(output, key);
    write(output, entry);
  }
}

function writeObject(output: Output, object: Record<string, unknown>): void {
  const keys = Object.keys(object).filter((key) => object[key] !== undefined);
  writeMapHead(output, keys.length);
  for (const key of keys) {
    writeText(output, key);
    write(output, object[key]);
  }
}

function writeFloat(output: Output, value: number): void {
  output.u8(0xcb);
  output.f64(value);
}

function writeLong(output: Output, tag: number, value: bigint): void {
  output.u8(tag);
  output.u64(value);
}

function tag8(output: Output, tag: number, value: number): void {
  output.u8(tag);
  output.u8(value);
}

function tag16(output: Output, tag: number, value: number): void {
  output.u8(tag);
  output.u16(value);
}

function tag32(output: Output, tag: number, value: number): void {
  output.u8(tag);
  output.u32(value);
}
