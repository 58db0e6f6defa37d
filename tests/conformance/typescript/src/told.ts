/** Cases as the driver tells them, and outcomes as they are told to it: a line of JSON each. */
import { CallError, ContractError, Refused } from "conformance";
import type { CodecName, ConnectOptions, EventOrGap, Tick, Wide } from "conformance";

/** What a line is made of. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

/** A case, as far as the client is concerned. */
export interface Case {
  readonly socket: string;
  readonly codec: CodecName;
  readonly options: {
    readonly timeout_ms?: number;
    readonly reconnect?: boolean;
    readonly subscription_buffer?: number;
  };
  readonly steps: readonly Step[];
}

/** Which method is called, and how. */
export interface Call {
  readonly method: string;
  readonly actor?: string;
  readonly args?: {
    readonly text?: string;
    readonly gate?: string;
    readonly method?: string;
    readonly kept?: string;
    readonly count?: number;
    readonly bytes?: number;
    readonly to?: number;
    readonly after?: number;
    readonly value?: number | { readonly unsigned: string; readonly signed: string };
  };
  readonly timeout_ms?: number;
}

/** What a hosted actor does otherwise than to answer what it is asked. */
export type Does = "echo" | "refuse" | "throw" | "hang" | "long" | "ask";

/** What has come to a hosted actor: how many texts, how many calls that hang, and how many of these were given up. */
export interface Reached {
  readonly told?: number;
  readonly hanging?: number;
  readonly left?: number;
}

/** One thing to do. */
export type Step =
  | ({ readonly do: "call"; readonly as: string; readonly begin?: boolean; readonly keep?: string } & Call)
  | { readonly do: "crowd"; readonly as: string; readonly calls: number; readonly begin?: boolean }
  | { readonly do: "end" | "cancel"; readonly call: string }
  | ({ readonly do: "stream"; readonly as: string } & Call)
  | { readonly do: "subscribe"; readonly as: string }
  | { readonly do: "next"; readonly of: string; readonly count?: number }
  | { readonly do: "leave"; readonly of: string }
  | {
      readonly do: "host";
      readonly as: string;
      readonly id?: string;
      readonly does?: Does;
      readonly concurrency?: number;
    }
  | ({ readonly do: "until"; readonly of: string } & Reached)
  | { readonly do: "release" | "unhost"; readonly of: string }
  | { readonly do: "sync"; readonly word: string }
  | { readonly do: "close" };

/** What is told of one step. */
export type Outcome = Readonly<Record<string, Json>>;

/** What came of a stream or a subscription so far. */
export interface Taken {
  readonly items: Json[];
  ended: boolean;
  failed?: Json;
  raised?: Json;
}

/** The options of a connection. */
export function connectOptions({ codec, options }: Case): ConnectOptions {
  return { codec, timeout: options.timeout_ms, reconnect: options.reconnect };
}

/** Writes a line for the driver. */
export function say(line: unknown): void {
  process.stdout.write(`${JSON.stringify(line)}\n`);
}

/** A reply that JSON would lose some of. */
export function toldWide({ unsigned, signed }: Wide): Json {
  return { unsigned: String(unsigned), signed: String(signed) };
}

/** What a call ended with: a failure of calls, or what no caller should see. */
export function toldFailure(failure: unknown): { failed: Json } | { raised: Json } {
  if (!(failure instanceof CallError)) return { raised: String(failure) };
  return {
    failed: {
      code: failure.code,
      class: failure.constructor.name,
      delivered: failure.delivered,
      retryable: failure.retryable,
      path: failure.path ?? null,
      retry_after_ms: failure.retryAfterMs ?? null,
      ...(failure instanceof ContractError ? { error: toldError(failure) } : {}),
    },
  };
}

function toldError(failure: ContractError): string {
  if (!(failure instanceof Refused)) return failure.message;
  const { error } = failure;
  return error.kind === "Changed" ? `Changed: ${error.found}` : "Never";
}

/** An item of a stream, or what a subscription brings. */
export function toldItem(item: number | EventOrGap<Tick>): Json {
  if (typeof item === "number") return item;
  return item.kind === "event" ? item.event.n : { gap: item.missed ?? null };
}

/** What became of a crowd: who got a text that was not theirs, and how many failed in which way. */
export function tally(settled: readonly PromiseSettledResult<string>[]): Outcome {
  let ok = 0;
  let wrong = 0;
  const failed: Record<string, number> = {};
  for (const [number, reply] of settled.entries()) {
    if (reply.status === "rejected" && reply.reason instanceof CallError) {
      const kind = `${reply.reason.code} ${reply.reason.delivered}`;
      failed[kind] = (failed[kind] ?? 0) + 1;
    } else if (reply.status === "fulfilled" && reply.value === String(number)) {
      ok++;
    } else {
      wrong++;
    }
  }
  const ended = ok + wrong + Object.values(failed).reduce((sum, count) => sum + count, 0);
  return { ended, ok, wrong, failed };
}
