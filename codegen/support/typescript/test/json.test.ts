import assert from "node:assert/strict";
import { test } from "node:test";

import { NEGATIVE_ZERO, parse, stringify } from "../src/json.js";
import { keyOf } from "../src/keys.js";

const BIG = 18446744073709551615n;

test("long integers keep their digits", () => {
  const cases: [string, unknown][] = [
    [String(BIG), BIG],
    [`-${String(2n ** 127n)}`, -(2n ** 127n)],
    ["9007199254740991", 9007199254740991],
    ["9007199254740993", 9007199254740993n],
    [`[${String(BIG)},1,-2]`, [BIG, 1, -2]],
    [`{"a":{"b":[${String(BIG)}]},"c":"${String(BIG)}"}`, { a: { b: [BIG] }, c: String(BIG) }],
  ];
  for (const [text, value] of cases) assert.deepEqual(parse(text), value, text);
});

test("everything else is read as JSON.parse reads it, also beside a long integer", () => {
  const texts = [
    "null",
    "true",
    "false",
    "0",
    "-0",
    "1.5",
    "-1e300",
    "2E-3",
    '""',
    '"a\\"b\\\\"',
    '"\\u00e9\\n"',
    '"é😀"',
    "[]",
    "{}",
    "[1,[2,[3]],{}]",
    '{"a":1,"a":2}',
    '{"":null}',
    "0.12345678901234567890",
    '{"q":"\\\\"}',
    ' [ 1 , { "a" : [ ] } ] ',
  ];
  for (const text of texts) {
    assert.deepEqual(parse(text), JSON.parse(text), text);
    const beside = parse(`[${text},${String(BIG)}]`) as unknown[];
    assert.deepEqual(beside, [JSON.parse(text), BIG], text);
  }
});

test("what is no JSON is refused, also beside a long integer", () => {
  const texts = [
    "",
    "[",
    "{",
    "[1,]",
    '{"a"}',
    '{"a":}',
    "01",
    "+1",
    ".5",
    "1.",
    "nul",
    '"\n"',
    '"\\x"',
    '"',
    '"\\"',
    "[1 2]",
    "{1:2}",
  ];
  for (const text of texts) {
    assert.throws(() => parse(text), SyntaxError, text);
    assert.throws(() => parse(`[${String(BIG)},${text}`), SyntaxError, text);
  }
  assert.throws(() => parse(`[${String(BIG)}]]`), SyntaxError);
  assert.throws(() => parse(`${"[".repeat(100_000)}${String(BIG)}`), SyntaxError);
});

test("a __proto__ entry is an entry like any other", () => {
  for (const number of ["1", String(BIG)]) {
    const value = parse(`{"__proto__":{"x":${number}}}`) as object;
    assert.equal(Object.getPrototypeOf(value), Object.prototype);
    assert.deepEqual(Object.keys(value), ["__proto__"]);
  }
});

test("an integer that fits no type is not worth its digits", () => {
  assert.equal(parse("9".repeat(1_000_000)), Infinity);
});

test("where digits do not matter, JSON.parse reads alone", () => {
  assert.equal(parse(String(BIG), "rough"), Number(BIG));
});

test("bigints are written with all digits", () => {
  assert.equal(
    stringify({ a: BIG, b: [1, -BIG, null], c: "x", d: undefined }),
    `{"a":${String(BIG)},"b":[1,-${String(BIG)},null],"c":"x"}`,
  );
  assert.equal(stringify({ a: 1 }), '{"a":1}');
  assert.equal(stringify({ a: [NEGATIVE_ZERO, 1] }), '{"a":[-0,1]}');
});

test("keys that begin as marked ones do are themselves", () => {
  for (const key of ["\0", "\0t", "\0ttext", "\0i7", "\0x", "__proto__", "7"]) {
    for (const exactness of ["rough", "digits", "order"] as const) {
      const read = parse(JSON.stringify({ "\0": 0, [key]: 1 }), exactness) as object;
      assert.deepEqual(
        new Set(Object.keys(read).map(keyOf)),
        new Set(["\0", key]),
        `${JSON.stringify(key)}, ${exactness}`,
      );
    }
  }
});
