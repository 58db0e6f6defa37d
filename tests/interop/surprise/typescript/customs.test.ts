/** Types as users write them: joined from others, converted on the way, different in each direction. */
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";

import { Difference, Refusal, SerializationError } from "surprise";
import type {
  Client,
  Comfort,
  ComfortInput,
  CustomsClient,
  Delivery,
  PageUser,
  Settings,
  SettingsInput,
} from "surprise";
import { connect } from "surprise/node";

import { runDuringTests } from "../../service.mjs";
import { consignment, id } from "./consignment.js";

const socket = runDuringTests("surprise");
const limit = { timeout: 20_000 };

const delivery = (extra: Delivery["extra"]): Delivery => ({ id, event: { type: "ping" }, extra });
const useless = delivery({ useless: true, why: "☃", number: 1n });

for (const codec of ["json", "messagepack"] as const) {
  describe(codec, () => {
    let client: Client;
    let customs: CustomsClient;
    before(async () => {
      client = await connect(socket, { codec, timeout: 10_000 });
      customs = client.customs();
    });
    after(() => client.close());

    test("everything arrives as it is", limit, async () => {
      const received = await customs.sample();
      assert.deepEqual(received, consignment);
      assert.deepEqual(Object.keys(received.keys.inOrder), ["z", "__proto__", "a"]);
      assert.ok(Object.hasOwn(received.deliveries[1]?.extra ?? {}, "__proto__"));
      await customs.verify(received);
    });

    test("everything is sent as it is", limit, async () => {
      await customs.verify(consignment);
    });

    test("what differs is told", limit, async () => {
      const [user] = consignment.users.items;
      assert.ok(user !== undefined);
      const users = { ...consignment.users, items: [{ ...user, cause: { cause: "person", by: id } as const }] };
      await assert.rejects(customs.verify({ ...consignment, users, commands: [] }), (error) => {
        assert.ok(error instanceof Difference);
        assert.deepEqual(error.error.parts, ["users", "commands"]);
        assert.ok(error.error.received.includes(`Person { by: ${id} }`));
        return true;
      });
    });

    test("every part is given back", limit, async () => {
      assert.deepEqual(await customs.users(consignment.users), consignment.users);
      for (const command of consignment.commands) assert.deepEqual(await customs.command(command), command);
      for (const filter of consignment.filters) assert.deepEqual(await customs.search(filter), filter);
      assert.deepEqual(await customs.moments(consignment.moments), consignment.moments);
      assert.deepEqual(await customs.locations(consignment.locations), consignment.locations);
      assert.deepEqual(await customs.limits(consignment.limits), consignment.limits);
      assert.deepEqual(await customs.keys(consignment.keys), consignment.keys);
      assert.deepEqual(await customs.storage(consignment.storage), consignment.storage);
      assert.deepEqual(await customs.cook(consignment.cooking), consignment.cooking);
    });

    test("half of what is flattened is none of it", limit, async () => {
      const [user] = consignment.users.items;
      assert.ok(user !== undefined);
      const half = { ...user, town: undefined };
      const { items } = await customs.users({ items: [half], total: 1n });
      assert.deepEqual(items, [{ ...user, street: undefined, town: undefined, code: null }]);
    });

    test("some goes one way only", limit, async () => {
      const least: Settings = { name: "least", fingerprint: 0n, revision: null, attempts: 3, limit: null };
      assert.deepEqual(await customs.configure({ name: "least", secret: "" }), least);
      const input: SettingsInput = {
        name: "most",
        secret: "hidden",
        revision: 2n ** 64n - 1n,
        attempts: 255,
        limit: -40,
      };
      const { secret, ...told } = input;
      assert.deepEqual(await customs.configure(input), {
        ...told,
        fingerprint: BigInt(secret.length),
        limit: { celsius: -40, fahrenheit: -40 },
      });

      const pages = new Map([
        [1, { items: [{ name: "a", secret: "four", limit: 0 }], total: 1n }],
        [65535, { items: [], total: 0n, next: "b" }],
      ]);
      const frozen: Settings = { ...least, name: "a", fingerprint: 4n, limit: { celsius: 0, fahrenheit: 32 } };
      assert.deepEqual(
        await customs.configureAll(pages),
        new Map([
          [1, { items: [frozen], total: 1n, next: null }],
          [65535, { items: [], total: 0n, next: "b" }],
        ]),
      );
    });

    test("what is sent is received as something else", limit, async () => {
      const boiling = { celsius: 100, fahrenheit: 212 };
      const freezing = { celsius: 0, fahrenheit: 32 };
      const page = { total: 2n, next: null };
      assert.deepEqual(await customs.measure({ ...page, items: [100, 0] }), { ...page, items: [boiling, freezing] });

      const comforts: [ComfortInput, Comfort][] = [
        [{ kind: "any" }, { kind: "any" }],
        [
          { kind: "warm", value: 100 },
          { kind: "warm", value: boiling },
        ],
        [
          { kind: "within", low: 0 },
          { kind: "within", low: freezing, high: null },
        ],
        [
          { kind: "within", low: 0, high: 100 },
          { kind: "within", low: freezing, high: boiling },
        ],
      ];
      for (const [sent, received] of comforts) assert.deepEqual(await customs.comfort(sent), received);

      assert.deepEqual(await customs.index({ words: "a,,☃" }), { words: ["a", "", "☃"] });
      assert.deepEqual(await customs.accelerate(["FAST", "SLOW"]), ["FAST", "SLOW"]);
    });

    test("what is checked where it is read", limit, async () => {
      const february = { first: "2024-02-01", last: "2024-02-29" };
      const guests = ["a@example.org"];
      assert.deepEqual(await customs.book(february, guests), [{ ...february, days: 29n }, guests]);
    });

    test("what only the server can refuse", limit, async () => {
      const { locations, moments, storage, limits } = consignment;
      const [early, late] = ["2024-02-01", "2024-03-01"];
      const cases: [() => Promise<unknown>, RegExp][] = [
        [() => customs.book({ first: late, last: early }, []), /period.*the first day is after the last/],
        [() => customs.book({ first: early, last: late }, ["a@b", "nobody"]), /guests\[1\].*has a host/],
        [() => customs.locations({ ...locations, socketV4: "[::1]:80" }), /locations\.socket_v4.*socket address/],
        [() => customs.storage({ ...storage, cString: Uint8Array.of(97, 0, 98) }), /storage\.c_string.*nul byte/],
        [() => customs.moments({ ...moments, other: "1970-01-01" }), /moments\.other/],
        [() => customs.limits({ ...limits, decimals: [String(2n ** 96n)] }), /limits\.decimals\[0\]/],
      ];
      for (const [call, words] of cases) {
        await assert.rejects(call(), (error) => {
          assert.ok(error instanceof SerializationError);
          assert.match(error.message, words);
          assert.equal(error.delivered, "no");
          return true;
        });
      }
      assert.deepEqual(await customs.cook(consignment.cooking), consignment.cooking);
    });

    test("what does not fit is not sent", limit, async () => {
      const { keys, limits, locations, moments, cooking } = consignment;
      const cases: [() => Promise<unknown>, RegExp][] = [
        [() => customs.command({ op: "start", afterSeconds: 0 }), /afterSeconds: expected .*not zero/],
        [() => customs.command({ op: "start", afterSeconds: 1, onWorker: 0 }), /onWorker: expected .*not zero/],
        [() => customs.command({ op: "start", afterSeconds: 2 ** 32 }), /afterSeconds: expected u32/],
        [() => customs.command({ op: "label", value: { op: "stop" } }), /op/],
        [() => customs.limits({ ...limits, list: [1, 0] }), /limits\.list\[1\]: expected .*not zero/],
        [() => customs.limits({ ...limits, decimals: ["1e3"] }), /limits\.decimals\[0\]: expected a decimal number/],
        [() => customs.keys({ ...keys, byNumber: new Map([[0, true]]) }), /keys\.byNumber.*not zero/],
        [() => customs.keys({ ...keys, byId: { me: 1 } }), /keys\.byId.*a UUID/],
        [() => customs.keys({ ...keys, byDay: { "2023-02-29": "1" } }), /keys\.byDay.*a date/],
        [() => customs.keys({ ...keys, byChar: { ab: "a" } }), /keys\.byChar/],
        [() => customs.locations({ ...locations, id: "{" + id + "}" }), /locations\.id: expected a UUID/],
        [() => customs.locations({ ...locations, v4: "::1" }), /locations\.v4: expected an IPv4 address/],
        [() => customs.locations({ ...locations, v6: "fe80::1%3" }), /locations\.v6: expected an IPv6 address/],
        [() => customs.locations({ ...locations, socketV6: "::1" }), /locations\.socketV6: expected an IP address and/],
        [() => customs.locations({ ...locations, site: "no address" }), /locations\.site: expected an absolute URL/],
        [() => customs.moments({ ...moments, at: "2024-02-29T12:00:00" }), /moments\.at: expected a timestamp/],
        [() => customs.moments({ ...moments, day: "2023-02-29" }), /moments\.day: expected a date/],
        [() => customs.moments({ ...moments, perhaps: ["now"] }), /moments\.perhaps\[0\]: expected a timestamp/],
        [() => customs.moments({ ...moments, weekday: 7 as never }), /moments\.weekday: expected string, found integer/],
        [() => customs.admit(delivery({ id: "another" })), /id/],
        [() => customs.admit(delivery({ type: "ping" })), /type/],
        [() => customs.configure({ name: "", secret: "", revision: 0n }), /settings\.revision: expected .*not zero/],
        [() => customs.configure({ name: "" } as never), /settings\.secret: expected string/],
        [() => customs.measure({ items: [{ celsius: 1 } as never], total: 1n }), /items\[0\]: expected/],
        [() => customs.cook({ ...cooking, colour: { rgb: [1, 2] } }), /cooking\.colour\.rgb: expected/],
        [() => customs.accelerate([7 as never]), /speeds\[0\]: expected string, found integer/],
      ];
      for (const [call, words] of cases) {
        await assert.rejects(call(), (error) => {
          assert.ok(error instanceof SerializationError, String(words));
          assert.match(error.message, words);
          assert.equal(error.delivered, "no");
          return true;
        });
      }
      assert.deepEqual(await customs.cook(cooking), cooking);
    });

    test("declared errors and streams", limit, async () => {
      for (const sent of consignment.deliveries) assert.deepEqual(await customs.admit(sent), sent);
      const isRefused = (error: unknown) => {
        assert.ok(error instanceof Refusal);
        assert.deepEqual(error.error, { id, texts: { why: "☃" } });
        return true;
      };
      await assert.rejects(customs.admit(useless), isRefused);

      const read: Delivery[] = [];
      const page = { items: [...consignment.deliveries, useless], total: 5n };
      await assert.rejects(async () => {
        for await (const item of customs.admitAll(page)) read.push(item);
      }, isRefused);
      assert.deepEqual(read, consignment.deliveries);
    });

    test("events arrive", limit, async () => {
      const events = customs.subscribe(["Delivery", "PageUser"]);
      await events.ready();
      for (const sent of consignment.deliveries) await customs.publish(sent, consignment.users);
      const received: (Delivery | PageUser)[] = [];
      for await (const event of events) {
        if (received.push(event) === 2 * consignment.deliveries.length) break;
      }
      assert.deepEqual(
        received,
        consignment.deliveries.flatMap((sent) => [sent, consignment.users]),
      );
    });

    // JavaScript has no float that differs from an integer; where nothing but its form tells a value, the first fits.
    test("a float without a fraction is an integer", limit, async () => {
      const { extra } = await customs.admit(delivery({ real: 1, whole: 1n, fraction: 0.5 }));
      assert.deepEqual(extra, { real: 1n, whole: 1n, fraction: 0.5 });
    });
  });
}
