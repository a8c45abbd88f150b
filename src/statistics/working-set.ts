import type { Loss } from './loss.ts';
import { columnDot, type PenalisedDesign } from './penalised-design.ts';

/** The columns that may be in the model, with the matrix `Q = X' H X` of the curvature `H` between them. */
export class WorkingSet {
  readonly #design: PenalisedDesign;
  readonly #loss: Loss;
  readonly #inside: Uint8Array;
  readonly #curved: Float64Array;
  readonly #nextCurved: readonly [Float64Array, Float64Array, Float64Array, Float64Array];
  #members: number[] = [];
  #curvature: Float64Array[] = [];

  /**
   * @param design Its columns.
   * @param loss Gives `H` at the point that it holds.
   */
  constructor(design: PenalisedDesign, loss: Loss) {
    this.#design = design;
    this.#loss = loss;
    this.#inside = new Uint8Array(design.width);
    this.#curved = new Float64Array(design.n);
    const room = () => new Float64Array(design.n);
    this.#nextCurved = [room(), room(), room(), room()];
  }

  /** Column of each position. */
  get members(): readonly number[] {
    return this.#members;
  }

  /** `Q`, symmetric, one row per position; the first `members.length` numbers of a row count. */
  get curvature(): readonly Float64Array[] {
    return this.#curvature;
  }

  has(column: number): boolean {
    return this.#inside[column] === 1;
  }

  /** Appends a column, its part of `Q` at the point that the loss holds. */
  add(column: number): void {
    this.#reserve(this.#members.length + 1);
    this.#members.push(column);
    this.#curvature.push(new Float64Array(this.#curvature[0]?.length ?? 16));
    this.#inside[column] = 1;
    this.#fillRow(this.#members.length - 1);
  }

  /**
   * Keeps some positions with their entries of `Q`.
   *
   * @param positions In the order that they shall have.
   */
  retain(positions: readonly number[]): void {
    const before = this.#curvature;
    this.#curvature = positions.map((position) => {
      const kept = new Float64Array(before[position]!.length);
      for (let k = 0; k < positions.length; k++) kept[k] = before[position]![positions[k]!]!;
      return kept;
    });
    this.#members = positions.map((position) => this.#members[position]!);
    this.#inside.fill(0);
    for (const column of this.#members) this.#inside[column] = 1;
  }

  /** Computes `Q` again at the point that the loss now holds, four columns by two. */
  refresh(): void {
    const { n, values } = this.#design;
    const [members, curvature] = [this.#members, this.#curvature];
    const products = new Float64Array(8);
    const whole = members.length - (members.length % 4);
    for (let a = 0; a < whole; a += 4) {
      this.#nextCurved.forEach((curved, k) => {
        this.#loss.curve(values, members[a + k]! * n, curved);
      });
      for (let b = 0; b < a + 4; b += 2) {
        fourByTwo(values, members[b]! * n, members[b + 1]! * n, this.#nextCurved, products);
        for (let k = 0; k < 8; k++) {
          const row = a + (k >> 1);
          const column = b + (k & 1);
          curvature[row]![column] = products[k]!;
          curvature[column]![row] = products[k]!;
        }
      }
    }
    for (let a = whole; a < members.length; a++) this.#fillRow(a);
  }

  #fillRow(position: number): void {
    const row = this.#curvature[position]!;
    this.#loss.curve(this.#design.values, this.#members[position]! * this.#design.n, this.#curved);
    for (let other = 0; other <= position; other++) {
      const entry = columnDot(this.#design, this.#members[other]!, this.#curved);
      row[other] = entry;
      this.#curvature[other]![position] = entry;
    }
  }

  #reserve(size: number): void {
    const capacity = this.#curvature[0]?.length ?? size;
    if (size <= capacity) return;
    this.#curvature = this.#curvature.map((row) => {
      const longer = new Float64Array(2 * size);
      longer.set(row);
      return longer;
    });
  }
}

/**
 * Inner products of two columns of `values` with four vectors: a number once read serves two or four products, and
 * reading is what the time goes into.
 *
 * @param out `x0 u, x1 u, x0 v, x1 v, ...`, length 8.
 */
function fourByTwo(
  values: Float64Array,
  start0: number,
  start1: number,
  [u, v, w, z]: readonly [Float64Array, Float64Array, Float64Array, Float64Array],
  out: Float64Array,
): void {
  let [u0, u1, v0, v1, w0, w1, z0, z1] = [0, 0, 0, 0, 0, 0, 0, 0];
  for (let i = 0; i < u.length; i++) {
    const x0 = values[start0 + i]!;
    const x1 = values[start1 + i]!;
    u0 += x0 * u[i]!;
    u1 += x1 * u[i]!;
    v0 += x0 * v[i]!;
    v1 += x1 * v[i]!;
    w0 += x0 * w[i]!;
    w1 += x1 * w[i]!;
    z0 += x0 * z[i]!;
    z1 += x1 * z[i]!;
  }
  out[0] = u0;
  out[1] = u1;
  out[2] = v0;
  out[3] = v1;
  out[4] = w0;
  out[5] = w1;
  out[6] = z0;
  out[7] = z1;
}
