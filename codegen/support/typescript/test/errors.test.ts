/** What an error says where the server says only its code: held against the table of the wire. */
import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { test } from "node:test";

import { CallError, ContractError, failure, mayHaveRun } from "../src/errors.js";
import * as runtime from "../src/index.js";

function wire(): string {
  let folder = import.meta.dirname;
  while (!existsSync(join(folder, "docs", "wire.md"))) {
    assert.notEqual(folder, dirname(folder), "docs/wire.md is in no folder above this test");
    folder = dirname(folder);
  }
  return readFileSync(join(folder, "docs", "wire.md"), "utf8");
}

/** Each code with what the table says of it, but for `ContractError`, which is never without its details. */
const ROWS = [...wire().matchAll(/^\| `(\w+)` \| (yes|no|unknown) \| (yes|no) \|$/gm)]
  .map(([, code = "", delivered, retryable]) => ({ code, delivered, retryable: retryable === "yes" }))
  .filter(({ code }) => code !== "ContractError");

test("a refusal without details says what its code says", () => {
  assert.equal(ROWS.length, 20);
  for (const { code, delivered, retryable } of ROWS) {
    for (const details of [undefined, null, {}, "text"]) {
      const error = failure({ code, text: "why", details });
      assert.deepEqual([error.code, error.delivered, error.retryable], [code, delivered, retryable]);
    }
  }
  const later = failure({ code: "InventedLater", text: "why", details: undefined });
  assert.deepEqual([later.delivered, later.retryable], ["unknown", false]);
});

test("a declared error of a method that declares none keeps the contract's value, and was delivered", () => {
  assert.ok(wire().includes("\n| `ContractError` | yes | no |\n"));
  for (const details of [undefined, null, "sold out", { delivered: "no", retryable: true }]) {
    const error = failure({ code: "ContractError", text: "why", details });
    assert.ok(error instanceof ContractError);
    assert.deepEqual([error.delivered, error.retryable, error.error], ["yes", false, details]);
  }
});

test("of two attempts the first may have run, whatever is known of the second", () => {
  const facts = { path: "x", candidates: ["y"], chain: ["z"], retry_after_ms: 5 };
  for (const { code } of [...ROWS, { code: "InventedLater" }]) {
    for (const delivered of ["no", "yes", "unknown"]) {
      const second = failure({ code, text: "why", details: { delivered, ...facts } });
      const both = mayHaveRun(second);
      assert.deepEqual(
        [both.delivered, both.retryable],
        delivered === "no" ? ["unknown", false] : [second.delivered, second.retryable],
      );
      assert.deepEqual([both.constructor, both.code, both.message], [second.constructor, code, "why"]);
      assert.deepEqual([both.path, both.candidates, both.chain, both.retryAfterMs], ["x", ["y"], ["z"], 5]);
    }
  }
});

test("what may heal is retryable where the server says that it was not delivered", () => {
  for (const { code, retryable } of ROWS) {
    const heals =
      retryable || ["Timeout", "Cancelled", "ConnectionClosed", "ActorFailed", "ActorStopped"].includes(code);
    assert.equal(failure({ code, text: "why", details: { delivered: "no" } }).retryable, heals, code);
    assert.equal(failure({ code, text: "why", details: { delivered: "yes" } }).retryable, false, code);
    assert.equal(failure({ code, text: "why", details: { retryable: true, delivered: "yes" } }).retryable, true, code);
  }
});

test("every code has a class of its own, which the package exports", () => {
  const kinds = new Set(ROWS.map(({ code }) => failure({ code, text: "why", details: undefined }).constructor));
  assert.equal(kinds.size, ROWS.length);
  const exported = new Set<unknown>(Object.values(runtime));
  for (const kind of kinds) assert.ok(kind !== CallError && exported.has(kind), kind.name);
});
