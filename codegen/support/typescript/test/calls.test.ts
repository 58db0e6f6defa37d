import assert from "node:assert/strict";
import { test } from "node:test";

import {
  ActorNotFound,
  CallError,
  CallTimeout,
  ConnectionLost,
  ContractError,
  FrameTooLarge,
  ProtocolViolation,
  SerializationError,
} from "../src/errors.js";
import { Connection } from "../src/index.js";
import type { CodecName } from "../src/index.js";
import { dialUnix } from "../src/node.js";
import { serve } from "./fake-server.js";
import type { Frame, Peer } from "./fake-server.js";
import { ADD, NOTIFY, ORDER, OrderError } from "./methods.js";

const BOUNDED = { timeout: 20_000 };
const CODECS: readonly CodecName[] = ["json", "messagepack"];

function sum(frame: Frame): bigint {
  const { a, b } = frame["payload"] as { a: number | bigint; b: number | bigint };
  return BigInt(a) + BigInt(b);
}

for (const codec of CODECS) {
  test(`an ask is a request and its reply (${codec})`, BOUNDED, async () => {
    await using server = await serve(
      (frame, peer) => {
        peer.reply(frame, Number(sum(frame)));
      },
      { codec },
    );
    assert.equal(await server.connection.target("calculator").ask(ADD, { a: 5n, b: 3n }, { timeout: 1000 }), 8n);
    assert.deepEqual(server.frames, [
      {
        target: "calculator",
        message_type: "demo.Calculator.Add",
        request_id: "1",
        expects_reply: true,
        timeout_ms: 1000,
        payload: { a: 5, b: 3 },
      },
    ]);
  });

  test(`a thousand asks in flight are answered in any order (${codec})`, BOUNDED, async () => {
    const waiting: Frame[] = [];
    await using server = await serve(
      (frame, peer) => {
        waiting.push(frame);
        if (waiting.length < 1000) return;
        for (const request of waiting.reverse()) peer.reply(request, Number(sum(request)));
      },
      { codec },
    );
    const calculator = server.connection.target("calculator");
    const replies = await Promise.all(
      Array.from({ length: 1000 }, (_, at) => calculator.ask(ADD, { a: BigInt(at), b: 1n }, undefined)),
    );
    assert.deepEqual(
      replies,
      Array.from({ length: 1000 }, (_, at) => BigInt(at + 1)),
    );
  });

  test(`a tell is kept once it is written, and has no id (${codec})`, BOUNDED, async () => {
    await using server = await serve(() => undefined, { codec });
    await server.connection.target("mailer").tell(NOTIFY, { text: "größer" }, undefined);
    assert.deepEqual(await server.arrived(() => true), {
      target: "mailer",
      message_type: "demo.Mailer.Notify",
      payload: { text: "größer" },
    });
  });
}

test("64-bit integers cross JSON with all their digits", BOUNDED, async () => {
  await using server = await serve((frame, peer) => {
    const reply = `{"success":true,"request_id":"${String(frame["request_id"])}","error":null,"payload":-9223372036854775807}`;
    peer.raw(Buffer.from(reply));
  });
  assert.equal(
    await server.connection.target("calculator").ask(ADD, { a: 1n, b: 2n }, undefined),
    -9223372036854775807n,
  );
});

test("a refusal says what the server says of retrying and delivery", BOUNDED, async () => {
  await using server = await serve((frame, peer) => {
    if (frame["target"] === "old")
      peer.refuse(frame, "ActorNotFound", "no actor `old` (AgentNotFound)", {
        retryable: true,
        delivered: "no",
        candidates: ["new"],
      });
    else peer.refuse(frame, "InventedLater", "whatever", { retryable: true, delivered: "yes", retry_after_ms: 50 });
  });
  const { connection } = server;
  await assert.rejects(connection.target("old").ask(ADD, { a: 1n, b: 2n }, undefined), (error) => {
    assert.ok(error instanceof ActorNotFound);
    assert.equal(error.message, "no actor `old` (AgentNotFound)");
    assert.deepEqual(
      [error.code, error.retryable, error.delivered, error.candidates],
      ["ActorNotFound", true, "no", ["new"]],
    );
    return true;
  });
  await assert.rejects(connection.target("new").ask(ADD, { a: 1n, b: 2n }, undefined), (error) => {
    assert.ok(error instanceof CallError);
    assert.deepEqual(
      [error.code, error.retryable, error.delivered, error.retryAfterMs],
      ["InventedLater", true, "yes", 50],
    );
    return true;
  });
});

test("a declared error carries the contract's value", BOUNDED, async () => {
  await using server = await serve((frame, peer) => {
    peer.refuse(frame, "ContractError", "out of stock", frame["target"] === "strange" ? 7 : "OutOfStock");
  });
  await assert.rejects(server.connection.target("orders").ask(ORDER, { product: "x" }, undefined), (error) => {
    assert.ok(error instanceof OrderError);
    assert.deepEqual([error.error, error.message, error.delivered], ["OutOfStock", "out of stock", "yes"]);
    return true;
  });
  await assert.rejects(server.connection.target("strange").ask(ORDER, { product: "x" }, undefined), {
    name: "SerializationError",
    message: "error: expected string, found integer",
  });
});

test("a reply of another type fails with the path, and the connection goes on", BOUNDED, async () => {
  await using server = await serve((frame, peer) => {
    peer.reply(frame, frame["target"] === "strange" ? "8" : 8);
  });
  await assert.rejects(server.connection.target("strange").ask(ADD, { a: 1n, b: 2n }, undefined), SerializationError);
  assert.equal(await server.connection.target("calculator").ask(ADD, { a: 1n, b: 2n }, undefined), 8n);
});

test("a wrong argument and a frame that is too large send nothing", BOUNDED, async () => {
  await using server = await serve((frame, peer) => {
    peer.reply(frame, null);
  });
  const orders = server.connection.target("orders");
  await assert.rejects(orders.ask(ORDER, { product: 7 as never }, undefined), {
    message: "product: expected string, found integer",
  });
  await assert.rejects(orders.ask(ORDER, { product: "x".repeat(17 * 1024 * 1024) }, undefined), FrameTooLarge);
  await assert.rejects(orders.tell(NOTIFY, { text: "x".repeat(17 * 1024 * 1024) }, undefined), FrameTooLarge);
  assert.equal(await orders.ask(ORDER, { product: "x" }, undefined), null);
  assert.equal(server.frames.length, 1);
});

test("a message of many mebibytes crosses whole", BOUNDED, async () => {
  await using server = await serve((frame, peer) => {
    peer.refuse(frame, "ContractError", "echo", (frame["payload"] as { product: string }).product);
  });
  const product = "größer".repeat(1024 * 1024);
  await assert.rejects(server.connection.target("orders").ask(ORDER, { product }, undefined), (error) => {
    assert.equal((error as OrderError).error, product);
    return true;
  });
});

test("a timeout cancels and ends the call; a late reply does no harm", BOUNDED, async () => {
  let late: (() => void) | undefined;
  await using server = await serve((frame, peer) => {
    if (frame["control"] === "cancel") late?.();
    else if (frame["target"] === "slow")
      late = () => {
        peer.reply(frame, 1);
      };
    else peer.reply(frame, 2);
  });
  const started = performance.now();
  await assert.rejects(server.connection.target("slow").ask(ADD, { a: 1n, b: 2n }, { timeout: 50 }), (error) => {
    assert.ok(error instanceof CallTimeout);
    assert.equal(error.message, "demo.Calculator.Add had no answer within 50 ms");
    return true;
  });
  assert.ok(performance.now() - started >= 50);
  assert.deepEqual(await server.arrived((frame) => frame["control"] === "cancel"), {
    control: "cancel",
    request_id: "1",
  });
  assert.equal(await server.connection.target("fast").ask(ADD, { a: 1n, b: 2n }, undefined), 2n);
});

test("of two timeouts each is met in its time, and the shorter may come second", BOUNDED, async () => {
  await using server = await serve(() => undefined);
  const calculator = server.connection.target("calculator");
  const ended: string[] = [];
  const call = (name: string, timeout: number): Promise<void> =>
    calculator.ask(ADD, { a: 1n, b: 2n }, { timeout }).then(
      () => assert.fail("nobody answers"),
      () => {
        ended.push(name);
      },
    );
  await Promise.all([call("long", 150), call("short", 30), call("middle", 80)]);
  assert.deepEqual(ended, ["short", "middle", "long"]);
});

test("a signal cancels and ends the call with its reason", BOUNDED, async () => {
  const abort = new AbortController();
  await using server = await serve(() => {
    abort.abort();
  });
  const calculator = server.connection.target("calculator");
  await assert.rejects(calculator.ask(ADD, { a: 1n, b: 2n }, { signal: abort.signal }), { name: "AbortError" });
  assert.deepEqual(await server.arrived((frame) => frame["control"] === "cancel"), {
    control: "cancel",
    request_id: "1",
  });
  await assert.rejects(calculator.ask(ADD, { a: 1n, b: 2n }, { signal: abort.signal }), { name: "AbortError" });
  await assert.rejects(calculator.tell(NOTIFY, { text: "x" }, { signal: abort.signal }), { name: "AbortError" });
  assert.equal(server.frames.length, 2);
});

test(
  "a lost connection that is not made anew fails every call, those that were not sent as well",
  BOUNDED,
  async () => {
    let asks = 0;
    await using server = await serve(
      (_frame, peer) => {
        if (++asks === 3) peer.drop();
      },
      { reconnect: false },
    );
    const calculator = server.connection.target("calculator");
    const results = await Promise.allSettled([1n, 2n, 3n].map((a) => calculator.ask(ADD, { a, b: 0n }, undefined)));
    for (const result of results) {
      assert.ok(result.status === "rejected" && result.reason instanceof ConnectionLost);
      assert.deepEqual([result.reason.delivered, result.reason.retryable], ["unknown", false]);
    }
    assert.ok(server.connection.isClosed);
    await assert.rejects(calculator.ask(ADD, { a: 1n, b: 0n }, undefined), (error) => {
      assert.ok(error instanceof ConnectionLost);
      assert.deepEqual([error.delivered, error.retryable], ["no", true]);
      return true;
    });
  },
);

test("closing sends what was told before, and fails what is in flight", BOUNDED, async () => {
  await using server = await serve(() => undefined);
  const mailer = server.connection.target("mailer");
  const ask = assert.rejects(mailer.ask(ADD, { a: 1n, b: 2n }, undefined), {
    name: "ConnectionLost",
    message: "the client was closed",
  });
  const tell = mailer.tell(NOTIFY, { text: "last words" }, undefined);
  await Promise.allSettled([server.connection.close(), server.connection.close(), ask, tell]);
  await ask;
  await server.arrived((frame) => frame["target"] === "mailer" && !("request_id" in frame));
});

test("a server that does not read cannot hold up the end for ever", BOUNDED, async () => {
  await using server = await serve((_frame, peer) => {
    peer.stopReading();
  });
  const mailer = server.connection.target("mailer");
  await mailer.tell(NOTIFY, { text: "x" }, undefined);
  await server.arrived(() => true);
  const stuck = assert.rejects(mailer.tell(NOTIFY, { text: "x".repeat(15 * 1024 * 1024) }, undefined), ConnectionLost);
  await server.connection.close();
  await stuck;
});

test("what is no frame ends the connection and says why", BOUNDED, async () => {
  const garbage: [RegExp, (frame: Frame, peer: Peer) => void][] = [
    [
      /not well-formed JSON/,
      (_, peer) => {
        peer.raw(Buffer.from("{nonsense"));
      },
    ],
    [
      /it has none of the fields/,
      (_, peer) => {
        peer.send({ hello: 1 });
      },
    ],
    [
      /is_final is not a boolean/,
      (frame, peer) => {
        peer.send({ stream_id: frame["request_id"], sequence: 0 });
      },
    ],
    [
      /the frame had no id/,
      (_, peer) => {
        peer.send({
          success: false,
          error: "ProtocolError: the frame had no id",
          error_code: "ProtocolError",
          payload: null,
        });
        peer.end();
      },
    ],
  ];
  for (const [text, answer] of garbage) {
    await using server = await serve(answer, { reconnect: false });
    await assert.rejects(server.connection.target("x").ask(ADD, { a: 1n, b: 2n }, undefined), (error) => {
      assert.ok(error instanceof ConnectionLost && error.cause instanceof ProtocolViolation);
      assert.match(error.message, text);
      return true;
    });
  }
});

test("a client that writes MessagePack understands what the server says in JSON", BOUNDED, async () => {
  const say = (peer: Peer, frame: Frame): void => {
    peer.raw(Buffer.from(JSON.stringify(frame)));
  };
  await using server = await serve(
    (frame, peer) => {
      say(peer, { control: "goodbye", drain_ms: 1000 });
      peer.reply(frame, 3);
      say(peer, { success: false, error: "LimitExceeded: idle", error_code: "LimitExceeded", payload: null });
      peer.end();
    },
    { codec: "messagepack", reconnect: false },
  );
  const calculator = server.connection.target("calculator");
  assert.equal(await calculator.ask(ADD, { a: 1n, b: 2n }, undefined), 3n);
  await assert.rejects(calculator.ask(ADD, { a: 1n, b: 2n }, undefined), { code: "ShuttingDown", delivered: "no" });
});

test("a client that writes MessagePack is told why the server takes no connection", BOUNDED, async () => {
  const refusal = { success: false, error: "LimitExceeded: too many", error_code: "LimitExceeded", payload: null };
  await using server = await serve(
    (_, peer) => {
      peer.raw(Buffer.from(JSON.stringify(refusal)));
      peer.end();
    },
    { codec: "messagepack", reconnect: false },
  );
  const error = { code: "ConnectionClosed", delivered: "no", message: "the connection was lost: too many" };
  await assert.rejects(server.connection.target("calculator").ask(ADD, { a: 1n, b: 2n }, undefined), error);
});

test("a declared error that this client knows nothing of was delivered", BOUNDED, async () => {
  await using server = await serve((frame, peer) => {
    peer.refuse(frame, "ContractError", "sold out", { left: 0 });
  });
  await assert.rejects(server.connection.target("calculator").ask(ADD, { a: 1n, b: 2n }, undefined), (error) => {
    assert.ok(error instanceof ContractError);
    assert.deepEqual([error.delivered, error.retryable, error.error], ["yes", false, { left: 0 }]);
    return true;
  });
});

test("frames that are not known yet, or not asked for, are ignored", BOUNDED, async () => {
  await using server = await serve((frame, peer) => {
    peer.send(
      { control: "invented later" },
      { success: true, request_id: "99", payload: 1 },
      { stream_id: "98", sequence: 0, is_final: true, payload: 1 },
    );
    peer.send({ success: true, error: null, payload: 1 });
    peer.reply(frame, 3);
  });
  assert.equal(await server.connection.target("calculator").ask(ADD, { a: 1n, b: 2n }, undefined), 3n);
});

test("connecting to nothing, and options that make no sense, say so", BOUNDED, async () => {
  await assert.rejects(Connection.open(dialUnix("/nonexistent/server.sock")), (error) => {
    assert.ok(error instanceof ConnectionLost);
    assert.match(error.message, /^cannot connect to \/nonexistent\/server\.sock: /);
    assert.deepEqual([error.delivered, error.retryable], ["no", true]);
    return true;
  });
  // A path, whatever it is made of.
  await assert.rejects(Connection.open(dialUnix("1")), /^ConnectionLost: cannot connect to 1: connect ENOENT 1$/);
  assert.throws(() => dialUnix(""), RangeError);
  await using server = await serve(() => undefined);
  await assert.rejects(Connection.open(dialUnix(server.path), { timeout: 0 }), RangeError);
  const codec = "cbor" as "json";
  await assert.rejects(Connection.open(dialUnix(server.path), { codec }), RangeError);
  for (const timeout of [0, -1, NaN, Infinity]) {
    await assert.rejects(server.connection.target("x").ask(ADD, { a: 1n, b: 2n }, { timeout }), RangeError);
  }
  assert.equal(server.frames.length, 0);
});
