/** What is said over each new socket: the introduction, and the subscriptions. */
import assert from "node:assert/strict";
import { test } from "node:test";

import type { Decoder } from "../src/decode.js";
import { ConnectionLost, SchemaMismatch } from "../src/errors.js";
import type { ConnectOptions, EventOrGap, MadeFrom } from "../src/index.js";
import { serve } from "./fake-server.js";
import type { Fixture, Frame, Peer } from "./fake-server.js";
import { ADD, COUNTDOWN, NOTIFY, ORDER, PRICES } from "./methods.js";

const BOUNDED = { timeout: 20_000 };
const QUICK: ConnectOptions = { reconnect: { firstDelay: 1, maxDelay: 20 } };
const PRICE = "demo.PriceUpdate";

const MADE_FROM: MadeFrom = {
  contracts: { "demo.Calculator": "aaaa", "demo.Orders": "bbbb" },
  document: () => Promise.resolve('{"callsheet":1,"limit":18446744073709551615}'),
};

/** A server that counts its events, in one life after the other. */
interface Life {
  epoch: string | null;
  next: number | bigint | null;
  differing: readonly string[];
}

function answer(life: Life): (frame: Frame, peer: Peer) => void {
  return (frame, peer) => {
    if (frame["control"] === "hello") {
      if (life.epoch === null) peer.refuse(frame, "ProtocolError", "no such control", {});
      else
        peer.reply(frame, {
          protocol: 1,
          epoch: life.epoch,
          unknown: [],
          differing: life.differing,
          limits: { frame: 1000, in_flight: 10 },
        });
    } else if ("message_types" in frame && !("control" in frame)) {
      if (life.next === null) peer.reply(frame, null);
      else peer.raw(confirmation(frame, life.next));
    } else if ("target" in frame && "request_id" in frame) {
      peer.reply(frame, 1);
    }
  };
}

/** Written here, since `JSON.stringify` knows no bigint. */
function confirmation(frame: Frame, next: number | bigint): Buffer {
  const names = frame["message_types"] as string[];
  const numbers = names.map((name) => `"${name}":${String(next)}`).join(",");
  const id = String(frame["request_id"]);
  return Buffer.from(`{"success":true,"request_id":"${id}","error":null,"payload":{"subscribed":{${numbers}}}}`);
}

function push(seq: number, payload: unknown, more: Frame = {}): Frame {
  return { notification_type: "subscription", message_type: PRICE, timestamp: 1, seq, ...more, payload };
}

function last(server: Fixture): Peer {
  return server.peers.at(-1) ?? assert.fail("nobody has connected");
}

/** Waits until the `count`th subscription, since the beginning, was heard. */
async function subscribed(server: Fixture, count: number): Promise<void> {
  let left = count;
  await server.arrived((frame) => "message_types" in frame && !("control" in frame) && --left === 0);
}

function events(values: readonly unknown[]): readonly unknown[] {
  return values.map((value) => (typeof value === "number" ? { kind: "event", event: value } : value));
}

async function take<T>(from: AsyncIterator<T, undefined>, count: number): Promise<T[]> {
  const taken: T[] = [];
  while (taken.length < count) {
    const { done, value } = await from.next();
    if (done === true) assert.fail("it has ended");
    taken.push(value);
  }
  return taken;
}

for (const codec of ["json", "messagepack"] as const) {
  test(`the introduction goes before the first call, which does not wait for it (${codec})`, BOUNDED, async () => {
    await using server = await serve(
      (frame, peer) => {
        if ("target" in frame) peer.reply(frame, 3);
      },
      { codec },
      MADE_FROM,
    );
    assert.equal(await server.connection.target("calculator").ask(ADD, { a: 1n, b: 2n }, undefined), 3n);
    assert.deepEqual(server.frames[0], {
      control: "hello",
      request_id: "1",
      protocol: [1, 1],
      contracts: { "demo.Calculator": "aaaa", "demo.Orders": "bbbb" },
      client: "callsheet-typescript",
    });
  });

  test(
    `calls and subscriptions that do not fit the server's contracts fail and say why (${codec})`,
    BOUNDED,
    async () => {
      const life: Life = { epoch: "one", next: 0, differing: ["demo.Calculator"] };
      let judged: (() => void) | undefined;
      await using server = await serve(
        (frame, peer) => {
          if (frame["control"] === "schema")
            judged = () => {
              peer.reply(frame, {
                refused: {
                  "demo.Calculator.Add": "argument `b` is new",
                  "demo.Countdown.Countdown": "its item is text",
                },
                withheld: { [PRICE]: "the price is text" },
              });
            };
          else if (codec === "json" || !("message_types" in frame)) answer(life)(frame, peer);
          else peer.reply(frame, { subscribed: { [PRICE]: 0 } });
        },
        { ...QUICK, codec },
        MADE_FROM,
      );
      const target = server.connection.target("x");
      const prices = target.subscribe(PRICES, undefined);
      await prices.ready();
      const sent = await server.arrived((frame) => frame["control"] === "schema");
      assert.equal(sent["open_enums"], true);
      // JSON of the fake server rounds it.
      const limit = codec === "json" ? 18446744073709551615 : 18446744073709551615n;
      assert.equal(String((sent["document"] as { limit: unknown }).limit).slice(0, 15), String(limit).slice(0, 15));
      // Until it is judged, the server itself refuses what does not fit.
      assert.equal(await target.ask(ADD, { a: 1n, b: 2n }, undefined), 1n);
      judged?.();
      await assert.rejects(prices.next(), (error) => {
        assert.ok(error instanceof SchemaMismatch);
        assert.equal(error.message, "demo.PriceUpdate: the price is text");
        return true;
      });
      const before = server.frames.length;
      for (const call of [
        target.ask(ADD, { a: 1n, b: 2n }, undefined),
        target.stream(COUNTDOWN, { from: 1 }, undefined).next(),
      ]) {
        await assert.rejects(call, (error) => {
          assert.ok(error instanceof SchemaMismatch);
          assert.deepEqual([error.code, error.delivered, error.retryable], ["SchemaMismatch", "no", false]);
          assert.match(error.message, /argument `b` is new|its item is text/);
          return true;
        });
      }
      await target.tell(NOTIFY, { text: "others work" }, undefined);
      await server.arrived((frame) => frame["message_type"] === NOTIFY.message);
      assert.ok(!server.frames.slice(before).some((frame) => frame["message_type"] === ADD.message));
      // Another server may fit.
      life.differing = [];
      await server.stop();
      await server.start();
      let hellos = 0;
      await server.arrived((frame) => frame["control"] === "hello" && ++hellos === 2);
      await server.connection.target("y").tell(NOTIFY, { text: "again" }, undefined);
      assert.equal(await untilAccepted(() => target.ask(ADD, { a: 1n, b: 2n }, undefined)), 1n);
    },
  );
}

/** The answer to the hello may still be on its way. */
async function untilAccepted<T>(call: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await call();
    } catch (error) {
      if (!(error instanceof SchemaMismatch)) throw error;
      await new Promise(setImmediate);
    }
  }
}

test(
  "a client of the same contracts is not asked for its document, nor one that is not to introduce itself",
  BOUNDED,
  async () => {
    let loaded = 0;
    const madeFrom: MadeFrom = {
      ...MADE_FROM,
      document: () => {
        loaded++;
        return MADE_FROM.document();
      },
    };
    const life: Life = { epoch: "one", next: 0, differing: [] };
    await using same = await serve(answer(life), QUICK, madeFrom);
    await same.connection.target("calculator").ask(ADD, { a: 1n, b: 2n }, undefined);
    assert.equal(loaded, 0);
    // What the server allows is obeyed.
    await assert.rejects(same.connection.target("orders").ask(ORDER, { product: "x".repeat(1000) }, undefined), {
      code: "FrameTooLarge",
    });
    await using silent = await serve(answer(life), { ...QUICK, introduce: false }, madeFrom);
    await silent.connection.target("calculator").ask(ADD, { a: 1n, b: 2n }, undefined);
    assert.equal(silent.frames.length, 1);
  },
);

test("a subscription goes on over the next connection and tells in its place what was missed", BOUNDED, async () => {
  const life: Life = { epoch: "one", next: 7, differing: [] };
  await using server = await serve(answer(life), QUICK, MADE_FROM);
  const prices = server.connection.target("feed").subscribe(PRICES, undefined);
  await prices.ready();
  last(server).send(push(7, 1.5));
  const all = prices.withGaps();
  assert.deepEqual(await take(all, 1), events([1.5]));
  life.next = 12;
  await server.stop();
  await server.start();
  await subscribed(server, 2);
  last(server).send(push(12, 2.5), push(13, 3.5));
  assert.deepEqual(await take(all, 3), events([{ kind: "gap", missed: 4 }, 2.5, 3.5]));
  assert.equal(prices.missed, 4);
  // Nothing was published meanwhile: there is no gap.
  life.next = 14;
  await server.stop();
  await server.start();
  await subscribed(server, 3);
  last(server).send(push(14, 4.5));
  assert.deepEqual(await take(all, 1), events([4.5]));
  await all.return?.();
  await server.arrived((frame) => frame["control"] === "unsubscribe");
});

test("in a new life of the server, or without an introduction, nobody knows what was missed", BOUNDED, async () => {
  for (const [first, second, madeFrom] of [
    ["one", "two", MADE_FROM],
    ["one", null, MADE_FROM],
    ["one", "one", undefined],
  ] as const) {
    const life: Life = { epoch: first, next: 7, differing: [] };
    await using server = await serve(answer(life), QUICK, madeFrom);
    const prices = server.connection.target("feed").subscribe(PRICES, undefined);
    await prices.ready();
    life.epoch = second;
    await server.stop();
    await server.start();
    await subscribed(server, 2);
    last(server).send(push(7, 2.5));
    assert.deepEqual(await take(prices.withGaps(), 2), events([{ kind: "gap", missed: undefined }, 2.5]));
    assert.equal(prices.missed, undefined);
  }
});

test("who reads events alone sees no gaps, but can tell", BOUNDED, async () => {
  const life: Life = { epoch: "one", next: 7, differing: [] };
  await using server = await serve(answer(life), QUICK, MADE_FROM);
  const prices = server.connection.target("feed").subscribe(PRICES, undefined);
  await prices.ready();
  const next = prices.next();
  life.next = 9;
  await server.stop();
  await server.start();
  await subscribed(server, 2);
  last(server).send(push(9, 2.5));
  assert.deepEqual(await next, { done: false, value: 2.5 });
  assert.equal(prices.missed, 2);
});

test("a count of missed events beyond what a number holds is not rounded", BOUNDED, async () => {
  const life: Life = { epoch: "one", next: 7, differing: [] };
  await using server = await serve(answer(life), QUICK, MADE_FROM);
  const prices = server.connection.target("feed").subscribe(PRICES, undefined);
  await prices.ready();
  life.next = 2n ** 53n + 5n;
  await server.stop();
  await server.start();
  await subscribed(server, 2);
  const missed = take(prices.withGaps(), 1);
  assert.deepEqual(await missed, [{ kind: "gap", missed: 2 ** 53 - 2 }]);
  life.next = 2n ** 63n + 8n;
  await server.stop();
  await server.start();
  await subscribed(server, 3);
  assert.deepEqual(await take(prices.withGaps(), 1), [{ kind: "gap", missed: Number.MAX_SAFE_INTEGER }]);
  assert.equal(prices.missed, Number.MAX_SAFE_INTEGER);
});

test("a gap stands where the oldest were dropped, and between events that the server dropped", BOUNDED, async () => {
  const life: Life = { epoch: "one", next: 7, differing: [] };
  await using server = await serve(answer(life), QUICK, MADE_FROM);
  const feed = server.connection.target("feed");
  const prices = feed.subscribe(PRICES, { buffer: 3 });
  await prices.ready();
  last(server).send(push(7, 1), push(8, 2), push(12, 3, { missed: 3 }), push(13, 4));
  await feed.ask(ADD, { a: 1n, b: 2n }, undefined);
  const expected: EventOrGap<number>[] = [
    { kind: "gap", missed: 2 },
    { kind: "gap", missed: 3 },
    { kind: "event", event: 3 },
    { kind: "event", event: 4 },
  ];
  assert.deepEqual(await take(prices.withGaps(), 4), expected);
  assert.equal(prices.missed, 5);
});

test("a subscription that was not confirmed when the connection was lost is made over the next", BOUNDED, async () => {
  let isDeaf = true;
  const life: Life = { epoch: "one", next: 7, differing: [] };
  await using server = await serve(
    (frame, peer) => {
      if (!isDeaf || !("message_types" in frame)) answer(life)(frame, peer);
    },
    QUICK,
    MADE_FROM,
  );
  const prices = server.connection.target("feed").subscribe(PRICES, undefined);
  await subscribed(server, 1);
  isDeaf = false;
  await server.stop();
  const later = server.connection.target("feed").subscribe(PRICES, undefined);
  await server.start();
  await Promise.all([prices.ready(), later.ready()]);
  last(server).send(push(7, 1));
  // Neither has missed anything.
  assert.deepEqual(await take(prices.withGaps(), 1), events([1]));
  assert.deepEqual(await take(later.withGaps(), 1), events([1]));
});

test(
  "a subscription that the next server refuses ends, and one that it refuses for the moment is asked for again",
  BOUNDED,
  async () => {
    const life: Life = { epoch: "one", next: 7, differing: [] };
    const stopped = new Map(PRICES).set("demo.Stopped", PRICES.get(PRICE) as Decoder<number>);
    stopped.delete(PRICE);
    let isBack = false;
    let putOff = 0;
    await using server = await serve(
      (frame, peer) => {
        const [name] = (frame["message_types"] as string[] | undefined) ?? [];
        if (isBack && name === "demo.Stopped") peer.refuse(frame, "UnknownMessageType", "no event", {});
        else if (isBack && name === PRICE && putOff++ === 0)
          peer.refuse(frame, "LimitExceeded", "later", { retryable: true, delivered: "no", retry_after_ms: 10 });
        else answer(life)(frame, peer);
      },
      QUICK,
      MADE_FROM,
    );
    const feed = server.connection.target("feed");
    const [prices, ended] = [feed.subscribe(PRICES, undefined), feed.subscribe(stopped, undefined)];
    await Promise.all([prices.ready(), ended.ready()]);
    isBack = true;
    await server.stop();
    await server.start();
    await assert.rejects(ended.next(), { code: "UnknownMessageType" });
    // Two at first, two that were refused, and the one that was put off.
    await subscribed(server, 5);
    last(server).send(push(7, 1));
    assert.equal((await prices.next()).value, 1);
  },
);

test("ready() ends with its signal, and the subscription goes on", BOUNDED, async () => {
  const confirm: (() => void)[] = [];
  await using server = await serve((frame, peer) => {
    confirm.push(() => {
      peer.reply(frame, { subscribed: { [PRICE]: 7 } });
    });
  });
  const prices = server.connection.target("feed").subscribe(PRICES, undefined);
  const controller = new AbortController();
  const waiting = prices.ready({ signal: controller.signal });
  controller.abort(new Error("enough"));
  await assert.rejects(waiting, { message: "enough" });
  await assert.rejects(prices.ready({ signal: controller.signal }), { message: "enough" });
  await subscribed(server, 1);
  confirm[0]?.();
  await prices.ready({ signal: new AbortController().signal });
  await server.connection.close();
  await assert.rejects(prices.next(), ConnectionLost);
});
