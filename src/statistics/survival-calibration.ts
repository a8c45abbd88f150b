import { denseRanks } from './dense-ranks.ts';
import { kaplanMeier, type SurvivalInterval, survivalAt } from './kaplan-meier.ts';
import { mean } from './standardise.ts';
import { StatisticsError } from './statistics-error.ts';
import { checkSurvival } from './survival-outcome.ts';

/** One point of a survival calibration plot. */
export interface CalibrationGroup {
  /** The group's label. */
  readonly group: number;
  readonly n: number;
  /** Mean predicted survival: the point's x. */
  readonly meanPredicted: number;
  /** Kaplan-Meier survival: its y. */
  readonly observed: number;
  /** Rows of the group followed to the horizon or longer; 0 says that `observed` is carried on from an earlier time. */
  readonly atRisk: number;
  /** Null, as the limits, where `observed` is 0. */
  readonly standardError: number | null;
  readonly lower: number | null;
  readonly upper: number | null;
}

/**
 * Groups of about equal size by rank, `0..count - 1` from the lowest values up. Equal values stay in one group: that of
 * the first of them, so that with many ties groups differ in size and some may be empty.
 *
 * `Hmisc::cut2(values, g = count)` makes the same groups where no values are tied at a border.
 *
 * @param values Finite, length `n`.
 * @param count Number of groups, `2..n`.
 * @throws StatisticsError `STATISTICS_INPUT` on NaN or another `count`.
 */
export function equalGroups(values: ArrayLike<number>, count: number): Uint32Array {
  const n = values.length;
  if (!(Number.isInteger(count) && count >= 2 && count <= n))
    throw new StatisticsError('STATISTICS_INPUT', 'count', `got ${count}, give a whole number in 2..${n}`);
  checkFinite('values', values, n);
  const { ranks, distinct } = denseRanks(values);
  const before = new Uint32Array(distinct.length + 1);
  for (const rank of ranks) before[rank + 1]! += 1;
  for (let r = 1; r <= distinct.length; r++) before[r]! += before[r - 1]!;
  return Uint32Array.from(ranks, (rank) => Math.floor((before[rank]! * count) / n));
}

/**
 * Calibration of a survival model at one time: mean predicted survival against Kaplan-Meier survival in groups of
 * patients, mostly groups of similar prediction (`equalGroups`).
 *
 * Equals R `summary(survfit(...), times = horizon, extend = TRUE)` per group. Where follow-up of a group ends before the
 * horizon, as among the worst prognoses, its last value is carried on and `atRisk` is 0: say so in the plot.
 *
 * @param predicted Predicted survival at `horizon`, in `[0, 1]`, length `n`.
 * @param time Follow-up times.
 * @param status 1 event, 0 censored.
 * @param horizon 0 or more, in the unit of `time`.
 * @param groups Label per row, any numbers.
 * @param options `interval` (`log` by default) and `confidence`, of the Kaplan-Meier limits.
 * @returns One entry per group, by ascending label.
 * @throws StatisticsError `STATISTICS_INPUT` on NaN, a prediction outside `[0, 1]` or unequal lengths.
 * @see Harrell FE. Regression Modeling Strategies, 2nd ed., 2015, section 20.5
 */
export function survivalCalibration(
  predicted: ArrayLike<number>,
  time: ArrayLike<number>,
  status: ArrayLike<number>,
  horizon: number,
  groups: ArrayLike<number>,
  options: { readonly interval?: SurvivalInterval; readonly confidence?: number } = {},
): CalibrationGroup[] {
  checkSurvival(time, status);
  checkFinite('predicted', predicted, time.length);
  checkFinite('groups', groups, time.length);
  if (!(horizon >= 0)) throw new StatisticsError('STATISTICS_INPUT', 'horizon', `got ${horizon}, give 0 or more`);
  const outside = Array.from(predicted).findIndex((value) => value < 0 || value > 1);
  if (outside >= 0)
    throw new StatisticsError(
      'STATISTICS_INPUT',
      'predicted',
      `row ${outside} is ${predicted[outside]}, outside [0, 1]`,
    );
  const { ranks, distinct } = denseRanks(groups);
  return Array.from(distinct, (group, rank) => {
    const rows = Array.from(ranks.keys()).filter((row) => ranks[row] === rank);
    const of = (values: ArrayLike<number>) => rows.map((row) => values[row]!);
    const curve = kaplanMeier(of(time), of(status), options);
    const point = survivalAt(curve, horizon);
    return {
      group,
      n: rows.length,
      meanPredicted: mean(of(predicted)),
      observed: point.survival,
      atRisk: point.atRisk,
      standardError: point.standardError,
      lower: point.lower,
      upper: point.upper,
    };
  });
}

function checkFinite(subject: string, values: ArrayLike<number>, rows: number): void {
  if (values.length !== rows)
    throw new StatisticsError('STATISTICS_INPUT', subject, `${values.length} rows, expected ${rows}`);
  for (let i = 0; i < rows; i++)
    if (!Number.isFinite(values[i]))
      throw new StatisticsError('STATISTICS_INPUT', subject, `row ${i} is ${values[i]}, give a number`);
}
