/**
 * Builds the table that a Huffman code is looked up in by its next 16 bits.
 *
 * @param counts Number of codes of 1 to 16 bits, length 16.
 * @param values Their values, shortest code first.
 * @returns Length 65536: `bits << 8 | value`, 0 where no code begins so.
 * @throws RangeError if the counts and values can't be a code.
 * @see ITU-T T.81 annex C
 */
export function buildHuffmanTable(counts: Uint8Array, values: Uint8Array): Uint16Array {
  const table = new Uint16Array(65536);
  let code = 0;
  let used = 0;
  for (let bits = 1; bits <= 16; bits++) {
    const span = 1 << (16 - bits);
    for (let left = counts[bits - 1] ?? 0; left > 0; left--) {
      const value = values[used++];
      if (value === undefined || code + span > 65536) throw new RangeError('not a Huffman code');
      table.fill((bits << 8) | value, code, code + span);
      code += span;
    }
  }
  return table;
}

/** Reads the bits of an entropy-coded segment, with stuffed bytes removed. ITU-T T.81 section F.2.2. */
export class EntropyReader {
  readonly #bytes: Uint8Array;
  #at: number;
  #bits = 0;
  #count = 0;
  /** Bits at the end of `#bits` that stand in for data that is not there. */
  #padding = 0;

  /** @param at Offset of the first byte of the segment. */
  constructor(bytes: Uint8Array, at: number) {
    this.#bytes = bytes;
    this.#at = at;
  }

  /**
   * Value of the next Huffman code.
   *
   * @throws RangeError if there is no such code, or the segment breaks off within it.
   */
  decode(table: Uint16Array): number {
    if (this.#count < 16) this.#fill();
    const entry = table[(this.#bits >>> (this.#count - 16)) & 0xffff] ?? 0;
    if (entry === 0) throw new RangeError('not a code of the Huffman table');
    this.#skip(entry >> 8);
    return entry & 0xff;
  }

  /**
   * A difference of `size` bits: EXTEND(RECEIVE(size), size).
   *
   * @param size 0 to 15.
   * @throws RangeError if the segment breaks off.
   */
  receiveDifference(size: number): number {
    if (size === 0) return 0;
    if (this.#count < size) this.#fill();
    const value = (this.#bits >>> (this.#count - size)) & ((1 << size) - 1);
    this.#skip(size);
    return value < 1 << (size - 1) ? value - (1 << size) + 1 : value;
  }

  /**
   * Goes on behind the next restart marker.
   *
   * @throws RangeError if none stands there.
   */
  restart(): void {
    this.#bits = 0;
    this.#count = 0;
    this.#padding = 0;
    while (this.#bytes[this.#at] === 0xff && this.#bytes[this.#at + 1] === 0xff) this.#at++;
    const marker = this.#bytes[this.#at + 1] ?? 0;
    if (this.#bytes[this.#at] !== 0xff || marker < 0xd0 || marker > 0xd7) throw new RangeError('no restart marker');
    this.#at += 2;
  }

  #skip(count: number): void {
    this.#count -= count;
    if (this.#count < this.#padding) throw new RangeError('the entropy-coded data breaks off');
  }

  #fill(): void {
    while (this.#count <= 24) {
      const byte = this.#bytes[this.#at];
      const marker = byte === 0xff && this.#bytes[this.#at + 1] !== 0;
      if (byte === undefined || marker) {
        this.#bits <<= 8;
        this.#padding += 8;
      } else {
        this.#bits = (this.#bits << 8) | byte;
        this.#at += byte === 0xff ? 2 : 1;
      }
      this.#count += 8;
    }
  }
}
