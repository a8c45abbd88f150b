import { digits, fixed, multiplyPolynomials, one, type Polynomial, times } from './fixed-point.ts';

/**
 * Where the search for each coiflet begins: the free coefficients `f` of order 1 to 5, to 4 digits. The conditions have
 * several solutions; these lie next to Daubechies' own.
 */
const starts: readonly (readonly number[])[] = [
  [0.8229, 0.1771],
  [2.966, 0.494, -0.33, -0.1304],
  [10.99, 1.459, -2.003, -0.749, 0.2056, 0.1002],
  [41.35, 4.488, -9.623, -3.448, 1.68, 0.7855, -0.1511, -0.08272],
  [157.2, 14.13, -42.62, -14.75, 9.745, 4.404, -1.54, -0.8162, 0.1204, 0.07121],
];

/** Orders of the coiflets that {@link coiflet} derives: 1 to this one. */
export const highestCoiflet = starts.length;

/** Newton's steps: the digits that are right double with each, from 3. */
const rounds = 8;

/** `base ** exponent`. */
function power(base: Polynomial, exponent: number): Polynomial {
  return multiplyPolynomials(...Array.from({ length: exponent }, () => base));
}

/** Adds `values * scale`, its middle on `at`, to `out`. */
function addCentred(out: bigint[], values: Polynomial, at: number, scale: bigint): void {
  const first = at - (values.length - 1) / 2;
  values.forEach((value, i) => {
    out[first + i]! += scale * value;
  });
}

/** Solves `a x = b` in place by elimination; `a` is symmetric and positive definite, so no pivots are looked for. */
function solve(a: bigint[][], b: bigint[]): bigint[] {
  const n = b.length;
  for (let column = 0; column < n; column++) {
    for (let row = column + 1; row < n; row++) {
      const factor = (a[row]![column]! << digits) / a[column]![column]!;
      for (let k = column; k < n; k++) a[row]![k]! -= times(factor, a[column]![k]!);
      b[row]! -= times(factor, b[column]!);
    }
  }
  for (let row = n - 1; row >= 0; row--) {
    for (let k = row + 1; k < n; k++) b[row]! -= times(a[row]![k]!, b[k]!);
    b[row] = (b[row]! << digits) / a[row]![row]!;
  }
  return b;
}

/** One Gauss-Newton step towards orthonormal even shifts: by how much to change each coefficient of `terms`. */
function orthonormalStep(h: Polynomial, terms: readonly Polynomial[]): bigint[] {
  const shifts = Array.from({ length: h.length / 2 }, (_, m) => 2 * m);
  const product = (a: Polynomial, b: Polynomial, shift: number) => {
    let sum = 0n;
    for (let k = 0; k + shift < h.length; k++) sum += a[k]! * b[k + shift]!;
    return sum >> digits;
  };
  const residuals = shifts.map((shift) => (shift === 0 ? one / 2n : 0n) - product(h, h, shift));
  const slopes = shifts.map((shift) => terms.map((term) => product(h, term, shift) + product(term, h, shift)));
  const overShifts = (of: (m: number) => bigint) => shifts.reduce((sum, _, m) => sum + of(m), 0n) >> digits;
  const normal = terms.map((_, i) => terms.map((_, j) => overShifts((m) => slopes[m]![i]! * slopes[m]![j]!)));
  return solve(
    normal,
    terms.map((_, i) => overShifts((m) => slopes[m]![i]! * residuals[m]!)),
  );
}

/**
 * The low-pass filter of a coiflet, reconstruction order, in fixed point and with the sum 1: `6 k` taps, `2 k` vanishing
 * moments of the wavelet and of the scaling function, orthogonal to its even shifts.
 *
 * `m0 = C^k (sum over j < k of C(k - 1 + j, j) S^j + S^k f)`, `C = (2 + x + 1 / x) / 4`, `S = (2 - x - 1 / x) / 4`, has
 * the moments for every polynomial `f` of degree `2 k - 1`; Newton's method finds the `f` that makes it orthogonal. Its
 * equations lose 9 digits at `k = 5`, hence fixed point.
 *
 * @param k Order, 1..5.
 * @throws RangeError for another order.
 * @see Daubechies, Orthonormal bases of compactly supported wavelets II, doi:10.1137/0524031
 */
export function coiflet(k: number): Polynomial {
  const start = starts[k - 1];
  if (start === undefined) throw new RangeError(`coiflet ${k}: 1 to ${highestCoiflet}`);
  const lowPass = power([one / 4n, one / 2n, one / 4n], k);
  const rise: Polynomial = [-one / 4n, one / 2n, -one / 4n];
  const settled = new Array<bigint>(6 * k).fill(0n);
  let binomial = 1n;
  for (let j = 0; j < k; j++) {
    addCentred(settled, multiplyPolynomials(lowPass, power(rise, j)), 2 * k, binomial);
    binomial = (binomial * BigInt(k + j)) / BigInt(j + 1);
  }
  const free = multiplyPolynomials(lowPass, power(rise, k));
  const terms = start.map((_, n) => {
    const term = new Array<bigint>(6 * k).fill(0n);
    addCentred(term, free, 2 * k + n, 1n);
    return term;
  });
  let f = start.map(fixed);
  const filterOf = () => settled.map((value, i) => terms.reduce((sum, term, n) => sum + times(f[n]!, term[i]!), value));
  for (let round = 0; round < rounds; round++) {
    const step = orthonormalStep(filterOf(), terms);
    f = f.map((value, n) => value + step[n]!);
  }
  return filterOf();
}
