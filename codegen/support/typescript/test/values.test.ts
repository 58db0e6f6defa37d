import assert from "node:assert/strict";
import { test } from "node:test";

import * as decode from "../src/decode.js";
import * as encode from "../src/encode.js";
import { SerializationError } from "../src/errors.js";
import { NEGATIVE_ZERO } from "../src/json.js";

function refused(text: string, delivered: "no" | "yes", call: () => unknown): void {
  assert.throws(call, (error) => {
    assert.ok(error instanceof SerializationError);
    assert.equal(error.message, text);
    assert.equal(error.delivered, delivered);
    assert.equal(error.path, text.slice(0, text.indexOf(": ")));
    return true;
  });
}

test("a fault in a reply is told with its path and kind, never with the value", () => {
  const cases: [string, decode.Decoder<unknown>, unknown][] = [
    ["reply: expected u64, found string", decode.u64, "secret"],
    ["reply: expected i32, found float", decode.i32, 1.5],
    ["reply: expected u8, found integer out of range", decode.u8, 256],
    ["reply: expected i64, found integer out of range", decode.i64, 2n ** 63n],
    ["reply: expected i64, found float", decode.i64, 2 ** 60],
    ["reply: expected string, found null", decode.string, null],
    ["reply: expected null, found object", decode.unit, {}],
    ["reply: expected boolean, found array", decode.bool, []],
    ["reply: expected float, found bytes", decode.f64, new Uint8Array()],
    ["reply: expected a string of one character, found string", decode.char, "ab"],
    ["reply[1]: expected u8, found null", (v, p, k) => decode.array(v, p, k, decode.u8), [1, null]],
    ["reply.a: expected u8, found boolean", (v, p, k) => decode.record(v, p, k, decode.u8), { a: true }],
    ['reply["a b"]: expected u8, found nothing', (v, p, k) => decode.record(v, p, k, decode.u8), { "a b": undefined }],
    ["reply: expected an array of 2, found one of 1", (v, p, k) => decode.arrayOf(v, p, k, 2, decode.u8), [1]],
    ["reply: expected object, found array", decode.fields, []],
  ];
  for (const [text, decoder, value] of cases) refused(text, "yes", () => decoder(value, null, "reply"));
  refused("reply.items[3].id: expected u64, found string", "yes", () =>
    decode.u64("7", decode.inside(decode.inside(decode.inside(null, "reply"), "items"), 3), "id"),
  );
});

test("both codecs' forms are read", () => {
  assert.equal(decode.u64(5, null, "x"), 5n);
  assert.equal(decode.u64(2n ** 64n - 1n, null, "x"), 2n ** 64n - 1n);
  assert.equal(decode.u32(5n, null, "x"), 5);
  assert.equal(decode.f64(5n, null, "x"), 5);
  assert.equal(decode.f32(0.1, null, "x"), 0.10000000149011612);
  assert.equal(encode.f32(0.1, null, "x", "json"), 0.1);
  refused("x: expected f32, found float out of range", "no", () => encode.f32(1e39, null, "x", "json"));
  assert.equal(encode.f64(-0, null, "x", "json"), NEGATIVE_ZERO);
  assert.ok(Object.is(encode.f64(-0, null, "x", "messagepack"), -0));
  assert.equal(decode.char("😀", null, "x"), "😀");
  assert.deepEqual(decode.bytes([1, 255], null, "x"), Uint8Array.of(1, 255));
  assert.deepEqual(decode.bytes(Buffer.from([1, 255]), null, "x"), Uint8Array.of(1, 255));
  assert.equal(decode.nullable(undefined, null, "x", decode.u8), null);
  assert.equal(decode.i128(Uint8Array.of(...Array<number>(15).fill(255), 254), null, "x"), -2n);
  const keys = decode.map({ "18446744073709551615": 1 }, null, "x", decode.integerKey(decode.u64), decode.u8);
  assert.deepEqual(keys, new Map([[2n ** 64n - 1n, 1]]));
  assert.deepEqual(
    decode.map({ true: 1, false: 0 }, null, "x", decode.boolKey, decode.u8),
    new Map([
      [true, 1],
      [false, 0],
    ]),
  );
  refused("x.y: expected a key that is an integer, found string", "yes", () =>
    decode.map({ y: 1 }, null, "x", decode.integerKey(decode.u64), decode.u8),
  );
});

test("enums, tuples and times are read and written in their own forms", () => {
  const levels = new Set(["debug", "info"] as const);
  assert.equal(decode.choice("info", null, "x", levels), "info");
  assert.equal(decode.choice("loud", null, "x", levels), "loud");
  refused("x: expected string, found integer", "yes", () => decode.choice(1, null, "x", levels));
  const sent = new Map([["debug", "DEBUG"]]);
  assert.equal(encode.choice("debug", null, "x", sent), "DEBUG");
  assert.equal(encode.choice("loud", null, "x", sent), "loud");
  assert.deepEqual(decode.externallyTagged("Unit", null, "x"), ["Unit", null]);
  assert.deepEqual(decode.externallyTagged({ Circle: 1.5 }, null, "x"), ["Circle", 1.5]);
  refused("x: expected an object with one entry, found one with more", "yes", () =>
    decode.externallyTagged({ a: 1, b: 2 }, null, "x"),
  );
  assert.deepEqual(decode.tuple<[number, string]>([1, "a"], null, "x", [decode.u8, decode.string]), [1, "a"]);
  refused("x[1]: expected string, found integer", "yes", () =>
    decode.tuple<[number, string]>([1, 2], null, "x", [decode.u8, decode.string]),
  );
  assert.deepEqual(encode.tuple<[number, bigint]>([1, 2n], null, "x", "json", [encode.u8, encode.u64]), [1, 2]);
  const time = { secs: 5n, nanos: 7 };
  assert.deepEqual(encode.systemTime(time, null, "x", "json"), { secs_since_epoch: 5, nanos_since_epoch: 7 });
  assert.deepEqual(decode.systemTime({ secs_since_epoch: 5, nanos_since_epoch: 7 }, null, "x"), time);
  assert.deepEqual(decode.duration(encode.duration(time, null, "x", "json"), null, "x"), time);
  assert.deepEqual(
    decode.keyed({ info: 1 }, null, "x", (v, p, k) => decode.choice(v, p, k, levels), decode.u8),
    { info: 1 },
  );
});

test("an untagged value is the first that fits", () => {
  const readers = [decode.bool, decode.i64, decode.f64, decode.string];
  for (const [value, expected] of [
    [true, true],
    [1, 1n],
    [1.5, 1.5],
    ["a", "a"],
  ]) {
    assert.equal(decode.firstOf<unknown>(value, null, "x", "a scalar", readers), expected);
  }
  refused("x: expected a scalar, found null", "yes", () =>
    decode.firstOf<unknown>(null, null, "x", "a scalar", readers),
  );
  const writers = [encode.bool, encode.i64, encode.f64, encode.string];
  assert.equal(encode.firstOf(1n, null, "x", "json", "a scalar", writers), 1);
  refused("x: expected a scalar, found array", "no", () => encode.firstOf([], null, "x", "json", "a scalar", writers));
});

test("what stands among other entries is found, and put there", () => {
  const from = decode.fields({ id: 1, circle: null, square: 2 }, null, "x");
  assert.deepEqual(decode.rest(from, ["id", "circle"]), { square: 2 });
  const asIs = (value: unknown): unknown => value;
  assert.equal(decode.variantAmong(from, null, "x", ["circle"], asIs), "circle");
  assert.deepEqual(decode.variantAmong(from, null, "x", ["line", "square"], asIs), { square: 2 });
  refused("x: expected an object with one entry, found one with more", "yes", () =>
    decode.variantAmong(from, null, "x", ["line"], asIs),
  );
  refused("x: unknown variant, expected one of line", "yes", () =>
    decode.variantAmong({ oval: 1 }, null, "x", ["line"], asIs),
  );
  assert.equal(decode.variantLeft({ circle: null }, null, "x", asIs), "circle");
  assert.deepEqual(decode.withoutVariant(from, ["square", "circle"]), { id: 1, square: 2 });
  assert.equal(decode.withoutVariant(from, ["line"]), from);
  assert.equal(decode.attempt(from, null, "x", decode.string), null);
  assert.equal(decode.attempt("a", null, "x", decode.string), "a");
  refused("x.square: expected no entry but id, circle", "yes", () => decode.only(from, null, "x", ["id", "circle"]));
  refused("x.b: expected no property but a", "no", () => encode.only({ a: 1, c: undefined, b: 2 }, null, "x", ["a"]));

  const parts = [{ id: 1, note: undefined }, "circle", null, undefined, { ["__proto__"]: 2 }];
  assert.equal(JSON.stringify(encode.merge(null, "x", parts)), '{"id":1,"circle":null,"__proto__":2}');
  refused("x.note: the entry is given twice", "no", () => encode.merge(null, "x", [...parts, { note: 1 }]));
  for (const part of [[], 1, true, new Uint8Array()]) {
    assert.throws(() => encode.merge(null, "x", [part]), /^SerializationError: x: expected a value that has entries/);
  }
});

test("zero is refused where an integer is never zero", () => {
  assert.equal(decode.nonZero(5, null, "x", decode.u64), 5n);
  assert.equal(encode.nonZero(-5, null, "x", "json", encode.i8), -5);
  refused("x: expected an integer that is not zero, found zero", "yes", () => decode.nonZero(0, null, "x", decode.u64));
  refused("x: expected an integer that is not zero, found zero", "no", () =>
    encode.nonZero(-0, null, "x", "json", encode.i8),
  );
  refused("x: expected u8, found integer out of range", "no", () => encode.nonZero(256, null, "x", "json", encode.u8));
});

test("an inherited property is no entry", () => {
  assert.equal(decode.entry(decode.fields({}, null, "x"), "constructor"), undefined);
  assert.equal(decode.entry(decode.fields({ constructor: 1 }, null, "x"), "constructor"), 1);
});

test("a wrong argument is told before anything is sent", () => {
  const wrong = "7" as never;
  refused("a: expected i64 (a bigint), found integer", "no", () => encode.i64(7 as never, null, "a", "json"));
  refused("a: expected u8, found string", "no", () => encode.u8(wrong, null, "a", "json"));
  refused("a: expected u8, found integer out of range", "no", () => encode.u8(-1, null, "a", "json"));
  refused("a: expected u64, found integer out of range", "no", () => encode.u64(-1n, null, "a", "json"));
  refused("a: expected a finite float in JSON", "no", () => encode.f64(NaN, null, "a", "json"));
  refused("a: expected Uint8Array, found array", "no", () => encode.bytes([] as never, null, "a", "json"));
  refused("a[1]: expected string, found integer", "no", () =>
    encode.array(["x", 1 as never], null, "a", "json", encode.string),
  );
  refused("a: expected Map, found object", "no", () =>
    encode.map({} as never, null, "a", "json", encode.u8, encode.u8),
  );
  assert.ok(Number.isNaN(encode.f64(NaN, null, "a", "messagepack")));
});

test("what is written depends on the codec where the codecs differ", () => {
  const bytes = Uint8Array.of(1, 2);
  assert.deepEqual(encode.bytes(bytes, null, "a", "json"), [1, 2]);
  assert.deepEqual(encode.bytes(bytes, null, "a", "messagepack"), bytes);
  assert.equal(encode.i128(-2n, null, "a", "json"), -2);
  assert.deepEqual(encode.i128(-2n, null, "a", "messagepack"), Uint8Array.of(...Array<number>(15).fill(255), 254));
  const map = new Map([[7n, 1]]);
  assert.deepEqual(encode.map(map, null, "a", "json", encode.u64, encode.u8), { 7: 1 });
  assert.deepEqual(encode.map(map, null, "a", "messagepack", encode.u64, encode.u8), new Map([[7, 1]]));
  const record = encode.record(JSON.parse('{"__proto__":1}') as Record<string, number>, null, "a", "json", encode.u8);
  assert.equal(JSON.stringify(record), '{"__proto__":1}');
});

test("a deprecated property is read and written without its name in the code", () => {
  const value: { readonly old?: string; readonly __proto__: null } = { __proto__: null, old: "a" };
  assert.equal(encode.property(value, "old"), "a");
  assert.equal(
    encode.optional(undefined, () => "written"),
    undefined,
  );
  assert.equal(
    encode.optional<string | null>(null, (given) => given ?? "null"),
    "null",
  );
  assert.deepEqual(Object.entries(decode.property("__proto__", 1)), [["__proto__", 1]]);
});
