import { factorise, invertFactorised } from './cholesky.ts';
import { type Columns, checkColumns } from './columns.ts';
import type { ModelTerm } from './model-terms.ts';
import { mean } from './standardise.ts';
import { StatisticsError } from './statistics-error.ts';

/** Inflation of the joint confidence region of a term's coefficients by the other terms. */
export interface TermInflation {
  /** `det(R11) det(R22) / det(R)`; for a single column the usual VIF. */
  readonly gvif: number;
  /** Columns of the term. */
  readonly df: number;
  /** `gvif ** (1 / (2 df))`: comparable between terms, and the square root of the VIF for a single column. */
  readonly scaled: number;
}

/** What the columns before it leave of a standardised column below which it counts as repeating them. */
const pivotTolerance = 1e-11;

/**
 * Variance inflation factors of a linear model with an intercept, `VIF_j = 1 / (1 - R2_j)` with `R2_j` of the regression
 * of column `j` on all others: the diagonal of the inverse correlation matrix.
 *
 * Does not depend on the outcome. Equals `car::vif(lm)`; statsmodels' `variance_inflation_factor` does only if a column
 * of ones is among its variables. By Cholesky's method, which finds the column that repeats others.
 *
 * @param columns `p` columns of length `n`, `n` greater than `p`.
 * @returns One per column, 1 or more.
 * @throws StatisticsError `STATISTICS_INPUT` on NaN or unequal lengths; `STATISTICS_SINGULAR` naming a column that is
 *   constant or a combination of those before it: its VIF would be infinite.
 * @see Fox J, Monette G. J Am Stat Assoc 1992;87:178-183
 */
export function vif(columns: Columns): Float64Array {
  const inverse = inverseCorrelation(columns);
  return Float64Array.from(columns, (_, j) => inverse[j * columns.length + j]!);
}

/**
 * Generalised variance inflation factors of a linear model whose terms may have several columns.
 *
 * Equals `car::vif(lm)` with factors.
 *
 * @param terms Each with its columns of length `n`.
 * @throws StatisticsError as `vif`.
 */
export function vifOfTerms(terms: readonly ModelTerm[]): TermInflation[] {
  const columns = terms.flatMap((term) => [...term.columns]);
  return vifOfCovariance(
    inverseCorrelation(columns),
    terms.map((term) => term.columns.length),
  );
}

/**
 * Generalised variance inflation factors from the covariance of fitted coefficients, with `R` its correlation matrix,
 * `R11` that of a term's own coefficients and `R22` that of all others.
 *
 * Equals `car::vif(glm)` and `car::vif(coxph)`. These depend on the outcome through the weights of the fit and differ
 * from those of the linear model; the usual rule VIF < 10 is meant for the latter.
 *
 * @param covariance Shape `(p, p)` row-major, intercept left out (`slopeCovariance`).
 * @param sizes Columns per term, in order, `p` in all.
 * @throws StatisticsError `STATISTICS_INPUT` if the sizes are not 1 or more, or do not add up to `p`; `STATISTICS_SINGULAR` if the covariance is
 *   not positive definite.
 * @see Fox J, Monette G. J Am Stat Assoc 1992;87:178-183
 */
export function vifOfCovariance(covariance: Float64Array, sizes: readonly number[]): TermInflation[] {
  const p = sizes.reduce((sum, size) => sum + size, 0);
  if (covariance.length !== p * p || sizes.some((size) => !(Number.isInteger(size) && size >= 1)))
    throw new StatisticsError('STATISTICS_INPUT', 'sizes', `${p} columns for a covariance of ${covariance.length}`);
  const all = Array.from({ length: p }, (_, j) => j);
  const whole = logDeterminant(covariance, all);
  let end = 0;
  return sizes.map((df) => {
    const start = end;
    end += df;
    const own = all.slice(start, end);
    const others = all.filter((j) => j < start || j >= start + df);
    const gvif = Math.exp(logDeterminant(covariance, own) + logDeterminant(covariance, others) - whole);
    return { gvif, df, scaled: gvif ** (1 / (2 * df)) };
  });
}

/**
 * Covariance of the slopes: that of all coefficients without the first row and column, the intercept.
 *
 * @param covariance Shape `(p + 1, p + 1)` row-major.
 */
export function slopeCovariance(covariance: Float64Array): Float64Array {
  const width = Math.round(Math.sqrt(covariance.length));
  return covariance.filter((_, k) => k >= width && k % width !== 0);
}

function inverseCorrelation(columns: Columns): Float64Array {
  const n = columns[0]?.length ?? 0;
  const p = columns.length;
  checkColumns(columns, n);
  const scaled = columns.map((column) => {
    const centre = mean(column);
    const centred = column.map((value) => value - centre);
    const length = Math.sqrt(centred.reduce((sum, value) => sum + value * value, 0));
    return length > 0 ? centred.map((value) => value / length) : centred;
  });
  const correlation = new Float64Array(p * p);
  for (let j = 0; j < p; j++)
    for (let k = 0; k <= j; k++) {
      let sum = 0;
      for (let i = 0; i < n; i++) sum += scaled[j]![i]! * scaled[k]![i]!;
      correlation[j * p + k] = sum;
    }
  const dependent = factorise(correlation, p, pivotTolerance);
  if (dependent >= 0)
    throw new StatisticsError(
      'STATISTICS_SINGULAR',
      `column ${dependent}`,
      'is constant or a combination of the columns before it: leave it out',
    );
  return invertFactorised(correlation, p);
}

/** Logarithm of the determinant of the correlation matrix of some rows of a covariance. */
function logDeterminant(covariance: Float64Array, rows: readonly number[]): number {
  const p = Math.round(Math.sqrt(covariance.length));
  const size = rows.length;
  const block = new Float64Array(size * size);
  rows.forEach((row, a) => {
    rows.forEach((column, b) => {
      const scale = Math.sqrt(covariance[row * p + row]! * covariance[column * p + column]!);
      block[a * size + b] = covariance[row * p + column]! / scale;
    });
  });
  if (factorise(block, size, 0) >= 0)
    throw new StatisticsError('STATISTICS_SINGULAR', 'covariance', 'is not positive definite: look at the fit');
  return 2 * rows.reduce((sum, _, a) => sum + Math.log(block[a * size + a]!), 0);
}
