import type { PatientCourse } from '../assessment/course-types.ts';

const dayMs = 86_400_000;

/** The days that a course spans, as places on a line. */
export interface TimeScale {
  /** ISO dates of both ends. */
  readonly from: string;
  readonly to: string;
  /** Place of an ISO date or date-time, 0 to 1. */
  at(date: string): number;
}

/** The shortest time that is drawn (days): values of one day would otherwise have no axis. */
const leastDays = 28;

/** From the first day of anything in the course to the day as of which it was read. */
export function timeScale(course: PatientCourse): TimeScale {
  const days = [
    ...course.therapy.map(({ start }) => start),
    ...course.progressions.map(({ date }) => date),
    ...course.labs.flatMap(({ points }) => points.map(({ date }) => date)),
    ...course.studies.flatMap(({ studyDate }) => studyDate ?? []),
  ].map((date) => Date.parse(date.slice(0, 10)));
  const to = Date.parse(course.asOf.slice(0, 10));
  const from = Math.min(to - leastDays * dayMs, ...days.filter((day) => !Number.isNaN(day)));
  const iso = (time: number) => new Date(time).toISOString().slice(0, 10);
  return {
    from: iso(from),
    to: iso(to),
    at: (date) => Math.min(1, Math.max(0, (Date.parse(date.slice(0, 10)) - from) / (to - from))),
  };
}
