/** A package generated from a document of the less usual forms of types, compiled and held against literal wire values. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";

import type { CodecName } from "../src/codec.js";
import type { Decoder } from "../src/decode.js";
import type { Encoder } from "../src/encode.js";
import { Generated, folderAbove } from "./generating.js";
import type { Codecs } from "./generating.js";

/** What `forms/samples.ts` exports: it is compiled in the generated package alone. */
interface Samples {
  readonly samples: readonly Sample[];
  readonly unknown: readonly Sample[];
  readonly shape: { readonly encode: Encoder<unknown>; readonly decode: Decoder<unknown> };
  readonly sent: readonly Sent[];
  readonly received: readonly Received[];
  readonly unreadable: readonly [decode: Decoder<unknown>, json: string, error: string][];
  readonly unsendable: readonly [encode: Encoder<unknown>, value: unknown, error: string][];
}

type Sample = Sent & Received & { readonly messagepack: string | undefined };

interface Sent {
  readonly encode: Encoder<unknown>;
  readonly value: unknown;
  readonly json: string;
}

interface Received {
  readonly decode: Decoder<unknown>;
  readonly value: unknown;
  readonly json: string;
}

const SAMPLES = "test/forms/samples.ts";

let generated: Generated;
let forms: Samples;
let json: Codecs["json"];
let fromMessagePack: Codecs["fromMessagePack"];
let toMessagePack: Codecs["toMessagePack"];
before(async () => {
  generated = new Generated("typescript_forms.json", [], readFileSync(join(folderAbove(SAMPLES), SAMPLES), "utf8"));
  forms = (await generated.load("user")) as Samples;
  ({ json, fromMessagePack, toMessagePack } = await generated.codecs());
});
after(() => {
  generated.remove();
});

function encoded({ encode, value }: Sent, codec: CodecName): unknown {
  return encode(value, null, "value", codec);
}

test("what is sent and received alike", () => {
  assert.ok(forms.samples.length > 0);
  for (const sample of [...forms.samples, ...forms.unknown]) {
    assert.equal(json.stringify(encoded(sample, "json")), sample.json);
    assert.deepEqual(sample.decode(json.parse(sample.json), null, "value"), sample.value, sample.json);
    const bytes = toMessagePack(encoded(sample, "messagepack"));
    if (sample.messagepack !== undefined) assert.equal(Buffer.from(bytes).toString("hex"), sample.messagepack);
    assert.deepEqual(sample.decode(fromMessagePack(bytes), null, "value"), sample.value, sample.json);
  }
});

test("what is sent", () => {
  for (const sent of forms.sent) {
    assert.equal(json.stringify(encoded(sent, "json")), sent.json);
    const bytes = toMessagePack(encoded(sent, "messagepack"));
    assert.deepEqual(fromMessagePack(bytes), json.parse(sent.json), sent.json);
  }
});

test("what is received", () => {
  for (const { decode, json: text, value } of forms.received) {
    assert.deepEqual(decode(json.parse(text), null, "value"), value, text);
    assert.deepEqual(decode(fromMessagePack(toMessagePack(json.parse(text))), null, "value"), value, text);
  }
});

/** The codecs of the other side, by their names. */
type Mirrored = Readonly<Record<string, unknown>>;

test("a server for tests reads what is sent, and writes what is received", async () => {
  const mirrored = (await generated.load("testing-codecs")) as Mirrored;
  const all = [...forms.samples, ...forms.unknown];
  const other = (name: string): unknown => {
    const found = mirrored[name];
    assert.equal(typeof found, "function", name);
    return found;
  };
  for (const sent of [...all, ...forms.sent]) {
    const read = other(sent.encode.name.replace(/^encode/, "decode")) as Decoder<unknown>;
    // A flattened map that is left out is read as an empty one, which is written alike.
    const again = (wire: unknown): string => {
      const value = read(wire, null, "value");
      return json.stringify(encoded({ ...sent, value }, "json"));
    };
    assert.equal(again(json.parse(sent.json)), sent.json);
    assert.equal(again(fromMessagePack(toMessagePack(encoded(sent, "messagepack")))), sent.json);
  }
  for (const { decode, value, json: text } of [...all, ...forms.received]) {
    const encode = other(decode.name.replace(/^decode/, "encode")) as Encoder<unknown>;
    const written = json.stringify(encode(value, null, "value", "json"));
    assert.deepEqual(decode(json.parse(written), null, "value"), value, text);
  }
});

/** What of `Shape` is read and written again, in the codecs of these names. */
function again(from: CodecName, wire: unknown, to: CodecName): unknown {
  const value =
    from === "json"
      ? forms.shape.decode(json.parse(wire as string, "order"), null, "value")
      : forms.shape.decode(fromMessagePack(wire as Uint8Array), null, "value");
  const written = forms.shape.encode(value, null, "value", to);
  return to === "json" ? json.stringify(written) : Buffer.from(toMessagePack(written)).toString("hex");
}

test("the data of unknown variants are written as they came, to the last key and digit", () => {
  const text =
    '{"square":{"10":1,"9":{"b":-9007199254740993,"a":-0},"\\u0000i5":[18446744073709551615],"__proto__":1.5,"":null}}';
  assert.equal(again("json", text, "json"), text);
  const map = new Map<unknown, unknown>([
    ["10", new Uint8Array([1, 255])],
    [9, [new Map([[true, -(2n ** 63n)]]), NaN, -0]],
    [-1, { b: 1, a: 2n ** 64n - 1n }],
    [2n ** 64n - 1n, "x"],
    [Uint8Array.from({ length: 16 }, (_, at) => 17 * at), "y"],
  ]);
  const bytes = toMessagePack({ square: map });
  assert.equal(again("messagepack", bytes, "messagepack"), Buffer.from(bytes).toString("hex"));
});

test("the data of unknown variants that one codec read are written by the other in its own form", () => {
  const map = new Map<unknown, unknown>([
    ["10", new Uint8Array([1, 255])],
    [9, [new Map([[true, -(2n ** 63n)]]), -0]],
  ]);
  assert.equal(
    again("messagepack", toMessagePack({ square: map }), "json"),
    '{"square":{"10":[1,255],"9":[{"true":-9223372036854775808},-0]}}',
  );
  const long = String(2n ** 127n);
  const bytes = Buffer.from(toMessagePack({ square: { a: Uint8Array.from([0x80, ...Array<number>(15).fill(0)]) } }));
  assert.equal(again("json", `{"square":{"a":${long}}}`, "messagepack"), bytes.toString("hex"));
  const keyed = new Map([[Uint8Array.from({ length: 16 }, () => 255), 1]]);
  assert.throws(() => again("messagepack", toMessagePack({ square: keyed }), "json"), {
    message: "value.square.key: expected a key that is a string, an integer or a boolean, found bytes",
  });
  assert.throws(() => again("messagepack", toMessagePack({ square: NaN }), "json"), {
    message: "value.square: expected a finite float in JSON",
  });
});

test("unknown variants nest no deeper than all else", () => {
  const nested = (levels: number): string => `{"square":${"[".repeat(levels)}${"]".repeat(levels)}}`;
  assert.equal(again("json", nested(63), "json"), nested(63));
  assert.throws(() => again("json", nested(64), "json"), {
    delivered: "yes",
    message: /nested deeper than 64 levels$/,
  });
});

test("what is refused", () => {
  for (const [decode, text, message] of forms.unreadable) {
    assert.throws(() => decode(json.parse(text), null, "value"), { message }, text);
  }
  for (const [encode, value, message] of forms.unsendable) {
    assert.throws(() => encode(value, null, "value", "messagepack"), { message }, message);
    assert.throws(() => encode(value, null, "value", "json"), { message }, message);
  }
});
