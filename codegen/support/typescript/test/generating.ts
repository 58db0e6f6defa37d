/** Packages that are generated for tests, with a user's code in them, compiled. */
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";

import type * as jsonModule from "../src/json.js";
import type * as messagepackModule from "../src/messagepack.js";
import type * as outputModule from "../src/output.js";

const MINUTES = 60_000;
const DOCUMENTS = "codegen/tests/documents";

export function folderAbove(path: string): string {
  let folder = import.meta.dirname;
  while (!existsSync(join(folder, path))) {
    assert.notEqual(folder, dirname(folder), `${path} is in no folder above this test`);
    folder = dirname(folder);
  }
  return folder;
}

/** What a package reads and writes with: its own copies, since special values are known by their classes. */
export interface Codecs {
  readonly json: typeof jsonModule;
  readonly fromMessagePack: messagepackModule.Reader;
  readonly toMessagePack: (value: unknown) => Uint8Array;
}

/** A package from one of the generator's documents. */
export class Generated {
  // Below this project, where the compiler and the types of Node are found.
  readonly #folder: string = mkdtempSync(join(folderAbove("package.json"), "generated-"));

  /**
   * @param options - further ones of the generator.
   * @param code - a user's code, which is compiled as the module `user`.
   */
  constructor(document: string, options: readonly string[], code: string) {
    const run = ["run", "--quiet", "--package", "callsheet-codegen", "--bin", "callsheet", "--", "generate"];
    const from = ["--schema", `${DOCUMENTS}/${document}`, "--lang", "typescript", "--package", "forms"];
    execFileSync("cargo", [...run, ...from, "--out", this.#folder, ...options], {
      cwd: folderAbove(DOCUMENTS),
      timeout: 10 * MINUTES,
      stdio: "inherit",
    });
    writeFileSync(join(this.#folder, "src", "user.ts"), code);
    const compiler = createRequire(import.meta.url).resolve("typescript/bin/tsc");
    execFileSync(process.execPath, [compiler], { cwd: this.#folder, timeout: 5 * MINUTES, stdio: "inherit" });
  }

  /** What a module exports. */
  load(module: string): Promise<unknown> {
    return import(pathToFileURL(join(this.#folder, "dist", `${module}.js`)).href);
  }

  async codecs(): Promise<Codecs> {
    const messagepack = (await this.load("runtime/messagepack")) as typeof messagepackModule;
    const output = (await this.load("runtime/output")) as typeof outputModule;
    return {
      json: (await this.load("runtime/json")) as typeof jsonModule,
      fromMessagePack: await messagepack.loadReader(),
      toMessagePack: (value) => {
        const written = new output.Output();
        messagepack.write(written, value);
        return written.take();
      },
    };
  }

  remove(): void {
    rmSync(this.#folder, { recursive: true });
  }
}
