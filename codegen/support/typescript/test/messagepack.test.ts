import assert from "node:assert/strict";
import { test } from "node:test";

import { decode } from "@msgpack/msgpack";

import * as decoders from "../src/decode.js";
import { loadReader, write } from "../src/messagepack.js";
import { Output } from "../src/output.js";

function written(value: unknown): Uint8Array {
  const output = new Output();
  write(output, value);
  return output.take();
}

test("the library reads what is written here", () => {
  const integers = [
    0, 127, 128, 255, 256, 65535, 65536, 4294967295, 4294967296, -1, -32, -33, -128, -129, -32768, -32769, -2147483648,
    -2147483649,
  ];
  const texts = [
    "",
    "a",
    "x".repeat(31),
    "x".repeat(32),
    "ü".repeat(31),
    "x".repeat(255),
    "x".repeat(256),
    "x".repeat(65536),
  ];
  const values: unknown[] = [
    null,
    true,
    false,
    1.5,
    NaN,
    Infinity,
    -0,
    1e300,
    ...integers,
    ...texts,
    Number.MAX_SAFE_INTEGER,
    Number.MIN_SAFE_INTEGER,
    [],
    [1, [2]],
    Array.from({ length: 20 }, (_, at) => at),
    Array.from({ length: 70_000 }, () => 0),
    {},
    { a: { b: [null] } },
    Object.fromEntries(Array.from({ length: 20 }, (_, at) => [`k${String(at)}`, at])),
  ];
  for (const value of values) assert.deepEqual(decode(written(value)), value);
  for (const length of [0, 255, 256, 65536]) {
    assert.deepEqual(decode(written(new Uint8Array(length).fill(7))), new Uint8Array(length).fill(7));
  }
});

test("integers take the fewest bytes, also as bigint", () => {
  assert.deepEqual([...written(5n)], [5]);
  assert.deepEqual([...written(-1n)], [0xff]);
  assert.deepEqual([...written(2n ** 64n - 1n)], [0xcf, ...Array<number>(8).fill(0xff)]);
  assert.deepEqual([...written(-(2n ** 63n))], [0xd3, 0x80, 0, 0, 0, 0, 0, 0, 0]);
});

test("entries that are undefined are left out", () => {
  assert.deepEqual(decode(written({ a: undefined, b: 1 })), { b: 1 });
});

test("maps keep keys that are no strings", () => {
  assert.deepEqual(
    [
      ...written(
        new Map<unknown, unknown>([
          [1, "a"],
          [true, null],
          [2n ** 40n, 0],
        ]),
      ),
    ],
    [0x83, 1, 0xa1, 0x61, 0xc3, 0xc0, 0xcf, 0, 0, 1, 0, 0, 0, 0, 0, 0],
  );
});

test("the reader gives 64-bit integers exactly and every key as a string that tells its kind", async () => {
  const read = await loadReader();
  const map = new Map<unknown, unknown>([
    [2n ** 64n - 1n, 2n ** 63n],
    [-1, 1],
    [true, "x"],
  ]);
  assert.deepEqual(read(written(map)), {
    "\0i18446744073709551615": 2n ** 63n,
    "\0i-1": 1,
    "\0btrue": "x",
  });
  const texts = new Map([
    ["10", 1],
    ["9", 2],
    ["a", 3],
    ["\0a", 4],
  ]);
  const record = decoders.record(read(written(texts)), null, "reply", decoders.u8);
  assert.deepEqual(record, { "10": 1, "9": 2, a: 3, "\0a": 4 });
  assert.equal(decoders.entry(decoders.fields(read(written(texts)), null, "reply"), "9"), 2);

  assert.throws(() => read(Uint8Array.of(0x81, 0xa1)));
});

test("the key __proto__ arrives as an entry like any other", async () => {
  const read = await loadReader();
  const map = new Map([
    ["__proto__", 1],
    ["nine char", 2],
  ]);
  const record = decoders.record(read(written(map)), null, "reply", decoders.u8);
  assert.equal(Object.getPrototypeOf(record), Object.prototype);
  assert.deepEqual(Object.entries(record), [
    ["__proto__", 1],
    ["nine char", 2],
  ]);
});
