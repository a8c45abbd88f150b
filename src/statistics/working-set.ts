import type { Loss } from './loss.ts';
import { columnDot, type PenalisedDesign } from './penalised-design.ts';

/** The columns that may be in the model, with the matrix `Q = X' H X` of the curvature between them. */
export interface WorkingSet {
  /** Column of each position. */
  readonly members: readonly number[];
  /** `Q`, one row per position; the first `members.length` numbers of a row count. */
  readonly curvature: readonly Float64Array[];
  has(column: number): boolean;
  /** Appends a column. */
  add(column: number): void;
  /** Keeps some positions, in the order given, with their entries of `Q`. */
  retain(positions: readonly number[]): void;
  /** Computes `Q` again from the curvature that the loss now holds. */
  refresh(): void;
}

/**
 * An empty working set.
 *
 * @param design Its columns.
 * @param loss Gives `H` at the point that it holds.
 */
export function createWorkingSet(design: PenalisedDesign, loss: Loss): WorkingSet {
  let members: number[] = [];
  let curvature: Float64Array[] = [];
  const inside = new Uint8Array(design.width);
  const curved = new Float64Array(design.n);

  function fillRow(position: number): void {
    const row = curvature[position]!;
    loss.curve(design.values, members[position]! * design.n, curved);
    for (let other = 0; other <= position; other++) {
      const entry = columnDot(design, members[other]!, curved);
      row[other] = entry;
      curvature[other]![position] = entry;
    }
  }

  function reserve(size: number): void {
    const capacity = curvature[0]?.length ?? 0;
    if (size <= capacity) return;
    curvature = curvature.map((row) => {
      const longer = new Float64Array(2 * size);
      longer.set(row);
      return longer;
    });
  }

  return {
    get members() {
      return members;
    },
    get curvature() {
      return curvature;
    },
    has: (column) => inside[column] === 1,
    add(column) {
      reserve(members.length + 1);
      members.push(column);
      curvature.push(new Float64Array(Math.max(16, curvature[0]?.length ?? 0)));
      inside[column] = 1;
      fillRow(members.length - 1);
    },
    retain(positions) {
      curvature = positions.map((position) => {
        const row = curvature[position]!;
        const kept = new Float64Array(row.length);
        positions.forEach((other, k) => {
          kept[k] = row[other]!;
        });
        return kept;
      });
      inside.fill(0);
      members = positions.map((position) => members[position]!);
      for (const column of members) inside[column] = 1;
    },
    refresh() {
      const { n, values } = design;
      const nextCurved = new Float64Array(n);
      const products = new Float64Array(4);
      const even = members.length - (members.length % 2);
      for (let a = 0; a < even; a += 2) {
        loss.curve(values, members[a]! * n, curved);
        loss.curve(values, members[a + 1]! * n, nextCurved);
        for (let b = 0; b <= a; b += 2) {
          twoByTwo(values, members[b]! * n, members[b + 1]! * n, curved, nextCurved, products);
          for (let k = 0; k < 4; k++) {
            const [row, column] = [a + (k >> 1), b + (k & 1)];
            curvature[row]![column] = products[k]!;
            curvature[column]![row] = products[k]!;
          }
        }
      }
      if (even < members.length) fillRow(even);
    },
  };
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
