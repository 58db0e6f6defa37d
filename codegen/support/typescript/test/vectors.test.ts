/** The byte vectors that every language replays: see `schema/wire/tests/vectors/` in the repository. */
import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";

import { loadCodec } from "../src/codec.js";
import type { Codec, CodecName } from "../src/codec.js";
import { readIncoming } from "../src/envelope.js";
import type { RequestFacts } from "../src/envelope.js";
import { ProtocolViolation } from "../src/errors.js";
import { FrameReader, writeFrame } from "../src/frame.js";
import * as json from "../src/json.js";
import { Output } from "../src/output.js";

interface Vector {
  readonly name: string;
  readonly codec: CodecName;
  readonly direction: "client" | "server";
  readonly frame_hex: string;
  readonly fields: Readonly<Record<string, unknown>>;
  readonly canonical: boolean;
}

const FOLDER = "schema/wire/tests/vectors";
const CODECS: Readonly<Record<CodecName, Codec>> = {
  json: await loadCodec("json"),
  messagepack: await loadCodec("messagepack"),
};

function vectors(kind: string): readonly Vector[] {
  let root = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(root, FOLDER))) {
    assert.notEqual(root, dirname(root), `${FOLDER} is in no folder above this test`);
    root = dirname(root);
  }
  const all = json.parse(readFileSync(join(root, FOLDER, `${kind}.json`), "utf8")) as readonly Vector[];
  assert.ok(all.length > 0);
  return all;
}

function payloadOf({ frame_hex: hex }: Vector): Uint8Array {
  const payloads: Uint8Array[] = [];
  new FrameReader((payload) => payloads.push(payload)).push(Buffer.from(hex, "hex"));
  assert.equal(payloads.length, 1);
  return payloads[0] ?? assert.fail();
}

/** Integers as bigint throughout: which of them are is the codec's own affair. */
function normal(value: unknown): unknown {
  if (typeof value === "number" && Number.isSafeInteger(value)) return BigInt(value);
  if (Array.isArray(value)) return value.map(normal);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, entry]) => [key, normal(entry)]));
}

function hex(write: (output: Output) => void): string {
  const output = new Output();
  writeFrame(output, write);
  return Buffer.from(output.take()).toString("hex");
}

for (const kind of ["request", "subscribe", "control", "response", "stream", "push", "callback"]) {
  test(`every ${kind} vector is read`, () => {
    for (const vector of vectors(kind)) {
      const value = CODECS[vector.codec].read(payloadOf(vector), () => "digits");
      assert.deepEqual(normal(value), normal(vector.fields), vector.name);
    }
  });
}

test("a client of either codec reads what a server says in JSON", () => {
  for (const kind of ["control", "response", "stream", "push"]) {
    for (const vector of vectors(kind).filter(({ codec }) => codec === "json")) {
      const payload = payloadOf(vector);
      for (const bytes of [payload, Buffer.concat([Buffer.from(" \t\r\n"), payload])]) {
        const [one, other] = [CODECS.json, CODECS.messagepack].map((codec) => codec.read(bytes, () => "digits"));
        assert.deepEqual(other, one, vector.name);
        assert.deepEqual(normal(other), normal(vector.fields), vector.name);
      }
    }
  }
});

test("responses are what their fields say", () => {
  for (const vector of vectors("response")) {
    const { name, fields } = vector;
    const incoming = readIncoming(CODECS[vector.codec].read(payloadOf(vector), () => "digits"));
    assert.ok(incoming.kind === "response", name);
    assert.equal(incoming.id, fields["request_id"] ?? null, name);
    assert.deepEqual(normal(incoming.payload), normal(fields["payload"] ?? null), name);
    assert.equal(incoming.refusal === null, fields["success"], name);
    if (incoming.refusal === null) continue;
    const { code, text, details } = incoming.refusal;
    assert.equal(`${code}: ${text}`, fields["error"], name);
    if ("error_code" in fields) assert.equal(code, fields["error_code"], name);
    assert.deepEqual(normal(details), normal(fields["error_details"]), name);
  }
});

test("stream frames and pushes are what their fields say", () => {
  for (const vector of vectors("stream")) {
    const { name, fields } = vector;
    const incoming = readIncoming(CODECS[vector.codec].read(payloadOf(vector), () => "digits"));
    assert.ok(incoming.kind === "item", name);
    assert.equal(incoming.id, fields["stream_id"], name);
    assert.equal(incoming.sequence, fields["sequence"], name);
    assert.equal(incoming.isFinal, fields["is_final"], name);
    assert.equal(incoming.refusal?.code, fields["error_code"], name);
  }
  for (const vector of vectors("push")) {
    const { name, fields } = vector;
    const incoming = readIncoming(CODECS[vector.codec].read(payloadOf(vector), () => "digits"));
    assert.ok(incoming.kind === "push", name);
    assert.equal(incoming.event, fields["message_type"], name);
    assert.equal(incoming.sequence, normal(fields["seq"] ?? null), name);
    assert.equal(incoming.missed, normal(fields["missed"] ?? 0), name);
  }
});

test("requests are written byte for byte as every client writes them", () => {
  // This client sends nothing along, and has no replies go elsewhere.
  const isSent = ({ canonical, fields }: Vector): boolean =>
    canonical && !["meta", "reply_to", "chain"].some((field) => field in fields);
  const canonical = vectors("request").filter(isSent);
  assert.ok(canonical.length >= 8);
  for (const { name, codec: codecName, fields, frame_hex: expected } of canonical) {
    const codec = CODECS[codecName];
    const facts: RequestFacts = {
      id: (fields["request_id"] as string | undefined) ?? null,
      expects: fields["expects_reply"] === true ? "reply" : fields["expects_stream"] === true ? "stream" : "nothing",
      timeoutMs: (fields["timeout_ms"] as number | undefined) ?? null,
      credit: (fields["credit"] as number | undefined) ?? null,
    };
    const head = codec.requestHead(String(fields["target"]), String(fields["message_type"]));
    const written = hex((output) => {
      codec.writeRequest(output, head, facts, fields["payload"]);
    });
    assert.equal(written, expected, name);
  }
});

test("controls, subscribes and callbacks are written byte for byte as every client writes them", () => {
  // It hosts no actors, but what one who does has to write are plain maps too.
  for (const kind of ["control", "subscribe", "callback"]) {
    for (const { name, codec, fields, frame_hex: expected } of vectors(kind).filter(({ canonical }) => canonical)) {
      const written = hex((output) => {
        CODECS[codec].writeControl(output, fields);
      });
      assert.equal(written, expected, name);
    }
  }
});

test("what a server refuses, this client refuses too, or has no use for", () => {
  for (const vector of vectors("refused")) {
    const payload = payloadOf(vector);
    const codec = CODECS[payload[0] === undefined || payload[0] < 0x80 ? "json" : "messagepack"];
    try {
      const incoming = readIncoming(codec.read(payload, () => "digits"));
      // It does not look into controls and requests that a server must refuse: whoever hosts what is called judges these.
      // Nobody waits for a stream without a name.
      const isRead = incoming.kind === "item" && incoming.id === "";
      assert.ok(isRead || incoming.kind === "control" || incoming.kind === "request", vector.name);
    } catch (error) {
      assert.ok(error instanceof ProtocolViolation, vector.name);
    }
  }
});
