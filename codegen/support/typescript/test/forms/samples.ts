/**
 * Values of the package that is generated from `codegen/tests/documents/typescript_forms.json`, each with what it is on
 * the wire. Compiled within that package, as a user's code would be.
 */
import * as codecs from "./codecs.js";
import type { Change, Colour, Counts, Deep, Exact, Level, Mixed, Perhaps, Signal, Texts, Wrapped } from "./models.js";
import { UNKNOWN, asUnknownName } from "./runtime/index.js";
import type { Decoder, Encoder, UnknownName } from "./runtime/index.js";

/** A value and what is sent for it. */
export interface Sent {
  readonly encode: Encoder<unknown>;
  readonly value: unknown;
  /** The exact text. */
  readonly json: string;
}

/** What is received, and its value. */
export interface Received {
  readonly decode: Decoder<unknown>;
  readonly value: unknown;
  readonly json: string;
}

/** A value that is sent as it is received. */
export interface Sample extends Sent, Received {
  /** The exact bytes, in hexadecimal, where they are worth spelling out. */
  readonly messagepack: string | undefined;
}

// The encoders check what they are given, whatever they say that it is.
const unchecked = <T>(encode: Encoder<T>): Encoder<unknown> => encode as Encoder<unknown>;

function sample<T>(encode: Encoder<T>, decode: Decoder<T>, value: T, json: string, messagepack?: string): Sample {
  return { encode: unchecked(encode), decode, value, json, messagepack };
}

function sending<T>(encode: Encoder<T>, value: T, json: string): Sent {
  return { encode: unchecked(encode), value, json };
}

function receiving<T>(decode: Decoder<T>, json: string, value: T): Received {
  return { decode, value, json };
}

function refusing<T>(encode: Encoder<T>, value: T, error: string): [Encoder<unknown>, unknown, string] {
  return [unchecked(encode), value, error];
}

const wrapped = (value: Wrapped, json: string, messagepack?: string): Sample =>
  sample(codecs.encodeWrapped, codecs.decodeWrapped, value, json, messagepack);
const colour = (value: Colour, json: string): Sample => sample(codecs.encodeColour, codecs.decodeColour, value, json);
const signal = (value: Signal, json: string): Sample => sample(codecs.encodeSignal, codecs.decodeSignal, value, json);
const perhaps = (value: Perhaps, json: string): Sample =>
  sample(codecs.encodePerhaps, codecs.decodePerhaps, value, json);
const exact = (value: Exact, json: string): Sample => sample(codecs.encodeExact, codecs.decodeExact, value, json);

const texts: Texts = {
  uuid: "67e55044-10b1-426f-9247-bb680e5fe0c8",
  ipAddress: "::ffff:192.0.2.1",
  ipv4Address: "255.0.10.199",
  ipv6Address: "2001:db8::1:0:0:1",
  socketAddress: "[fe80::1%3]:65535",
  timestamp: "2024-02-29T23:59:59.123456789+05:30",
  dateTime: "2024-02-29T23:59:59.5",
  date: "2000-02-29",
  time: "23:59:60",
  decimal: "-12.50",
  url: "https://example.com/?a=1#b",
  path: "",
  byId: { "67E55044-10B1-426F-9247-BB680E5FE0C8": ["1999-12-31"] },
  byLetter: { "☃": null, a: 1 },
};

const mixed: Mixed = { id: 1n, shape: { kind: "nothing" }, reading: { t: "value", c: 2n }, rest: { other: 5 } };

const deep: Deep = {
  kind: "Maps",
  value: { none: null, some: { low: [null, { kind: "off" }, { kind: 7, level: "1000" }] } },
};

/** What is sent as it is received. */
export const samples: readonly Sample[] = [
  sample(
    codecs.encodeTexts,
    codecs.decodeTexts,
    texts,
    `{"uuid":"67e55044-10b1-426f-9247-bb680e5fe0c8","ip_address":"::ffff:192.0.2.1","ipv4_address":"255.0.10.199",` +
      `"ipv6_address":"2001:db8::1:0:0:1","socket_address":"[fe80::1%3]:65535",` +
      `"timestamp":"2024-02-29T23:59:59.123456789+05:30","date_time":"2024-02-29T23:59:59.5","date":"2000-02-29",` +
      `"time":"23:59:60","decimal":"-12.50","url":"https://example.com/?a=1#b","path":"",` +
      `"by_id":{"67E55044-10B1-426F-9247-BB680E5FE0C8":["1999-12-31"]},"by_letter":{"☃":null,"a":1}}`,
  ),
  sample(
    codecs.encodeLabelled,
    codecs.decodeLabelled,
    { id: 1n, note: null, extra: { ["__proto__"]: -2n, constructor: 2n ** 63n - 1n } },
    '{"id":1,"note":null,"__proto__":-2,"constructor":9223372036854775807}',
    "84a2696401a46e6f7465c0a95f5f70726f746f5f5ffeab636f6e7374727563746f72cf7fffffffffffffff",
  ),
  sample(
    codecs.encodeAttached,
    codecs.decodeAttached,
    { name: "n", files: { [texts.uuid]: Uint8Array.of(1, 255) } },
    `{"name":"n","${texts.uuid}":[1,255]}`,
    `82a46e616d65a16ed924${Buffer.from(texts.uuid).toString("hex")}c40201ff`,
  ),
  sample(codecs.encodeDrawn, codecs.decodeDrawn, { id: 1n, shape: { kind: "nothing" } }, '{"id":1,"nothing":null}'),
  sample(
    codecs.encodeDrawn,
    codecs.decodeDrawn,
    { id: 1n, shape: { kind: "tagged", width: 1.5, tags: { width2: "w" } } },
    '{"id":1,"tagged":{"width":1.5,"width2":"w"}}',
    "82a2696401a674616767656482a57769647468cb3ff8000000000000a6776964746832a177",
  ),
  sample(
    codecs.encodeGraded,
    codecs.decodeGraded,
    { id: 1n, level: "low" },
    '{"id":1,"low":null}',
    "82a2696401a36c6f77c0",
  ),
  sample(
    codecs.encodeOrdered,
    codecs.decodeOrdered,
    { id: 1n, command: { command: "move", x: -1n, y: 2n } },
    '{"id":1,"command":"move","x":-1,"y":2}',
  ),
  sample(
    codecs.encodeMeasured,
    codecs.decodeMeasured,
    { reading: { t: "value", c: -2n }, at: "2024-02-29T00:00:00Z" },
    '{"at":"2024-02-29T00:00:00Z","t":"value","c":-2}',
    "83a26174b4323032342d30322d32395430303a30303a30305aa174a576616c7565a163fe",
  ),
  sample(
    codecs.encodeMeasured,
    codecs.decodeMeasured,
    { reading: { t: "sample", c: { unit: "m", values: { low: -0.5 } } }, at: "2024-02-29T00:00:00Z" },
    '{"at":"2024-02-29T00:00:00Z","t":"sample","c":{"unit":"m","low":-0.5}}',
  ),
  sample(
    codecs.encodeEither,
    codecs.decodeEither,
    { id: 1n, range: { low: 1n, high: 2n } },
    '{"id":1,"low":1,"high":2}',
  ),
  sample(
    codecs.encodeEither,
    codecs.decodeEither,
    { id: 1n, range: { kind: "circle", value: 0 } },
    '{"id":1,"circle":0}',
  ),
  sample(codecs.encodeEither, codecs.decodeEither, { id: 1n, range: { other: 9n } }, '{"id":1,"other":9}'),
  perhaps({ id: 1n, shape: null, command: null, reading: undefined }, '{"id":1}'),
  perhaps(
    { id: 1n, shape: { kind: "circle", value: 2 }, command: { command: "stop" }, reading: { t: "missing" } },
    '{"id":1,"circle":2,"command":"stop","t":"missing"}',
  ),
  sample(
    codecs.encodeNode,
    codecs.decodeNode,
    { proto: "p", children: { a: { proto: "q", children: {} } } },
    '{"__proto__":"p","a":{"__proto__":"q"}}',
  ),
  wrapped({ type: "external", value: { kind: "nothing" } }, '{"type":"external","nothing":null}'),
  wrapped({ type: "external", value: { kind: "circle", value: 1.5 } }, '{"type":"external","circle":1.5}'),
  wrapped(
    { type: "level", value: "unknown" },
    '{"type":"level","unknown":null}',
    "82a474797065a56c6576656ca7756e6b6e6f776ec0",
  ),
  wrapped({ type: "internal", value: { command: "stop" } }, '{"type":"internal","command":"stop"}'),
  wrapped({ type: "adjacent", value: { t: "missing" } }, '{"type":"adjacent","t":"missing"}'),
  wrapped({ type: "untagged", value: { low: 1n, high: 2n } }, '{"type":"untagged","low":1,"high":2}'),
  wrapped({ type: "untagged", value: { kind: "nothing" } }, '{"type":"untagged","nothing":null}'),
  wrapped({ type: "unit" }, '{"type":"unit"}'),
  wrapped({ type: "marker" }, '{"type":"marker"}'),
  wrapped({ type: "empty" }, '{"type":"empty"}'),
  wrapped({ type: "map", value: { "☃": true } }, '{"type":"map","☃":true}', "82a474797065a36d6170a3e29883c3"),
  wrapped({ type: "words", value: { constructor: null, value: 1 } }, '{"type":"words","constructor":null,"value":1}'),
  wrapped({ type: "open", id: 1n, note: "n", extra: { x: 2n } }, '{"type":"open","id":1,"note":"n","x":2}'),
  wrapped({ type: "plain", name: "Ada" }, '{"type":"plain","name":"Ada"}'),
  wrapped({ type: "clash", value: { type: "t" } }, '{"type":"clash","kind":"t"}'),
  wrapped(
    { type: "beside", type_: "t", level: "low", extra: { a: "b" } },
    '{"type":"beside","type_":"t","low":null,"a":"b"}',
  ),
  wrapped({ wrapped: { wrapped: { type: "unit" } } }, '{"wrapped":{"wrapped":{"type":"unit"}}}'),
  colour({ kind: "red" }, '"red"'),
  colour(
    { kind: "mixed", value: [{ kind: "red" }, "mauve", null, 5, [1, 2, 255]] },
    '{"mixed":["red","mauve",null,5,[1,2,255]]}',
  ),
  signal(
    { kind: "on", volts: 1.5, since: { secs: 1n, nanos: 2 } },
    '{"kind":"on","volts":1.5,"since":{"secs":1,"nanos":2}}',
  ),
  signal({ kind: 3, level: "0.10" }, '{"kind":3,"level":"0.10"}'),
  sample(
    codecs.encodeStatus,
    codecs.decodeStatus,
    { state: "failed", detail: "why" },
    '{"state":"failed","detail":"why"}',
  ),
  sample(codecs.encodeStatus, codecs.decodeStatus, { state: "unknown" }, '{"state":"unknown"}'),
  sample(codecs.encodeStatus, codecs.decodeStatus, -5n, "-5", "fb"),
  sample(
    codecs.encodeDeep,
    codecs.decodeDeep,
    deep,
    '{"Maps":{"none":null,"some":{"low":[null,{"kind":"off"},{"kind":7,"level":"1000"}]}}}',
  ),
  sample(
    codecs.encodeDeep,
    codecs.decodeDeep,
    { kind: "Both", value: [{ t: "missing" }, { kind: "Inner", value: { type: "unit" } }] },
    '{"Both":[{"t":"missing"},{"Inner":{"type":"unit"}}]}',
  ),
  exact({ x: 1n }, '{"x":1}'),
  exact({ x: 1n, y: 2n }, '{"x":1,"y":2}'),
  sample(
    codecs.encodeWideKeys,
    codecs.decodeWideKeys,
    {
      unsigned: new Map([
        [1n, 2],
        [2n ** 128n - 1n, 3],
      ]),
      signed: new Map([[-(2n ** 127n), 4]]),
      neverZero: new Map([[-1n, 5]]),
    },
    '{"unsigned":{"1":2,"340282366920938463463374607431768211455":3},' +
      '"signed":{"-170141183460469231731687303715884105728":4},"never_zero":{"-1":5}}',
    "83" +
      `a8756e7369676e656482c410${"00".repeat(15)}0102c410${"ff".repeat(16)}03` +
      `a67369676e656481c41080${"00".repeat(15)}04` +
      `aa6e657665725f7a65726f81c410${"ff".repeat(16)}05`,
  ),
  exact({ id: 1n, note: null, extra: { x: 2n } }, '{"id":1,"note":null,"x":2}'),
  sample(
    codecs.encodeCounts,
    codecs.decodeCounts,
    { small: -1, large: 2n ** 64n - 1n, huge: 1n, some: [1, 2], byCount: new Map([[5n, "five"]]) },
    '{"small":-1,"large":18446744073709551615,"huge":1,"some":[1,2],"by_count":{"5":"five"}}',
  ),
  sample(
    codecs.encodeTreeUser,
    codecs.decodeTreeUser,
    { value: { name: "Ada" }, children: [{ value: { name: "Bob" }, children: [], byName: {} }], byName: { eve: null } },
    '{"value":{"name":"Ada"},"children":[{"value":{"name":"Bob"},"children":[],"by_name":{}}],"by_name":{"eve":null}}',
  ),
  sample(
    codecs.encodePageListMapStringOptionUser,
    codecs.decodePageListMapStringOptionUser,
    { items: [[], [{ a: null, b: { name: "Ada" } }]], next: 2n },
    '{"items":[[],[{"a":null,"b":{"name":"Ada"}}]],"next":2}',
  ),
  sample(
    codecs.encodeReadonly_,
    codecs.decodeReadonly_,
    { encoder: "encode", record: {}, set: ["a"], array: [1, [2, { a: 3 }]], any: null },
    '{"encoder":"encode","record":{},"set":["a"],"array":[1,[2,{"a":3}]],"any":null}',
  ),
];

const blue = asUnknownName("blue");

/** Variants that this client does not know, which are sent as they are received. */
export const unknown: readonly Sample[] = [
  sample(codecs.encodeLevel, codecs.decodeLevel, asUnknownName('hi"gh'), '"hi\\"gh"'),
  sample(codecs.encodeShape, codecs.decodeShape, { kind: UNKNOWN, name: "square", data: undefined }, '"square"'),
  sample(codecs.encodeShape, codecs.decodeShape, { kind: UNKNOWN, name: "square", data: null }, '{"square":null}'),
  sample(
    codecs.encodeShape,
    codecs.decodeShape,
    {
      kind: UNKNOWN,
      name: "__proto__",
      data: { ["__proto__"]: [1.5, -0, true], b: {}, a: [], long: 2n ** 64n - 1n, "": "x" },
    },
    '{"__proto__":{"__proto__":[1.5,-0,true],"b":{},"a":[],"long":18446744073709551615,"":"x"}}',
  ),
  sample(codecs.encodeReading, codecs.decodeReading, { t: UNKNOWN, name: "lost", data: undefined }, '{"t":"lost"}'),
  sample(codecs.encodeReading, codecs.decodeReading, { t: UNKNOWN, name: "lost", data: null }, '{"t":"lost","c":null}'),
  sample(
    codecs.encodeReading,
    codecs.decodeReading,
    { t: UNKNOWN, name: "lost", data: ["c"] },
    '{"t":"lost","c":["c"]}',
  ),
  sample(codecs.encodeCommand, codecs.decodeCommand, { command: UNKNOWN, name: "go", data: {} }, '{"command":"go"}'),
  sample(
    codecs.encodeCommand,
    codecs.decodeCommand,
    { command: UNKNOWN, name: "go", data: { x: 1, command_: { y: "2" } } },
    '{"command":"go","x":1,"command_":{"y":"2"}}',
  ),
  // Within others.
  sample(
    codecs.encodeDeep,
    codecs.decodeDeep,
    { kind: "Maps", value: { m: { low: [null], [blue]: [{ kind: UNKNOWN, name: "dim", data: { by: 3 } }] } } },
    '{"Maps":{"m":{"low":[null],"blue":[{"kind":"dim","by":3}]}}}',
  ),
  sample(
    codecs.encodeDeep,
    codecs.decodeDeep,
    {
      kind: "Both",
      value: [
        { t: UNKNOWN, name: "x", data: 1 },
        { kind: UNKNOWN, name: "Z", data: undefined },
      ],
    },
    '{"Both":[{"t":"x","c":1},"Z"]}',
  ),
  wrapped({ type: UNKNOWN, name: "new", data: { value: 1 } }, '{"type":"new","value":1}'),
  wrapped({ type: "level", value: blue }, '{"type":"level","blue":null}'),
  wrapped({ type: "external", value: { kind: UNKNOWN, name: "square", data: 2 } }, '{"type":"external","square":2}'),
  wrapped(
    { type: "external", value: { kind: UNKNOWN, name: "square", data: undefined } },
    '{"type":"external","square":null}',
  ),
  wrapped({ type: "adjacent", value: { t: UNKNOWN, name: "x", data: 1 } }, '{"type":"adjacent","t":"x","c":1}'),
  sample(
    codecs.encodeMeasured,
    codecs.decodeMeasured,
    { reading: { t: UNKNOWN, name: "x", data: 1 }, at: "2024-02-29T00:00:00Z" },
    '{"at":"2024-02-29T00:00:00Z","t":"x","c":1}',
  ),
  sample(
    codecs.encodeOrdered,
    codecs.decodeOrdered,
    { id: 1n, command: { command: UNKNOWN, name: "go", data: { y: 2 } } },
    '{"id":1,"command":"go","y":2}',
  ),
  // What fits without anything unknown goes first, whatever the order: the map before the unknown shape, the text.
  sample(codecs.encodeEither, codecs.decodeEither, { id: 1n, range: { square: 9n } }, '{"id":1,"square":9}'),
  colour("blue", '"blue"'),
  colour({ kind: UNKNOWN, name: "shade", data: "blue" }, '{"shade":"blue"}'),
  colour(
    { kind: "mixed", value: ["blue", { kind: UNKNOWN, name: "shade", data: null }, null] },
    '{"mixed":["blue",{"shade":null},null]}',
  ),
];

/** An open enum. */
export const shape: { readonly encode: Encoder<unknown>; readonly decode: Decoder<unknown> } = {
  encode: unchecked(codecs.encodeShape),
  decode: codecs.decodeShape,
};

/** A `switch` over names, as a user's code has it: nothing is forgotten. */
export function describeLevel(level: Level): string {
  switch (level) {
    case "low":
    case "high":
    case "unknown":
      return `known: ${level}`;
    default:
      return `new: ${level satisfies UnknownName}`;
  }
}

/** A `switch` over objects, likewise. */
export function describeChange(change: Change): string {
  switch (change.kind) {
    case "Set":
      return change.value.name;
    case UNKNOWN:
      return `new: ${change.name}`;
    default:
      return change satisfies never;
  }
}

// What must not compile.
export function misused(level: Level, change: Change): unknown {
  // @ts-expect-error: a misspelt name is none
  const misspelt: Level = "lwo";
  // @ts-expect-error: nor is one in a comparison
  const isMisspelt = level === "lwo";
  // @ts-expect-error: nor is one as a key
  const counted: { readonly [key in Level]?: number } = { lwo: 1 };
  // @ts-expect-error: text does not say that it is unknown
  const kind: Change = { kind: "UNKNOWN", name: "x", data: null };
  switch (level) {
    case "low":
      break;
    default:
      // @ts-expect-error: two names were forgotten
      level satisfies UnknownName;
  }
  switch (change.kind) {
    case "Set":
      break;
    default:
      // @ts-expect-error: what is unknown was forgotten
      change satisfies never;
  }
  return [misspelt, isMisspelt, counted, kind];
}

/** What is sent in another form than it is received in. */
export const sent: readonly Sent[] = [
  sending(codecs.encodeAccountInput, { name: "a", password: "p" }, '{"name":"a","password":"p"}'),
  sending(codecs.encodePairInput, ["s", { name: "a", password: "p" }], '["s",{"name":"a","password":"p"}]'),
  sending(codecs.encodeMomentInput, 5n, "5"),
  sending(codecs.encodeChangeInput, { kind: "Clear" }, '"Clear"'),
  sending(codecs.encodePageAccountInput, { items: [], next: null }, '{"items":[],"next":null}'),
  sending(codecs.encodeGraded, { id: 1n, level: "high" }, '{"id":1,"HIGH":null}'),
  sending(codecs.encodeDrawn, { id: 1n, shape: { kind: "line", value: [0, 1] } }, '{"id":1,"stroke":[0,1]}'),
  sending(codecs.encodeAttached, { name: "n" }, '{"name":"n"}'),
  // Left out, a field is what the server says; null is null.
  sending(codecs.encodePatch, {}, "{}"),
  sending(codecs.encodePatch, { note: undefined, title: undefined, count: undefined }, "{}"),
  sending(codecs.encodePatch, { note: null, title: null, count: 0 }, '{"note":null,"title":null,"count":0}'),
  sending(codecs.encodeMixed, mixed, '{"ID":1,"nothing":null,"t":"value","c":2,"other":5}'),
  sending(codecs.encodeStrict, { only: true }, '{"solely":true}'),
];

/** What is received in another form than it is sent in, or with more around it. */
export const received: readonly Received[] = [
  receiving(codecs.decodeAccount, `{"name":"a","id":"${texts.uuid}"}`, { name: "a", id: texts.uuid }),
  receiving(codecs.decodePair, `[5,{"name":"a","id":"${texts.uuid}"},true]`, [5n, { name: "a", id: texts.uuid }, true]),
  receiving(codecs.decodeMoment, `"${texts.timestamp}"`, texts.timestamp),
  receiving(codecs.decodeRefusedDetail, `{"type":"Refused","high":null,"account":{"name":"a","id":"${texts.uuid}"}}`, {
    account: { name: "a", id: texts.uuid },
    reason: "high",
  }),
  receiving(codecs.decodeDrawn, '{"a":1,"line":[0,1],"id":1,"z":null}', {
    id: 1n,
    shape: { kind: "line", value: [0, 1] },
  }),
  receiving(codecs.decodeMixed, '{"c":2,"other":5,"t":"value","id":1,"nothing":null}', mixed),
  receiving(codecs.decodeMixed, '{"circle":1,"line":5,"id":1}', {
    id: 1n,
    shape: { kind: "circle", value: 1 },
    reading: null,
    rest: { line: 5 },
  }),
  receiving(codecs.decodePerhaps, '{"id":1,"command":"new","x":1,"t":"value","c":"none"}', {
    id: 1n,
    shape: null,
    command: { command: UNKNOWN, name: "new", data: { x: 1 } },
    reading: undefined,
  }),
  receiving(codecs.decodeAttached, '{"name":"n"}', { name: "n", files: {} }),
  receiving(codecs.decodePatch, "{}", { note: null, title: null, count: undefined }),
  receiving(codecs.decodePatch, '{"note":null,"title":null,"count":0}', { note: null, title: null, count: 0 }),
  receiving(codecs.decodeStrict, '{"only":true}', { only: true, also: null }),
];

/** What is refused when it arrives, with the error. */
export const unreadable: readonly [decode: Decoder<unknown>, json: string, error: string][] = [
  [codecs.decodeLabelled, '{"id":1,"x":"one"}', "value.x: expected i64, found string"],
  [codecs.decodeAttached, '{"name":"n","x":[]}', "value.x: expected a UUID, found another text"],
  [codecs.decodeDrawn, '{"id":1}', "value: expected an object with one entry, found one with none"],
  [codecs.decodeDrawn, '{"id":1,"circle":"round"}', "value.circle: expected float, found string"],
  [codecs.decodeDrawn, '{"id":1,"square":1}', "value: unknown variant, expected one of nothing, circle, line, tagged"],
  [codecs.decodeGraded, '{"id":1,"none":null}', "value: unknown variant, expected one of low, high, unknown"],
  [codecs.decodeShape, '{"square":1,"oval":2}', "value: expected an object with one entry, found one with more"],
  [codecs.decodeShape, "1", "value: expected object, found integer"],
  [codecs.decodeLevel, "1", "value: expected string, found integer"],
  [codecs.decodeReading, '{"t":1}', "value.t: expected string, found integer"],
  [codecs.decodeOrdered, '{"id":1}', "value.command: expected string, found nothing"],
  [codecs.decodeMeasured, '{"at":"yesterday","t":"missing"}', "value.at: expected a timestamp, found another text"],
  [codecs.decodeWrapped, '{"type":"plain"}', "value: expected Wrapped, found object"],
  [codecs.decodeColour, "0.5", "value: expected Colour, found float"],
  [codecs.decodePatch, '{"count":null}', "value.count: expected u8, found null"],
  [
    codecs.decodeWideKeys,
    '{"unsigned":{"-1":1},"signed":{}}',
    'value.unsigned["-1"]: expected u128, found integer out of range',
  ],
  [
    codecs.decodeWideKeys,
    '{"unsigned":{"ffffffffffffffffffffffffffffffff":1},"signed":{}}',
    "value.unsigned.ffffffffffffffffffffffffffffffff: expected a key that is an integer, found string",
  ],
  [codecs.decodeExact, '{"only":true,"y":1}', "value: expected Exact, found object"],
  [
    codecs.decodeCounts,
    '{"small":0,"large":1,"huge":1,"some":[],"by_count":{}}',
    "value.small: expected an integer that is not zero, found zero",
  ],
  [
    codecs.decodeCounts,
    '{"small":1,"large":1,"huge":1,"some":[1,0],"by_count":{}}',
    "value.some[1]: expected an integer that is not zero, found zero",
  ],
];

/** What is refused before it is sent, with the error. */
export const unsendable: readonly [encode: Encoder<unknown>, value: unknown, error: string][] = [
  refusing(codecs.encodeLabelled, { id: 1n, extra: { id: 2n } }, "value.id: the entry is given twice"),
  refusing(codecs.encodeLabelled, { id: 1n, extra: { note: 2n } }, "value.note: the entry is given twice"),
  refusing(codecs.encodeMixed, { ...mixed, rest: { value: 1, t: 2 } }, "value.t: the entry is given twice"),
  refusing(
    codecs.encodeMixed,
    { ...mixed, rest: { other: 256 } },
    "value.rest.other: expected u8, found integer out of range",
  ),
  refusing(codecs.encodeTexts, { ...texts, uuid: "1" }, "value.uuid: expected a UUID, found another text"),
  refusing(
    codecs.encodeTexts,
    { ...texts, decimal: "ten" },
    "value.decimal: expected a decimal number, found another text",
  ),
  refusing(codecs.encodeTexts, { ...texts, byId: { a: [] } }, "value.byId.a: expected a UUID, found another text"),
  refusing(
    codecs.encodeDrawn,
    { id: 1n, shape: { kind: UNKNOWN, name: "square", data: 1 } },
    "value.shape: unknown variant, expected one of nothing, circle, line, tagged",
  ),
  refusing(
    codecs.encodeGraded,
    { id: 1n, level: blue },
    "value.level: unknown variant, expected one of low, high, unknown",
  ),
  refusing(
    codecs.encodeCommand,
    { command: UNKNOWN, name: "go", data: [] },
    "value: expected the entries of a variant, found array",
  ),
  refusing(
    codecs.encodeCommand,
    { command: UNKNOWN, name: "go", data: { command: 1 } },
    "value.command: the entry is given twice",
  ),
  refusing(
    codecs.encodeShape,
    { kind: UNKNOWN, name: "square", data: { a: [new Date(0)] } },
    "value.square.a[0]: expected a value of the wire, found object",
  ),
  refusing(
    codecs.encodeShape,
    { kind: UNKNOWN, name: "square", data: 2n ** 128n },
    "value.square: an integer longer than 128 bits",
  ),
  [unchecked(codecs.encodePatch), { count: null }, "value.count: expected u8, found null"],
  refusing(
    codecs.encodeWideKeys,
    { unsigned: new Map([[-1n, 1]]), signed: new Map() },
    'value.unsigned["-1"]: expected u128, found integer out of range',
  ),
  refusing(codecs.encodePrice, "", "value: expected a decimal number, found another text"),
  refusing(codecs.encodeCounts, counts(0n), "value.large: expected an integer that is not zero, found zero"),
];

function counts(large: bigint): Counts {
  return { small: 1, large, huge: 1n, some: [], byCount: new Map() };
}
