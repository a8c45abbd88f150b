/**
 * Columns of an upper Hessenberg matrix as the Arnoldi process makes them: column `j` holds rows `0..j+1`; the last entry
 * of the last column belongs to the next step.
 */
export type HessenbergColumns = readonly Float64Array[];

/** How many eigenvalues of the symmetric tridiagonal part lie above `x` (Sturm sequence). */
function countAbove(columns: HessenbergColumns, x: number): number {
  let count = 0;
  let pivot = 1;
  for (let i = 0; i < columns.length; i++) {
    const column = columns[i]!;
    const coupling = i === 0 ? 0 : columns[i - 1]![i]! * Math.abs(column[i - 1]!);
    pivot = column[i]! - x - coupling / pivot;
    if (pivot === 0) pivot = Number.MIN_VALUE;
    if (pivot > 0) count++;
  }
  return count;
}

/**
 * An eigenvalue of the symmetric tridiagonal part of a Hessenberg matrix, by bisection.
 *
 * @param columns Columns of the matrix, at least `rank`.
 * @param rank 1 for the largest eigenvalue, 2 for the second largest.
 * @param low Below all eigenvalues.
 * @param high Above all eigenvalues.
 */
export function tridiagonalEigenvalue(columns: HessenbergColumns, rank: number, low: number, high: number): number {
  let [below, above] = [low, high];
  for (let step = 0; step < 64; step++) {
    const middle = (below + above) / 2;
    if (middle === below || middle === above) break;
    if (countAbove(columns, middle) >= rank) below = middle;
    else above = middle;
  }
  return (below + above) / 2;
}

/**
 * How far an eigenvector of the symmetric tridiagonal part is from an eigenvector of the whole operator: the part of it in
 * the last row, times the coupling to the next step.
 *
 * @param columns Columns of the matrix.
 * @param eigenvalue An eigenvalue, e.g. of {@link tridiagonalEigenvalue}.
 */
export function residual(columns: HessenbergColumns, eigenvalue: number): number {
  const m = columns.length;
  let [below, here] = [0, 1];
  let squares = 1;
  for (let i = m - 1; i > 0; i--) {
    const beyond = i + 1 < m ? columns[i + 1]![i]! * below : 0;
    const above = ((eigenvalue - columns[i]![i]!) * here - beyond) / columns[i - 1]![i]!;
    squares += above * above;
    below = here;
    here = above;
  }
  return columns[m - 1]![m]! / Math.sqrt(squares);
}

/**
 * Improves an eigenvalue of a Hessenberg matrix by Newton's method on its determinant (Hyman's method).
 *
 * @param columns Columns of the matrix, no coupling of neighbouring steps 0.
 * @param guess Close to the eigenvalue.
 * @returns The eigenvalue, or NaN where the iteration leaves the guess behind.
 * @see Wilkinson 1965, The Algebraic Eigenvalue Problem, chapter 7
 */
export function refineEigenvalue(columns: HessenbergColumns, guess: number): number {
  const m = columns.length;
  const vector = new Float64Array(m);
  const slope = new Float64Array(m);
  let eigenvalue = guess;
  for (let step = 0; step < 8; step++) {
    vector[m - 1] = 1;
    slope[m - 1] = 0;
    let [value, derivative] = [0, 0];
    for (let i = m - 1; i >= 0; i--) {
      value = eigenvalue * vector[i]!;
      derivative = vector[i]! + eigenvalue * slope[i]!;
      for (let j = i; j < m; j++) {
        value -= columns[j]![i]! * vector[j]!;
        derivative -= columns[j]![i]! * slope[j]!;
      }
      if (i === 0) break;
      vector[i - 1] = value / columns[i - 1]![i]!;
      slope[i - 1] = derivative / columns[i - 1]![i]!;
    }
    const change = value / derivative;
    eigenvalue -= change;
    if (!(Math.abs(eigenvalue - guess) <= 1e-3)) return Number.NaN;
    if (Math.abs(change) <= 1e-15) return eigenvalue;
  }
  return eigenvalue;
}
