import type { Columns } from './columns.ts';
import { StatisticsError } from './statistics-error.ts';

/** A variable that enters or leaves a model as a whole: one column, or the 0/1 columns of a factor. */
export interface ModelTerm {
  readonly name: string;
  readonly columns: Columns;
}

/**
 * Columns of a factor by treatment contrasts: one 0/1 column per level but the first, which is the reference. R's
 * `contr.treatment`.
 *
 * @param labels One per row.
 * @param levels All levels, the reference first; at least 2, each of which occurs.
 * @throws StatisticsError `STATISTICS_INPUT` if a label is no level, or a level does not occur (its column would be
 *   constant).
 */
export function treatmentContrasts(labels: readonly string[], levels: readonly string[]): Float64Array[] {
  const row = labels.findIndex((label) => !levels.includes(label));
  if (row >= 0)
    throw new StatisticsError('STATISTICS_INPUT', 'labels', `row ${row} is '${labels[row]}', not one of the levels`);
  const unused = levels.find((level) => !labels.includes(level));
  if (unused !== undefined || levels.length < 2)
    throw new StatisticsError('STATISTICS_INPUT', 'levels', `'${unused}' does not occur: give the levels that do`);
  return levels.slice(1).map((level) => Float64Array.from(labels, (label) => Number(label === level)));
}
