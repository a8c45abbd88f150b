import { type Columns, checkColumns } from './columns.ts';
import { fUpperTail } from './distributions.ts';
import { StatisticsError } from './statistics-error.ts';

export interface AnovaF {
  /** F per column; null where the column is constant (to 1e-160), infinity where it is constant within every class only. */
  readonly f: readonly (number | null)[];
  /** Upper tail of `F(df1, df2)`; null where F is. */
  readonly p: readonly (number | null)[];
  /** `K - 1` for `K` classes. */
  readonly df1: number;
  /** `n - K`. */
  readonly df2: number;
}

/**
 * One-way analysis of variance of each column over classes, `F = [SSB / (K - 1)] / [SSW / (n - K)]`.
 *
 * For two classes F is the square of the equal-variance t statistic. A constant column has no F (null, where scikit-learn's
 * `f_classif` has NaN) and is not to be selected; a column that is constant within each class but differs between classes
 * has F = infinity and p = 0: a perfect split, in practice mostly a leak of the outcome into the data.
 *
 * @param columns `p` columns of length `n`.
 * @param classes Class label per row, any numbers; at least 2 classes and more rows than classes.
 * @throws StatisticsError `STATISTICS_INPUT` on NaN, unequal lengths or a single class.
 * @see Fisher RA. Statistical Methods for Research Workers, 1925, chapter VII
 */
export function anovaF(columns: Columns, classes: ArrayLike<number>): AnovaF {
  const n = classes.length;
  checkColumns(columns, n);
  const labels = [...new Set(Array.from(classes))];
  if (labels.some(Number.isNaN)) throw new StatisticsError('STATISTICS_INPUT', 'classes', 'NaN is no class label');
  const df1 = labels.length - 1;
  const df2 = n - labels.length;
  if (df1 < 1 || df2 < 1)
    throw new StatisticsError('STATISTICS_INPUT', 'classes', `${labels.length} classes in ${n} rows: give at least 2`);
  const classOfRow = Uint32Array.from(classes, (label) => labels.indexOf(label));
  const f = columns.map((column) => fRatio(column, classOfRow, labels.length, df1, df2));
  return { f, p: f.map((value) => (value === null ? null : fUpperTail(value, df1, df2))), df1, df2 };
}

function fRatio(
  column: Float64Array,
  classOfRow: Uint32Array,
  classCount: number,
  df1: number,
  df2: number,
): number | null {
  const first = column[0]!;
  if (column.every((value) => value === first)) return null;
  const count = new Float64Array(classCount);
  const means = new Float64Array(classCount);
  let grandMean = 0;
  for (let i = 0; i < column.length; i++) {
    const k = classOfRow[i]!;
    count[k]! += 1;
    // Running means: no loss of digits where the mean is large beside the spread.
    means[k]! += (column[i]! - means[k]!) / count[k]!;
    grandMean += (column[i]! - grandMean) / (i + 1);
  }
  let between = 0;
  for (let k = 0; k < classCount; k++) between += count[k]! * (means[k]! - grandMean) ** 2;
  let within = 0;
  for (let i = 0; i < column.length; i++) within += (column[i]! - means[classOfRow[i]!]!) ** 2;
  // Differences so small that their squares vanish are no spread either.
  return between === 0 && within === 0 ? null : between / df1 / (within / df2);
}
