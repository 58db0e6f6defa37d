import assert from "node:assert/strict";
import { test } from "node:test";

import { FrameTooLarge, ProtocolViolation } from "../src/errors.js";
import { FrameReader, MAX_PAYLOAD, writeFrame } from "../src/frame.js";
import { Output } from "../src/output.js";

const PAYLOADS = ["{}", "", '{"text":"größer"}', "x".repeat(300)];

function written(payloads: readonly string[]): Uint8Array {
  const output = new Output();
  for (const payload of payloads) {
    writeFrame(output, (to) => {
      to.text(payload);
    });
  }
  return output.take();
}

function read(pieces: readonly Uint8Array[]): string[] {
  const payloads: string[] = [];
  const reader = new FrameReader((payload) => payloads.push(new TextDecoder().decode(payload)));
  for (const piece of pieces) reader.push(piece);
  return payloads;
}

test("a frame is its length in four bytes, big-endian, and its payload", () => {
  assert.deepEqual([...written(["{}"])], [0, 0, 0, 2, 0x7b, 0x7d]);
});

test("frames come out whole wherever what arrives is cut in two", () => {
  const bytes = written(PAYLOADS);
  for (let cut = 0; cut <= bytes.length; cut++) {
    assert.deepEqual(read([bytes.subarray(0, cut), bytes.subarray(cut)]), PAYLOADS, `cut at ${String(cut)}`);
  }
});

test("frames come out whole byte by byte", () => {
  assert.deepEqual(read(Array.from(written(PAYLOADS), (byte) => Uint8Array.of(byte))), PAYLOADS);
});

test("a frame that arrives in many pieces is joined without copying it over and over", () => {
  const payload = "x".repeat(8 * 1024 * 1024);
  const bytes = written([payload]);
  const pieces: Uint8Array[] = [];
  for (let at = 0; at < bytes.length; at += 256) pieces.push(bytes.subarray(at, at + 256));
  const started = performance.now();
  assert.equal(read(pieces)[0]?.length, payload.length);
  // Copying everything held at each of the 32,768 pieces would move 128 GiB.
  assert.ok(performance.now() - started < 5_000);
});

test("a frame that announces too much is refused before it is waited for", () => {
  const reader = new FrameReader(() => assert.fail("there is no frame"));
  const prefix = new Uint8Array(4);
  new DataView(prefix.buffer).setUint32(0, MAX_PAYLOAD + 1);
  assert.throws(() => {
    reader.push(prefix);
  }, ProtocolViolation);
});

test("a frame that is too large or fails leaves nothing behind", () => {
  const output = new Output();
  output.text("before");
  assert.throws(() => {
    writeFrame(output, (to) => {
      to.bytes(new Uint8Array(MAX_PAYLOAD + 1));
    });
  }, FrameTooLarge);
  assert.throws(() => {
    writeFrame(output, (to) => {
      to.text("half");
      throw new Error("no more");
    });
  }, /no more/);
  assert.equal(new TextDecoder().decode(output.take()), "before");
});

test("what was taken is not changed by what is written later", () => {
  const output = new Output(8);
  output.text("abc");
  const taken = output.take();
  output.text("defghijklmnop");
  assert.equal(new TextDecoder().decode(taken), "abc");
  assert.equal(new TextDecoder().decode(output.take()), "defghijklmnop");
});

test("text is written as UTF-8, short and long", () => {
  for (const text of ["", "plain", "größer", "a😀b", "\ud800", "ü".repeat(200), "😀".repeat(20_000)]) {
    const output = new Output();
    output.text(text);
    assert.deepEqual(output.take(), new TextEncoder().encode(text));
  }
});
