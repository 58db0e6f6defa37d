import assert from "node:assert/strict";
import { test } from "node:test";

import { ShuttingDown } from "../src/errors.js";
import { add, assertLost, BOUNDED, outcome, piped, QUICK } from "./losses.js";
import { COUNTDOWN } from "./methods.js";

test("after a goodbye calls in flight are answered, and others wait for the next connection", BOUNDED, async () => {
  const { connection, next } = await piped();
  const first = await next();
  const inFlight = add(connection, 1);
  first.run();
  const behind = add(connection, 2);
  first.say({ control: "goodbye", drain_ms: 1000 });
  const later = add(connection, 3);
  first.pieces[0]?.written?.();
  first.run();
  assert.deepEqual(first.requests, [1]);
  first.reply("1", 1);
  assert.equal(await inFlight, 1n);
  first.lose();
  const second = await next();
  assert.deepEqual(second.requests, [2, 3]);
  second.reply("2", 2);
  second.reply("3", 3);
  assert.deepEqual([await behind, await later], [2n, 3n]);
  await connection.close();
});

test("after a goodbye a stream that runs is still granted items and can be cancelled", BOUNDED, async () => {
  const { connection, next } = await piped({ ...QUICK, streamWindow: 2 });
  const pipe = await next();
  const ticks = connection.target("countdown").stream(COUNTDOWN, { from: 9 }, undefined);
  const first = ticks.next();
  pipe.run();
  pipe.say({ control: "goodbye" });
  pipe.say({ stream_id: "1", sequence: 0, payload: 9, is_final: false });
  assert.equal((await first).value, 9);
  await ticks.return();
  const said = pipe.pieces.map(({ text }) => text).join("");
  assert.match(said, /"control":"credit","stream_id":"1","items":1/);
  assert.match(said, /"control":"cancel","request_id":"1"/);
  await connection.close();
});

test("after a goodbye a connection that is not made anew takes no calls", BOUNDED, async () => {
  const { connection, next } = await piped({ reconnect: false });
  const pipe = await next();
  const inFlight = add(connection, 1);
  pipe.run();
  const behind = outcome(add(connection, 2));
  pipe.say({ control: "goodbye" });
  for (const error of [await behind, await outcome(add(connection, 3))]) {
    assert.ok(error instanceof ShuttingDown);
    assert.deepEqual([error.delivered, error.retryable], ["no", true]);
  }
  pipe.reply("1", 1);
  assert.equal(await inFlight, 1n);
  pipe.lose();
  assert.ok(connection.isClosed);
});

test("what the server says before it hangs up is told", BOUNDED, async () => {
  const { connection, next } = await piped({ reconnect: false });
  const pipe = await next();
  const refused = outcome(add(connection, 1));
  pipe.run();
  pipe.say({
    success: false,
    error: "LimitExceeded: too many connections",
    error_code: "LimitExceeded",
    payload: null,
  });
  pipe.lose();
  const error = await refused;
  // It has refused the connection as a whole, before it looked at any call.
  assertLost(error, "no");
  assert.equal((error as Error).message, "the connection was lost: too many connections");

  const other = await piped({ reconnect: false });
  const busy = await other.next();
  const answered = add(other.connection, 1);
  const waiting = outcome(add(other.connection, 2));
  busy.run();
  busy.reply("1", 1);
  await answered;
  busy.say({ success: false, error: "LimitExceeded: dawdling", error_code: "LimitExceeded", payload: null });
  busy.lose();
  assertLost(await waiting, "unknown");
});
