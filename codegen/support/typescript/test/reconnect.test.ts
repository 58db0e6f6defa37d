import assert from "node:assert/strict";
import { test } from "node:test";

import { Backoff } from "../src/backoff.js";
import { Ask } from "../src/call.js";
import { CallTimeout, FrameTooLarge, ProtocolViolation } from "../src/errors.js";
import { Connection } from "../src/index.js";
import type { ConnectOptions, Receiver, Transport } from "../src/index.js";
import { dialUnix } from "../src/node.js";
import { Outbox } from "../src/outbox.js";
import { serve } from "./fake-server.js";
import { add, assertLost, BOUNDED, echo, number, outcome, Pipe, piped, QUICK, stop } from "./losses.js";
import { ADD, NOTIFY, ORDER } from "./methods.js";

test("calls made while there is no connection go over the next in their order", BOUNDED, async () => {
  await using server = await serve(echo, QUICK);
  const { connection } = server;
  assert.equal(await add(connection, 1), 1n);
  await stop(server);
  const calls = [2, 3, 4].map((a) => add(connection, a));
  const told = connection.target("mailer").tell(NOTIFY, { text: "late" }, undefined);
  await server.start();
  assert.deepEqual(await Promise.all(calls), [2n, 3n, 4n]);
  await told;
  await server.arrived((frame) => frame["target"] === "mailer");
  const order = server.frames.map((frame) => (frame["target"] === "calculator" ? number(frame) : frame["target"]));
  assert.deepEqual(order, [1, "silent", 2, 3, 4, "mailer"]);
  assert.ok(!connection.isClosed);
});

test(
  "what was handed over fails and is not repeated, and what was not goes over the next connection",
  BOUNDED,
  async () => {
    const { connection, next } = await piped();
    const first = await next();
    const handed = outcome(add(connection, 1));
    first.run();
    // The first batch is still on its way, so nothing behind it has left.
    const behind = add(connection, 2);
    const given = outcome(connection.target("calculator").ask(ADD, { a: 3n, b: 0n }, { signal: AbortSignal.abort() }));
    const controller = new AbortController();
    const left = outcome(connection.target("calculator").ask(ADD, { a: 4n, b: 0n }, { signal: controller.signal }));
    first.run();
    controller.abort(new Error("enough"));
    assert.deepEqual(first.requests, [1]);
    first.lose();
    assertLost(await handed, "unknown");
    assert.equal(((await left) as Error).message, "enough");
    assert.equal(((await given) as Error).name, "AbortError");

    const second = await next();
    assert.deepEqual(second.requests, [2]);
    second.reply("2", 2);
    assert.equal(await behind, 2n);
    await connection.close();
  },
);

test("a tell that did not leave waits, and one that may have left fails", BOUNDED, async () => {
  const { connection, next } = await piped();
  const first = await next();
  const mailer = connection.target("mailer");
  const handed = outcome(mailer.tell(NOTIFY, { text: "one" }, undefined));
  first.run();
  const behind = mailer.tell(NOTIFY, { text: "two" }, undefined);
  first.lose();
  assertLost(await handed, "unknown");
  const second = await next();
  assert.equal(second.pieces.length, 1);
  assert.match(second.pieces[0]?.text ?? "", /two/);
  second.pieces[0]?.written?.();
  await behind;
  await connection.close();
});

test("a batch goes once the one before has left, and calls that ended meanwhile never do", BOUNDED, async () => {
  const { connection, next } = await piped();
  const pipe = await next();
  const first = add(connection, 1);
  pipe.run();
  const second = outcome(add(connection, 2, 20));
  const third = add(connection, 3);
  pipe.run();
  const late = await second;
  assert.ok(late instanceof CallTimeout);
  assert.deepEqual([late.delivered, late.retryable], ["no", true]);
  assert.match(late.message, /was not sent within 20 ms/);
  pipe.pieces[0]?.written?.();
  assert.deepEqual(pipe.requests, [1, 3]);
  assert.ok(!pipe.pieces.some(({ text }) => text.includes("cancel")), "there is nothing to cancel");
  pipe.reply("1", 1);
  pipe.reply("3", 3);
  assert.deepEqual([await first, await third], [1n, 3n]);
  await connection.close();
});

test("a call that finds no connection in time was not delivered, says why, and is never sent", BOUNDED, async () => {
  await using server = await serve(echo, QUICK);
  await stop(server);
  const error = await outcome(add(server.connection, 7, 60));
  assert.ok(error instanceof CallTimeout);
  assert.deepEqual([error.delivered, error.retryable], ["no", true]);
  assert.match(error.message, /demo\.Calculator\.Add was not sent within 60 ms: there is no connection: /);
  await server.start();
  assert.equal(await add(server.connection, 8), 8n);
  assert.deepEqual(server.frames.slice(1).map(number), [8]);
});

test("a server that stays away costs no more memory than there are callers", () => {
  const outbox = new Outbox();
  const call = (): Ask<null> => {
    const connection = { nextId: () => "1", forget: () => undefined, cancel: () => undefined };
    return new Ask(
      connection as never,
      ORDER,
      1000,
      undefined,
      () => undefined,
      () => undefined,
    );
  };
  const add = (exchange: Ask<null>): void => {
    outbox.add(exchange, (output) => {
      output.text("x".repeat(96));
    });
  };
  const kept = call();
  add(kept);
  for (let at = 0; at < 10_000; at++) {
    const given = call();
    add(given);
    given.isOver = true;
    outbox.drop();
    assert.ok(outbox.length <= 100 * 140, String(outbox.length));
  }
  const { bytes, exchanges } = outbox.take();
  assert.deepEqual([bytes.length, exchanges], [100, [kept]]);
});

test("closing ends the wait for a connection", BOUNDED, async () => {
  await using server = await serve(echo, QUICK);
  await stop(server);
  const waiting = outcome(add(server.connection, 1));
  await server.connection.close();
  assertLost(await waiting, "no");
  assert.ok(server.connection.isClosed);
  assertLost(await outcome(add(server.connection, 2)), "no");
});

test("closing ends an attempt that hangs, and what comes of it later is closed", BOUNDED, async () => {
  const pipes: Pipe[] = [];
  let hung: ((transport: Transport) => void) | undefined;
  const dialled = new Promise<AbortSignal>((resolve) => {
    let first = true;
    void Connection.open((receiver, signal) => {
      const pipe = new Pipe(receiver);
      pipes.push(pipe);
      if (first) {
        first = false;
        return Promise.resolve(pipe);
      }
      resolve(signal);
      return new Promise((late) => {
        hung = late;
      });
    }, QUICK).then((connection) => {
      pipes[0]?.lose();
      void dialled.then(() => connection.close());
    });
  });
  const signal = await dialled;
  await new Promise(setImmediate);
  assert.ok(signal.aborted);
  const late = pipes[1];
  assert.ok(late !== undefined && hung !== undefined);
  hung(late);
  await new Promise(setImmediate);
  assert.ok(late.isEnded);
});

test("waits double up to the limit and differ by chance, and a long connection starts anew", () => {
  const backoff = new Backoff(50, 5000);
  assert.equal(backoff.delay(), 0);
  for (let attempt = 0; attempt < 2000; attempt++) {
    backoff.failed();
    const full = Math.min(50 * 2 ** Math.min(attempt, 10), 5000);
    const delays = Array.from({ length: 20 }, () => backoff.delay());
    assert.ok(
      delays.every((delay) => delay >= full / 2 && delay <= full),
      String(delays),
    );
    assert.ok(new Set(delays).size > 1, "chance has its part");
  }
  backoff.lostAfter(4999);
  assert.ok(backoff.delay() >= 2500);
  backoff.lostAfter(5000);
  assert.equal(backoff.delay(), 0);
});

test("a server that accepts and hangs up is tried ever more seldom", BOUNDED, async () => {
  let times = 0;
  let seventh: () => void = () => undefined;
  const tried = new Promise<void>((resolve) => {
    seventh = resolve;
  });
  const begun = performance.now();
  const connection = await Connection.open(
    (receiver) => {
      if (++times === 7) seventh();
      const pipe = new Pipe(receiver);
      setImmediate(() => {
        pipe.lose();
      });
      return Promise.resolve(pipe);
    },
    { reconnect: { firstDelay: 10, maxDelay: 10_000 } },
  );
  await tried;
  // At least half of 10, 20, 40, 80, 160 and 320; timers of Node may be a millisecond early.
  assert.ok(performance.now() - begun >= 315 - 6);
  await connection.close();
});

test("without reconnecting, what never left was not delivered, and what may have is unknown", BOUNDED, async () => {
  const { connection, next } = await piped({ reconnect: false });
  const pipe = await next();
  const handed = outcome(add(connection, 1));
  pipe.run();
  const behind = outcome(add(connection, 2));
  pipe.lose(new Error("reset"));
  assertLost(await handed, "unknown");
  const error = await behind;
  assertLost(error, "no");
  assert.equal((error as Error).message, "the connection was lost: reset");
  await connection.close();
});

test(
  "frames that the server finds too large fail, exactly those, and longer ones are not sent any more",
  BOUNDED,
  async () => {
    const { connection, next } = await piped();
    const pipe = await next();
    const orders = connection.target("orders");
    const large = outcome(orders.ask(ORDER, { product: "x".repeat(400) }, undefined));
    const small = add(connection, 2);
    const larger = outcome(orders.ask(ORDER, { product: "x".repeat(500) }, undefined));
    pipe.run();
    const waiting = outcome(orders.ask(ORDER, { product: "x".repeat(600) }, undefined));
    const details = { retryable: false, delivered: "no", max_frame: 300 };
    pipe.say({
      success: false,
      error: "FrameTooLarge: 500 bytes",
      error_code: "FrameTooLarge",
      error_details: details,
      payload: null,
    });
    for (const error of [await large, await larger, await waiting]) {
      assert.ok(error instanceof FrameTooLarge);
      assert.deepEqual([error.delivered, error.retryable], ["no", false]);
    }
    assert.match(
      String(await outcome(orders.ask(ORDER, { product: "x".repeat(300) }, undefined))),
      /a frame holds at most 300/,
    );
    pipe.pieces[0]?.written?.();
    assert.equal(pipe.pieces.length, 1);
    pipe.reply("2", 2);
    assert.equal(await small, 2n);
    await connection.close();
  },
);

test("a connection that cannot be read any more is made anew", BOUNDED, async () => {
  let times = 0;
  await using server = await serve((frame, peer) => {
    if (times++ === 0) peer.raw(Buffer.from("{nonsense"));
    else echo(frame, peer);
  }, QUICK);
  const error = await outcome(add(server.connection, 1));
  assertLost(error, "unknown");
  assert.ok((error as Error).cause instanceof ProtocolViolation);
  assert.equal(await add(server.connection, 2), 2n);
});

test("connecting ends with its signal and in its time", BOUNDED, async () => {
  const hangs = (): Promise<Transport> => new Promise(() => undefined);
  const controller = new AbortController();
  const reason = new Error("no longer wanted");
  const opening = outcome(Connection.open(hangs, { signal: controller.signal }));
  controller.abort(reason);
  assert.equal(await opening, reason);
  assert.equal(await outcome(Connection.open(hangs, { signal: controller.signal })), reason);
  const error = await outcome(Connection.open(hangs, { timeout: 30 }));
  assert.ok(error instanceof CallTimeout);
  assert.deepEqual(
    [error.delivered, error.retryable, error.message],
    ["no", true, "there was no connection within 30 ms"],
  );
  const stopped = new AbortController();
  const nobody: Receiver = { received: () => undefined, closed: () => undefined };
  const dialling = outcome(dialUnix("/nonexistent/server.sock")(nobody, stopped.signal));
  stopped.abort(reason);
  assert.equal(await dialling, reason);
});

test("options of reconnecting and of streams that make no sense say so", async () => {
  const dial = (receiver: Receiver): Promise<Transport> => Promise.resolve(new Pipe(receiver));
  const wrong: ConnectOptions[] = [
    { reconnect: { firstDelay: 0 } },
    { reconnect: { firstDelay: 100, maxDelay: 50 } },
    { reconnect: { maxDelay: NaN } },
    { streamWindow: -1 },
    { streamWindow: 1.5 },
  ];
  for (const options of wrong) await assert.rejects(Connection.open(dial, options), RangeError);
});

test("a thousand calls over twenty losses have one outcome each", BOUNDED, async () => {
  const [CALLS, LOSSES] = [1000, 20];
  const heard = new Map<number, number>();
  const answered = new Set<number>();
  let [losses, sinceLoss] = [0, 0];
  await using server = await serve((frame, peer) => {
    if (!("target" in frame)) return;
    const a = number(frame);
    heard.set(a, (heard.get(a) ?? 0) + 1);
    sinceLoss++;
    if (sinceLoss % 2 === 0 || losses === LOSSES) {
      answered.add(a);
      peer.reply(frame, a);
    }
    if (sinceLoss >= 10 && losses < LOSSES) {
      losses++;
      sinceLoss = 0;
      // Answers that were written before still arrive.
      peer.end();
    }
  }, QUICK);
  const outcomes = new Map<number, unknown[]>();
  const calls = Array.from({ length: CALLS }, async (_, a) => {
    // They begin over the whole time, some while there is a connection and some while there is none.
    for (let turn = 0; turn < a; turn++) await new Promise(setImmediate);
    const ended = (value: unknown): void => {
      outcomes.set(a, [...(outcomes.get(a) ?? []), value]);
    };
    await add(server.connection, a).then(ended, ended);
  });
  await Promise.all(calls);
  assert.equal(losses, LOSSES);
  let lost = 0;
  for (let a = 0; a < CALLS; a++) {
    const [first, ...others] = outcomes.get(a) ?? [];
    assert.deepEqual(others, [], `${String(a)} ended more than once`);
    assert.ok((heard.get(a) ?? 0) <= 1, `${String(a)} was repeated`);
    if (typeof first === "bigint") {
      assert.equal(first, BigInt(a));
      assert.ok(answered.has(a));
    } else {
      assertLost(first, "unknown");
      lost++;
    }
  }
  assert.ok(lost >= LOSSES, String(lost));
  assert.equal(await add(server.connection, 1), 1n);
});
