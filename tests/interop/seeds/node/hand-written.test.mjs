/**
 * A client written by hand from the documents of the protocol, in the shape that they show, against the showcase.
 *
 * It knows frames and nothing else: no ids, so the order of the answers alone says what they answer.
 */
import assert from "node:assert/strict";
import { once } from "node:events";
import { createConnection } from "node:net";
import { afterEach, beforeEach, test } from "node:test";

import { runDuringTests } from "../../service.mjs";

class HandWrittenClient {
  constructor(path) {
    this.socket = createConnection(path);
    this.buffer = Buffer.alloc(0);
    this.waiting = [];
    this.socket.on("data", (chunk) => {
      this.buffer = Buffer.concat([this.buffer, chunk]);
      this.takeFrames();
    });
    this.socket.on("error", (error) => this.waiting.splice(0).forEach(({ reject }) => reject(error)));
    this.socket.on("close", () => {
      this.waiting.splice(0).forEach(({ reject }) => reject(new Error("the server closed the connection")));
    });
  }

  takeFrames() {
    while (this.buffer.length >= 4) {
      const end = 4 + this.buffer.readUInt32BE(0);
      if (this.buffer.length < end) return;
      const frame = JSON.parse(this.buffer.subarray(4, end).toString());
      this.buffer = this.buffer.subarray(end);
      if (frame.notification_type === "subscription") {
        this.onPush(frame);
        continue;
      }
      // Until its final frame a stream has the first place.
      const { resolve, frames } = this.waiting[0];
      frames.push(frame);
      if (frame.is_final === false) continue;
      this.waiting.shift();
      resolve(frame.is_final ? frames : frame);
    }
  }

  send(target, message_type, payload, expects = "expects_reply") {
    return new Promise((resolve, reject) => {
      this.waiting.push({ resolve, reject, frames: [] });
      this.write({ target, message_type, payload, [expects]: true });
    });
  }

  write(envelope) {
    const data = Buffer.from(JSON.stringify(envelope));
    const length = Buffer.alloc(4);
    length.writeUInt32BE(data.length);
    this.socket.write(Buffer.concat([length, data]));
  }

  /** The first `count` events of a subscription. */
  subscribe(message_types, count) {
    return new Promise((resolve, reject) => {
      const pushes = [];
      this.socket.once("close", () => reject(new Error("the server closed the connection")));
      this.onPush = (push) => {
        if (pushes.push(push) === count) resolve(pushes);
      };
      this.write({ message_types });
    });
  }

  async close() {
    this.socket.end();
    if (!this.socket.closed) await once(this.socket, "close");
  }
}

const socket = runDuringTests("showcase", "--tick-ms", "50");
const limit = { timeout: 10_000 };
let client;

beforeEach(() => {
  client = new HandWrittenClient(socket);
});
afterEach(() => client.close());

function items(frames) {
  assert.deepEqual(
    frames.map((frame) => frame.sequence),
    frames.map((_, index) => index),
  );
  return frames.map((frame) => frame.payload).filter((payload) => payload !== null);
}

test("a request has a response", limit, async () => {
  const response = await client.send("calculator", "AddRequest", { a: 5, b: 3 });
  assert.deepEqual(response, { success: true, payload: { sum: 8 }, error: null });
});

test("state is set and read in the order of the requests", limit, async () => {
  const replies = await Promise.all([
    client.send("kv_store", "SetValue", { key: "name", value: "Alice" }),
    client.send("kv_store", "GetValue", { key: "name" }),
  ]);
  assert.deepEqual(
    replies.map((reply) => reply.payload),
    [null, { value: "Alice" }],
  );
});

test("lists and countdowns are streamed", limit, async () => {
  const [list, countdown] = await Promise.all([
    client.send("list_service", "ListRequest", { page_size: 10 }, "expects_stream"),
    client.send("countdown", "CountdownRequest", { from: 3, delay_ms: 5 }, "expects_stream"),
  ]);
  assert.equal(items(list).length, 25);
  assert.deepEqual(items(list)[24], { id: 25, name: "item 25" });
  assert.deepEqual(items(countdown), [{ value: 3 }, { value: 2 }, { value: 1 }]);
});

test("events are pushed", limit, async () => {
  const pushes = await client.subscribe(["PriceUpdate", "TradeExecuted"], 4);
  assert.ok(pushes.every((push) => push.payload.price > 0 && push.timestamp > 1_600_000_000_000));
  assert.deepEqual(new Set(pushes.map((push) => push.message_type)), new Set(["PriceUpdate", "TradeExecuted"]));
});

test("errors are recognised by their words", limit, async () => {
  const unknown = await client.send("calculator", "InvalidRequest", {});
  assert.equal(unknown.success, false);
  assert.match(unknown.error, /UnknownMessageType/);
  const missing = await client.send("nobody", "AddRequest", { a: 5, b: 3 });
  assert.match(missing.error, /ActorNotFound/);
  assert.match(missing.error, /AgentNotFound/);
  const outOfStock = await client.send("orders", "PlaceOrder", { product: "gadget" });
  assert.equal(outOfStock.error_details, "OutOfStock");
});

test("many requests are answered in their order", limit, async () => {
  const answers = [];
  for (let number = 0; number < 50; number += 1) {
    answers.push(
      client.send("countdown", "CountdownRequest", { from: 1, delay_ms: 1 }, "expects_stream"),
      client.send("calculator", "AddRequest", { a: number, b: 1 }),
      client.send("nobody", "AddRequest", { a: number, b: 1 }),
    );
  }
  const received = await Promise.all(answers);
  for (let number = 0; number < 50; number += 1) {
    const [countdown, sum, refusal] = received.slice(3 * number);
    assert.deepEqual(items(countdown), [{ value: 1 }]);
    assert.deepEqual(sum.payload, { sum: number + 1 });
    assert.match(refusal.error, /ActorNotFound/);
  }
});
