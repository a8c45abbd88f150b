import { StatisticsError } from './statistics-error.ts';

/** A table of `p` variables in `n` rows: `p` arrays, each of length `n`. */
export type Columns = readonly Float64Array[];

/**
 * Checks that every column has one finite number per row.
 *
 * @param columns Variables, each of length `rows`.
 * @param rows Number of rows.
 * @param least Fewest rows that make sense: 2 to fit, 1 to predict.
 * @throws StatisticsError `STATISTICS_INPUT` naming the first column of another length or with a NaN or infinity.
 */
export function checkColumns(columns: Columns, rows: number, least = 2): void {
  if (rows < least) throw new StatisticsError('STATISTICS_INPUT', 'rows', `got ${rows} rows, give at least ${least}`);
  columns.forEach((column, j) => {
    const subject = `column ${j}`;
    if (column.length !== rows)
      throw new StatisticsError('STATISTICS_INPUT', subject, `${column.length} rows where the outcome has ${rows}`);
    const row = column.findIndex((value) => !Number.isFinite(value));
    if (row >= 0)
      throw new StatisticsError(
        'STATISTICS_INPUT',
        subject,
        `row ${row} is ${column[row]}: leave the row out or fill the value in before fitting`,
      );
  });
}

/**
 * Checks a binary outcome.
 *
 * @param outcome 0 or 1 per row; both must occur.
 * @throws StatisticsError `STATISTICS_INPUT` otherwise.
 */
export function checkBinary(outcome: ArrayLike<number>): void {
  const events = countEvents(outcome);
  if (events === 0 || events === outcome.length)
    throw new StatisticsError('STATISTICS_INPUT', 'outcome', 'all rows have the same outcome: give rows of both kinds');
}

/**
 * Number of rows with the event.
 *
 * @param outcome 0 or 1 per row; both need not occur.
 * @throws StatisticsError `STATISTICS_INPUT` for any other value.
 */
export function countEvents(outcome: ArrayLike<number>): number {
  let events = 0;
  for (let i = 0; i < outcome.length; i++) {
    const value = outcome[i]!;
    if (value !== 0 && value !== 1)
      throw new StatisticsError('STATISTICS_INPUT', 'outcome', `row ${i} is ${value}, write 0 or 1`);
    events += value;
  }
  return events;
}
