/** Where a value stands. Paths are linked while all goes well and become text only when something is wrong. */

/** The name or the index of a value in what holds it. */
export type Key = string | number;

/** What holds a value; null for what stands at the top. */
export type Path = Inside | null;

/** A list, a map or an object, seen from what it holds. */
export interface Inside {
  readonly parent: Path;
  readonly key: Key;
  /** How many hold each other, this one included. */
  readonly depth: number;
}

/** How many lists and maps may hold each other in a payload, the outermost one counted: the wire's own limit. */
export const MAX_DEPTH = 64;

/** How many hold a value that stands in `parent`. */
export function depthOf(parent: Path): number {
  return parent === null ? 0 : parent.depth;
}

/** The path as text, for example `reply.items[3].id`. */
export function pathOf(parent: Path, key: Key): string {
  if (parent === null) return String(key);
  const before = pathOf(parent.parent, parent.key);
  if (typeof key === "number") return `${before}[${String(key)}]`;
  return /^[A-Za-z_]\w*$/.test(key) ? `${before}.${key}` : `${before}[${JSON.stringify(key)}]`;
}
