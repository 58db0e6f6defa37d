/** No more calls at the server than it says that it takes at once. */
import assert from "node:assert/strict";
import { test } from "node:test";

import { CallTimeout } from "../src/errors.js";
import type { ConnectOptions, Connection } from "../src/index.js";
import { serve } from "./fake-server.js";
import type { Fixture, Frame, Peer } from "./fake-server.js";
import { ADD, COUNTDOWN, NOTIFY } from "./methods.js";

const BOUNDED = { timeout: 30_000 };
const QUICK: ConnectOptions = { reconnect: { firstDelay: 1, maxDelay: 20 } };
const MADE_FROM = { contracts: {}, document: () => Promise.resolve("{}") };

/** A server that takes so many calls at once, and what it was called for; it answers when the test says so. */
interface Limited extends Fixture {
  /** The first argument of each call that has arrived, in order. */
  called(): readonly number[];
  /** All that the client has sent by now has arrived. */
  settled(): Promise<void>;
  answer(a: number): void;
}

async function limited(limits: unknown): Promise<Limited> {
  const calls: { readonly a: number; readonly frame: Frame; readonly peer: Peer }[] = [];
  let markers = 0;
  const server = await serve(
    (frame, peer) => {
      if (frame["control"] === "hello") peer.reply(frame, { epoch: "x", differing: [], limits });
      else if (frame["target"] === "first") peer.reply(frame, 0);
      else if ("request_id" in frame && "payload" in frame) {
        const { a, from } = frame["payload"] as { readonly a?: number; readonly from?: number };
        calls.push({ a: a ?? from ?? NaN, frame, peer });
      }
    },
    QUICK,
    MADE_FROM,
  );
  // Its answer comes behind that to the introduction.
  await server.connection.target("first").ask(ADD, { a: 0n, b: 0n }, undefined);
  return {
    ...server,
    called: () => calls.map(({ a }) => a),
    // A tell waits for no place, and leaves behind all that was sent before.
    settled: async () => {
      const text = `marker ${String(markers++)}`;
      const arrived = server.arrived(({ payload }) => (payload as { text?: string } | undefined)?.text === text);
      await server.connection.target("mailer").tell(NOTIFY, { text }, undefined);
      await arrived;
    },
    answer: (a) => {
      const call = calls.findLast((each) => each.a === a);
      call?.peer.reply(call.frame, a);
    },
  };
}

function add(connection: Connection, a: number, timeout?: number, signal?: AbortSignal): Promise<bigint> {
  return connection.target("calculator").ask(ADD, { a: BigInt(a), b: 0n }, { timeout, signal });
}

test("calls beyond those that the server takes at once wait, in their order, and tells do not", BOUNDED, async () => {
  await using server = await limited({ in_flight: 2 });
  const replies = [1, 2, 3, 4].map((a) => add(server.connection, a));
  await server.settled();
  assert.deepEqual(server.called(), [1, 2]);
  server.answer(2);
  assert.equal(await replies[1], 2n);
  await server.settled();
  assert.deepEqual(server.called(), [1, 2, 3]);
  server.answer(3);
  server.answer(1);
  assert.deepEqual([await replies[0], await replies[2]], [1n, 3n]);
  await server.settled();
  assert.deepEqual(server.called(), [1, 2, 3, 4]);
  server.answer(4);
  assert.equal(await replies[3], 4n);
});

test("a stream has its place until its last item", BOUNDED, async () => {
  await using server = await limited({ in_flight: 1 });
  const stream = server.connection.target("countdown").stream(COUNTDOWN, { from: 9 }, undefined);
  const first = stream.next();
  await server.settled();
  const behind = add(server.connection, 1);
  const frame = await server.arrived(({ expects_stream: stream }) => stream === true);
  const item = (sequence: number, isFinal: boolean): void => {
    server.peers[0]?.send({ stream_id: frame["request_id"], sequence, payload: 7, is_final: isFinal });
  };
  item(0, false);
  assert.deepEqual(await first, { done: false, value: 7 });
  await server.settled();
  assert.deepEqual(server.called(), [9]);
  item(1, true);
  assert.deepEqual(await stream.next(), { done: false, value: 7 });
  const second = await server.arrived(({ payload }) => (payload as { a?: number } | undefined)?.a === 1);
  server.peers[0]?.reply(second, 1);
  assert.equal(await behind, 1n);
});

test("a call that waits in vain was not delivered, says why, and is never sent", BOUNDED, async () => {
  await using server = await limited({ in_flight: 1 });
  const first = add(server.connection, 1);
  await assert.rejects(add(server.connection, 2, 20), (error) => {
    assert.ok(error instanceof CallTimeout);
    assert.deepEqual([error.delivered, error.retryable], ["no", true]);
    assert.match(error.message, /was not sent within 20 ms: the server took no more/);
    return true;
  });
  const controller = new AbortController();
  const aborted = add(server.connection, 3, undefined, controller.signal);
  controller.abort(new Error("enough"));
  await assert.rejects(aborted, /enough/);
  const last = add(server.connection, 4);
  server.answer(1);
  await first;
  await server.settled();
  assert.deepEqual(server.called(), [1, 4]);
  server.answer(4);
  await last;
});

test("a call that is given up has its place until the server has ended it too", BOUNDED, async () => {
  await using server = await limited({ in_flight: 1 });
  const controller = new AbortController();
  const first = add(server.connection, 1, undefined, controller.signal);
  await server.settled();
  controller.abort(new Error("enough"));
  await assert.rejects(first, /enough/);
  const second = add(server.connection, 2);
  await server.settled();
  assert.deepEqual(server.called(), [1]);
  const cancel = await server.arrived(({ control }) => control === "cancel");
  server.peers[0]?.refuse(cancel, "Cancelled", "it was cancelled", { retryable: false, delivered: "unknown" });
  const frame = await server.arrived(({ payload }) => (payload as { a?: number } | undefined)?.a === 2);
  server.peers[0]?.reply(frame, 2);
  assert.equal(await second, 2n);
});

test("a lost connection leaves all places free", BOUNDED, async () => {
  await using server = await limited({ in_flight: 2 });
  const lost = [1, 2].map((a) => assert.rejects(add(server.connection, a), { delivered: "unknown" }));
  const waiting = add(server.connection, 3);
  await server.arrived(({ payload }) => (payload as { a?: number } | undefined)?.a === 2);
  server.peers[0]?.drop();
  await Promise.all(lost);
  const after = add(server.connection, 4);
  await server.arrived(({ payload }) => (payload as { a?: number } | undefined)?.a === 4);
  assert.deepEqual(server.called(), [1, 2, 3, 4]);
  server.answer(3);
  server.answer(4);
  assert.deepEqual([await waiting, await after], [3n, 4n]);
});

test("a call whose frame is too long for the server leaves its place to the next", BOUNDED, async () => {
  await using server = await limited({ in_flight: 1 });
  const first = assert.rejects(add(server.connection, 1), { code: "FrameTooLarge" });
  await server.settled();
  const stream = server.connection.target("countdown").stream(COUNTDOWN, { from: 9 }, undefined).next();
  const details = { retryable: false, delivered: "no", max_frame: 10 };
  server.peers[0]?.send({ success: false, error: "x", error_code: "FrameTooLarge", error_details: details });
  await first;
  await assert.rejects(stream, { code: "FrameTooLarge" });
});

test("a server that says nothing of it, or nonsense, takes any number of calls", BOUNDED, async () => {
  for (const limits of [undefined, null, {}, { in_flight: "2" }]) {
    await using server = await limited(limits);
    const replies = [1, 2, 3].map((a) => add(server.connection, a));
    await server.settled();
    assert.deepEqual(server.called(), [1, 2, 3]);
    for (const a of [1, 2, 3]) server.answer(a);
    assert.deepEqual(await Promise.all(replies), [1n, 2n, 3n]);
  }
});
