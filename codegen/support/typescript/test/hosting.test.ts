import assert from "node:assert/strict";
import { test } from "node:test";

import * as decode from "../src/decode.js";
import * as encode from "../src/encode.js";
import { host } from "../src/hosting.js";
import type { CallFacts, HostedContract } from "../src/hosting.js";
import { serve } from "./fake-server.js";
import type { Fixture, Frame } from "./fake-server.js";
import { OrderError } from "./methods.js";

const BOUNDED = { timeout: 20_000 };

interface RowsHandler {
  read(row: number, call: CallFacts): PromiseLike<string> | string;
  told(text: string, call: CallFacts): unknown;
  all(until: number, call: CallFacts): AsyncIterable<number> | Iterable<number>;
}

/** Written as the generator writes it. */
const ROWS: HostedContract<RowsHandler> = {
  name: "demo.Rows",
  host,
  methods: {
    "demo.Rows.Read": {
      kind: "ask",
      read: (payload) => {
        const from$ = decode.fields(payload, null, "payload");
        const row = decode.u32(from$["row"], decode.inside(null, "payload"), "row");
        return (handler, call) => handler.read(row, call);
      },
      encode: encode.string,
      declared: { kind: OrderError, encode: encode.string },
    },
    "demo.Rows.Told": {
      kind: "tell",
      read: (payload) => {
        const text = decode.string(payload, null, "payload");
        return (handler, call) => handler.told(text, call);
      },
      encode: () => null,
      declared: null,
    },
    "demo.Rows.All": {
      kind: "stream",
      read: (payload) => {
        const until = decode.u32(payload, null, "payload");
        return (handler, call) => handler.all(until, call);
      },
      encode: encode.u32,
      declared: null,
    },
  },
};

const QUIET: RowsHandler = {
  read: (row) => `row ${String(row)}`,
  told: () => undefined,
  *all(until) {
    for (let number = 1; number <= until; number++) yield number;
  },
};

function ask(id: string, row: unknown, more: Frame = {}): Frame {
  const payload = { row };
  return { target: "rows", message_type: "demo.Rows.Read", request_id: id, expects_reply: true, payload, ...more };
}

function stream(id: string, until: number, credit: number): Frame {
  const facts = { request_id: id, expects_stream: true, credit, payload: until };
  return { target: "rows", message_type: "demo.Rows.All", ...facts };
}

function answers(id: string): (frame: Frame) => boolean {
  return (frame) => frame["request_id"] === id || (frame["stream_id"] === id && frame["is_final"] === true);
}

async function answer(server: Fixture, request: Frame): Promise<Frame> {
  server.peers.at(-1)?.send(request);
  return server.arrived(answers(request["request_id"] as string));
}

function ended(signal: AbortSignal): Promise<unknown> {
  return new Promise((resolve) => {
    signal.addEventListener("abort", () => {
      resolve(signal.reason);
    });
  });
}

for (const codec of ["json", "messagepack"] as const) {
  test(`calls are answered with a reply, null, items or an error (${codec})`, BOUNDED, async () => {
    const told: string[] = [];
    const handler: RowsHandler = {
      ...QUIET,
      read(row) {
        if (row === 0) throw new OrderError("there is none", "Row0");
        return `row ${String(row)}`;
      },
      told: (text) => told.push(text),
    };
    await using server = await serve(() => undefined, { codec });
    const hosted = host(server.connection, ROWS, handler, { id: "rows" });
    assert.deepEqual(hosted.mailbox, { contract: "demo.Rows", id: "rows", route: "client" });
    assert.deepEqual(await answer(server, ask("1", 7)), {
      success: true,
      request_id: "1",
      error: null,
      payload: "row 7",
    });
    assert.deepEqual(await answer(server, ask("2", 0)), {
      success: false,
      request_id: "2",
      error: "ContractError: there is none",
      error_code: "ContractError",
      error_details: "Row0",
      payload: null,
    });
    const message = { message_type: "demo.Rows.Told", payload: "hello" };
    assert.equal((await answer(server, ask("3", 0, message)))["payload"], null);
    assert.equal((await answer(server, stream("4", 2, 9)))["sequence"], 2);
    const items = server.frames.filter((frame) => frame["stream_id"] === "4");
    assert.deepEqual(
      items.map(({ payload }) => payload),
      [1, 2, null],
    );
    assert.deepEqual(told, ["hello"]);
  });
}

test("what cannot be served is refused, and the connection goes on", BOUNDED, async () => {
  const errors: unknown[] = [];
  const broken = new Error("a secret");
  const handler: RowsHandler = {
    ...QUIET,
    read(row) {
      if (row === 1) throw broken;
      return row === 2 ? (7 as unknown as string) : "x".repeat(20 * 1024 * 1024);
    },
  };
  await using server = await serve(() => undefined);
  host(server.connection, ROWS, handler, { id: "rows", onError: (error) => errors.push(error) });
  const refusals: [Frame, string, string, string | undefined][] = [
    [ask("1", 1, { target: "nobody" }), "ActorNotFound", "no", undefined],
    [ask("2", 1, { target: 7 }), "ActorNotFound", "no", undefined],
    [ask("3", 1, { message_type: "demo.Rows.toString" }), "UnknownMessageType", "no", undefined],
    [ask("4", 1, { message_type: "toString" }), "UnknownMessageType", "no", undefined],
    [ask("5", 1, { message_type: null }), "UnknownMessageType", "no", undefined],
    [ask("6", 1, { expects_stream: true }), "ProtocolError", "no", undefined],
    [ask("7", 1, { message_type: "demo.Rows.All", payload: 1 }), "ProtocolError", "no", undefined],
    [
      ask("7b", 1, { message_type: "demo.Rows.Told", expects_reply: false, expects_stream: true }),
      "ProtocolError",
      "no",
      undefined,
    ],
    [ask("8", "seven"), "SerializationError", "no", "payload.row"],
    [ask("9", 1, { payload: null }), "SerializationError", "no", "payload"],
    [ask("10", 1), "ActorFailed", "yes", undefined],
    [ask("11", 2), "SerializationError", "yes", "reply"],
    [ask("12", 3), "SerializationError", "yes", undefined],
  ];
  for (const [request, code, delivered, path] of refusals) {
    const frame = await answer(server, request);
    const details = frame["error_details"] as { delivered: string; path?: string };
    assert.deepEqual([frame["error_code"], details.delivered, details.path], [code, delivered, path]);
    assert.doesNotMatch(JSON.stringify(frame), /secret/);
  }
  assert.equal(errors[0], broken);
  assert.equal(errors.length, 3);
  assert.equal(server.peers.length, 1);
});

test("what a handler throws is on the console if nobody else is told", BOUNDED, async (context) => {
  const { mock } = context.mock.method(console, "error", () => undefined);
  await using server = await serve(() => undefined);
  const broken = new Error("a secret");
  const read = (): never => {
    throw broken;
  };
  host(server.connection, ROWS, { ...QUIET, read }, { id: "rows" });
  assert.equal((await answer(server, ask("1", 1)))["error_code"], "ActorFailed");
  assert.deepEqual(mock.calls[0]?.arguments, ["callsheet: the handler of demo.Rows.Read failed:", broken]);
});

test("frames that make no sense are passed over", BOUNDED, async () => {
  await using server = await serve(() => undefined);
  host(server.connection, ROWS, QUIET, { id: "rows" });
  const [peer] = server.peers;
  peer?.send(
    { target: "rows", message_type: "demo.Rows.Read", payload: { row: 1 }, expects_reply: true },
    ask("x".repeat(1000), 1),
    { control: "cancel", request_id: "17" },
    { control: "cancel", request_id: {} },
    { control: "cancel" },
    { control: "credit", stream_id: "17", items: 3 },
    { control: "credit", stream_id: "17", items: -1 },
    { control: "nonsense" },
  );
  assert.equal((await answer(server, ask("1", 4)))["payload"], "row 4");
  assert.equal(server.frames.length, 1);
  assert.equal(server.peers.length, 1);
});

test("a client that hosts nothing says so", BOUNDED, async () => {
  await using server = await serve(() => undefined);
  assert.equal((await answer(server, ask("1", 4)))["error_code"], "ActorNotFound");
});

test("a stream has no more items than there is credit for", BOUNDED, async () => {
  await using server = await serve(() => undefined);
  host(server.connection, ROWS, QUIET, { id: "rows" });
  const [peer] = server.peers;
  peer?.send(stream("1", 3, 0));
  await answer(server, ask("2", 1));
  assert.equal(server.frames.length, 1);
  peer?.send({ control: "credit", stream_id: "1", items: "many" }, { control: "credit", stream_id: "1", items: 2 });
  await server.arrived((frame) => frame["stream_id"] === "1" && frame["sequence"] === 1);
  await answer(server, ask("3", 1));
  assert.equal(server.frames.filter((frame) => frame["stream_id"] === "1").length, 2);
  peer?.send({ control: "credit", stream_id: "1", items: 2 ** 52 }, { control: "credit", stream_id: "1", items: 1 });
  assert.equal((await server.arrived(answers("1")))["sequence"], 3);
});

test("who wants no answer gets none, and what is cancelled before it begins is not begun", BOUNDED, async () => {
  await using server = await serve(() => undefined);
  const rows: number[] = [];
  const handler: RowsHandler = { ...QUIET, read: (row) => `${String(rows.push(row))} rows` };
  host(server.connection, ROWS, handler, { id: "rows" });
  const [peer] = server.peers;
  peer?.send(ask("1", 1, { expects_reply: false }));
  // Its id is free.
  assert.equal((await answer(server, ask("1", 2)))["payload"], "2 rows");
  peer?.send(ask("2", 3), { control: "cancel", request_id: "2" });
  const cancelled = await server.arrived(answers("2"));
  assert.deepEqual(cancelled["error_details"], { retryable: true, delivered: "no" });
  const told = { message_type: "demo.Rows.Told", payload: "x", expects_reply: false, expects_stream: true };
  peer?.send(ask("3", 0, told));
  assert.equal((await server.arrived(answers("3")))["error_code"], "ProtocolError");
  assert.equal((await answer(server, ask("4", 4)))["payload"], "3 rows");
  assert.deepEqual(rows, [1, 2, 4]);
});

test("a cancelled stream is answered once, and its iterator is closed", BOUNDED, async () => {
  let close: () => void = () => undefined;
  const closed = new Promise<void>((resolve) => {
    close = resolve;
  });
  const handler: RowsHandler = {
    ...QUIET,
    async *all(_until, call) {
      try {
        yield 1;
        await ended(call.signal);
      } finally {
        close();
      }
    },
  };
  await using server = await serve(() => undefined);
  host(server.connection, ROWS, handler, { id: "rows" });
  const [peer] = server.peers;
  peer?.send(stream("1", 3, 9));
  await server.arrived((frame) => frame["stream_id"] === "1");
  const cancel = { control: "cancel", request_id: "1" };
  peer?.send(cancel, cancel);
  assert.equal((await server.arrived(answers("1")))["error_code"], "Cancelled");
  await closed;
  await answer(server, ask("2", 1));
  assert.equal(server.frames.filter((frame) => frame["stream_id"] === "1").length, 2);
});

test("a call whose time is over, and one that is cancelled, tell their handler", BOUNDED, async () => {
  const reasons: Promise<unknown>[] = [];
  const handler: RowsHandler = {
    ...QUIET,
    async read(_row, call) {
      const reason = ended(call.signal);
      reasons.push(reason);
      throw await reason;
    },
  };
  const errors: unknown[] = [];
  await using server = await serve(() => undefined);
  host(server.connection, ROWS, handler, { id: "rows", onError: (error) => errors.push(error) });
  const [peer] = server.peers;
  const late = await answer(server, ask("1", 1, { timeout_ms: 20 }));
  assert.deepEqual([late["error_code"], reasons.length], ["Timeout", 1]);
  peer?.send(ask("2", 1), { control: "cancel", request_id: "2" });
  const cancelled = await server.arrived(answers("2"));
  const { delivered } = cancelled["error_details"] as { delivered: string };
  assert.deepEqual([cancelled["error_code"], delivered], ["Cancelled", "no"]);
  assert.equal(reasons.length, 1, "what was not delivered is not run");
  assert.match(String(await reasons[0]), /waits no longer/);
  assert.deepEqual(errors, []);
});

test("the time of a stream is for its first item", BOUNDED, async () => {
  await using server = await serve(() => undefined);
  host(server.connection, ROWS, QUIET, { id: "rows" });
  const [peer] = server.peers;
  peer?.send({ ...stream("1", 2, 1), timeout_ms: 20 });
  await server.arrived((frame) => frame["stream_id"] === "1");
  peer?.send({ ...stream("2", 2, 0), timeout_ms: 50 });
  assert.equal((await server.arrived(answers("2")))["error_code"], "Timeout");
  peer?.send({ control: "credit", stream_id: "1", items: 2 });
  assert.equal((await server.arrived(answers("1")))["sequence"], 2);
});

test("what nobody waits for is done and not answered, unless it is refused", BOUNDED, async () => {
  const told: string[] = [];
  const handler: RowsHandler = {
    ...QUIET,
    read(row) {
      told.push(`row ${String(row)}`);
      return "read";
    },
    told: (text) => told.push(text),
  };
  await using server = await serve(() => undefined);
  host(server.connection, ROWS, handler, { id: "rows", concurrency: 1 });
  const [peer] = server.peers;
  const tell = { target: "rows", message_type: "demo.Rows.Told", payload: "tell" };
  peer?.send(tell, { ...tell, request_id: null }, { ...tell, request_id: "1" }, ask("2", 2, { expects_reply: false }));
  peer?.send({ ...tell, payload: 7 }, { ...tell, payload: 7, request_id: "3" });
  assert.equal((await server.arrived(answers("3")))["error_code"], "SerializationError");
  assert.equal((await answer(server, ask("4", 4)))["payload"], "read");
  assert.deepEqual(told, ["tell", "tell", "tell", "row 2", "row 4"]);
  assert.equal(server.frames.length, 2);
});

test("an id in flight is refused, and what has it goes on", BOUNDED, async () => {
  let release: () => void = () => undefined;
  const gate = new Promise<void>((resolve) => {
    release = resolve;
  });
  const handler: RowsHandler = {
    ...QUIET,
    async read() {
      await gate;
      return "done";
    },
  };
  await using server = await serve(() => undefined);
  host(server.connection, ROWS, handler, { id: "rows" });
  server.peers[0]?.send(ask("1", 1), ask("1", 2));
  assert.equal((await server.arrived(answers("1")))["error_code"], "ProtocolError");
  release();
  const { payload } = await server.arrived((frame) => frame["request_id"] === "1" && frame["success"] === true);
  assert.equal(payload, "done");
});

test("so many calls run, so many wait, and further ones are refused", BOUNDED, async () => {
  let running = 0;
  let most = 0;
  let release: () => void = () => undefined;
  const gate = new Promise<void>((resolve) => {
    release = resolve;
  });
  const handler: RowsHandler = {
    ...QUIET,
    async read() {
      most = Math.max(most, ++running);
      await gate;
      running--;
      return "done";
    },
  };
  await using server = await serve(() => undefined);
  host(server.connection, ROWS, handler, { id: "rows", concurrency: 3 });
  const [peer] = server.peers;
  peer?.send(...Array.from({ length: 1004 }, (_, at) => ask(String(at), 1)));
  const busy = await server.arrived(() => true);
  assert.deepEqual([busy["request_id"], busy["error_code"]], ["1003", "TargetBusy"]);
  assert.deepEqual(busy["error_details"], { retryable: true, delivered: "no" });
  // One that leaves makes room for another.
  peer?.send({ control: "cancel", request_id: "500" }, ask("2000", 1));
  const cancelled = await server.arrived(answers("500"));
  assert.deepEqual([cancelled["error_code"], cancelled["error_details"]], ["Cancelled", busy["error_details"]]);
  release();
  for (const id of ["0", "1002", "2000"]) assert.equal((await server.arrived(answers(id)))["payload"], "done");
  assert.equal(most, 3);
});

test("closing ends what runs and refuses what comes", BOUNDED, async () => {
  const signals: AbortSignal[] = [];
  let begun: () => void = () => undefined;
  const began = new Promise<void>((resolve) => {
    begun = resolve;
  });
  const handler: RowsHandler = {
    ...QUIET,
    async read(_row, call) {
      signals.push(call.signal);
      begun();
      await ended(call.signal);
      return "late";
    },
  };
  await using server = await serve(() => undefined);
  {
    using hosted = host(server.connection, ROWS, handler, { id: "rows", concurrency: 1 });
    assert.equal(hosted.mailbox.id, "rows");
    server.peers[0]?.send(ask("1", 1), ask("2", 1));
    await began;
    await answer(server, ask("3", "no number"));
  }
  const facts = async (id: string): Promise<unknown[]> => {
    const { error_code: code, error_details: details } = await server.arrived(answers(id));
    return [code, (details as { delivered: string }).delivered];
  };
  assert.deepEqual(await facts("1"), ["ActorStopped", "yes"]);
  assert.deepEqual(await facts("2"), ["ActorStopped", "no"]);
  assert.deepEqual([signals.length, signals[0]?.aborted], [1, true]);
  assert.equal((await answer(server, ask("4", 1)))["error_code"], "ActorNotFound");
  host(server.connection, ROWS, QUIET, { id: "rows" });
  assert.equal((await answer(server, ask("5", 1)))["payload"], "row 1");
});

test("after a reconnect the actor is hosted, and answers of before are for nobody", BOUNDED, async () => {
  let lost: Promise<unknown> = Promise.resolve();
  const handler: RowsHandler = {
    ...QUIET,
    async read(row, call) {
      if (row > 1) return "again";
      lost = ended(call.signal);
      server.peers[0]?.drop();
      await lost;
      return "late";
    },
  };
  await using server = await serve(
    (frame, peer) => {
      if (frame["target"] === "echo") peer.reply(frame, null);
    },
    { reconnect: { firstDelay: 1 } },
  );
  host(server.connection, ROWS, handler, { id: "rows" });
  server.peers[0]?.send(ask("1", 1));
  while (server.peers.length < 2) await new Promise((resolve) => setImmediate(resolve));
  assert.match(String(await lost), /connection/);
  assert.equal((await answer(server, ask("1", 2)))["payload"], "again");
});

test("ids are checked, and are free again once closed", BOUNDED, async () => {
  await using server = await serve(() => undefined);
  const { connection } = server;
  const first = host(connection, ROWS, QUIET, { id: "a/b" });
  assert.throws(() => host(connection, ROWS, QUIET, { id: "a/b" }), RangeError);
  for (const id of ["", "/", "a/", "a//b", "\u0000", "x".repeat(256), "ä".repeat(128)]) {
    assert.throws(() => host(connection, ROWS, QUIET, { id }), RangeError);
  }
  for (const concurrency of [0, -1, 1.5, NaN]) {
    assert.throws(() => host(connection, ROWS, QUIET, { concurrency }), RangeError);
  }
  first.close();
  first.close();
  assert.equal(host(connection, ROWS, QUIET, { id: "a/b" }).mailbox.id, "a/b");
  assert.notEqual(host(connection, ROWS, QUIET).mailbox.id, host(connection, ROWS, QUIET).mailbox.id);
  await connection.close();
  assert.throws(() => host(connection, ROWS, QUIET), { name: "ConnectionLost" });
});
