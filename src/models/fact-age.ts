import { daysBetween, formatDate } from './calendar.ts';
import type { ModelData, NamedValue } from './model-result.ts';

/**
 * How to say that a fact was not found. Where a part of the record was not read, that it is not there is not known.
 *
 * @param where Said behind it, such as ` for the baseline`.
 */
export function notFound({ unread = [] }: Pick<ModelData, 'unread'>, where = ''): string {
  if (unread.length === 0) return `not in the record${where}`;
  return `not in what was read of the record${where} (not read: ${unread.join(', ')})`;
}

/** What mends a missing input: nothing is to be ordered again because the record could not be read. */
export function mendOf(mend: string, { unread = [] }: Pick<ModelData, 'unread'>): string {
  return unread.length === 0 ? mend : 'try again when the whole record can be read';
}

/**
 * Why a fact counts as missing although there is one.
 *
 * @param maximumAgeDays Days before `asOf`; null for what does not change.
 * @param asOf ISO date-time.
 * @returns Null when it is fresh enough.
 */
export function staleness(fact: NamedValue, maximumAgeDays: number | null, asOf: string): string | null {
  if (maximumAgeDays === null || daysBetween(fact.date, asOf) <= maximumAgeDays) return null;
  return `older than ${maximumAgeDays} days (${formatDate(fact.date)})`;
}
