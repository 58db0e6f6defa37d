/** Calls that are made once more, since their answer was lost with the connection. */
import assert from "node:assert/strict";
import { test } from "node:test";

import { CallError, CallTimeout, ConnectionLost, FrameTooLarge, TargetBusy } from "../src/errors.js";
import type { AskOptions, ConnectOptions } from "../src/index.js";
import type { Method } from "../src/method.js";
import { serve } from "./fake-server.js";
import type { Fixture, Frame, Peer } from "./fake-server.js";
import { ADD } from "./methods.js";

const BOUNDED = { timeout: 30_000 };
const QUICK: ConnectOptions = { reconnect: { firstDelay: 1, maxDelay: 20 } };
const READ: typeof ADD = { ...ADD, idempotent: true };

type Answer = (frame: Frame, peer: Peer) => void;

const drop: Answer = (_, peer) => {
  peer.drop();
};
const reply: Answer = (frame, peer) => {
  peer.reply(frame, 3);
};

/** A server that does with each request what its turn says. */
function answering(answers: readonly Answer[], options: ConnectOptions = QUICK): Promise<Fixture> {
  let turn = 0;
  return serve((frame, peer) => {
    answers[turn++]?.(frame, peer);
  }, options);
}

function call(
  server: Fixture,
  method: Method<{ a: bigint; b: bigint }, bigint>,
  options?: AskOptions,
): Promise<bigint> {
  return server.connection.target("calculator").ask(method, { a: 1n, b: 2n }, options);
}

async function failureOf(outcome: Promise<unknown>): Promise<CallError> {
  const error: unknown = await outcome.then(
    () => null,
    (reason: unknown) => reason,
  );
  assert.ok(error instanceof CallError);
  return error;
}

for (const codec of ["json", "messagepack"] as const) {
  test(
    `an idempotent call is made once more, alike and in what is left of its time, in ${codec}`,
    BOUNDED,
    async () => {
      await using server = await answering([drop, reply], { ...QUICK, codec });
      assert.equal(await call(server, READ, { timeout: 20_000 }), 3n);
      const [first, second, ...others] = server.frames;
      assert.ok(first !== undefined && second !== undefined);
      assert.deepEqual(others, []);
      assert.ok(Number(second["timeout_ms"]) <= Number(first["timeout_ms"]));
      assert.deepEqual({ ...second, timeout_ms: 0, request_id: "" }, { ...first, timeout_ms: 0, request_id: "" });
      assert.equal(server.peers.length, 2);
    },
  );
}

test("an idempotent call is made no more than twice", BOUNDED, async () => {
  await using server = await answering([drop, drop, reply]);
  const error = await failureOf(call(server, READ));
  assert.ok(error instanceof ConnectionLost);
  assert.deepEqual([error.delivered, error.retryable], ["unknown", false]);
  assert.equal(server.frames.length, 2);
  assert.equal(await call(server, READ), 3n);
});

test("what a caller says of a call goes before what the contract says", BOUNDED, async () => {
  await using server = await answering([drop, reply, drop, drop, reply]);
  assert.equal(await call(server, ADD, { idempotent: true }), 3n);
  for (const [method, idempotent] of [
    [READ, false],
    [ADD, undefined],
  ] as const) {
    const error = await failureOf(call(server, method, { idempotent }));
    assert.ok(error instanceof ConnectionLost && error.delivered === "unknown");
  }
  assert.equal(server.frames.length, 4);
});

test("a second attempt that did not run says nothing of the first", BOUNDED, async () => {
  const busy: Answer = (frame, peer) => {
    peer.refuse(frame, "TargetBusy", "the queue is full", { retryable: true, delivered: "no", path: "x" });
  };
  await using server = await answering([busy, drop, busy]);
  const first = await failureOf(call(server, READ));
  assert.ok(first instanceof TargetBusy);
  assert.deepEqual([first.delivered, first.retryable], ["no", true]);
  const second = await failureOf(call(server, READ));
  assert.ok(second instanceof TargetBusy);
  assert.deepEqual([second.delivered, second.retryable, second.path], ["unknown", false, "x"]);
  assert.equal(second.message, "the queue is full");
});

test("a second attempt that finds no connection in time may have run before", BOUNDED, async () => {
  await using server = await serve(() => {
    void server.stop();
  }, QUICK);
  const error = await failureOf(call(server, READ, { timeout: 300 }));
  assert.ok(error instanceof CallTimeout);
  assert.deepEqual([error.delivered, error.retryable], ["unknown", false]);
  assert.equal(server.frames.length, 1);
});

test("a second attempt that is too long for the server may have run before", BOUNDED, async () => {
  const tooLarge: Answer = (_, peer) => {
    const details = { retryable: false, delivered: "no", max_frame: 10 };
    peer.send({ success: false, error: "FrameTooLarge: x", error_code: "FrameTooLarge", error_details: details });
  };
  await using server = await answering([drop, tooLarge]);
  const error = await failureOf(call(server, READ));
  assert.ok(error instanceof FrameTooLarge);
  assert.equal(error.delivered, "unknown");
});

test("nothing is repeated by a client that has ended, or whose connection is not made anew", BOUNDED, async () => {
  await using once = await answering([drop, reply], { reconnect: false });
  assert.equal((await failureOf(call(once, READ))).delivered, "unknown");
  await using closing = await serve(() => undefined, QUICK);
  const inFlight = failureOf(call(closing, READ));
  await closing.arrived(() => true);
  await closing.connection.close();
  assert.equal((await inFlight).delivered, "unknown");
  assert.equal(closing.frames.length, 1);
});

test("a call that waits to be repeated ends with its signal, and is not made again", BOUNDED, async () => {
  const reason = new Error("enough");
  const controller = new AbortController();
  await using server = await serve((frame, peer) => {
    if (server.frames.length === 2) void server.stop();
    else if (server.frames.length > 2) peer.reply(frame, 3);
  }, QUICK);
  const repeated = assert.rejects(call(server, READ, { signal: controller.signal }), reason);
  assert.ok((await failureOf(call(server, ADD))) instanceof ConnectionLost);
  controller.abort(reason);
  await repeated;
  await server.start();
  assert.equal(await call(server, ADD), 3n);
  assert.equal(server.frames.length, 3);
});
