import { eigenvalueRealParts } from './eigenvalues.ts';
import { type HessenbergColumns, refineEigenvalue, residual, tridiagonalEigenvalue } from './hessenberg-eigenvalue.ts';

/** Two factors with the same non-zero cells, row by row: cells `starts[i]..starts[i + 1]` belong to row `i`. */
export interface SparseFactors {
  readonly starts: Int32Array;
  readonly columns: Int32Array;
  readonly left: Float64Array;
  readonly right: Float64Array;
}

/** Relative error at which an eigenvector is good enough: the eigenvalue's own error is about its square. */
const enough = 1e-8;

/** Rows that share a column, directly or through others, have the same number; returns one number a row. */
function componentsOf({ starts, columns }: SparseFactors, columnCount: number): Int32Array {
  const rows = starts.length - 1;
  const parent = new Int32Array(rows);
  for (let row = 0; row < rows; row++) parent[row] = row;
  const find = (row: number): number => {
    let at = row;
    while (parent[at] !== at) {
      parent[at] = parent[parent[at]!]!;
      at = parent[at]!;
    }
    return at;
  };
  const owner = new Int32Array(columnCount).fill(-1);
  for (let row = 0; row < rows; row++) {
    for (let cell = starts[row]!; cell < starts[row + 1]!; cell++) {
      const other = owner[columns[cell]!]!;
      if (other < 0) owner[columns[cell]!] = row;
      else parent[find(row)] = find(other);
    }
  }
  for (let row = 0; row < rows; row++) parent[row] = find(row);
  return parent;
}

/** Writes `left right^T x` to `out`, for the rows of a component; `sums` is scratch of one element a column. */
function multiply(of: SparseFactors, rows: Int32Array, x: Float64Array, sums: Float64Array, out: Float64Array): void {
  const { starts, columns, left, right } = of;
  sums.fill(0);
  for (let r = 0; r < rows.length; r++) {
    const xr = x[r]!;
    const end = starts[rows[r]! + 1]!;
    for (let cell = starts[rows[r]!]!; cell < end; cell++) sums[columns[cell]!]! += right[cell]! * xr;
  }
  for (let r = 0; r < rows.length; r++) {
    let sum = 0;
    const end = starts[rows[r]! + 1]!;
    for (let cell = starts[rows[r]!]!; cell < end; cell++) sum += left[cell]! * sums[columns[cell]!]!;
    out[r] = sum;
  }
}

function norm(vector: Float64Array): number {
  let squares = 0;
  for (let i = 0; i < vector.length; i++) squares += vector[i]! * vector[i]!;
  return Math.sqrt(squares);
}

/** Takes the basis vectors out of `vector` and adds what was taken to `coefficients`. */
function orthogonalise(vector: Float64Array, basis: readonly Float64Array[], coefficients: Float64Array): void {
  const n = vector.length;
  // The second pass removes what rounding left of the first.
  for (let pass = 0; pass < 2 && basis.length > 0; pass++) {
    let direction = basis[0]!;
    let along = 0;
    for (let i = 0; i < n; i++) along += direction[i]! * vector[i]!;
    for (let b = 0; b < basis.length; b++) {
      coefficients[b]! += along;
      const taken = along;
      const next = basis[b + 1] ?? direction;
      along = 0;
      // How much of the next one there is needs no loop of its own; after the last one it is not looked at.
      for (let i = 0; i < n; i++) {
        const left = vector[i]! - taken * direction[i]!;
        vector[i] = left;
        along += next[i]! * left;
      }
      direction = next;
    }
  }
}

/** A vector divided by a number. */
function divided(vector: Float64Array, by: number): Float64Array {
  const out = new Float64Array(vector.length);
  for (let i = 0; i < out.length; i++) out[i] = vector[i]! / by;
  return out;
}

/** The `rank`-th largest eigenvalue of a finished Hessenberg matrix. */
function eigenvalueOf(columns: HessenbergColumns, rank: number): number {
  const refined = refineEigenvalue(columns, tridiagonalEigenvalue(columns, rank, -1, 2));
  if (Number.isFinite(refined)) return refined;
  const m = columns.length;
  const dense = new Float64Array(m * m);
  columns.forEach((column, j) => {
    for (let i = 0; i < Math.min(j + 2, m); i++) dense[i * m + j] = column[i]!;
  });
  const all = new Float64Array(m);
  eigenvalueRealParts(dense, m, all);
  return all[m - rank]!;
}

/** A number in [-0.5, 0.5) that has nothing to do with its neighbours (the finaliser of MurmurHash3). */
function scattered(index: number): number {
  let mixed = Math.imul((index + 1) ^ (index >>> 16), 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return ((mixed ^ (mixed >>> 16)) >>> 0) / 2 ** 32 - 0.5;
}

/** What one run of the Arnoldi process found: its two largest eigenvalues, and the space that it went through. */
interface Run {
  readonly largest: readonly number[];
  readonly basis: readonly Float64Array[];
  /** Whether nothing of `B x` was left outside that space, so that its eigenvalues are all that the start had part in. */
  readonly isExhausted: boolean;
}

/** Runs the Arnoldi process in one component, in the space orthogonal to `locked`. */
function run(
  of: SparseFactors,
  rows: Int32Array,
  start: Float64Array,
  locked: readonly Float64Array[],
  sums: Float64Array,
): Run {
  const room = rows.length - locked.length;
  const first = start.slice();
  orthogonalise(first, locked, new Float64Array(locked.length));
  const length = norm(first);
  const basis = [divided(first, length)];
  const columns: Float64Array[] = [];
  for (let m = 1; ; m++) {
    const next = new Float64Array(rows.length);
    multiply(of, rows, basis[m - 1]!, sums, next);
    orthogonalise(next, locked, new Float64Array(locked.length));
    const column = new Float64Array(m + 1);
    orthogonalise(next, basis, column);
    const coupling = norm(next);
    column[m] = coupling;
    columns.push(column);
    const isExhausted = m === room || coupling <= 1e-14;
    if (isExhausted && m === 1) return { largest: [column[0]!], basis, isExhausted };
    if (isExhausted || (m >= 8 && m % 4 === 0)) {
      const second = tridiagonalEigenvalue(columns, 2, -1, 2);
      const third = m > 2 ? tridiagonalEigenvalue(columns, 3, -1, second) : -1;
      const error = residual(columns, second) / Math.max(second, 1e-8);
      const isGood = error <= enough && (error * error * second) / (second - third) <= 1e-12;
      if (isExhausted || isGood) {
        return { largest: [eigenvalueOf(columns, 1), eigenvalueOf(columns, 2)], basis, isExhausted };
      }
    }
    basis.push(divided(next, coupling));
  }
}

/** The largest eigenvalues of one component: two of them, or one more or less. */
function largestOf(of: SparseFactors, rows: Int32Array, start: Float64Array, sums: Float64Array): readonly number[] {
  const mixed = new Float64Array(rows.length);
  for (let r = 0; r < rows.length; r++) mixed[r] = start[rows[r]!]!;
  const given = norm(mixed) || 1;
  const scale = 0.1 / Math.sqrt(rows.length);
  for (let r = 0; r < rows.length; r++) mixed[r] = mixed[r]! / given + scale * scattered(r);
  const found = run(of, rows, mixed, [], sums);
  if (!found.isExhausted || found.basis.length === rows.length) return found.largest;
  // Either the matrix has a low rank, or the start had no part in some eigenvector: see what another start finds beside.
  const other = Float64Array.from(rows, (_, r) => scattered(r + rows.length));
  return [...found.largest, ...run(of, rows, other, found.basis, sums).largest];
}

/** Rows of one component, ascending. */
function rowsOf(component: Int32Array, number: number): Int32Array {
  const rows = new Int32Array(component.length);
  let count = 0;
  for (let row = 0; row < component.length; row++) if (component[row] === number) rows[count++] = row;
  return rows.subarray(0, count);
}

/**
 * The second largest eigenvalue of `left right^T`, a non-negative matrix that is nearly symmetric and whose eigenvalues lie
 * between 0 and 1.
 *
 * The Arnoldi process needs a few dozen products with the factors, where finding every eigenvalue takes the cube of the
 * number of rows. Within rows that are connected the largest eigenvalue is single (Perron and Frobenius), so each set of
 * connected rows is searched by itself, and an eigenvalue that several sets share is not missed.
 *
 * @param factors Factors, no row empty, all cells positive.
 * @param columnCount Columns of the factors.
 * @param start One element a row: the closer to the eigenvector, the fewer products it takes.
 * @returns 0 for a single row.
 * @see Saad 2011, Numerical Methods for Large Eigenvalue Problems, chapter 6
 */
export function secondEigenvalue(factors: SparseFactors, columnCount: number, start: Float64Array): number {
  const component = componentsOf(factors, columnCount);
  const sums = new Float64Array(columnCount);
  let [largest, second] = [Number.NEGATIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const number of new Set(component)) {
    const rows = rowsOf(component, number);
    for (const value of largestOf(factors, rows, start, sums)) {
      if (value > largest) [largest, second] = [value, largest];
      else if (value > second) second = value;
    }
  }
  return Math.max(0, second);
}
