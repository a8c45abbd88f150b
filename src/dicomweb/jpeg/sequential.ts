import type { JpegScan } from './codestream.ts';
import { EntropyReader } from './entropy-reader.ts';

/** Place in the 8 x 8 block, row by row, of the coefficients in zigzag order. ITU-T T.81 figure A.6. */
const zigzag = zigzagOrder();

/** `basis[8 * x + u] = C(u) / 2 * cos((2x + 1) u pi / 16)`, `C(0) = 1 / sqrt 2`, else 1. */
const basis = Float64Array.from({ length: 64 }, (_, i) => {
  const x = i >> 3;
  const u = i & 7;
  return ((u === 0 ? Math.SQRT1_2 : 1) / 2) * Math.cos(((2 * x + 1) * u * Math.PI) / 16);
});

function zigzagOrder(): Uint8Array {
  const order = new Uint8Array(64);
  let at = 0;
  for (let diagonal = 0; diagonal < 15; diagonal++) {
    const least = Math.max(0, diagonal - 7);
    const most = Math.min(7, diagonal);
    // Even diagonals run up to the right, odd ones down to the left.
    for (let i = least; i <= most; i++) {
      const row = diagonal % 2 === 0 ? most - i + least : i;
      order[at++] = 8 * row + diagonal - row;
    }
  }
  return order;
}

/**
 * Decodes baseline or extended sequential JPEG of 8 or 12 bits with Huffman coding.
 *
 * @param bytes Codestream.
 * @param scan What `readJpegScan` found in it.
 * @param out Samples row by row, length `rows * columns`. Overwritten.
 * @throws RangeError if the data breaks off or can't be of this process.
 * @see ITU-T T.81 annexes A.3 and F.2
 */
export function decodeSequential(bytes: Uint8Array, scan: JpegScan, out: Uint16Array): void {
  const { rows, columns, precision, restartInterval, dcTable, acTable, quantisation } = scan;
  if (acTable === null || quantisation === null || (precision !== 8 && precision !== 12)) {
    throw new RangeError('not sequential JPEG of 8 or 12 bits');
  }
  if (out.length !== rows * columns) throw new RangeError(`out: ${out.length} samples`);
  const reader = new EntropyReader(bytes, scan.dataStart);
  const block = new Float64Array(64);
  const scratch = new Float64Array(64);
  const across = Math.ceil(columns / 8);
  const blocks = across * Math.ceil(rows / 8);
  let dc = 0;
  for (let n = 0; n < blocks; n++) {
    if (restartInterval > 0 && n > 0 && n % restartInterval === 0) {
      reader.restart();
      dc = 0;
    }
    block.fill(0);
    dc += reader.receiveDifference(reader.decode(dcTable) & 15);
    block[0] = dc * (quantisation[0] ?? 0);
    readAc(reader, acTable, quantisation, block);
    transform(block, scratch);
    place(block, out, { rows, columns, precision, left: 8 * (n % across), top: 8 * Math.floor(n / across) });
  }
}

function readAc(reader: EntropyReader, table: Uint16Array, quantisation: Uint16Array, block: Float64Array): void {
  for (let k = 1; k < 64; k++) {
    const symbol = reader.decode(table);
    const size = symbol & 15;
    const run = symbol >> 4;
    if (size === 0) {
      if (run < 15) return;
      k += 15;
      continue;
    }
    k += run;
    if (k > 63) throw new RangeError('a run of zeros leaves the block');
    block[zigzag[k] ?? 0] = reader.receiveDifference(size) * (quantisation[k] ?? 0);
  }
}

/** Inverse cosine transform in place, rows and then columns. */
function transform(block: Float64Array, scratch: Float64Array): void {
  for (let row = 0; row < 8; row++) {
    for (let x = 0; x < 8; x++) {
      let sum = 0;
      for (let u = 0; u < 8; u++) sum += (basis[8 * x + u] ?? 0) * (block[8 * row + u] ?? 0);
      scratch[8 * row + x] = sum;
    }
  }
  for (let column = 0; column < 8; column++) {
    for (let y = 0; y < 8; y++) {
      let sum = 0;
      for (let v = 0; v < 8; v++) sum += (basis[8 * y + v] ?? 0) * (scratch[8 * v + column] ?? 0);
      block[8 * y + column] = sum;
    }
  }
}

interface Place {
  readonly rows: number;
  readonly columns: number;
  readonly precision: number;
  readonly left: number;
  readonly top: number;
}

function place(block: Float64Array, out: Uint16Array, { rows, columns, precision, left, top }: Place): void {
  const middle = 1 << (precision - 1);
  const most = 2 * middle - 1;
  for (let y = 0; y < 8 && top + y < rows; y++) {
    for (let x = 0; x < 8 && left + x < columns; x++) {
      const value = Math.round((block[8 * y + x] ?? 0) + middle);
      out[(top + y) * columns + left + x] = value < 0 ? 0 : value > most ? most : value;
    }
  }
}
