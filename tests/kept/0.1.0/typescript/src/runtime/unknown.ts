/** Variants that a client was generated without: a server that is newer may have them. */

/** Tells an object that stands for a variant this client does not know: no name of a variant is this. */
export const UNKNOWN: unique symbol = Symbol.for("callsheet.unknown");

declare const unknownName: unique symbol;

/**
 * The name of a variant that this client does not know, in an enum whose variants have no data. It is a plain string; its
 * type is one that no literal has, so that a misspelt name is none. A `switch` has it in its `default`, where
 * `value satisfies UnknownName` shows that no other variant was forgotten.
 */
export type UnknownName = `${string}: a variant that this client does not know` & { readonly [unknownName]: never };

/** Makes the name of a variant on purpose that this client does not know. The server judges whether there is one. */
export function asUnknownName(name: string): UnknownName {
  return name as UnknownName;
}

/** How many values were kept that were not understood: whoever reads or writes one counts it. */
export const kept = { count: 0 };

/**
 * What the first of several ways to read or to write a value comes to that fits without keeping anything unknown; if there
 * is none, the first that fits at all.
 *
 * @param attempt - throws what {@link isMisfit} knows where the way does not fit.
 * @returns null if none fits.
 */
export function firstFit<Way, T>(
  ways: readonly Way[],
  attempt: (way: Way) => T,
  isMisfit: (error: unknown) => boolean,
): { readonly value: T } | null {
  const before = kept.count;
  let second: { readonly value: T } | null = null;
  for (const way of ways) {
    kept.count = before;
    try {
      const value = attempt(way);
      if (kept.count === before) return { value };
      second ??= { value };
    } catch (error) {
      if (!isMisfit(error)) throw error;
    }
  }
  kept.count = second === null ? before : before + 1;
  return second;
}
