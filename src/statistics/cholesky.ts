/**
 * Cholesky factor of a symmetric positive definite matrix, `A = L L'`, in place.
 *
 * @param a Shape `(p, p)` row-major. Only the lower triangle is read; it holds `L` on return.
 * @param p Number of rows.
 * @param tolerance Smallest pivot, relative to the diagonal element it comes from, that still counts as positive.
 * @returns -1, or the first row whose pivot is too small: that row depends on those before it.
 * @throws RangeError if `a` does not have `p * p` elements.
 */
export function factorise(a: Float64Array, p: number, tolerance: number): number {
  if (a.length !== p * p) throw new RangeError(`a: ${a.length} elements, expected ${p * p}`);
  for (let j = 0; j < p; j++) {
    const diagonal = a[j * p + j]!;
    let pivot = diagonal;
    for (let k = 0; k < j; k++) pivot -= a[j * p + k]! ** 2;
    if (!(pivot > tolerance * diagonal)) return j;
    const root = Math.sqrt(pivot);
    a[j * p + j] = root;
    for (let i = j + 1; i < p; i++) {
      let sum = a[i * p + j]!;
      for (let k = 0; k < j; k++) sum -= a[i * p + k]! * a[j * p + k]!;
      a[i * p + j] = sum / root;
    }
  }
  return -1;
}

/**
 * Solves `L L' x = b` in place.
 *
 * @param l Factor made by `factorise`, shape `(p, p)` row-major; the upper triangle is not read.
 * @param b Right-hand side, length `p`; holds `x` on return.
 */
export function solveFactorised(l: Float64Array, b: Float64Array): void {
  const p = b.length;
  for (let i = 0; i < p; i++) {
    let sum = b[i]!;
    for (let k = 0; k < i; k++) sum -= l[i * p + k]! * b[k]!;
    b[i] = sum / l[i * p + i]!;
  }
  for (let i = p - 1; i >= 0; i--) {
    let sum = b[i]!;
    for (let k = i + 1; k < p; k++) sum -= l[k * p + i]! * b[k]!;
    b[i] = sum / l[i * p + i]!;
  }
}

/**
 * Inverse of the matrix that `l` factorises.
 *
 * @param l Factor made by `factorise`, shape `(p, p)` row-major.
 * @param p Number of rows.
 * @returns Shape `(p, p)` row-major, symmetric.
 */
export function invertFactorised(l: Float64Array, p: number): Float64Array {
  const inverse = new Float64Array(p * p);
  const unit = new Float64Array(p);
  for (let j = 0; j < p; j++) {
    unit.fill(0);
    unit[j] = 1;
    solveFactorised(l, unit);
    inverse.set(unit, j * p);
  }
  return inverse;
}
