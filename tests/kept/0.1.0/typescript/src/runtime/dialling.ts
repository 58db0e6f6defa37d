/** Making a connection, in time or not at all. */
import { onAbort, reasonOf } from "./abort.js";
import { fault } from "./errors.js";
import type { Dial, Receiver, Transport } from "./transport.js";

/**
 * Dials, for as long as `timeout` says, in milliseconds.
 *
 * @throws CallTimeout if it takes longer; the reason of `signal` once that fires; whatever `dial` throws.
 */
export async function dialInTime(
  dial: Dial,
  receiver: Receiver,
  timeout: number,
  signal: AbortSignal | undefined,
): Promise<Transport> {
  if (signal?.aborted === true) throw reasonOf(signal);
  const attempt = new AbortController();
  const timer = setTimeout(() => {
    attempt.abort(fault("Timeout", `there was no connection within ${String(timeout)} ms`, "no"));
  }, timeout);
  const release = onAbort(signal, (reason) => {
    attempt.abort(reason);
  });
  try {
    return await untilAborted(dial(receiver, attempt.signal), attempt.signal);
  } finally {
    clearTimeout(timer);
    release();
  }
}

/** The transport, or the signal's reason; a transport that comes too late is closed. */
function untilAborted(dialled: Promise<Transport>, signal: AbortSignal): Promise<Transport> {
  return new Promise((resolve, reject) => {
    onAbort(signal, reject);
    dialled.then((transport) => {
      if (signal.aborted) transport.destroy();
      else resolve(transport);
    }, reject);
  });
}
