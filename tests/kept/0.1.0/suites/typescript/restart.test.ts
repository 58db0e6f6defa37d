/** The generated TypeScript client, and a service that is ended and started again. */
import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, describe, test } from "node:test";

import { CallError, ConnectionLost } from "showcase";
import { connect } from "showcase/node";

import { start } from "../../service.mjs";

// A socket's path must be short.
const folder = mkdtempSync(join(tmpdir(), "callsheet-"));
after(() => {
  rmSync(folder, { recursive: true });
});

const limit = { timeout: 60_000 };

for (const codec of ["json", "messagepack"] as const) {
  describe(codec, () => {
    test("calls wait, subscriptions go on, and what may have run is not repeated", limit, async () => {
      const socket = join(folder, `${codec}.sock`);
      const first = await start("showcase", socket, "--tick-ms", "50");
      await using client = await connect(socket, { codec, reconnect: { firstDelay: 1, maxDelay: 50 } });
      const feed = client.priceFeed().subscribe("PriceUpdate");
      const updates = feed.withGaps();
      await feed.ready();
      assert.equal((await updates.next()).value?.kind, "event");
      // More than a window of items, each granted by the service.
      let items = 0;
      for await (const _ of client.countdown().countdown(1000, 0n)) items++;
      assert.equal(items, 1000);

      // Its second step is an hour away, longer than the service lives.
      const ticks = client.countdown().countdown(2, 3_600_000n);
      assert.deepEqual(await ticks.next(), { done: false, value: { value: 2 } });
      const lost = ticks.next().then(
        () => assert.fail("the stream cannot have gone on"),
        (error: unknown) => error,
      );
      await first();
      const waiting = client.calculator().add(5, 3);
      assert.ok(!client.isClosed);
      const second = await start("showcase", socket, "--tick-ms", "50");
      try {
        assert.deepEqual(await waiting, { sum: 8 });
        const error = await lost;
        assert.ok(error instanceof CallError);
        assert.equal(error.delivered, "unknown");
        const kinds = [];
        while (kinds.length === 0 || kinds.at(-1) === "event") {
          const { value } = await updates.next();
          if (value === undefined) assert.fail("the subscription has ended");
          kinds.push(value.kind);
          if (value.kind === "gap") assert.equal(value.missed, undefined, "another life of the service counts anew");
        }
        assert.equal((await updates.next()).value?.kind, "event");
      } finally {
        await client.close();
        await second();
      }
      await assert.rejects(client.health().healthCheck(), ConnectionLost);
    });
  });
}
