/**
 * Eigenvalues of a small symmetric matrix by cyclic Jacobi rotations; small eigenvalues keep their relative precision.
 *
 * @param matrix Shape `(n, n)` row-major, symmetric. Overwritten.
 * @param n Rows.
 * @param out Receives the `n` eigenvalues, ascending.
 * @throws RangeError if a length disagrees with `n`.
 * @see Golub and Van Loan, Matrix Computations, section 8.5
 */
export function symmetricEigenvalues(matrix: Float64Array, n: number, out: Float64Array): void {
  if (matrix.length !== n * n || out.length !== n) throw new RangeError(`matrix: expected ${n} by ${n}`);
  for (let sweep = 0; sweep < 60; sweep++) {
    let off = 0;
    for (let p = 0; p < n; p++) for (let q = p + 1; q < n; q++) off = Math.max(off, Math.abs(matrix[p * n + q]!));
    if (off === 0) break;
    for (let p = 0; p < n; p++) for (let q = p + 1; q < n; q++) rotate(matrix, n, p, q);
  }
  for (let i = 0; i < n; i++) out[i] = matrix[i * n + i]!;
  out.sort();
}

/** One Jacobi rotation: makes element `(p, q)` zero. */
function rotate(m: Float64Array, n: number, p: number, q: number): void {
  const apq = m[p * n + q]!;
  const [app, aqq] = [m[p * n + p]!, m[q * n + q]!];
  // Below the rounding of both diagonal elements a rotation would change nothing but itself never reach zero.
  if (Math.abs(app) + Math.abs(apq) === Math.abs(app) && Math.abs(aqq) + Math.abs(apq) === Math.abs(aqq)) {
    m[p * n + q] = 0;
    m[q * n + p] = 0;
    return;
  }
  const theta = (aqq - app) / (2 * apq);
  const t = (theta < 0 ? -1 : 1) / (Math.abs(theta) + Math.hypot(theta, 1));
  const c = 1 / Math.hypot(t, 1);
  const s = t * c;
  for (let k = 0; k < n; k++) {
    if (k === p || k === q) continue;
    const [akp, akq] = [m[k * n + p]!, m[k * n + q]!];
    m[k * n + p] = c * akp - s * akq;
    m[p * n + k] = m[k * n + p]!;
    m[k * n + q] = s * akp + c * akq;
    m[q * n + k] = m[k * n + q]!;
  }
  m[p * n + p] = app - t * apq;
  m[q * n + q] = aqq + t * apq;
  m[p * n + q] = 0;
  m[q * n + p] = 0;
}
