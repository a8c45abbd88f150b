import { checkBinary, isUsable } from './columns.ts';
import { populationVariance } from './standardise.ts';
import { StatisticsError } from './statistics-error.ts';
import { checkEvents } from './survival-outcome.ts';

/** What a penalised model explains: a number, a 0/1 event, or the time to an event. */
export type PenalisedOutcome =
  | { readonly family: 'gaussian'; readonly values: Float64Array }
  | { readonly family: 'binomial'; readonly events: Float64Array }
  | {
      readonly family: 'cox';
      /** Follow-up, 0 or more, any unit. Rows are tied if their times are equal to the last bit, as in glmnet. */
      readonly times: Float64Array;
      /** 1 event at that time, 0 censored. */
      readonly events: Float64Array;
    };

/**
 * Number of rows of an outcome.
 *
 * @param outcome Checked or not.
 * @throws StatisticsError `STATISTICS_INPUT` if a Cox outcome has not as many times as events.
 */
export function outcomeRows(outcome: PenalisedOutcome): number {
  if (outcome.family === 'cox' && outcome.times.length !== outcome.events.length)
    throw refusal(`${outcome.times.length} times and ${outcome.events.length} events`);
  return outcome.family === 'gaussian' ? outcome.values.length : outcome.events.length;
}

/**
 * Checks that an outcome can be fitted.
 *
 * @param outcome gaussian: finite and not constant; binomial: 0 and 1, both present; cox: finite times of 0 or more,
 *   0/1 events, at least one event with another row still at risk.
 * @throws StatisticsError `STATISTICS_INPUT` otherwise.
 */
export function checkOutcome(outcome: PenalisedOutcome): void {
  if (outcomeRows(outcome) < 2) throw refusal(`${outcomeRows(outcome)} rows: give at least 2`);
  if (outcome.family === 'gaussian') checkNumbers(outcome.values);
  else if (outcome.family === 'binomial') checkBinary(outcome.events);
  else checkTimes(outcome.times, outcome.events);
}

/**
 * The outcome of some rows.
 *
 * @param rows Row numbers, in the order wanted.
 */
export function outcomeOfRows(outcome: PenalisedOutcome, rows: Uint32Array): PenalisedOutcome {
  const pick = (values: Float64Array) => Float64Array.from(rows, (row) => values[row]!);
  if (outcome.family === 'gaussian') return { family: 'gaussian', values: pick(outcome.values) };
  if (outcome.family === 'binomial') return { family: 'binomial', events: pick(outcome.events) };
  return { family: 'cox', times: pick(outcome.times), events: pick(outcome.events) };
}

function checkNumbers(values: Float64Array): void {
  const row = values.findIndex((value) => !isUsable(value));
  if (row >= 0) throw refusal(`row ${row} is ${values[row]}: leave the row out`);
  // By value too: the mean of equal numbers can differ from them by rounding.
  if (values.every((value) => value === values[0]) || !(populationVariance(values) > 0))
    throw refusal('all rows have the same outcome');
}

function checkTimes(times: Float64Array, events: Float64Array): void {
  checkEvents(times, events);
  const first = events.indexOf(1);
  const alone = events.every((event, i) => i === first || (event === 0 && times[i]! < times[first]!));
  if (alone) throw refusal('the only event comes after all other rows have left: there is nothing to compare it with');
}

function refusal(message: string): StatisticsError {
  return new StatisticsError('STATISTICS_INPUT', 'outcome', message);
}
