import { type Columns, checkColumns } from './columns.ts';
import { elasticNetPath, scikitLearnSettings } from './elastic-net.ts';
import { elasticNetCv, scikitLearnCv } from './elastic-net-cv.ts';
import { mean } from './standardise.ts';
import { StatisticsError } from './statistics-error.ts';

/** Solutions along a sequence of penalties. */
export interface LassoPath {
  readonly alphas: Float64Array;
  /** Coefficients per penalty, one per column each. */
  readonly coefficients: readonly Float64Array[];
  readonly intercepts: Float64Array;
}

export interface LassoCv {
  readonly alphas: Float64Array;
  /** Mean over folds of the squared error on the rows left out, per penalty; every fold counts the same. */
  readonly meanMse: Float64Array;
  /** Index of the chosen penalty: the smallest error, on a tie the largest penalty. */
  readonly index: number;
  readonly alpha: number;
  /** Fitted on all rows at `alpha`, one per column. */
  readonly coefficients: Float64Array;
  readonly intercept: number;
}

/**
 * Penalties as scikit-learn takes them: `count` values, evenly spaced in the logarithm, from the smallest penalty that
 * leaves no column in, `max_j |x_j' (y - mean y)| / n`, down to `ratio` times that.
 *
 * @param columns `p` columns of length `n`.
 * @param outcome Length `n`.
 * @param count Number of penalties, 2 or more.
 * @param ratio Smallest over largest penalty, in `(0, 1)`.
 * @throws StatisticsError `STATISTICS_INPUT` on NaN or unequal lengths, or if no column covaries with the outcome.
 */
export function lassoAlphas(columns: Columns, outcome: Float64Array, count = 100, ratio = 1e-3): Float64Array {
  checkColumns([...columns, outcome], outcome.length);
  const centre = mean(outcome);
  let largest = 0;
  for (const column of columns) {
    const columnMean = mean(column);
    let product = 0;
    for (let i = 0; i < outcome.length; i++) product += (column[i]! - columnMean) * (outcome[i]! - centre);
    largest = Math.max(largest, Math.abs(product) / outcome.length);
  }
  if (!(largest > 0))
    throw new StatisticsError('STATISTICS_INPUT', 'outcome', 'covaries with no column: there is nothing to select');
  return Float64Array.from({ length: count }, (_, k) => largest * ratio ** (k / (count - 1)));
}

/**
 * Linear regression with an L1 penalty and a free intercept, for a sequence of penalties:
 * `min 1/(2n) ||y - b0 - X b||^2 + alpha ||b||_1`. `elasticNetPath` with scikit-learn's conventions and names.
 *
 * `alpha` is on the scale of scikit-learn's `alpha` and of glmnet's gaussian `lambda`. Columns are centred but not
 * scaled: standardise them first, or the penalty depends on their units. A 0/1 outcome is fitted as a number.
 *
 * @param columns `p` columns of length `n`; `p` may exceed `n`.
 * @param outcome Length `n`, not constant.
 * @param alphas Penalties, each greater than 0; descending ones are fastest.
 * @throws StatisticsError as `elasticNetPath`.
 * @see Tibshirani R. J R Stat Soc B 1996;58:267-288
 */
export function lassoPath(columns: Columns, outcome: Float64Array, alphas: Float64Array): LassoPath {
  const settings = { ...scikitLearnSettings, lambdas: alphas };
  const { coefficients, intercepts } = elasticNetPath(columns, { family: 'gaussian', values: outcome }, settings);
  return { alphas, coefficients, intercepts };
}

/**
 * Chooses the penalty of `lassoPath` by cross-validation and fits all rows with it: scikit-learn's `LassoCV`.
 *
 * The penalties come from all rows and are the same in every fold. A fold's training rows are centred anew but not
 * scaled anew: columns that were standardised on all rows keep that scale, as in the published signatures.
 *
 * @param columns `p` columns of length `n`, standardised.
 * @param outcome Length `n`.
 * @param folds Fold `0..k-1` per row, each fold with at least one row; no default, so that a sorted file can't make
 *   folds of one class.
 * @param alphas Penalties in descending order; by default those of `lassoAlphas`.
 * @throws StatisticsError as `elasticNetCv`.
 */
export function lassoCv(
  columns: Columns,
  outcome: Float64Array,
  folds: ArrayLike<number>,
  alphas: Float64Array = lassoAlphas(columns, outcome),
): LassoCv {
  const settings = { ...scikitLearnCv, lambdas: alphas };
  const cv = elasticNetCv(columns, { family: 'gaussian', values: outcome }, folds, settings);
  const index = cv.indexMin;
  return {
    alphas,
    meanMse: cv.meanErrors,
    index,
    alpha: alphas[index]!,
    coefficients: cv.path.coefficients[index]!,
    intercept: cv.path.intercepts[index]!,
  };
}
