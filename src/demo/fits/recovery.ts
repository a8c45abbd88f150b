import { factorise, solveFactorised } from '../../statistics/cholesky.ts';
import { chiSquareUpperTail } from '../../statistics/distributions.ts';
import { wald95 } from '../../statistics/logistic.ts';

/** Whether a fit finds again what was planted. */
export interface Recovery {
  readonly name: string;
  /** The planted effect; `positive` or `negative` for a score, whose scale is its own. */
  readonly planted: number | 'positive' | 'negative';
  /** Wald limits. */
  readonly ci95: readonly [number, number];
  readonly agrees: boolean;
}

/**
 * Compares an estimate with what was planted: a number must lie in the 95% interval, a sign must be that of the whole interval.
 *
 * @param coefficient Log odds or log hazard per unit.
 */
export function compareWithPlanted(
  name: string,
  planted: Recovery['planted'],
  coefficient: number,
  standardError: number,
): Recovery {
  const [low, high] = [coefficient - wald95 * standardError, coefficient + wald95 * standardError];
  const agrees =
    planted === 'positive' ? low > 0 : planted === 'negative' ? high < 0 : low <= planted && planted <= high;
  return { name, planted, ci95: [low, high], agrees };
}

/**
 * Whether several planted effects lie together in the 95% region of a fit: of many single intervals some miss by chance.
 *
 * @param deviations Estimate minus planted effect, `p` of them.
 * @param covariance Of the estimates, shape `(p, p)`.
 * @returns Wald statistic `d' V^-1 d` with its upper tail on `p` degrees of freedom.
 */
export function compareTogether(deviations: readonly number[], covariance: readonly (readonly number[])[]) {
  const df = deviations.length;
  const factor = Float64Array.from(covariance.flat());
  factorise(factor, df, 1e-12);
  const solved = Float64Array.from(deviations);
  solveFactorised(factor, solved);
  const statistic = deviations.reduce((sum, deviation, j) => sum + deviation * (solved[j] ?? Number.NaN), 0);
  return { statistic, df, p: chiSquareUpperTail(statistic, df) };
}
