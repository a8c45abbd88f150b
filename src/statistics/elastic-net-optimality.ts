import { type Columns, checkColumns, checkNumbers } from './columns.ts';
import type { ElasticNetSettings } from './elastic-net.ts';
import { lossOf } from './loss.ts';
import { checkOutcome, outcomeOfRows, outcomeRows, type PenalisedOutcome } from './penalised-outcome.ts';
import { mean, populationVariance } from './standardise.ts';
import { orderByTime } from './survival-outcome.ts';

/** A penalised model from any program, on the scale of the columns. */
export interface PenalisedSolution {
  readonly lambda: number;
  readonly coefficients: ArrayLike<number>;
  /** Not read for cox. */
  readonly intercept: number;
}

export interface Optimality {
  /** Value of the objective that `elasticNetPath` minimises. */
  readonly objective: number;
  /**
   * Largest violation of the conditions of Karush, Kuhn and Tucker: with the slope `g_j` of mean loss and ridge along
   * column `j` as fitted (standardised or not), `|g_j + lambda l1Ratio sign(b_j)|` where `b_j` is not 0, else
   * `max(|g_j| - lambda l1Ratio, 0)`, and `|g_0|` for the intercept.
   */
  readonly residual: number;
}

/**
 * How good a solution is: objective and violation of the optimality conditions, computed from the solution alone. The
 * problem is convex: a residual of 0 proves the minimum, whoever found it.
 *
 * @param columns `p` columns of length `n`.
 * @param outcome Length `n`, as for `elasticNetPath`.
 * @param settings The conventions of the fit; only `l1Ratio`, `standardise` and `ridgeInOutcomeSds` matter.
 * @throws StatisticsError `STATISTICS_INPUT` on NaN, unequal lengths, fewer coefficients than columns, or an outcome that
 *   `elasticNetPath` refuses.
 * @see Hastie T et al. Statistical Learning with Sparsity, 2015, section 5.2
 */
export function checkOptimality(
  columns: Columns,
  outcome: PenalisedOutcome,
  settings: ElasticNetSettings,
  { lambda, coefficients, intercept }: PenalisedSolution,
): Optimality {
  const n = outcomeRows(outcome);
  checkColumns(columns, n);
  checkOutcome(outcome);
  checkNumbers('coefficients', coefficients, columns.length);
  checkNumbers('lambda, intercept', [lambda, intercept]);
  const order =
    outcome.family === 'cox' ? orderByTime(outcome.times) : Uint32Array.from({ length: n }, (_, row) => row);
  const ordered = outcomeOfRows(outcome, order);
  const loss = lossOf(ordered);
  const offset = ordered.family === 'gaussian' ? intercept - mean(ordered.values) : intercept;
  const eta = new Float64Array(n).fill(ordered.family === 'cox' ? 0 : offset);
  columns.forEach((column, j) => {
    if (coefficients[j] !== 0) for (let i = 0; i < n; i++) eta[i]! += coefficients[j]! * column[order[i]!]!;
  });
  const gradient = new Float64Array(n);
  loss.gradient(eta, gradient);
  const unit = settings.ridgeInOutcomeSds && ordered.family === 'gaussian' ? sdOf(ordered.values) : 1;
  const l1 = lambda * settings.l1Ratio;
  const ridge = (lambda * (1 - settings.l1Ratio)) / unit;

  let objective = loss.value(eta);
  let residual = ordered.family === 'cox' ? 0 : Math.abs(gradient.reduce((sum, g) => sum + g, 0));
  columns.forEach((column, j) => {
    const centre = mean(column);
    const spread = sdOf(column);
    const scale = settings.standardise && spread > 0 ? spread : 1;
    const b = coefficients[j]! * scale;
    let slope = ridge * b;
    for (let i = 0; i < n; i++) slope += (gradient[i]! * (column[order[i]!]! - centre)) / scale;
    objective += l1 * Math.abs(b) + 0.5 * ridge * b * b;
    residual = Math.max(residual, b === 0 ? Math.abs(slope) - l1 : Math.abs(slope + l1 * Math.sign(b)));
  });
  return { objective, residual };
}

function sdOf(values: Float64Array): number {
  return Math.sqrt(populationVariance(values));
}
