import { type Columns, checkColumns } from './columns.ts';
import type { ElasticNetPath } from './elastic-net.ts';
import type { PenalisedOutcome } from './penalised-outcome.ts';
import { StatisticsError } from './statistics-error.ts';

/** One fitted model, in plain numbers that survive JSON unchanged. */
export interface ElasticNetModel {
  readonly family: PenalisedOutcome['family'];
  readonly lambda: number;
  /** 0 for cox. */
  readonly intercept: number;
  /** One per column, on the scale of the columns given to the fit. */
  readonly coefficients: readonly number[];
}

/**
 * The model of a path at one penalty.
 *
 * @param index Position in `path.lambdas`.
 * @throws StatisticsError `STATISTICS_INPUT` if there is no such penalty.
 */
export function elasticNetModel(path: ElasticNetPath, index: number): ElasticNetModel {
  const [lambda, intercept, coefficients] = [path.lambdas[index], path.intercepts[index], path.coefficients[index]];
  if (lambda === undefined || intercept === undefined || coefficients === undefined)
    throw new StatisticsError('STATISTICS_INPUT', 'index', `got ${index} of ${path.lambdas.length} penalties`);
  return { family: path.family, lambda, intercept, coefficients: Array.from(coefficients) };
}

/**
 * Linear predictors `intercept + X b`: the value itself (gaussian), the log odds (binomial, see `logisticProbability`),
 * the log hazard relative to a row of zeros (cox; glmnet's `type = "link"`, not centred as `coxph`'s `lp` is).
 *
 * @param columns As many columns as coefficients, each of the same length.
 * @throws StatisticsError `STATISTICS_INPUT` on another number of columns, unequal lengths or NaN.
 */
export function predictElasticNet(model: ElasticNetModel, columns: Columns): Float64Array {
  const { coefficients, intercept } = model;
  if (columns.length !== coefficients.length)
    throw new StatisticsError(
      'STATISTICS_INPUT',
      'columns',
      `${columns.length} columns for ${coefficients.length} coefficients`,
    );
  const rows = columns[0]?.length ?? 0;
  checkColumns(columns, rows, 1);
  const eta = new Float64Array(rows).fill(intercept);
  coefficients.forEach((b, j) => {
    if (b !== 0) for (let i = 0; i < rows; i++) eta[i]! += b * columns[j]![i]!;
  });
  return eta;
}
