import { isUsable } from './columns.ts';
import { StatisticsError } from './statistics-error.ts';

/** Follow-up times closer than this, or than this share of their mean size, are one time: the root of the rounding unit. */
const tieTolerance = 1.490_116_119_384_765_6e-8;

/** What happened at each distinct time of follow-up; arrays of one length, times ascending. */
export interface EventTable {
  readonly time: readonly number[];
  /** Rows still followed just before the time. */
  readonly atRisk: readonly number[];
  readonly events: readonly number[];
  readonly censored: readonly number[];
}

/**
 * Checks right-censored follow-up.
 *
 * @param time Time from the start of follow-up, finite and 0 or more, any unit; length `n`, at least 1.
 * @param status 1 where the event came at `time`, 0 where follow-up ended without it; length `n`. Coding as 1/2, as
 *   some registries and R's `lung` have it, is refused.
 * @throws StatisticsError `STATISTICS_INPUT` naming the argument and the first row at fault.
 */
export function checkSurvival(time: ArrayLike<number>, status: ArrayLike<number>): void {
  if (time.length === 0) throw new StatisticsError('STATISTICS_INPUT', 'time', 'no rows: give at least one');
  if (status.length !== time.length)
    throw new StatisticsError('STATISTICS_INPUT', 'status', `${status.length} rows where time has ${time.length}`);
  for (let i = 0; i < time.length; i++) {
    if (!(isUsable(time[i]!) && time[i]! >= 0))
      throw new StatisticsError('STATISTICS_INPUT', 'time', `row ${i} is ${time[i]}, give a finite time of 0 or more`);
    if (status[i] !== 0 && status[i] !== 1)
      throw new StatisticsError('STATISTICS_INPUT', 'status', `row ${i} is ${status[i]}, write 0 or 1`);
  }
}

/**
 * Checks right-censored follow-up that has to contain an event.
 *
 * @param time As for `checkSurvival`.
 * @param status As for `checkSurvival`, at least one 1.
 * @throws StatisticsError `STATISTICS_INPUT` as `checkSurvival`, or if every row is censored.
 */
export function checkEvents(time: ArrayLike<number>, status: ArrayLike<number>): void {
  checkSurvival(time, status);
  for (let i = 0; i < status.length; i++) if (status[i] === 1) return;
  throw new StatisticsError('STATISTICS_INPUT', 'status', 'every row is censored: there is no event to learn from');
}

/**
 * Makes times that differ by rounding alone equal, each becoming the smallest of its run.
 *
 * Durations computed in two ways (days / 30.4375, months) can differ in the last digits; without this a tie would become
 * an order. Two neighbours are tied if they differ by less than 1.5e-8, or by less than this share of the mean size of
 * all distinct times: the rule of `aeqSurv` in R's survival (its `timefix`).
 *
 * @param time Finite, in any order; left unchanged.
 */
export function mergeTimes(time: ArrayLike<number>): Float64Array {
  const merged = Float64Array.from(time);
  const distinct = [...new Set(merged)].sort((a, b) => a - b);
  const size = distinct.reduce((sum, value) => sum + Math.abs(value), 0) / distinct.length;
  const kept = new Map<number, number>();
  let first = distinct[0]!;
  for (let k = 1; k < distinct.length; k++) {
    const gap = distinct[k]! - distinct[k - 1]!;
    if (gap <= tieTolerance || gap / size <= tieTolerance) kept.set(distinct[k]!, first);
    else first = distinct[k]!;
  }
  return kept.size === 0 ? merged : merged.map((value) => kept.get(value) ?? value);
}

/**
 * Row numbers by ascending time; rows with equal times keep their order.
 *
 * @param time Finite, in any order; left unchanged.
 */
export function orderByTime(time: ArrayLike<number>): Uint32Array {
  return Uint32Array.from({ length: time.length }, (_, i) => i).sort((a, b) => time[a]! - time[b]! || a - b);
}

/**
 * Counts rows at risk, events and censorings at each distinct time, `n(t) = #(T >= t)`.
 *
 * @param time Merged times (`mergeTimes`), length `n`.
 * @param status 0 or 1 per row.
 */
export function eventTable(time: ArrayLike<number>, status: ArrayLike<number>): EventTable {
  const table = { time: [] as number[], atRisk: [] as number[], events: [] as number[], censored: [] as number[] };
  const order = orderByTime(time);
  for (let start = 0; start < order.length; ) {
    const now = time[order[start]!]!;
    let end = start;
    let events = 0;
    while (end < order.length && time[order[end]!] === now) events += status[order[end++]!]!;
    table.time.push(now);
    table.atRisk.push(order.length - start);
    table.events.push(events);
    table.censored.push(end - start - events);
    start = end;
  }
  return table;
}

/**
 * Index of the last of some ascending times that is not after `t`, or -1.
 *
 * @param times Ascending.
 * @param t Any number.
 */
export function lastAtOrBefore(times: ArrayLike<number>, t: number): number {
  let low = 0;
  let high = times.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (times[middle]! <= t) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}
