/** One of everything, as the service has it: each value is spelled out again here. */
import type { Everything, Title, Tree } from "surprise";

const I64_MIN = -(2n ** 63n);
const I64_MAX = 2n ** 63n - 1n;
export const U64_MAX = 2n ** 64n - 1n;

const title: Title = { words: ["On", "Growth"], year: 1917 };

const leaf = (label: string): Tree => ({ label, children: [], byName: undefined });

const tree: Tree = {
  label: "root",
  children: [leaf("first"), leaf("second")],
  byName: { ["__proto__"]: leaf("named") },
};

export const sample: Everything = {
  scalars: {
    truth: true,
    i8: -128,
    u8: 255,
    i16: -32768,
    u16: 65535,
    i32: -(2 ** 31),
    u32: 2 ** 32 - 1,
    i64: I64_MIN,
    u64: U64_MAX,
    i128: -(2n ** 127n),
    u128: 2n ** 128n - 1n,
    f32: Math.fround(0.1),
    f64: -0,
    char: "\u{10ffff}",
    string: '\0 \x7f \u2028 " \\ / é e\u0301 👩\u200d🚀 \ufeff',
    unit: null,
    marker: null,
  },
  containers: {
    options: [null, {}, { none: null, most: U64_MAX, "": 0n }],
    lists: [[], [[]], [[I64_MIN, I64_MAX], [9_007_199_254_740_993n]]],
    byText: { ["__proto__"]: [0, 255], constructor: [] },
    byNumber: new Map([
      [I64_MIN, "none"],
      [-1n, "true"],
      [I64_MAX, "west"],
    ]),
    byLargeNumber: new Map([
      [
        U64_MAX,
        new Map([
          [0, "zero"],
          [255, "most"],
        ]),
      ],
    ]),
    byTruth: new Map([
      [false, "f"],
      [true, "☃"],
    ]),
    byHeading: { "north-east": Number.MAX_VALUE, '☃ "uphill" \\ */': Number.MIN_VALUE },
    numbers: [0n, U64_MAX],
    tuple: [-128, ["two", 3.4028234663852886e38], [3]],
    single: [9_007_199_254_740_993n],
    arrays: [
      [1, 2, 3],
      [4, 5, 65535],
    ],
    pair: [-9_007_199_254_740_993n, "pair"],
    fixed: I64_MAX,
  },
  externals: [
    { kind: "Nothing" },
    { kind: "Newtype", value: [1n, "one"] },
    { kind: "Perhaps", value: null },
    { kind: "Perhaps", value: U64_MAX },
    { kind: "Null", value: null },
    { kind: "Rows", value: [["none", "true"], []] },
    { kind: "Tuple", value: [I64_MIN, "tuple", null] },
    {
      kind: "struct",
      kind_: "outer",
      value: { kind: "struct", kind_: "inner", value: null, longName: 0n },
      longName: U64_MAX,
    },
    { kind: "Empty" },
  ],
  internals: [
    { type: "nothing" },
    { type: "newtype", ...title },
    { type: "leaf", ...tree },
    { type: "struct", kind: U64_MAX, note: null },
    { type: "struct", kind: 0n, note: "noted" },
  ],
  adjacents: [
    { t: "NOTHING_AT_ALL" },
    { t: "NEWTYPE", class: U64_MAX },
    { t: "PERHAPS", class: null },
    { t: "PERHAPS", class: [I64_MIN, ""] },
    { t: "TUPLE", class: ["", -1.5] },
    { t: "STRUCT", class: { class: I64_MIN, t: "𝄞" } },
  ],
  untagged: [null, false, U64_MAX, "null", [-1, 1], ["a", "b", "c"], { only: '☃ "uphill" \\ */' }, title],
  names: {
    type: "type",
    class: true,
    from: 3,
    in: -4,
    constructor: "constructor",
    delete: [6],
    def: null,
    self: 8,
    none: false,
    proto: {
      lambda: 1,
      fn: 2,
      function: 3,
      map: { error: { kind: "Err", error: U64_MAX }, promise: "constructor" },
    },
    then: I64_MIN,
    first: "first",
    japan: "日本",
    größe: 13.5,
    items: 14,
    toString: 15,
    slots: 16,
    int: I64_MAX,
    list: [18n],
    valueOf: 19,
  },
  times: {
    span: { secs: U64_MAX, nanos: 999_999_999 },
    point: { secs: 4_102_444_800n, nanos: 1 },
  },
  tree,
  expression: {
    kind: "Let",
    name: "x",
    in: {
      kind: "Sum",
      value: [
        { kind: "Number", value: 1 },
        {
          kind: "Ratio",
          value: [
            { kind: "Number", value: -0.5 },
            { kind: "Sum", value: [] },
          ],
        },
      ],
    },
  },
  chain: { link: 1n, next: { link: U64_MAX, next: null } },
};
