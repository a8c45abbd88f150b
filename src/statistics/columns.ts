import { StatisticsError } from './statistics-error.ts';

/** A table of `p` variables in `n` rows: `p` arrays, each of length `n`. */
export type Columns = readonly Float64Array[];

/** Largest size of a number that is taken for data: its fourth power, summed over many rows, is still a double. */
const largestMagnitude = 1e60;

/**
 * Whether a number can be computed with: no NaN, no infinity, and no larger than 1e60 in size, as whose squares and their
 * products would overflow.
 */
export function isUsable(value: number): boolean {
  return Math.abs(value) <= largestMagnitude;
}

/**
 * Checks that every column has one finite number per row.
 *
 * @param columns Variables, each of length `rows`.
 * @param rows Number of rows.
 * @param least Fewest rows that make sense: 2 to fit, 1 to predict.
 * @throws StatisticsError `STATISTICS_INPUT` naming the first column of another length or with a NaN, an infinity or a
 *   number beyond 1e60.
 */
export function checkColumns(columns: Columns, rows: number, least = 2): void {
  if (rows < least) throw new StatisticsError('STATISTICS_INPUT', 'rows', `got ${rows} rows, give at least ${least}`);
  columns.forEach((column, j) => {
    const subject = `column ${j}`;
    if (column.length !== rows)
      throw new StatisticsError('STATISTICS_INPUT', subject, `${column.length} rows where the outcome has ${rows}`);
    const row = column.findIndex((value) => !isUsable(value));
    if (row >= 0)
      throw new StatisticsError(
        'STATISTICS_INPUT',
        subject,
        `row ${row} is ${column[row]}: leave the row out or fill the value in before fitting`,
      );
  });
}

/**
 * Checks a list of numbers.
 *
 * @param subject Name of the argument.
 * @param least Fewest numbers that make sense.
 * @throws StatisticsError `STATISTICS_INPUT` if there are fewer, or one is NaN, infinite or beyond 1e60.
 */
export function checkNumbers(subject: string, values: ArrayLike<number>, least = 1): void {
  if (values.length < least)
    throw new StatisticsError('STATISTICS_INPUT', subject, `got ${values.length} numbers, give at least ${least}`);
  for (let i = 0; i < values.length; i++)
    if (!isUsable(values[i]!))
      throw new StatisticsError('STATISTICS_INPUT', subject, `number ${i} is ${values[i]}, give a finite one`);
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
