/** What integers of 64 bits are in packages that are generated with each of the option's values. */
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";

import type { Decoder } from "../src/decode.js";
import type { Encoder } from "../src/encode.js";
import { Generated } from "./generating.js";
import type { Codecs } from "./generating.js";

interface User {
  readonly page: unknown;
  readonly error: unknown;
  readonly encode: Encoder<unknown>;
  readonly decode: Decoder<unknown>;
  readonly withSigned: (signed: unknown) => unknown;
}

/** A user's code, where an integer of 64 bits is written as `write` says. It compiles only if that is their type. */
function code(type: string, write: (digits: string) => string): string {
  return `
    import { decodePage, encodePage } from "./codecs.js";
    import { readU64Error } from "./errors.js";
    import type { Counts, Page } from "./models.js";
    import type { CounterClient } from "./services/counter.js";

    const byId: ReadonlyMap<${type}, ${type}> = new Map([[${write("7")}, ${write("-8")}]]);
    const counts: Counts = {
      signed: ${write("-9007199254740991")}, unsigned: ${write("9007199254740991")}, neverZero: ${write("1")},
      some: [null, ${write("0")}], byId, long: 5n, small: 6,
    };
    export const page: Page = { counts };
    export const error: ${type} = readU64Error("", 3).error;
    export const encode: typeof encodePage = encodePage;
    export const decode: typeof decodePage = decodePage;
    export function withSigned(signed: ${type}): Page {
      return { counts: { ...counts, signed } };
    }
    export function call(counter: CounterClient): Promise<Page> {
      return counter.count(page, ${write("2")});
    }
  `;
}

const JSON_TEXT =
  '{"counts":{"signed":-9007199254740991,"unsigned":9007199254740991,"never_zero":1,"some":[null,0],"by_id":{"7":-8},' +
  '"long":5,"small":6}}';

const BEYOND = 2n ** 53n;

for (const { type, write, refusedSent, refusedReceived, exact } of [
  {
    type: "bigint",
    write: (digits: string) => `${digits}n`,
    refusedSent: [
      [1, "expected i64 (a bigint), found integer"],
      [2n ** 63n, "expected i64, found integer out of range"],
    ],
    refusedReceived: [[String(2n ** 63n), "expected i64, found integer out of range"]],
    exact: [String(2n ** 63n - 1n), 2n ** 63n - 1n],
  },
  {
    type: "number",
    write: (digits: string) => digits,
    refusedSent: [
      [1n, "expected i64 (a number), found integer"],
      [1.5, "expected i64 (a number), found float"],
      [Number(BEYOND), "expected i64 up to 2^53, found one that a number would round"],
    ],
    refusedReceived: [
      [String(BEYOND), "expected i64 up to 2^53, found one that a number would round"],
      [String(BEYOND + 1n), "expected i64 up to 2^53, found one that a number would round"],
      [String(-BEYOND), "expected i64 up to 2^53, found one that a number would round"],
    ],
    exact: [String(1n - BEYOND), Number(1n - BEYOND)],
  },
  {
    type: "string",
    write: (digits: string) => JSON.stringify(digits),
    refusedSent: [
      [1, "expected i64 (a string), found integer"],
      ["01", "expected the digits of i64, found another text"],
      ["1.0", "expected the digits of i64, found another text"],
      ["-0", "expected the digits of i64, found another text"],
      [String(2n ** 63n), "expected i64, found integer out of range"],
    ],
    refusedReceived: [
      ['"1"', "expected i64, found string"],
      [String(2n ** 63n), "expected i64, found integer out of range"],
    ],
    exact: [String(-(2n ** 63n)), String(-(2n ** 63n))],
  },
] as const) {
  describe(`with int64 as ${type}`, () => {
    let generated: Generated;
    let user: User;
    let codecs: Codecs;
    before(async () => {
      generated = new Generated("integers.json", ["--int64", type], code(type, write));
      user = (await generated.load("user")) as User;
      codecs = await generated.codecs();
    });
    after(() => {
      generated.remove();
    });

    test("they are sent and received in both codecs, also as keys and in errors", () => {
      const { json, fromMessagePack, toMessagePack } = codecs;
      assert.equal(json.stringify(user.encode(user.page, null, "page", "json")), JSON_TEXT);
      assert.deepEqual(user.decode(json.parse(JSON_TEXT), null, "reply"), user.page);
      const bytes = toMessagePack(user.encode(user.page, null, "page", "messagepack"));
      // The key is an integer.
      assert.ok(Buffer.from(bytes).toString("hex").includes("a562795f69648107f8"));
      assert.deepEqual(user.decode(fromMessagePack(bytes), null, "reply"), user.page);
      assert.equal(String(user.error), "3");
      assert.equal(typeof user.error, type);
    });

    test("the longest are exact, and what does not fit is refused both ways", () => {
      const received = (signed: string): unknown =>
        user.decode(codecs.json.parse(JSON_TEXT.replace("-9007199254740991", signed)), null, "reply");
      const [text, value] = exact;
      assert.deepEqual(received(text), user.withSigned(value));
      assert.equal(
        codecs.json.stringify(user.encode(user.withSigned(value), null, "page", "json")),
        JSON_TEXT.replace("-9007199254740991", text),
      );
      for (const [signed, message] of refusedReceived) {
        assert.throws(() => received(signed), { message: `reply.counts.signed: ${message}` });
      }
      for (const [signed, message] of refusedSent) {
        const error = { message: `page.counts.signed: ${message}`, delivered: "no" };
        assert.throws(() => user.encode(user.withSigned(signed), null, "page", "json"), error);
      }
      const zero = JSON_TEXT.replace('"never_zero":1', '"never_zero":0');
      assert.throws(() => user.decode(codecs.json.parse(zero), null, "reply"), {
        message: "reply.counts.never_zero: expected an integer that is not zero, found zero",
      });
    });
  });
}
