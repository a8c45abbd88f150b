import type { PatientCourse, TherapyBand } from '../../../src/assessment/course-types.ts';

const dayMs = 86_400_000;

/** What stands before the first study or dose, and how much air there is at the ends, as a share of the whole. */
const marginShare = 0.06;

/** Days before the first CT that are drawn: what led to the treatment. Without a CT, before the first dose. */
const leadDays = 42;

/** The time that every chart of the panel shows, so that one can look down from one to the next. */
export interface TimeAxis {
  /** Milliseconds since 1970. */
  readonly start: number;
  readonly end: number;
  readonly therapy: readonly TherapyBand[];
  /** ISO dates. */
  readonly progressions: readonly string[];
}

/** Milliseconds since 1970 of an ISO date or date-time; the day alone counts, so that values of one day stand above each other. */
export function timeOf(iso: string): number {
  return Date.parse(iso.slice(0, 10));
}

/**
 * From shortly before the first CT to the day that is asked about, because the change since that CT is what is looked for; without a
 * CT from shortly before the first dose, and without either over all laboratory values.
 */
export function timeAxis({ studies, therapy, progressions, labs, asOf }: PatientCourse): TimeAxis {
  const scans = studies.flatMap(({ studyDate }) => studyDate ?? []).map(timeOf);
  const doses = therapy.map(({ start }) => timeOf(start));
  const values = labs.flatMap(({ points }) => points.map(({ date }) => timeOf(date)));
  const end = Math.max(timeOf(asOf), ...scans);
  const first = scans.length > 0 ? Math.min(...scans) : Math.min(...doses, end);
  const anchored = scans.length + doses.length > 0;
  const start = anchored ? first - leadDays * dayMs : Math.min(end - leadDays * dayMs, ...values);
  const margin = marginShare * (end - start);
  return { start: start - margin, end: end + margin, therapy, progressions: progressions.map(({ date }) => date) };
}

/** Days that the axis covers. */
export function axisDays({ start, end }: Pick<TimeAxis, 'start' | 'end'>): number {
  return (end - start) / dayMs;
}

/** The part of a therapy line that the axis shows, in milliseconds since 1970; null where it shows none of it. */
export function bandOn({ start, end }: TimeAxis, band: TherapyBand): { from: number; to: number } | null {
  const from = Math.max(timeOf(band.start), start);
  const to = Math.min(timeOf(band.end), end);
  return to < from ? null : { from, to };
}

/** Two to four places for dates: first days of months, or weeks where the whole is shorter than two months. */
export function axisTicks({ start, end }: Pick<TimeAxis, 'start' | 'end'>): number[] {
  const candidates: number[] = [];
  if (axisDays({ start, end }) <= 45) {
    for (let at = start + dayMs; at < end; at += 7 * dayMs) candidates.push(Math.floor(at / dayMs) * dayMs);
  } else {
    const first = new Date(start);
    for (let month = 1; ; month += 1) {
      const at = Date.UTC(first.getUTCFullYear(), first.getUTCMonth() + month, 1);
      if (at >= end) break;
      candidates.push(at);
    }
  }
  const step = Math.ceil(candidates.length / 4);
  return candidates.filter((_, at) => at % step === 0);
}
