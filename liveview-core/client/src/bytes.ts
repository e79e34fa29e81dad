// Reads and writes the pieces of a binary frame: bytes, LEB128 varints, zigzag numbers, length-prefixed UTF-8.
// A reader throws at the first byte that does not fit; it never returns half a value.

export class WireError extends Error {}

const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
const encoder = new TextEncoder();

export class Reader {
  #bytes: Uint8Array;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  get size(): number {
    return this.#bytes.length;
  }

  get done(): boolean {
    return this.#at >= this.#bytes.length;
  }

  byte(): number {
    const byte = this.#bytes[this.#at];
    if (byte === undefined) throw new WireError("the frame ends too early");
    this.#at += 1;
    return byte;
  }

  /** An unsigned number. Beyond 2^53 it would lose digits, and no count or id is that large: that is an error. */
  varint(): number {
    let value = 0;
    let scale = 1;
    for (;;) {
      const byte = this.byte();
      value += (byte & 0x7f) * scale;
      if (value > Number.MAX_SAFE_INTEGER) throw new WireError("number too large");
      if (byte < 0x80) return value;
      scale *= 0x80;
    }
  }

  zigzag(): number {
    return unzigzag(this.varint());
  }

  string(): string {
    return decoder.decode(this.#take(this.varint()));
  }


  #take(length: number): Uint8Array {
    const end = this.#at + length;
    if (end > this.#bytes.length) throw new WireError("the frame ends too early");
    const part = this.#bytes.subarray(this.#at, end);
    this.#at = end;
    return part;
  }
}

export class Writer {
  #bytes: number[] = [];

  byte(value: number): this {
    this.#bytes.push(value);
    return this;
  }

  varint(value: number): this {
    let left = value;
    while (left >= 0x80) {
      this.#bytes.push((left % 0x80) | 0x80);
      left = Math.floor(left / 0x80);
    }
    this.#bytes.push(left);
    return this;
  }

  string(text: string): this {
    const bytes = encoder.encode(text);
    return this.varint(bytes.length).#raw(bytes);
  }

  /** Text that ends with the frame and therefore needs no length. */
  tail(text: string): this {
    return this.#raw(encoder.encode(text));
  }

  finish(): Uint8Array<ArrayBuffer> {
    return Uint8Array.from(this.#bytes);
  }

  #raw(bytes: Uint8Array): this {
    for (const byte of bytes) this.#bytes.push(byte);
    return this;
  }
}

export function unzigzag(value: number): number {
  return value % 2 === 0 ? value / 2 : -(value + 1) / 2;
}
