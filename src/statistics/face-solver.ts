import { GrowingCholesky } from './growing-cholesky.ts';
import { StatisticsError } from './statistics-error.ts';

/** Share of its diagonal element below which a pivot is rounding: the column repeats those before it. */
const pivotTolerance = 1e-14;

/**
 * A quadratic function with an L1 penalty, `f(b) + sum_a l1_a |b_a|`, over positions `0..size-1`. Where `l1_a` is 0 the
 * coefficient is free.
 */
export interface PenalisedQuadratic {
  readonly size: number;
  /** Second derivatives of `f` but for `ridge`, symmetric, one row per position. */
  readonly curvature: readonly Float64Array[];
  /** Added to the diagonal of `curvature`, length `size`. */
  readonly ridge: Float64Array;
  /** Length `size`. */
  readonly l1: Float64Array;
  /** Start and result, length `size`. */
  readonly beta: Float64Array;
  /** Derivative of `f` at `beta`, length `size`; kept in step. */
  readonly slope: Float64Array;
}

/**
 * Minimises quadratic functions with an L1 penalty that differ little from one to the next: coordinate descent in
 * covariance form, with a linear system in place of its endless last part.
 *
 * A coordinate step lets in each coefficient whose slope exceeds its penalty. Given which coefficients are not 0 and
 * their signs (the face), the minimum solves a linear system; the way there ends where the first coefficient reaches 0,
 * which then leaves. No face comes twice, as every step lowers the function, so that the end is exact after few steps,
 * where plain sweeps need thousands if columns are correlated and the penalty is small. The Cholesky factor is kept from
 * call to call.
 *
 * @see Friedman J et al. J Stat Softw 2010;33(1), doi 10.18637/jss.v033.i01, section 2.2 (covariance updates);
 *   Osborne MR et al. IMA J Numer Anal 2000;20:389-403, doi 10.1093/imanum/20.3.389 (active sets)
 */
export class FaceSolver {
  /** Positions in the model, in order of entry; the factor has the first of them. */
  readonly #active: number[] = [];
  readonly #factor = new GrowingCholesky();

  /**
   * Moves `beta` to the minimum: no `|slope_a|` exceeds `l1_a` by more than `tolerance`.
   *
   * @throws StatisticsError `STATISTICS_NOT_CONVERGED`.
   */
  minimise(quadratic: PenalisedQuadratic, tolerance: number): void {
    this.#synchronise(quadratic);
    const limit = 1000 + 20 * quadratic.size;
    for (let round = 0; round < limit; round++) {
      let moves = 0;
      while (this.#active.length > 0 && this.#moveOnFace(quadratic)) if (++moves > limit) throw notConverged();
      if (!this.#enter(quadratic, tolerance)) return;
    }
    throw notConverged();
  }

  /**
   * Says that positions have new numbers.
   *
   * @param map The new number of each, or -1 where the position is gone.
   */
  renumber(map: Int32Array): void {
    for (let k = this.#active.length - 1; k >= 0; k--) {
      const to = map[this.#active[k]!]!;
      if (to < 0) this.#leave(k);
      else this.#active[k] = to;
    }
  }

  /** Says that curvature or ridge have changed. */
  forget(): void {
    this.#factor.clear();
  }

  #leave(k: number): void {
    this.#active.splice(k, 1);
    if (k < this.#factor.size) this.#factor.remove(k);
  }

  /** Brings the list in line with a `beta` that was changed from outside. */
  #synchronise({ beta, l1, size }: PenalisedQuadratic): void {
    for (let k = this.#active.length - 1; k >= 0; k--) {
      const a = this.#active[k]!;
      if (beta[a] === 0 && l1[a] !== 0) this.#leave(k);
    }
    const listed = new Uint8Array(size);
    for (const a of this.#active) listed[a] = 1;
    for (let a = 0; a < size; a++) if (listed[a] === 0 && (beta[a] !== 0 || l1[a] === 0)) this.#active.push(a);
  }

  /** Coordinate steps for the coefficients at 0 that want to leave it; returns whether any did. */
  #enter({ size, curvature, ridge, l1, beta, slope }: PenalisedQuadratic, tolerance: number): boolean {
    const before = this.#active.length;
    for (let a = 0; a < size; a++) {
      const excess = Math.abs(slope[a]!) - l1[a]!;
      if (beta[a] !== 0 || l1[a] === 0 || !(excess > tolerance)) continue;
      const row = curvature[a]!;
      const diagonal = row[a]! + ridge[a]!;
      if (!(diagonal > 0)) continue;
      const step = (-Math.sign(slope[a]!) * excess) / diagonal;
      for (let b = 0; b < size; b++) slope[b]! += step * row[b]!;
      slope[a]! += step * ridge[a]!;
      beta[a] = step;
      this.#active.push(a);
    }
    return this.#active.length > before;
  }

  /** Moves towards the minimum on the face; returns whether a coefficient reached 0 and left. */
  #moveOnFace(quadratic: PenalisedQuadratic): boolean {
    const { l1, beta, slope } = quadratic;
    const active = this.#active;
    const downhill = new Float64Array(active.length);
    for (let k = 0; k < active.length; k++) {
      const a = active[k]!;
      downhill[k] = -slope[a]! - l1[a]! * Math.sign(beta[a]!);
    }
    if (!this.#factorise(quadratic)) return this.#stepWithoutEffect(quadratic, downhill);
    const step = downhill.slice();
    this.#factor.solve(step);
    const zero = firstZero(quadratic, active, step);
    const fraction = Math.min(zero.fraction, 1);
    for (let k = 0; k < active.length; k++) {
      beta[active[k]!]! += fraction * step[k]!;
      // A whole step brings the slope to the penalty, so part of it goes part of the way.
      slope[active[k]!]! += fraction * downhill[k]!;
    }
    moveOtherSlopes(quadratic, active, fraction, step);
    if (zero.fraction >= 1) return false;
    beta[active[zero.leaving]!] = 0;
    this.#leave(zero.leaving);
    return true;
  }

  /** Brings the factor up to the last position; false at a position that repeats those before it. */
  #factorise({ curvature, ridge }: PenalisedQuadratic): boolean {
    const active = this.#active;
    while (this.#factor.size < active.length) {
      const i = this.#factor.size;
      const a = active[i]!;
      const row = curvature[a]!;
      const entry = (j: number) => (j === i ? row[a]! + ridge[a]! : row[active[j]!]!);
      if (!this.#factor.append(entry, pivotTolerance)) return false;
    }
    return true;
  }

  /**
   * Where a column is a combination of those before it: follows the change of coefficients that leaves every prediction
   * as it is, and lowers the penalty, until one reaches 0 and leaves.
   *
   * @param downhill Negative derivative of function and penalty per active coefficient. Of a perfect combination only the
   *   penalty counts; of one that is perfect but for rounding the slopes tell which column to keep.
   */
  #stepWithoutEffect(quadratic: PenalisedQuadratic, downhill: Float64Array): boolean {
    const active = this.#active;
    const step = new Float64Array(active.length);
    this.#factor.nullDirection(step);
    let gain = 0;
    for (let k = 0; k < step.length; k++) gain += downhill[k]! * step[k]!;
    const turn = () => {
      for (let k = 0; k < step.length; k++) step[k] = -step[k]!;
    };
    if (gain < 0) turn();
    let zero = firstZero(quadratic, active, step);
    if (zero.leaving < 0) {
      // Both ways cost the same; this one met no zero, so the other one does.
      turn();
      zero = firstZero(quadratic, active, step);
      if (zero.leaving < 0) throw notConverged();
    }
    for (let k = 0; k < active.length; k++) quadratic.beta[active[k]!]! += zero.fraction * step[k]!;
    quadratic.beta[active[zero.leaving]!] = 0;
    this.#leave(zero.leaving);
    return true;
  }
}

/** How much of `step` brings the first penalised coefficient to 0, and which one; infinity and -1 if none does. */
function firstZero(
  { l1, beta }: PenalisedQuadratic,
  active: readonly number[],
  step: Float64Array,
): { fraction: number; leaving: number } {
  let fraction = Number.POSITIVE_INFINITY;
  let leaving = -1;
  for (let k = 0; k < active.length; k++) {
    const a = active[k]!;
    const room = -beta[a]! / step[k]!;
    if (l1[a] === 0 || !(room > 0 && room < fraction)) continue;
    fraction = room;
    leaving = k;
  }
  return { fraction, leaving };
}

/** Brings the slopes of the positions that are not in the model in step. */
function moveOtherSlopes(
  { size, curvature, slope }: PenalisedQuadratic,
  active: readonly number[],
  fraction: number,
  step: Float64Array,
): void {
  const inside = new Uint8Array(size);
  for (const a of active) inside[a] = 1;
  for (let b = 0; b < size; b++) {
    if (inside[b] === 1) continue;
    const row = curvature[b]!;
    let sum = 0;
    for (let k = 0; k < active.length; k++) sum += row[active[k]!]! * step[k]!;
    slope[b]! += fraction * sum;
  }
}

function notConverged(): StatisticsError {
  return new StatisticsError(
    'STATISTICS_NOT_CONVERGED',
    'columns',
    'no minimum found: use larger penalties or leave out columns that repeat others',
  );
}
