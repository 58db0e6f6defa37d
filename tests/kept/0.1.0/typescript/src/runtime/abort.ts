/** Signals by which a user ends something. */

/** The reason as an Error, whatever the signal was aborted with. */
export function reasonOf(signal: AbortSignal): Error {
  const reason: unknown = signal.reason;
  return reason instanceof Error ? reason : new Error("the call was aborted", { cause: reason });
}

/** Calls `stop` when the signal fires, until the returned function is called. */
export function onAbort(signal: AbortSignal | undefined, stop: (reason: Error) => void): () => void {
  if (signal === undefined) return nothing;
  const listener = (): void => {
    stop(reasonOf(signal));
  };
  signal.addEventListener("abort", listener, { once: true });
  return () => {
    signal.removeEventListener("abort", listener);
  };
}

function nothing(): void {
  // There is no listener to remove.
}
