/** The generated TypeScript client, and a server that takes every call and answers none. */
import assert from "node:assert/strict";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";

import { CallTimeout, ConnectionLost } from "showcase";
import { connect } from "showcase/node";

// A socket's path must be short.
const folder = mkdtempSync(join(tmpdir(), "callsheet-"));
const socket = join(folder, "test.sock");
const silent = createServer((connection) => connection.resume());
before(() => once(silent.listen(socket), "listening"));
after(() => {
  silent.close();
  rmSync(folder, { recursive: true });
});

const limit = { timeout: 20_000 };

for (const codec of ["json", "messagepack"] as const) {
  describe(codec, () => {
    test("every kind of call ends in time", limit, async () => {
      await using client = await connect(socket, { codec, timeout: 50 });
      const slow = client.countdown().countdown(1, 0n);
      const feed = client.priceFeed().subscribe("PriceUpdate");
      const waits = [client.health().healthCheck(), slow.next(), feed.ready(), feed.next()];
      for (const outcome of await Promise.allSettled(waits)) {
        assert.ok(outcome.status === "rejected" && outcome.reason instanceof CallTimeout);
      }
    });

    test("a call may say how long it waits", limit, async () => {
      await using client = await connect(socket, { codec });
      const begun = performance.now();
      await assert.rejects(client.calculator().add(5, 3, { timeout: 50 }), (error) => {
        assert.ok(error instanceof CallTimeout);
        assert.deepEqual([error.code, error.delivered], ["Timeout", "unknown"]);
        return true;
      });
      assert.ok(performance.now() - begun >= 49, "never early");
    });

    test("a call ends with its signal", limit, async () => {
      await using client = await connect(socket, { codec });
      const controller = new AbortController();
      const reason = new Error("no longer needed");
      const call = client.calculator().add(5, 3, { signal: controller.signal });
      controller.abort(reason);
      await assert.rejects(call, (error) => error === reason);
    });

    test("a call ends with its client", limit, async () => {
      const client = await connect(socket, { codec });
      const call = client.calculator().add(5, 3);
      await Promise.all([client.close(), assert.rejects(call, ConnectionLost)]);
    });
  });
}

test("nobody listens", limit, async () => {
  await assert.rejects(connect(`${socket}.none`), (error) => {
    assert.ok(error instanceof ConnectionLost);
    assert.equal(error.delivered, "no");
    return true;
  });
});
