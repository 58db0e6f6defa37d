import assert from "node:assert/strict";
import { test } from "node:test";

import { CallTimeout, ConnectionLost, ProtocolViolation, SlowConsumer } from "../src/errors.js";
import { serve } from "./fake-server.js";
import type { Frame, Peer } from "./fake-server.js";
import { COUNTDOWN, OrderError, PRICES } from "./methods.js";

const BOUNDED = { timeout: 20_000 };

function item(frame: Frame, sequence: number, payload: unknown, isFinal = false): Frame {
  return { stream_id: frame["request_id"], sequence, payload, is_final: isFinal };
}

function isCancel(frame: Frame): boolean {
  return frame["control"] === "cancel";
}

async function all<T>(values: AsyncIterable<T>): Promise<T[]> {
  const collected: T[] = [];
  for await (const value of values) collected.push(value);
  return collected;
}

for (const codec of ["json", "messagepack"] as const) {
  test(`a stream gives its items and ends with the last or with an empty frame (${codec})`, BOUNDED, async () => {
    await using server = await serve(
      (frame, peer) => {
        if (frame["target"] === "empty") peer.send(item(frame, 0, null, true));
        else if (frame["target"] === "last") peer.send(item(frame, 0, 3), item(frame, 1, 2), item(frame, 2, 1, true));
        else peer.send(item(frame, 0, 3), item(frame, 1, null, true));
      },
      { codec },
    );
    const { connection } = server;
    assert.deepEqual(await all(connection.target("last").stream(COUNTDOWN, { from: 3 }, { timeout: 1000 })), [3, 2, 1]);
    assert.deepEqual(await all(connection.target("after").stream(COUNTDOWN, { from: 3 }, undefined)), [3]);
    assert.deepEqual(await all(connection.target("empty").stream(COUNTDOWN, { from: 0 }, undefined)), []);
    assert.deepEqual(server.frames[0], {
      target: "last",
      message_type: "demo.Countdown.Countdown",
      request_id: "1",
      expects_stream: true,
      timeout_ms: 1000,
      credit: 256,
      payload: { from: 3 },
    });
    assert.equal(server.frames.length, 3);
  });
}

test("nothing is sent before the first item is asked for, and nothing at all if none is", BOUNDED, async () => {
  await using server = await serve((frame, peer) => {
    peer.send(item(frame, 0, 1, true));
  });
  const target = server.connection.target("countdown");
  const unread = target.stream(COUNTDOWN, { from: 1 }, undefined);
  assert.deepEqual(await unread.return(), { done: true, value: undefined });
  assert.deepEqual(await unread.next(), { done: true, value: undefined });
  assert.deepEqual(await all(target.stream(COUNTDOWN, { from: 1 }, undefined)), [1]);
  assert.equal(server.frames.length, 1);
});

test("leaving early cancels, and so do return() and await using", BOUNDED, async () => {
  await using server = await serve((frame, peer) => {
    if (!isCancel(frame)) peer.send(item(frame, 0, 3), item(frame, 1, 2));
  });
  const target = server.connection.target("countdown");
  for await (const tick of target.stream(COUNTDOWN, { from: 3 }, undefined)) {
    assert.equal(tick, 3);
    break;
  }
  await server.arrived((frame) => isCancel(frame) && frame["request_id"] === "1");
  {
    await using ticks = target.stream(COUNTDOWN, { from: 3 }, undefined);
    assert.deepEqual(await ticks.next(), { done: false, value: 3 });
  }
  await server.arrived((frame) => isCancel(frame) && frame["request_id"] === "2");
});

test("a stream that is over is not cancelled", BOUNDED, async () => {
  await using server = await serve((frame, peer) => {
    peer.send(item(frame, 0, 1, true));
  });
  await using ticks = server.connection.target("countdown").stream(COUNTDOWN, { from: 1 }, undefined);
  await ticks.next();
  await ticks.return();
  await server.connection.close();
  assert.ok(!server.frames.some(isCancel));
});

test("a stream that fails gives its items first, then the error once", BOUNDED, async () => {
  await using server = await serve((frame, peer) => {
    const failure = {
      success: false,
      error: "ContractError: no more",
      error_code: "ContractError",
      error_details: "OutOfStock",
    };
    peer.send(item(frame, 0, 3), { ...item(frame, 1, null, true), ...failure });
  });
  const ticks = server.connection.target("countdown").stream(COUNTDOWN, { from: 3 }, undefined);
  assert.deepEqual(await ticks.next(), { done: false, value: 3 });
  await assert.rejects(ticks.next(), (error) => error instanceof OrderError && error.error === "OutOfStock");
  assert.deepEqual(await ticks.next(), { done: true, value: undefined });
});

test("a wrong item and a wrong order fail the stream and cancel it", BOUNDED, async () => {
  await using server = await serve((frame, peer) => {
    if (frame["target"] === "order") peer.send(item(frame, 0, 3), item(frame, 2, 1));
    else if (!isCancel(frame)) peer.send(item(frame, 0, "3"));
  });
  await assert.rejects(all(server.connection.target("type").stream(COUNTDOWN, { from: 3 }, undefined)), {
    name: "SerializationError",
    message: "item: expected u32, found string",
  });
  await assert.rejects(
    all(server.connection.target("order").stream(COUNTDOWN, { from: 3 }, undefined)),
    ProtocolViolation,
  );
  await server.arrived((frame) => isCancel(frame) && frame["request_id"] === "2");
});

test("the timeout is for the first item", BOUNDED, async () => {
  let next: (() => void) | undefined;
  await using server = await serve((frame, peer) => {
    if (frame["target"] !== "slow") return;
    peer.send(item(frame, 0, 2));
    next = () => {
      peer.send(item(frame, 1, 1, true));
    };
  });
  const ticks = server.connection.target("slow").stream(COUNTDOWN, { from: 2 }, { timeout: 40 });
  assert.equal((await ticks.next()).value, 2);
  // A second call's timeout, later than the first's, tells that the first's has passed.
  await assert.rejects(
    all(server.connection.target("silent").stream(COUNTDOWN, { from: 2 }, { timeout: 60 })),
    CallTimeout,
  );
  next?.();
  assert.deepEqual(await all(ticks), [1]);
});

test("a signal ends a stream at once", BOUNDED, async () => {
  const abort = new AbortController();
  await using server = await serve((frame, peer) => {
    if (!isCancel(frame)) peer.send(item(frame, 0, 2), item(frame, 1, 1));
  });
  const ticks = server.connection.target("countdown").stream(COUNTDOWN, { from: 2 }, { signal: abort.signal });
  await ticks.next();
  abort.abort(new Error("enough"));
  await assert.rejects(ticks.next(), { message: "enough" });
  await server.arrived(isCancel);
});

test("a stream that nobody reads is given up before memory is", BOUNDED, async () => {
  await using server = await serve((frame, peer) => {
    if (!("target" in frame)) return;
    for (let at = 0; at < 70_000; at++) peer.send(item(frame, at, 1));
  });
  const ticks = server.connection.target("countdown").stream(COUNTDOWN, { from: 2 }, undefined);
  await ticks.next();
  await server.arrived(isCancel);
  await assert.rejects(ticks.next(), SlowConsumer);
});

for (const codec of ["json", "messagepack"] as const) {
  test(`a server sends as many items as were granted, and more as they are read (${codec})`, BOUNDED, async () => {
    let [sent, granted] = [0, 0];
    let request: Frame = {};
    await using server = await serve(
      (frame, peer) => {
        if (frame["control"] === "credit") granted += Number(frame["items"]);
        else [request, granted] = [frame, Number(frame["credit"])];
        for (; sent < granted && sent < 10; sent++) peer.send(item(request, sent, sent, sent === 9));
      },
      { codec, streamWindow: 4 },
    );
    const target = server.connection.target("countdown");
    assert.deepEqual(await all(target.stream(COUNTDOWN, { from: 9 }, undefined)), [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    const [asked, ...grants] = server.frames;
    assert.equal(asked?.["credit"], 4);
    // Half a window at a time; whether the last half is granted depends on how soon the end was there.
    assert.ok(grants.length === 3 || grants.length === 4);
    for (const grant of grants) assert.deepEqual(grant, { control: "credit", stream_id: "1", items: 2 });
  });
}

test("a stream that is not read is granted nothing, and one without a window never asks", BOUNDED, async () => {
  await using server = await serve(
    (frame, peer) => {
      if (frame["target"] === "held") peer.send(item(frame, 0, 1), item(frame, 1, 1), item(frame, 2, 1));
      else peer.send(item(frame, 0, 1, true));
    },
    { streamWindow: 4 },
  );
  await using held = server.connection.target("held").stream(COUNTDOWN, { from: 3 }, undefined);
  await held.next();
  // Its answer comes after all that the other stream brought.
  await all(server.connection.target("other").stream(COUNTDOWN, { from: 1 }, undefined));
  assert.ok(!server.frames.some((frame) => frame["control"] === "credit"));
  await held.next();
  assert.equal((await server.arrived((frame) => frame["control"] === "credit"))["items"], 2);

  await using free = await serve(
    (frame, peer) => {
      peer.send(item(frame, 0, 1), item(frame, 1, 1, true));
    },
    { streamWindow: 0 },
  );
  await all(free.connection.target("free").stream(COUNTDOWN, { from: 2 }, undefined));
  assert.ok(free.frames.every((frame) => !("credit" in frame) && !("control" in frame)));
});

test("a lost connection fails streams and subscriptions", BOUNDED, async () => {
  await using server = await serve(
    (frame, peer) => {
      if ("message_types" in frame) return;
      peer.send(item(frame, 0, 2));
      peer.drop();
    },
    { reconnect: false },
  );
  const prices = server.connection.target("feed").subscribe(PRICES, undefined);
  await assert.rejects(
    all(server.connection.target("countdown").stream(COUNTDOWN, { from: 2 }, undefined)),
    ConnectionLost,
  );
  await assert.rejects(prices.next(), ConnectionLost);
  await assert.rejects(prices.ready(), ConnectionLost);
  await assert.rejects(server.connection.target("feed").subscribe(PRICES, undefined).next(), ConnectionLost);
});

function push(seq: number, payload: unknown, more: Frame = {}): Frame {
  return { notification_type: "subscription", message_type: "demo.PriceUpdate", timestamp: 1, seq, ...more, payload };
}

function confirm(frame: Frame, peer: Peer): void {
  if ("message_types" in frame && !("control" in frame)) peer.reply(frame, { subscribed: { "demo.PriceUpdate": 7 } });
}

for (const codec of ["json", "messagepack"] as const) {
  test(`a subscription gives events, counts the missed, and ends (${codec})`, BOUNDED, async () => {
    await using server = await serve(
      (frame, peer) => {
        confirm(frame, peer);
        peer.send(push(7, 1.5), push(8, 2.5), push(11, 3.5, { missed: 2 }), {
          ...push(0, 9),
          message_type: "demo.Other",
        });
      },
      { codec },
    );
    {
      await using prices = server.connection.target("feed").subscribe(PRICES, undefined);
      await prices.ready();
      assert.deepEqual(
        [(await prices.next()).value, (await prices.next()).value, (await prices.next()).value],
        [1.5, 2.5, 3.5],
      );
      assert.equal(prices.missed, 2);
      assert.deepEqual(server.frames[0], { message_types: ["demo.PriceUpdate"], request_id: "1" });
    }
    assert.deepEqual(await server.arrived((frame) => frame["control"] === "unsubscribe"), {
      control: "unsubscribe",
      message_types: ["demo.PriceUpdate"],
    });
  });
}

test("a subscription is to something, and has room for it", BOUNDED, async () => {
  await using server = await serve(() => undefined);
  const feed = server.connection.target("feed");
  assert.throws(() => feed.subscribe(new Map(), undefined), RangeError);
  for (const buffer of [0, -1, NaN, 0.5]) assert.throws(() => feed.subscribe(PRICES, { buffer }), RangeError);
  assert.equal(server.frames.length, 0);
});

test("a full buffer drops the oldest and counts them", BOUNDED, async () => {
  await using server = await serve((frame, peer) => {
    confirm(frame, peer);
    peer.send(push(7, 1), push(8, 2), push(9, 3), push(10, 4));
    peer.send({ ...push(0, 0), message_type: "demo.Last" });
  });
  const last = new Map([...PRICES].map(([, decoder]) => ["demo.Last", decoder]));
  const end = server.connection.target("feed").subscribe(last, undefined);
  const prices = server.connection.target("feed").subscribe(PRICES, { buffer: 2 });
  await end.next();
  await prices.ready();
  await server.connection.target("feed").subscribe(last, undefined).next();
  assert.ok((prices.missed ?? 0) >= 2);
  const seen = [(await prices.next()).value, (await prices.next()).value];
  assert.deepEqual(seen, [3, 4]);
});

test("two subscriptions to one event share it, and the last one to leave unsubscribes", BOUNDED, async () => {
  const peers: Peer[] = [];
  await using server = await serve((frame, peer) => {
    confirm(frame, peer);
    peers.push(peer);
  });
  const first = server.connection.target("feed").subscribe(PRICES, undefined);
  const second = server.connection.target("feed").subscribe(PRICES, undefined);
  await Promise.all([first.ready(), second.ready()]);
  peers[0]?.send(push(7, 1));
  assert.deepEqual([(await first.next()).value, (await second.next()).value], [1, 1]);
  await first.return();
  assert.deepEqual(await first.next(), { done: true, value: undefined });
  peers[0]?.send(push(8, 2));
  assert.equal((await second.next()).value, 2);
  assert.ok(!server.frames.some((frame) => frame["control"] === "unsubscribe"));
  await second.return();
  await server.arrived((frame) => frame["control"] === "unsubscribe");
});

test("a refused, aborted or unanswered subscription says so", BOUNDED, async () => {
  await using server = await serve(
    (frame, peer) => {
      const isSubscribe = !("control" in frame);
      if (isSubscribe && (frame["message_types"] as string[])[0] === "demo.PriceUpdate")
        peer.refuse(frame, "UnknownMessageType", "no event", { retryable: false, delivered: "no" });
    },
    { timeout: 40 },
  );
  const target = server.connection.target("feed");
  await assert.rejects(target.subscribe(PRICES, undefined).next(), { code: "UnknownMessageType" });
  const silent = new Map([...PRICES].map(([, decoder]) => ["demo.Silent", decoder]));
  await assert.rejects(target.subscribe(silent, undefined).ready(), CallTimeout);
  const abort = new AbortController();
  const aborted = target.subscribe(silent, { signal: abort.signal });
  abort.abort(new Error("enough"));
  await assert.rejects(aborted.next(), { message: "enough" });
  await assert.rejects(target.subscribe(silent, { signal: abort.signal }).next(), { message: "enough" });
});
