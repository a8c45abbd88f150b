import { type Columns, checkColumns } from './columns.ts';
import { lassoDescent } from './lasso-descent.ts';
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
 * @throws StatisticsError `STATISTICS_INPUT` if no column covaries with the outcome.
 */
export function lassoAlphas(columns: Columns, outcome: Float64Array, count = 100, ratio = 1e-3): Float64Array {
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
 * `min 1/(2n) ||y - b0 - X b||^2 + alpha ||b||_1`, by coordinate descent, each solution starting from the one before.
 *
 * `alpha` is on the scale of scikit-learn's `alpha` and of glmnet's gaussian `lambda`. Columns are centred but not
 * scaled: standardise them first, or the penalty depends on their units. A 0/1 outcome is fitted as a number.
 *
 * @param columns `p` columns of length `n`; `p` may exceed `n`.
 * @param outcome Length `n`.
 * @param alphas Penalties, each greater than 0; descending ones are fastest.
 * @throws StatisticsError `STATISTICS_INPUT` on NaN or unequal lengths, `STATISTICS_NOT_CONVERGED` after 20 000 sweeps.
 * @see Tibshirani R. J R Stat Soc B 1996;58:267-288; Friedman J et al. J Stat Softw 2010;33(1), doi 10.18637/jss.v033.i01
 */
export function lassoPath(columns: Columns, outcome: Float64Array, alphas: Float64Array): LassoPath {
  checkColumns([...columns, outcome], outcome.length);
  const means = Float64Array.from(columns, mean);
  const outcomeMean = mean(outcome);
  const centred = columns.map((column, j) => column.map((value) => value - means[j]!));
  const residual = outcome.map((value) => value - outcomeMean);
  const beta = new Float64Array(columns.length);
  const coefficients: Float64Array[] = [];
  const intercepts = new Float64Array(alphas.length);
  alphas.forEach((alpha, k) => {
    if (!(alpha > 0)) throw new StatisticsError('STATISTICS_INPUT', 'alphas', `got ${alpha}, give more than 0`);
    lassoDescent(centred, alpha, beta, residual);
    coefficients.push(beta.slice());
    intercepts[k] = outcomeMean - beta.reduce((sum, b, j) => sum + b * means[j]!, 0);
  });
  return { alphas, coefficients, intercepts };
}

/**
 * Chooses the penalty of `lassoPath` by cross-validation and fits all rows with it.
 *
 * The penalties come from all rows and are the same in every fold. A fold's training rows are centred anew but not
 * scaled anew: columns that were standardised on all rows keep that scale, as in the published signatures.
 *
 * @param columns `p` columns of length `n`, standardised.
 * @param outcome Length `n`.
 * @param folds Fold `0..k-1` per row, each fold with at least one row; no default, so that a sorted file can't make
 *   folds of one class.
 * @param alphas Penalties in descending order; by default those of `lassoAlphas`.
 * @throws StatisticsError as `lassoPath`, and `STATISTICS_INPUT` if there are fewer than 2 folds or one is empty.
 */
export function lassoCv(
  columns: Columns,
  outcome: Float64Array,
  folds: ArrayLike<number>,
  alphas: Float64Array = lassoAlphas(columns, outcome),
): LassoCv {
  if (folds.length !== outcome.length)
    throw new StatisticsError(
      'STATISTICS_INPUT',
      'folds',
      `${folds.length} rows where the outcome has ${outcome.length}`,
    );
  const foldCount = 1 + Array.from(folds).reduce((most, fold) => Math.max(most, fold), 0);
  if (foldCount < 2) throw new StatisticsError('STATISTICS_INPUT', 'folds', 'one fold only: give at least 2');
  const meanMse = new Float64Array(alphas.length);
  for (let fold = 0; fold < foldCount; fold++) {
    foldErrors(columns, outcome, folds, fold, alphas).forEach((mse, k) => {
      meanMse[k]! += mse / foldCount;
    });
  }
  // indexOf finds the first, and the penalties descend: on a tie the sparser model.
  const index = meanMse.indexOf(meanMse.reduce((least, mse) => Math.min(least, mse), Number.POSITIVE_INFINITY));
  const path = lassoPath(columns, outcome, alphas.subarray(0, index + 1));
  return {
    alphas,
    meanMse,
    index,
    alpha: alphas[index]!,
    coefficients: path.coefficients[index]!,
    intercept: path.intercepts[index]!,
  };
}

/** Mean squared error on the rows of one fold, per penalty, fitted on the other rows. */
function foldErrors(
  columns: Columns,
  outcome: Float64Array,
  folds: ArrayLike<number>,
  fold: number,
  alphas: Float64Array,
): Float64Array {
  const inside = (_: number, row: number) => folds[row] !== fold;
  const rows = Array.from(outcome.keys()).filter((row) => folds[row] === fold);
  if (rows.length === 0) throw new StatisticsError('STATISTICS_INPUT', 'folds', `fold ${fold} is empty`);
  const path = lassoPath(
    columns.map((column) => column.filter(inside)),
    outcome.filter(inside),
    alphas,
  );
  return alphas.map((_, k) => {
    const beta = path.coefficients[k]!;
    let sum = 0;
    for (const row of rows) {
      let predicted = path.intercepts[k]!;
      for (let j = 0; j < columns.length; j++) predicted += beta[j]! * columns[j]![row]!;
      sum += (outcome[row]! - predicted) ** 2;
    }
    return sum / rows.length;
  });
}
