import type { Loss } from './loss.ts';
import { columnDot, type PenalisedDesign } from './penalised-design.ts';

/** The columns that may be in the model, with the matrix `Q = X' H X` of the curvature `H` between them. */
export class WorkingSet {
  readonly #design: PenalisedDesign;
  readonly #loss: Loss;
  readonly #inside: Uint8Array;
  readonly #curved: Float64Array;
  readonly #nextCurved: Float64Array;
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
    this.#nextCurved = new Float64Array(design.n);
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

  /** Computes `Q` again at the point that the loss now holds, two columns by two. */
  refresh(): void {
    const { n, values } = this.#design;
    const [members, curvature] = [this.#members, this.#curvature];
    const products = new Float64Array(4);
    const even = members.length - (members.length % 2);
    for (let a = 0; a < even; a += 2) {
      this.#loss.curve(values, members[a]! * n, this.#curved);
      this.#loss.curve(values, members[a + 1]! * n, this.#nextCurved);
      for (let b = 0; b <= a; b += 2) {
        twoByTwo(values, members[b]! * n, members[b + 1]! * n, this.#curved, this.#nextCurved, products);
        for (let k = 0; k < 4; k++) {
          const row = a + (k >> 1);
          const column = b + (k & 1);
          curvature[row]![column] = products[k]!;
          curvature[column]![row] = products[k]!;
        }
      }
    }
    if (even < members.length) this.#fillRow(even);
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
 * Inner products of two columns of `values` with two vectors: each number is read once for two products, which is what
 * the time goes into.
 *
 * @param out `x0 u, x1 u, x0 v, x1 v`.
 */
function twoByTwo(
  values: Float64Array,
  start0: number,
  start1: number,
  u: Float64Array,
  v: Float64Array,
  out: Float64Array,
): void {
  let a = 0;
  let b = 0;
  let c = 0;
  let d = 0;
  for (let i = 0; i < u.length; i++) {
    const x0 = values[start0 + i]!;
    const x1 = values[start1 + i]!;
    const ui = u[i]!;
    const vi = v[i]!;
    a += x0 * ui;
    b += x1 * ui;
    c += x0 * vi;
    d += x1 * vi;
  }
  out[0] = a;
  out[1] = b;
  out[2] = c;
  out[3] = d;
}
