/** The generated TypeScript client of the contract that nobody had in mind. */
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";

import { Broken, CallTimeout, ContractError, Difference, Error_, SerializationError } from "surprise";
import type { Alarm, BrokenDetail, Bulletin, Client, Containers, Entry, Heading } from "surprise";
import { connect } from "surprise/node";

import { runDuringTests } from "../../service.mjs";
import { U64_MAX, sample } from "./sample.js";

const socket = runDuringTests("surprise");
const limit = { timeout: 20_000 };

/** The items of a stream, as far as it goes. */
async function all<T>(stream: AsyncIterable<T>, into: T[] = []): Promise<T[]> {
  for await (const item of stream) into.push(item);
  return into;
}

for (const codec of ["json", "messagepack"] as const) {
  describe(codec, () => {
    let client: Client;
    before(async () => {
      client = await connect(socket, { codec, timeout: 10_000 });
    });
    after(() => client.close());

    test("everything arrives as it is", limit, async () => {
      const received = await client.archive().sample();
      assert.deepEqual(received, sample);
      assert.ok(Object.is(received.scalars.f64, -0));
      assert.ok(Object.hasOwn(received.containers.byText, "__proto__"));
      await client.archive().verify(received);
    });

    test("everything is sent as it is", limit, async () => {
      await client.archive().verify(sample);
    });

    test("what differs is a declared error", limit, async () => {
      const changed = { ...sample, chain: { link: 2n }, tree: { label: "", children: [] } };
      await assert.rejects(client.archive().verify(changed), (error) => {
        assert.ok(error instanceof Difference && error instanceof ContractError);
        assert.deepEqual(error.error.parts, ["tree", "chain"]);
        assert.match(error.error.received, /Chain \{ link: 2/);
        assert.equal(error.delivered, "yes");
        return true;
      });
    });

    test("every part is given back", limit, async () => {
      const mirror = client.mirror();
      assert.deepEqual(await mirror.scalars(sample.scalars), sample.scalars);
      assert.deepEqual(await mirror.containers(sample.containers), sample.containers);
      const headings: Heading[] = ["north-east", "none", "true", "west", '☃ "uphill" \\ */', ""];
      for (const heading of headings) assert.equal(await mirror.heading(heading), heading);
      for (const external of sample.externals) assert.deepEqual(await mirror.external(external), external);
      for (const internal of sample.internals) assert.deepEqual(await mirror.internal(internal), internal);
      for (const adjacent of sample.adjacents) assert.deepEqual(await mirror.adjacent(adjacent), adjacent);
      for (const untagged of sample.untagged) assert.deepEqual(await mirror.untagged(untagged), untagged);
      assert.deepEqual(await mirror.oddNames(sample.names), sample.names);
      assert.deepEqual(await mirror.times(sample.times), sample.times);
      assert.deepEqual(await mirror.tree(sample.tree), sample.tree);
      assert.deepEqual(await mirror.expression(sample.expression), sample.expression);
    });

    test("empty containers are given back", limit, async () => {
      const empty: Containers = {
        options: null,
        lists: [],
        byText: {},
        byNumber: new Map(),
        byLargeNumber: new Map(),
        byTruth: new Map(),
        byHeading: {},
        numbers: [],
        tuple: [0, ["", 0], null],
        single: [0n],
        arrays: [
          [0, 0, 0],
          [0, 0, 0],
        ],
        pair: [0n, ""],
        fixed: 0n,
      };
      assert.deepEqual(await client.mirror().containers(empty), empty);
    });

    test("bare values are given back", limit, async () => {
      const mirror = client.mirror();
      for (const value of [null, 0n, U64_MAX]) assert.equal(await mirror.option(value), value);
      for (const text of ["", "\0", "🏳️\u200d🌈", "\ud7ff\ue000", "x".repeat(100_000)]) {
        assert.equal(await mirror.text(text), text);
      }
      for (const number of [0.1, 1e308, 5e-324, 1e21, 123456789012345680]) {
        assert.equal(await mirror.number(number), number);
      }
      const map = new Map([
        [0n, null],
        [U64_MAX, { words: [], year: null }],
        [2n ** 53n + 1n, null],
      ]);
      assert.deepEqual(await mirror.map(map), map);
    });

    test("ten arguments keep their places", limit, async () => {
      const nine = { error: { kind: "Ok", value: "ok" }, promise: "then" } as const;
      const ten = { secs: 10n, nanos: 0 };
      assert.deepEqual(
        await client.mirror().ten(1, -2n, 3.5, "four", null, [[6n, "six"]], [true, ""], [8, 9], nine, ten),
        [
          [1, -2n, 3.5, "four", null],
          [[[6n, "six"]], [true, ""], [8, 9], nine, ten],
        ],
      );
    });

    test("what may be left out is left out", limit, async () => {
      const mirror = client.mirror();
      const least = { withDefault: 0, listIfAny: undefined, optionIfAny: null, newName: null, twoFaced: "least" };
      assert.deepEqual(await mirror.lenient({ twoFaced: "least" }), least);
      const most = { ...least, withDefault: 1, listIfAny: ["a"], optionIfAny: least, newName: -1, twoFaced: "most" };
      assert.deepEqual(await mirror.lenient(most), most);
      assert.deepEqual(await mirror.strict({}), { number: 7n });
      assert.deepEqual(await mirror.strict({ number: 8n }), { number: 8n });
    });

    test("words of the language are names", limit, async () => {
      const desk = client.import();
      assert.equal(await desk.type("type"), "type");
      assert.equal(await desk.class(1, 1, 0), 3);
      assert.equal(await desk.delete(1, 0, 1, 0, 1), 21);
      assert.equal(await desk.constructor_("constructor"), "constructor");
      assert.equal(await desk.then_(0, 1), 2);
      assert.equal(await desk.lambda(1, 1, 1, 1, 0), 15);
      assert.equal(await desk.call(0, 0, 1, 0, 0, 0, 0, 0, 1, { timeout: 5000 }), 0b1_0000_0100);
      const words = { lambda: 1, fn: 2, function: 3, map: { error: null, promise: "then" } } as const;
      assert.deepEqual(await desk.withTimeout(words), words);
      assert.equal(await desk.close(), 3);
      assert.equal(await desk.class2(), 2);
    });

    test("a stream is read to its end", limit, async () => {
      const entries = await all(client.archive().entries(1000n));
      assert.deepEqual(
        entries.map((entry) => entry.number),
        Array.from({ length: 1000 }, (_, number) => BigInt(number)),
      );
      assert.deepEqual(entries[1], { number: 1n, heading: null });
    });

    test("a stream fails half way", limit, async () => {
      const read: Entry[] = [];
      await assert.rejects(all(client.archive().entries(10n, 6n), read), (error) => {
        assert.ok(error instanceof Broken);
        assert.deepEqual(error.error, {
          error: "at",
          number: 6n,
          because: [{ error: "entirely" }, { error: "entry", number: 6n, heading: '☃ "uphill" \\ */' }],
        });
        return true;
      });
      assert.equal(read.length, 6);
    });

    test("items that are nothing are items", limit, async () => {
      for (const items of [[], [null], [1, null], [null, null, 3], [null, null, null]]) {
        assert.deepEqual(await all(client.archive().gaps(items)), items);
      }
      assert.deepEqual(await all(client.archive().open("unlocked")), [null, null]);
      await assert.rejects(all(client.archive().open("locked")), (error) => {
        assert.ok(error instanceof Error_);
        assert.deepEqual(error.error, { kind: "Err", error: U64_MAX });
        return true;
      });
    });

    test("calls that reply with nothing", limit, async () => {
      const archive = client.archive();
      const before = await archive.forgotten();
      assert.equal(await archive.forget(), null);
      assert.equal(await archive.forgotten(), before + 1n);
      assert.equal(await archive.fail(), null);
    });

    test("every declared error arrives", limit, async () => {
      const errors: BrokenDetail[] = [
        { error: "entirely" },
        { error: "at", number: U64_MAX, because: [{ error: "at", number: 0n, because: [] }] },
        { error: "entry", number: 1n, heading: null },
      ];
      for (const broken of errors) {
        await assert.rejects(client.archive().fail(broken), (error) => {
          assert.ok(error instanceof Broken);
          assert.deepEqual(error.error, broken);
          return true;
        });
      }
    });

    test("events arrive", limit, async () => {
      const archive = client.archive();
      const bulletin: Bulletin = { title: { words: [], year: null }, body: sample.externals[7] ?? { kind: "Empty" } };
      const alarms: Alarm[] = [{ kind: "Howls", value: U64_MAX }, { kind: "Rests" }];
      const received: (Bulletin | Alarm)[] = [];
      const events = archive.subscribe(["Bulletin", "Alarm"]);
      await events.ready();
      await archive.announce(bulletin);
      await archive.alarm(alarms, 2);
      for await (const event of events) {
        if (received.push(event) === 5) break;
      }
      assert.deepEqual(received, [bulletin, ...alarms, ...alarms]);
      assert.equal(await archive.subscribe_("four", ["five"], 6), 11);
    });

    test("a number that JSON does not have", limit, async () => {
      if (codec === "messagepack") {
        assert.equal(await client.archive().notANumber(), NaN);
        assert.equal(await client.mirror().number(Infinity), Infinity);
        return;
      }
      await assert.rejects(client.archive().notANumber(), SerializationError);
      await assert.rejects(client.mirror().number(Infinity), /number/);
    });

    test("a call that takes too long ends", limit, async () => {
      await assert.rejects(client.archive().wait({ timeout: 100 }), CallTimeout);
      assert.equal(await client.mirror().text("next"), "next");
    });

    test("what does not fit is not sent", limit, async () => {
      const mirror = client.mirror();
      const tree = { label: "", children: [null] };
      const cases: [() => Promise<unknown>, RegExp][] = [
        [() => mirror.option(U64_MAX + 1n), /option: expected u64/],
        [() => mirror.option(1 as never), /option: expected u64/],
        [() => mirror.text(1 as never), /text: expected string/],
        [() => mirror.heading(7 as never), /heading: expected string, found integer/],
        [() => mirror.tree(tree as never), /tree\.children\[0\]: expected/],
        [() => mirror.external({ kind: "Tuple", value: [1n] } as never), /external\.value: expected/],
        [() => mirror.adjacent({ t: "STRUCT", class: { class: 2n ** 63n, t: "t" } }), /class: expected i64/],
        [
          () =>
            mirror.containers({
              ...sample.containers,
              arrays: [
                [1, 2],
                [3, 4],
              ],
            }),
          /arrays\[0\]: expected/,
        ],
      ];
      for (const [call, words] of cases) {
        await assert.rejects(call(), (error) => {
          assert.ok(error instanceof SerializationError);
          assert.match(error.message, words);
          assert.equal(error.delivered, "no");
          return true;
        });
      }
      assert.equal(await mirror.text("next"), "next");
    });
  });
}
