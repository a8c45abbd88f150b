import type { ImageRequirement, ImagingVisit } from '../models/image-schema.ts';

const dayMs = 86_400_000;

/**
 * Which day's CT is which visit, counted from the first dose of a checkpoint inhibitor: baseline is the last day on or before
 * it, the follow-ups are the days after it in order. Without a dose the newest day is the baseline, and there is no
 * follow-up. A study without a date is no visit, unless neither dose nor dated study is known: then it is the baseline.
 *
 * @param studyDates YYYY-MM-DD, or null for a study without a date; in any order, repeated or not.
 * @param firstDose ISO date or date-time, or null.
 * @returns The day of each visit; null is the study without a date.
 */
export function visitDays(
  studyDates: readonly (string | null)[],
  firstDose: string | null,
): Readonly<Partial<Record<ImagingVisit, string | null>>> {
  const days = [...new Set(studyDates)].filter((date) => date !== null).sort();
  if (firstDose === null) {
    const newest = days.at(-1);
    if (newest !== undefined) return { baseline: newest };
    return studyDates.includes(null) ? { baseline: null } : {};
  }
  const start = firstDose.slice(0, 10);
  const baseline = days.findLast((day) => day <= start);
  const [first, second] = days.filter((day) => day > start);
  const newest = days.findLast((day) => day > start);
  return {
    ...(baseline !== undefined && { baseline }),
    ...(first !== undefined && { 'first-follow-up': first }),
    ...(second !== undefined && { 'second-follow-up': second }),
    ...(newest !== undefined && { 'newest-follow-up': newest }),
  };
}

/** Days from the first dose to a study; negative before it. */
export function daysFromFirstDose(studyDate: string, firstDose: string): number {
  return Math.round((Date.parse(studyDate) - Date.parse(firstDose.slice(0, 10))) / dayMs);
}

/**
 * Whether a model lets a study of this day be the visit. Without a dose or a date nothing speaks against it.
 *
 * @param studyDate YYYY-MM-DD, or null.
 */
export function isWithinWindow(
  { daysFromFirstDose: window }: Pick<ImageRequirement, 'daysFromFirstDose'>,
  studyDate: string | null,
  firstDose: string | null,
): boolean {
  if (window === undefined || studyDate === null || firstDose === null) return true;
  const days = daysFromFirstDose(studyDate, firstDose);
  return days >= window[0] && days <= window[1];
}
