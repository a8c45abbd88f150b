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

/** The same for the coefficients of a fit, in its order. */
export function recoveriesOf(
  effects: readonly PlantedEffect[],
  { coefficients, standardErrors }: Estimates,
): Recovery[] {
  return effects.flatMap(({ name, planted }, j) => {
    if (planted === null) return [];
    return [compareWithPlanted(name, planted, coefficients[j] ?? Number.NaN, standardErrors[j] ?? Number.NaN)];
  });
}

/** A coefficient and its standard error a column. */
export interface Estimates {
  readonly coefficients: ArrayLike<number>;
  readonly standardErrors: ArrayLike<number>;
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

/** A coefficient of a model, and what was planted for it; null for a predictor with no effect beside the others. */
export interface PlantedEffect {
  readonly name: string;
  readonly planted: Recovery['planted'] | null;
}

/** How the intervals of one effect do over many outcomes of the same persons. */
export interface ReplicatedEffect {
  readonly name: string;
  readonly planted: Recovery['planted'];
  /** Share of the 95% intervals that hold the planted effect; null where only a sign is planted. */
  readonly covered: number | null;
  /** Share of the 95% intervals on the planted side of 0: the power. */
  readonly detected: number;
}

/**
 * Coverage and power of Wald intervals.
 *
 * @param effects What was planted, a coefficient each, in the fits' order; those without an effect of their own are left out.
 * @param fits Estimates from one or more outcomes.
 */
export function replicatedEffects(effects: readonly PlantedEffect[], fits: readonly Estimates[]): ReplicatedEffect[] {
  return effects.flatMap(({ name, planted }, j): ReplicatedEffect[] => {
    if (planted === null) return [];
    const share = (expected: Recovery['planted']) => {
      const agreeing = fits.filter(({ coefficients, standardErrors }) => {
        return compareWithPlanted(name, expected, coefficients[j] ?? Number.NaN, standardErrors[j] ?? Number.NaN)
          .agrees;
      });
      return agreeing.length / fits.length;
    };
    if (typeof planted !== 'number') return [{ name, planted, covered: null, detected: share(planted) }];
    return [{ name, planted, covered: share(planted), detected: share(planted > 0 ? 'positive' : 'negative') }];
  });
}
