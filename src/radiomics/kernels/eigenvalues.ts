/** Reduces a square matrix to upper Hessenberg form by Householder reflections, in place. */
function toHessenberg(a: Float64Array, n: number): void {
  const v = new Float64Array(n);
  const sums = new Float64Array(n);
  for (let k = 0; k < n - 2; k++) {
    let norm = 0;
    for (let i = k + 1; i < n; i++) norm = Math.hypot(norm, a[i * n + k]!);
    const first = a[(k + 1) * n + k]!;
    if (norm === Math.abs(first)) continue;
    const alpha = first > 0 ? -norm : norm;
    for (let i = k + 1; i < n; i++) v[i] = a[i * n + k]!;
    v[k + 1] = first - alpha;
    const beta = 1 / (norm * (norm + Math.abs(first)));
    // From the left, row by row: memory is walked in the order it lies.
    sums.fill(0);
    for (let i = k + 1; i < n; i++) {
      for (let j = k; j < n; j++) sums[j]! += v[i]! * a[i * n + j]!;
    }
    for (let i = k + 1; i < n; i++) {
      const factor = beta * v[i]!;
      for (let j = k; j < n; j++) a[i * n + j]! -= factor * sums[j]!;
    }
    for (let i = 0; i < n; i++) {
      let sum = 0;
      for (let j = k + 1; j < n; j++) sum += a[i * n + j]! * v[j]!;
      sum *= beta;
      for (let j = k + 1; j < n; j++) a[i * n + j]! -= sum * v[j]!;
    }
    for (let i = k + 2; i < n; i++) a[i * n + k] = 0;
  }
}

/** First row of the active block that ends at `last`: the subdiagonal beside it is negligible. */
function activeStart(h: Float64Array, n: number, last: number, negligible: number): number {
  for (let k = last; k > 0; k--) {
    if (Math.abs(h[k * n + k - 1]!) <= negligible) {
      h[k * n + k - 1] = 0;
      return k;
    }
  }
  return 0;
}

/**
 * One Francis double-shift QR step on rows and columns `start..last`; the shifts are the eigenvalues of a 2 by 2 block
 * with the diagonal `a`, `d` and the product `bc` of the other two elements.
 */
function francisStep(h: Float64Array, n: number, start: number, last: number, a: number, d: number, bc: number): void {
  const at = (i: number, j: number) => h[i * n + j]!;
  // Differences first: with close eigenvalues the products of the elements themselves would cancel to noise.
  const corner = at(start, start);
  const below = at(start + 1, start);
  let x = ((a - corner) * (d - corner) - bc) / below + at(start, start + 1);
  let y = at(start + 1, start + 1) - corner - (a - corner) - (d - corner);
  let z = at(start + 2, start + 1);
  for (let k = start; k < last; k++) {
    const three = k + 2 <= last;
    if (k > start) {
      x = at(k, k - 1);
      y = at(k + 1, k - 1);
      z = three ? at(k + 2, k - 1) : 0;
    }
    const norm = Math.hypot(x, y, z);
    if (norm === 0) continue;
    const alpha = x > 0 ? -norm : norm;
    const beta = 1 / (norm * (norm + Math.abs(x)));
    const v0 = x - alpha;
    if (k > start) {
      h[k * n + k - 1] = alpha;
      h[(k + 1) * n + k - 1] = 0;
      if (three) h[(k + 2) * n + k - 1] = 0;
    }
    const r0 = k * n;
    const [r1, r2] = [r0 + n, r0 + 2 * n];
    for (let j = k; j <= last; j++) {
      const sum = beta * (v0 * h[r0 + j]! + y * h[r1 + j]! + (three ? z * h[r2 + j]! : 0));
      h[r0 + j]! -= sum * v0;
      h[r1 + j]! -= sum * y;
      if (three) h[r2 + j]! -= sum * z;
    }
    for (let i = start; i <= Math.min(last, k + 3); i++) {
      const row = i * n + k;
      const sum = beta * (v0 * h[row]! + y * h[row + 1]! + (three ? z * h[row + 2]! : 0));
      h[row]! -= sum * v0;
      h[row + 1]! -= sum * y;
      if (three) h[row + 2]! -= sum * z;
    }
  }
}

/** Real parts of the eigenvalues of the 2 by 2 block whose lower right corner is `(k, k)`. */
function splitPair(h: Float64Array, n: number, k: number, out: Float64Array): void {
  const [a, b, c, d] = [h[(k - 1) * n + k - 1]!, h[(k - 1) * n + k]!, h[k * n + k - 1]!, h[k * n + k]!];
  const half = (a - d) / 2;
  const root = half * half + b * c;
  if (root < 0) {
    out[k - 1] = (a + d) / 2;
    out[k] = (a + d) / 2;
    return;
  }
  // The larger shift first, the other from the product of both: no cancellation.
  const shift = half + (half < 0 ? -1 : 1) * Math.sqrt(root);
  out[k - 1] = d + shift;
  out[k] = shift === 0 ? d : d - (b * c) / shift;
}

/**
 * Real parts of the eigenvalues of a real square matrix, by Hessenberg reduction and the implicit double-shift QR
 * algorithm.
 *
 * @param matrix Shape `(n, n)` row-major. Overwritten.
 * @param n Rows.
 * @param out Receives `n` real parts, ascending.
 * @throws RangeError if a length disagrees with `n`; Error if the iteration does not converge, which takes a matrix with
 *   elements that are not finite.
 * @see Golub and Van Loan, Matrix Computations, section 7.5
 */
export function eigenvalueRealParts(matrix: Float64Array, n: number, out: Float64Array): void {
  if (matrix.length !== n * n || out.length !== n) throw new RangeError(`matrix: expected ${n} by ${n}`);
  toHessenberg(matrix, n);
  // Against the whole matrix, not the neighbours on the diagonal: a matrix of low rank leaves a block of pure rounding,
  // in which nothing is ever small beside its neighbours.
  let squares = 0;
  for (let at = 0; at < matrix.length; at++) squares += matrix[at]! ** 2;
  const negligible = Number.EPSILON * Math.sqrt(squares);
  let last = n - 1;
  let steps = 0;
  while (last >= 0) {
    const start = activeStart(matrix, n, last, negligible);
    if (start >= last - 1) {
      if (start === last) out[last] = matrix[last * n + last]!;
      else splitPair(matrix, n, last, out);
      last = start - 1;
      steps = 0;
      continue;
    }
    if (++steps > 90) throw new Error('eigenvalues: no convergence after 90 steps');
    const [a, b] = [matrix[(last - 1) * n + last - 1]!, matrix[(last - 1) * n + last]!];
    const [c, d] = [matrix[last * n + last - 1]!, matrix[last * n + last]!];
    if (steps % 10 === 0) {
      // An exceptional shift breaks the rare cycle in which the usual shifts repeat themselves.
      const size = Math.abs(c) + Math.abs(matrix[(last - 1) * n + last - 2]!);
      francisStep(matrix, n, start, last, d + 0.75 * size, d + 0.75 * size, -0.4375 * size * size);
    } else francisStep(matrix, n, start, last, a, d, b * c);
  }
  out.sort();
}
