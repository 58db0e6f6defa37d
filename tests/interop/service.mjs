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
 * Starts a service, which is built already.
 *
 * @param {string} name the name of the program
 * @param {string} socket where it is to listen
 * @param {string[]} options what it is started with, beside its socket
 * @returns {Promise<() => Promise<void>>} ends it the way its users end it
 */
export async function start(name, socket, ...options) {
  const program = process.env[name.toUpperCase()] ?? built(name);
  const service = spawn(program, ["--socket", socket, ...options], { stdio: ["ignore", "pipe", "inherit"] });
  const lines = createInterface({ input: service.stdout });
  const [line] = await once(lines, "line", { signal: AbortSignal.timeout(LIMIT) });
  assert.equal(line, `listening on ${socket}`);
  return async () => {
    service.kill("SIGTERM");
    if (service.exitCode === null) {
      await once(service, "exit", { signal: AbortSignal.timeout(LIMIT) }).finally(() => service.kill("SIGKILL"));
    }
    assert.equal(service.exitCode, 0);
    assert.ok(!existsSync(socket), "the service left its socket behind");
  };
}

/**
 * Runs a service while the tests of a file run.
 *
 * @param {string} name the name of the program
 * @param {string[]} options what it is started with, beside its socket
 * @returns {string} the path of its socket
 */
export function runDuringTests(name, ...options) {
  // A socket's path must be short.
  const folder = mkdtempSync(join(tmpdir(), "callsheet-"));
  const socket = join(folder, "test.sock");
  let stop = async () => {};
  before(async () => {
    stop = await start(name, socket, ...options);
  });
  after(async () => {
    await stop().finally(() => rmSync(folder, { recursive: true }));
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
