import { daysBetween, formatDate } from './calendar.ts';
import type { NamedValue } from './model-result.ts';

/**
 * Why a fact counts as missing.
 *
 * @param maximumAgeDays Days before `asOf`; null for what does not change.
 * @param asOf ISO date-time.
 * @returns Null when it is there and fresh enough.
 */
export function absence(fact: NamedValue | undefined, maximumAgeDays: number | null, asOf: string): string | null {
  if (fact === undefined) return 'not in the record';
  if (maximumAgeDays === null || daysBetween(fact.date, asOf) <= maximumAgeDays) return null;
  return `older than ${maximumAgeDays} days (${formatDate(fact.date)})`;
}
