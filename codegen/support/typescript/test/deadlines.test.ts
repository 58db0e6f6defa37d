import assert from "node:assert/strict";
import { test } from "node:test";

import { Deadlines } from "../src/deadlines.js";

test("deadlines are met by timers that a test moves on", ({ mock }) => {
  mock.timers.enable({ apis: ["setTimeout"] });
  const expired: number[] = [];
  const waiting = [1000, 2000].map((after) => {
    const deadline = performance.now() + after;
    return {
      deadline,
      expire: () => {
        expired.push(after);
        waiting.shift();
      },
    };
  });
  const deadlines = new Deadlines(() => waiting);
  for (const { deadline } of [...waiting]) deadlines.watch(deadline);
  mock.timers.tick(1001);
  assert.deepEqual(expired, [1000]);
  mock.timers.tick(2000);
  assert.deepEqual(expired, [1000, 2000]);
});
