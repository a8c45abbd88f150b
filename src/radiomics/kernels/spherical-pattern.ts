import type { Harmonics } from './spherical-harmonics.ts';

/**
 * Excess kurtosis of a run of values, with N; -3 where they are all equal.
 *
 * @param values Values.
 * @param at First of the run.
 * @param count Values of the run.
 * @see SciPy before 1.9, `scipy.stats.kurtosis`; later versions give NaN for equal values
 */
export function excessKurtosis(values: Float64Array, at: number, count: number): number {
  let mean = 0;
  for (let i = at; i < at + count; i++) mean += values[i]!;
  mean /= count;
  let [second, fourth] = [0, 0];
  for (let i = at; i < at + count; i++) {
    const square = (values[i]! - mean) ** 2;
    second += square;
    fourth += square * square;
  }
  second /= count;
  if (second <= (1e-15 * mean) ** 2) return -3;
  return fourth / count / (second * second) - 3;
}

/** The harmonics of one degree at the directions of a pattern, ready for {@link patternStrength}. */
export interface DegreeTable {
  readonly orders: number;
  /** Real and imaginary part of every order, direction by direction. */
  readonly values: Float64Array;
  /** `sum over directions of Y_a Y_b` for all orders a and b: real and imaginary parts. */
  readonly coupling: Float64Array;
}

/**
 * Lays out the harmonics of one degree.
 *
 * @param harmonics A row per order.
 * @param orders Rows.
 */
export function degreeTable({ re, im }: Harmonics, orders: number): DegreeTable {
  const directions = re.length / orders;
  const values = new Float64Array(2 * re.length);
  const coupling = new Float64Array(2 * orders * orders);
  for (let v = 0; v < directions; v++) {
    for (let a = 0; a < orders; a++) {
      const p = a * directions + v;
      values[2 * (v * orders + a)] = re[p]!;
      values[2 * (v * orders + a) + 1] = im[p]!;
      for (let b = 0; b < orders; b++) {
        const q = b * directions + v;
        coupling[2 * (a * orders + b)]! += re[p]! * re[q]! - im[p]! * im[q]!;
        coupling[2 * (a * orders + b) + 1]! += re[p]! * im[q]! + im[p]! * re[q]!;
      }
    }
  }
  return { orders, values, coupling };
}

/**
 * Strength of one degree in a pattern of signs: the real part of `sqrt(sum over v of f(v)^2)`,
 * `f(v) = sum over m of c_m Y_m(v)`, `c_m = sum of Y_m over the directions whose sign is 1`.
 *
 * The squares are complex, not magnitudes, and nothing is conjugated: PyRadiomics' definition.
 *
 * @param positive Directions whose sign is 1, in any order; the first `count` elements.
 * @param count How many.
 * @param table Harmonics of the degree.
 * @param c Room for real and imaginary parts of every order.
 * @see Banerjee 2013, doi:10.1007/978-3-642-37410-4_3; PyRadiomics, imageoperations.py `getLBP3DImage`
 */
export function patternStrength(positive: Int32Array, count: number, table: DegreeTable, c: Float64Array): number {
  const { orders, values, coupling } = table;
  const parts = 2 * orders;
  for (let i = 0; i < parts; i++) c[i] = 0;
  for (let k = 0; k < count; k++) {
    const at = positive[k]! * parts;
    for (let i = 0; i < parts; i++) c[i]! += values[at + i]!;
  }
  let x = 0;
  let y = 0;
  for (let a = 0; a < parts; a += 2) {
    for (let b = 0; b < parts; b += 2) {
      const p = c[a]! * c[b]! - c[a + 1]! * c[b + 1]!;
      const q = c[a]! * c[b + 1]! + c[a + 1]! * c[b]!;
      const g = coupling[a * orders + b]!;
      const h = coupling[a * orders + b + 1]!;
      x += p * g - q * h;
      y += p * h + q * g;
    }
  }
  return Math.sqrt(Math.max(0, (Math.hypot(x, y) + x) / 2));
}
