/** A package generated from a document of the less usual forms of types, compiled and held against literal wire values. */
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { copyFileSync, existsSync, mkdtempSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { after, before, test } from "node:test";
import { pathToFileURL } from "node:url";

import type { CodecName } from "../src/codec.js";
import type { Decoder } from "../src/decode.js";
import type { Encoder } from "../src/encode.js";
import * as json from "../src/json.js";
import { loadReader, write } from "../src/messagepack.js";
import { Output } from "../src/output.js";

/** What `forms/samples.ts` exports: it is compiled in the generated package alone. */
interface Samples {
  readonly samples: readonly (Sent & Received & { readonly messagepack: string | undefined })[];
  readonly sent: readonly Sent[];
  readonly received: readonly Received[];
  readonly unreadable: readonly [decode: Decoder<unknown>, json: string, error: string][];
  readonly unsendable: readonly [encode: Encoder<unknown>, value: unknown, error: string][];
}

interface Sent {
  readonly encode: Encoder<unknown>;
  readonly value: unknown;
  readonly json: string;
}

interface Received {
  readonly decode: Decoder<unknown>;
  readonly value: unknown;
  readonly json: string;
}

const MINUTES = 60_000;
const DOCUMENT = "codegen/tests/documents/typescript_forms.json";

function folderAbove(path: string): string {
  let folder = import.meta.dirname;
  while (!existsSync(join(folder, path))) {
    assert.notEqual(folder, dirname(folder), `${path} is in no folder above this test`);
    folder = dirname(folder);
  }
  return folder;
}

const repository = folderAbove(DOCUMENT);
// Below this project, where the compiler and the types of Node are found.
const generated = mkdtempSync(join(folderAbove("package.json"), "generated-"));
let forms: Samples;
before(async () => {
  generate();
  forms = (await import(pathToFileURL(join(generated, "dist", "samples.js")).href)) as Samples;
});
after(() => {
  rmSync(generated, { recursive: true });
});

function generate(): void {
  const run = ["run", "--quiet", "--package", "callsheet-codegen", "--bin", "callsheet", "--"];
  const command = ["generate", "--schema", DOCUMENT, "--lang", "typescript", "--package", "forms", "--out", generated];
  execFileSync("cargo", [...run, ...command], { cwd: repository, timeout: 10 * MINUTES, stdio: "inherit" });
  const samples = join(folderAbove("test/forms/samples.ts"), "test", "forms", "samples.ts");
  copyFileSync(samples, join(generated, "src", "samples.ts"));
  const compiler = createRequire(import.meta.url).resolve("typescript/bin/tsc");
  execFileSync(process.execPath, [compiler], { cwd: generated, timeout: 5 * MINUTES, stdio: "inherit" });
}

const fromMessagePack = await loadReader();

function toMessagePack(value: unknown): Uint8Array {
  const output = new Output();
  write(output, value);
  return output.take();
}

function encoded({ encode, value }: Sent, codec: CodecName): unknown {
  return encode(value, null, "value", codec);
}

test("what is sent and received alike", () => {
  assert.ok(forms.samples.length > 0);
  for (const sample of forms.samples) {
    assert.equal(json.stringify(encoded(sample, "json")), sample.json);
    assert.deepEqual(sample.decode(json.parse(sample.json), null, "value"), sample.value, sample.json);
    const bytes = toMessagePack(encoded(sample, "messagepack"));
    if (sample.messagepack !== undefined) assert.equal(Buffer.from(bytes).toString("hex"), sample.messagepack);
    assert.deepEqual(sample.decode(fromMessagePack(bytes), null, "value"), sample.value, sample.json);
  }
});

test("what is sent", () => {
  for (const sent of forms.sent) {
    assert.equal(json.stringify(encoded(sent, "json")), sent.json);
    const bytes = toMessagePack(encoded(sent, "messagepack"));
    assert.deepEqual(fromMessagePack(bytes), json.parse(sent.json), sent.json);
  }
});

test("what is received", () => {
  for (const { decode, json: text, value } of forms.received) {
    assert.deepEqual(decode(json.parse(text), null, "value"), value, text);
    assert.deepEqual(decode(fromMessagePack(toMessagePack(json.parse(text))), null, "value"), value, text);
  }
});

test("what is refused", () => {
  for (const [decode, text, message] of forms.unreadable) {
    assert.throws(() => decode(json.parse(text), null, "value"), { message }, text);
  }
  for (const [encode, value, message] of forms.unsendable) {
    assert.throws(() => encode(value, null, "value", "messagepack"), { message }, message);
    assert.throws(() => encode(value, null, "value", "json"), { message }, message);
  }
});
