/** Services under test: each is started on a socket of its own and ended the way its users end it. */
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { createInterface } from "node:readline";
import { after, before } from "node:test";
import { fileURLToPath } from "node:url";

/** How long a service may take to start or to end, in milliseconds. */
const LIMIT = 20_000;

/**
 * Runs a service, which is built already, while the tests of a file run.
 *
 * @param {string} name the name of the program
 * @param {string[]} options what it is started with, beside its socket
 * @returns {string} the path of its socket
 */
export function runDuringTests(name, ...options) {
  const program = process.env[name.toUpperCase()] ?? built(name);
  // A socket's path must be short.
  const folder = mkdtempSync(join(tmpdir(), "callsheet-"));
  const socket = join(folder, "test.sock");
  const service = spawn(program, ["--socket", socket, ...options], { stdio: ["ignore", "pipe", "inherit"] });

  before(async () => {
    const lines = createInterface({ input: service.stdout });
    const [line] = await once(lines, "line", { signal: AbortSignal.timeout(LIMIT) });
    assert.equal(line, `listening on ${socket}`);
  });
  after(async () => {
    service.kill("SIGTERM");
    if (service.exitCode === null) {
      await once(service, "exit", { signal: AbortSignal.timeout(LIMIT) }).finally(() => service.kill("SIGKILL"));
    }
    const leftBehind = existsSync(socket);
    rmSync(folder, { recursive: true });
    assert.equal(service.exitCode, 0);
    assert.ok(!leftBehind, "the service left its socket behind");
  });
  return socket;
}

/**
 * Where cargo builds the program: in `target/`, which lies beside a folder above this file, or is one.
 *
 * @param {string} name
 * @returns {string}
 */
function built(name) {
  let folder = fileURLToPath(import.meta.url);
  while (folder !== dirname(folder)) {
    folder = dirname(folder);
    const program = [join(folder, "debug", name), join(folder, "target", "debug", name)].find((path) => existsSync(path));
    if (program !== undefined) return program;
  }
  throw new Error(`run \`cargo build -p ${name}\`, or set ${name.toUpperCase()} to the path of the program`);
}
