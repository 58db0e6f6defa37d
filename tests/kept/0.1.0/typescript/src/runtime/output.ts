/** Bytes on their way out: a growing buffer that is written into place and handed over in whole pieces. */

/** Enough for some hundred small frames, so that the cost of a new buffer is spread over them. */
const SLAB = 64 * 1024;

/** Up to here a loop over the characters beats the encoder's fixed cost. */
const SHORT = 96;

/** Beyond this, room for the worst case (three bytes for each character) would waste too much. */
const LONG = 16 * 1024;

const utf8 = new TextEncoder();

/**
 * A buffer that only grows. What {@link Output.take} handed over is never written again, so a transport may keep it
 * for as long as it likes.
 */
export class Output {
  #bytes: Uint8Array;
  #view: DataView;
  #start = 0;
  #end = 0;

  /** @param size - how many bytes fit before the buffer grows. */
  constructor(size: number = SLAB) {
    this.#bytes = new Uint8Array(size);
    this.#view = new DataView(this.#bytes.buffer);
  }

  /** How many bytes wait to be taken. */
  get length(): number {
    return this.#end - this.#start;
  }

  /** Hands over everything written since the last call. */
  take(): Uint8Array {
    const taken = this.#bytes.subarray(this.#start, this.#end);
    this.#start = this.#end;
    return taken;
  }

  /** Forgets what was written after the first `length` waiting bytes. */
  truncate(length: number): void {
    this.#end = this.#start + length;
  }

  /** Replaces the four bytes after the first `offset` waiting bytes. */
  patchU32(offset: number, value: number): void {
    this.#view.setUint32(this.#start + offset, value);
  }

  u8(value: number): void {
    this.#reserve(1);
    this.#bytes[this.#end++] = value;
  }

  u16(value: number): void {
    this.#reserve(2);
    this.#view.setUint16(this.#end, value);
    this.#end += 2;
  }

  u32(value: number): void {
    this.#reserve(4);
    this.#view.setUint32(this.#end, value);
    this.#end += 4;
  }

  f64(value: number): void {
    this.#reserve(8);
    this.#view.setFloat64(this.#end, value);
    this.#end += 8;
  }

  /** Writes the low 64 bits, which are the same for a negative number's two's complement. */
  u64(value: bigint): void {
    this.#reserve(8);
    this.#view.setBigUint64(this.#end, BigInt.asUintN(64, value));
    this.#end += 8;
  }

  bytes(value: Uint8Array): void {
    this.#reserve(value.length);
    this.#bytes.set(value, this.#end);
    this.#end += value.length;
  }

  /** Writes the text as UTF-8; a lone surrogate becomes the replacement character. */
  text(value: string): void {
    if (value.length > LONG) {
      this.bytes(utf8.encode(value));
      return;
    }
    this.#reserve(value.length * 3);
    const ascii = value.length <= SHORT ? this.#ascii(value) : 0;
    if (ascii < value.length) {
      const rest = ascii === 0 ? value : value.slice(ascii);
      this.#end += utf8.encodeInto(rest, this.#bytes.subarray(this.#end)).written;
    }
  }

  /** Writes the characters before the first one that is not ASCII, and says how many they were. */
  #ascii(value: string): number {
    const bytes = this.#bytes;
    let end = this.#end;
    let at = 0;
    for (; at < value.length; at++) {
      const character = value.charCodeAt(at);
      if (character > 0x7f) break;
      bytes[end++] = character;
    }
    this.#end = end;
    return at;
  }

  #reserve(count: number): void {
    if (this.#end + count <= this.#bytes.length) return;
    const waiting = this.#bytes.subarray(this.#start, this.#end);
    const grown = new Uint8Array(Math.max(Math.min(this.#bytes.length, SLAB), 2 * (waiting.length + count)));
    grown.set(waiting);
    this.#bytes = grown;
    this.#view = new DataView(grown.buffer);
    this.#start = 0;
    this.#end = waiting.length;
  }
}
