/** The showcase's client in a folder with no other package. */
import assert from "node:assert/strict";
import { test } from "node:test";

import { connect } from "showcase/node";

import { runDuringTests } from "./service.mjs";

const socket = runDuringTests("showcase");

test("the package that MessagePack needs is not there", async () => {
  await assert.rejects(import("@msgpack/msgpack"), { code: "ERR_MODULE_NOT_FOUND" });
});

test("JSON needs no other package", async () => {
  const client = await connect(socket);
  assert.equal((await client.calculator().add(2, 3)).sum, 5);
  await client.close();
});

test("whoever asks for MessagePack is told what to install", async () => {
  await assert.rejects(connect(socket, { codec: "messagepack" }), /needs the package @msgpack\/msgpack 3; install it/);
});
