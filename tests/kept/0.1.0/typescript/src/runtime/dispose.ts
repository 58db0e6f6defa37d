/// <reference lib="esnext.disposable" preserve="true" />
/** `await using`, also on runtimes that do not have `Symbol.asyncDispose` yet. */

const asyncDispose: symbol =
  (Symbol as { readonly asyncDispose?: symbol }).asyncDispose ??
  // What the compilers' own helpers fall back to.
  Symbol.for("Symbol.asyncDispose");

/** Something that `await using` ends. */
export abstract class Disposing implements AsyncDisposable {
  declare readonly [Symbol.asyncDispose]: () => Promise<void>;

  /** Ends it; a second time does nothing. */
  protected abstract dispose(): Promise<void>;

  static {
    Object.defineProperty(this.prototype, asyncDispose, {
      value(this: Disposing): Promise<void> {
        return this.dispose();
      },
    });
  }
}
