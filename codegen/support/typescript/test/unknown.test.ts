/** Variants that a client does not know and values that nest too deep, in calls as they cross the wire. */
import assert from "node:assert/strict";
import { test } from "node:test";

import { encode as toMessagePack } from "@msgpack/msgpack";

import type { CodecName } from "../src/codec.js";
import * as decode from "../src/decode.js";
import * as encode from "../src/encode.js";
import { ConnectionLost, ContractError, SerializationError } from "../src/errors.js";
import * as kept from "../src/kept.js";
import type { Method } from "../src/method.js";
import type { Key, Path } from "../src/path.js";
import { UNKNOWN } from "../src/unknown.js";
import { serve } from "./fake-server.js";
import type { Frame, Peer } from "./fake-server.js";

const CODECS: readonly CodecName[] = ["json", "messagepack"];

/** Written as the generator writes it, as all that follows. */
type Shape =
  { readonly kind: "dot" } | { readonly kind: typeof UNKNOWN; readonly name: string; readonly data: unknown };

function decodeShape(value: unknown, parent: Path, key: Key): Shape {
  const [name, data] = decode.externallyTagged(value, parent, key);
  return name === "dot" ? { kind: name } : { kind: UNKNOWN, name, data: kept.external(value, name, data, parent, key) };
}

function encodeShape(value: Shape, parent: Path, key: Key, codec: CodecName): unknown {
  return value.kind === UNKNOWN ? kept.writeExternal(value.name, value.data, parent, key, codec) : value.kind;
}

class ShapeError extends ContractError<Shape> {}

const REDRAW: Method<{ shape: Shape }, Shape> = {
  message: "demo.Board.Redraw",
  encode: (values, _parent, _key, codec) => ({ shape: encodeShape(values.shape, null, "shape", codec) }),
  decode: decodeShape,
  declared: (text, details) => new ShapeError(text, decodeShape(details, null, "error")),
  wide: false,
  open: true,
};

interface Tree {
  readonly children: readonly Tree[];
}

function decodeTree(value: unknown, parent: Path, key: Key): Tree {
  const from = decode.fields(value, parent, key);
  const at = decode.inside(parent, key);
  return { children: decode.array(from["children"], at, "children", decodeTree) };
}

function encodeTree(value: Tree, parent: Path, key: Key, codec: CodecName): unknown {
  encode.object(value, parent, key);
  const at = encode.inside(parent, key);
  return { children: encode.array(value.children, at, "children", codec, encodeTree) };
}

const GROW: Method<{ tree: Tree }, Tree> = {
  message: "demo.Forest.Grow",
  encode: (values, _parent, _key, codec) => ({ tree: encodeTree(values.tree, null, "tree", codec) }),
  decode: decodeTree,
  declared: null,
  wide: false,
};

/** Each tree is two levels: the map, and the list in it. */
function tree(height: number): Tree {
  return height === 0 ? { children: [] } : { children: [tree(height - 1)] };
}

function echo(field: string): (frame: Frame, peer: Peer) => void {
  return (frame, peer) => {
    peer.reply(frame, (frame["payload"] as Frame)[field]);
  };
}

for (const codec of CODECS) {
  test(`a reply with an unknown variant is sent back as it came, in ${codec}`, async () => {
    const payload = { square: { b: [1, "x", null], a: { "10": 1 } } };
    await using server = await serve(
      (frame, peer) => {
        peer.reply(frame, payload);
      },
      { codec },
    );
    const target = server.connection.target("board");
    const shape = await target.ask(REDRAW, { shape: { kind: "dot" } }, undefined);
    assert.equal(shape.kind, UNKNOWN);
    await target.ask(REDRAW, { shape }, undefined);
    assert.deepEqual(server.frames.at(-1)?.["payload"], { shape: payload });
  });

  test(`an unknown variant of a declared error is that error, in ${codec}`, async () => {
    await using server = await serve(
      (frame, peer) => {
        peer.refuse(frame, "ContractError", "torn", { torn: { at: 2 } });
      },
      { codec },
    );
    const call = server.connection.target("board").ask(REDRAW, { shape: { kind: "dot" } }, undefined);
    await assert.rejects(call, (error) => {
      assert.ok(error instanceof ShapeError);
      assert.deepEqual(error.error, { kind: UNKNOWN, name: "torn", data: { at: 2 } });
      return true;
    });
  });

  test(`64 levels are sent and read, in ${codec}`, async () => {
    await using server = await serve(echo("tree"), { codec });
    const target = server.connection.target("forest");
    // The payload is a level too.
    const deepest = tree(30);
    assert.deepEqual(await target.ask(GROW, { tree: deepest }, undefined), deepest);
    await assert.rejects(target.ask(GROW, { tree: tree(31) }, undefined), {
      name: "SerializationError",
      delivered: "no",
      path: "tree",
      message: "tree: nested deeper than 64 levels, the message itself counted",
    });
    assert.equal(server.frames.length, 1);
  });

  test(`a value that holds itself is not sent, in ${codec}`, async () => {
    await using server = await serve(echo("tree"), { codec });
    const target = server.connection.target("forest");
    const children: Tree[] = [];
    children.push({ children });
    const misfit = { name: "SerializationError", delivered: "no", path: "tree" };
    await assert.rejects(target.ask(GROW, { tree: { children } }, undefined), misfit);
    const data: unknown[] = [];
    data.push(data);
    const shape: Shape = { kind: UNKNOWN, name: "endless", data };
    await assert.rejects(target.ask(REDRAW, { shape }, undefined), { ...misfit, path: "shape" });
    assert.deepEqual(server.frames, []);
  });

  test(`a reply that nests too deep fails its call alone, in ${codec}`, async () => {
    const levels = 100_000;
    const json = `{"children":[`.repeat(levels) + "]}".repeat(levels);
    const binary = Buffer.concat([
      ...Array.from({ length: levels }, () => Buffer.from("81a86368696c6472656e91", "hex")),
      Buffer.from("80", "hex"),
    ]);
    await using server = await serve(
      (frame, peer) => {
        const { tree: sent } = frame["payload"] as { tree: Tree };
        if (sent.children.length === 0) {
          peer.reply(frame, sent);
        } else if (codec === "json") {
          // With integers that have to be read digit by digit, and without.
          const head = `{"success":true,"request_id":"${String(frame["request_id"])}","error":null,"payload":`;
          peer.raw(Buffer.from(`${head}${json},"long":18446744073709551615}`));
        } else {
          const head = { success: true, request_id: frame["request_id"], error: null };
          const fields = Buffer.from(toMessagePack(head)).subarray(1);
          const payload = Buffer.concat([
            Buffer.from("84", "hex"),
            fields,
            Buffer.from(toMessagePack("payload")),
            binary,
          ]);
          peer.raw(payload);
        }
      },
      { codec },
    );
    const target = server.connection.target("forest");
    for (const method of [GROW, { ...GROW, wide: true }, { ...GROW, open: true }]) {
      await assert.rejects(target.ask(method, { tree: tree(1) }, undefined), (error) => {
        assert.ok(error instanceof SerializationError && !(error instanceof ConnectionLost));
        assert.equal(error.delivered, "yes");
        assert.match(error.message, /^reply\.children\[0\]\.children.*: nested deeper than 64 levels$/);
        return true;
      });
    }
    assert.deepEqual(await target.ask(GROW, { tree: tree(0) }, undefined), tree(0));
  });
}
