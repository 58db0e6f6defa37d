/** The generated TypeScript client hosts what the showcase calls back. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";

import { ImporterError, SourceError } from "showcase";
import type { Row } from "showcase";
import { SourceContract } from "showcase/handlers";
import type { SourceHandler } from "showcase/handlers";
import { connect } from "showcase/node";

import { runDuringTests } from "../../service.mjs";

const limit = { timeout: 20_000 };

/** Has these texts, and corrects what is empty. */
function table(texts: readonly string[], correct: (row: Row) => Row, told: number[] = []): SourceHandler {
  return {
    rows: () => texts.map((text, at) => ({ number: at + 1, text })),
    correct,
    imported: (rows) => told.push(rows),
  };
}

for (const codec of ["json", "messagepack"] as const) {
  describe(codec, () => {
    const socket = runDuringTests("showcase");

    test("an import calls its source back", limit, async () => {
      await using client = await connect(socket, { codec });
      const told: number[] = [];
      const hosted = client.host(
        SourceContract,
        table(["a", "", "c"], (row) => ({ ...row, text: "b" }), told),
      );
      assert.deepEqual(await client.importer().importRows(hosted.mailbox), { imported: 3, leftOut: 0 });
      assert.deepEqual(told.slice(0, 2), [1, 2]);
      hosted.close();
      await assert.rejects(client.importer().importRows(hosted.mailbox), (error: unknown) => {
        assert.ok(error instanceof ImporterError);
        assert.deepEqual(error.error, { kind: "SourceFailed", code: "ActorNotFound" });
        return true;
      });
    });

    test("errors of the contract arrive, and others as a failure without a text", limit, async () => {
      await using client = await connect(socket, { codec });
      const skipping = client.host(
        SourceContract,
        table(["a", ""], () => {
          throw new SourceError("left out", { kind: "LeaveOut" });
        }),
      );
      assert.deepEqual(await client.importer().importRows(skipping.mailbox), { imported: 1, leftOut: 1 });
      const errors: unknown[] = [];
      const broken = new Error("a secret");
      const failing = client.host(
        SourceContract,
        table([""], () => {
          throw broken;
        }),
        { onError: (error) => errors.push(error) },
      );
      await assert.rejects(client.importer().importRows(failing.mailbox), (error: unknown) => {
        assert.ok(error instanceof ImporterError);
        assert.deepEqual(error.error, { kind: "SourceFailed", code: "ActorFailed" });
        return true;
      });
      assert.deepEqual(errors, [broken]);
    });
  });
}
