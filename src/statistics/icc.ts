import { type Columns, checkColumns } from './columns.ts';
import { fUpperTail } from './distributions.ts';
import { fQuantile } from './f-quantile.ts';
import type { Interval } from './proportion.ts';
import { mean } from './standardise.ts';
import { StatisticsError } from './statistics-error.ts';

/**
 * Which intraclass correlation (Shrout and Fleiss' number, McGraw and Wong's name):
 * - `ICC1`, ICC(1): each subject has its own raters; raters' shifts count as error;
 * - `ICC2`, ICC(A,1): the same raters, drawn from many; absolute agreement, shifts count as error;
 * - `ICC3`, ICC(C,1): the same raters, only these; consistency, shifts do not count.
 */
export type IccForm = 'ICC1' | 'ICC2' | 'ICC3';

/** Reliability of one reading, or of the mean of all `k`. A paper must name form and unit: they differ widely. */
export type IccUnit = 'single' | 'average';

export interface Icc {
  readonly value: number;
  /** Statistic of the test that the ICC is 0; infinite where readings agree without any error. */
  readonly f: number;
  readonly df1: number;
  /** Satterthwaite's for ICC2, not a whole number. */
  readonly df2: number;
  /** Upper tail of `F(df1, df2)`. */
  readonly p: number;
  /** The lower end of an average is minus infinity where readings differ as much as subjects do. */
  readonly interval: Interval;
}

/** Mean squares of a table of `n` subjects by `k` readings. */
export interface MeanSquares {
  readonly n: number;
  readonly k: number;
  /** Between subjects, `MSR`. */
  readonly rows: number;
  /** Within subjects, `MSW`. */
  readonly within: number;
  /** Between readings, `MSC`. */
  readonly columns: number;
  /** Residual, `MSE`. */
  readonly error: number;
}

/**
 * Mean squares of the two-way table without replication.
 *
 * @param ratings `k` columns, one per rater or reading, 2 or more, each with the `n` subjects in the same order.
 * @throws StatisticsError `STATISTICS_INPUT` on NaN, unequal lengths, fewer than 2 readings or 2 subjects.
 */
export function meanSquares(ratings: Columns): MeanSquares {
  const k = ratings.length;
  if (k < 2) throw new StatisticsError('STATISTICS_INPUT', 'ratings', `got ${k} readings, give at least 2`);
  const n = ratings[0]!.length;
  checkColumns(ratings, n);
  const columnMeans = ratings.map(mean);
  const grandMean = mean(columnMeans);
  let rows = 0;
  let within = 0;
  let error = 0;
  for (let i = 0; i < n; i++) {
    let rowMean = 0;
    for (const column of ratings) rowMean += column[i]! / k;
    rows += (rowMean - grandMean) ** 2;
    ratings.forEach((column, j) => {
      within += (column[i]! - rowMean) ** 2;
      error += (column[i]! - rowMean - columnMeans[j]! + grandMean) ** 2;
    });
  }
  const columns = columnMeans.reduce((sum, value) => sum + (value - grandMean) ** 2, 0);
  return {
    n,
    k,
    rows: (k * rows) / (n - 1),
    within: within / (n * (k - 1)),
    columns: (n * columns) / (k - 1),
    error: error / ((n - 1) * (k - 1)),
  };
}

/**
 * Intraclass correlation with its F test against 0 and its confidence interval.
 *
 * With `R`, `W`, `C`, `E` the mean squares between subjects, within subjects, between readings and residual:
 *
 *     ICC1 single (R - W) / (R + (k - 1) W)                    average (R - W) / R
 *     ICC2 single (R - E) / (R + (k - 1) E + (k/n) (C - E))    average (R - E) / (R + (C - E)/n)
 *     ICC3 single (R - E) / (R + (k - 1) E)                    average (R - E) / R
 *
 * It may be negative, and is 1 when readings do not differ at all. The interval of ICC2 is an approximation for positive
 * values and need not contain a negative one. Equals `irr::icc`; `psych::ICC` has the same values
 * and intervals but tests ICC2 with `df2 = (n - 1)(k - 1)` where irr and this function take Satterthwaite's.
 *
 * @param ratings `k` columns, one per rater or reading, each with the `n` subjects in the same order.
 * @param confidence In `(0, 1)`.
 * @throws StatisticsError `STATISTICS_INPUT` as `meanSquares`; `STATISTICS_SINGULAR` if all subjects have the same ratings,
 *   or differ so little that the denominator is 0 or less: a feature without spread has no reliability.
 * @see McGraw KO, Wong SP. Psychol Methods 1996;1:30-46, doi 10.1037/1082-989X.1.1.30, tables 4, 7 and 8
 */
export function icc(ratings: Columns, form: IccForm, unit: IccUnit, confidence = 0.95): Icc {
  const table = meanSquares(ratings);
  // By value: the mean squares of a constant feature are not 0 but rounding, and so is their quotient.
  if (ratings.every((column) => column.every((value) => value === column[0])))
    throw new StatisticsError('STATISTICS_SINGULAR', 'ratings', 'are the same for all subjects: leave the feature out');
  if (!(confidence > 0 && confidence < 1))
    throw new StatisticsError('STATISTICS_INPUT', 'confidence', `got ${confidence}, give a share in (0, 1), as 0.95`);
  const upper = (1 + confidence) / 2;
  return form === 'ICC2' ? agreement(table, unit, upper) : oneErrorTerm(table, form, unit, upper);
}

/** ICC1 and ICC3: everything follows from one F ratio. */
function oneErrorTerm(table: MeanSquares, form: IccForm, unit: IccUnit, upper: number): Icc {
  const { n, k, rows } = table;
  const noise = form === 'ICC1' ? table.within : table.error;
  const df1 = n - 1;
  const df2 = form === 'ICC1' ? n * (k - 1) : (n - 1) * (k - 1);
  const extra = unit === 'single' ? k - 1 : 0;
  const value = ratio(rows - noise, rows + extra * noise);
  // As a function of 1/F, so that readings without error (F infinite) need no case of their own.
  const inverse = noise / rows;
  const at = (scale: number) => (1 - inverse * scale) / (1 + extra * inverse * scale);
  const interval =
    rows === 0
      ? { low: value, high: value }
      : { low: at(fQuantile(upper, df1, df2)), high: at(1 / fQuantile(upper, df2, df1)) };
  const f = rows === 0 ? 0 : rows / noise;
  return { value, f, df1, df2, p: fUpperTail(f, df1, df2), interval };
}

function agreement(table: MeanSquares, unit: IccUnit, upper: number): Icc {
  const { n, k, rows, columns, error } = table;
  const spread =
    unit === 'single' ? rows + (k - 1) * error + (k / n) * (columns - error) : rows + (columns - error) / n;
  const value = ratio(rows - error, spread);
  const df1 = n - 1;
  const df2 = satterthwaite(table, value);
  // The limits by their F quantiles' inverses: those of few degrees of freedom overflow.
  const lowScale = 1 / fQuantile(upper, df1, df2);
  const highScale = 1 / fQuantile(upper, df2, df1);
  const between = unit === 'single' ? k * columns + (k * n - k - n) * error : columns - error;
  // Where the mean of k readings carries no signal, no lower limit exists: the denominator passes through 0.
  const lowSpread = between + n * rows * lowScale;
  const low = lowSpread > 0 ? (n * (rows * lowScale - error)) / lowSpread : Number.NEGATIVE_INFINITY;
  const highSpread = between * highScale + n * rows;
  const high = highSpread > 0 ? (n * (rows - error * highScale)) / highSpread : value;
  const f = rows === 0 ? 0 : rows / error;
  return { value, f, df1, df2, p: fUpperTail(f, df1, df2), interval: { low, high } };
}

/**
 * Degrees of freedom of `a MSC + b MSE` with the estimate in `a` and `b` (McGraw and Wong, table 7). Both are multiplied
 * by `n (1 - ICC)`, which cancels and is 0 at perfect agreement.
 */
function satterthwaite({ n, k, columns, error }: MeanSquares, value: number): number {
  const a = k * value * columns;
  const b = (n * (1 - value) + k * value * (n - 1)) * error;
  const whole = (n - 1) * (k - 1);
  const variance = a ** 2 / (k - 1) + b ** 2 / whole;
  if (variance === 0) return whole;
  const df = (a + b) ** 2 / variance;
  if (!(df > 0)) throw new StatisticsError('STATISTICS_SINGULAR', 'ratings', 'leave no degree of freedom for ICC2');
  return df;
}

function ratio(numerator: number, denominator: number): number {
  if (!(denominator > 0))
    throw new StatisticsError('STATISTICS_SINGULAR', 'ratings', 'subjects differ less than readings of one: no ICC');
  return numerator / denominator;
}
