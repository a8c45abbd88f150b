/** A FHIR dateTime, date or instant, with how exactly it is known. */
export interface Moment {
  /** As recorded. */
  readonly text: string;
  /** Start of the recorded year, month, day or second, milliseconds since 1970; UTC where no zone is given. */
  readonly at: number;
  /** False for a date (or part of one), true for a time of day. */
  readonly exact: boolean;
}

const pattern = /^\d{4}(-\d{2}(-\d{2}(T\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:\d{2})?)?)?)?$/;
const zoned = /(Z|[+-]\d{2}:\d{2})$/;

/** A date without a zone may begin up to 14 hours before the same date in UTC. */
const widestZoneMs = 14 * 3_600_000;

/** Reads a FHIR date, dateTime or instant; undefined for nothing or for what is none. */
export function parseMoment(text: string | undefined): Moment | undefined {
  if (text === undefined || !pattern.test(text)) return undefined;
  const exact = text.includes('T');
  const at = Date.parse(exact && !zoned.test(text) ? `${text}Z` : text);
  return Number.isNaN(at) ? undefined : { text, at, exact };
}

/** The first of several candidates that is a date. */
export function firstMoment(...texts: readonly (string | undefined)[]): Moment | undefined {
  for (const text of texts) {
    const moment = parseMoment(text);
    if (moment !== undefined) return moment;
  }
  return undefined;
}

/** Whether something of this moment can have happened by `time` anywhere on earth. */
export function hasHappened(moment: Moment, time: Date): boolean {
  return moment.at - (moment.exact ? 0 : widestZoneMs) <= time.getTime();
}

/** Clocks of ward, sampler and analyser differ by less; two samples of one patient by more. */
const sameTimeMs = 60_000;

/** Whether two moments are the same time, known equally exactly: the same date, or less than a minute apart. */
export function isSameTime(a: Moment, b: Moment): boolean {
  return a.exact === b.exact && (a.exact ? Math.abs(a.at - b.at) < sameTimeMs : a.at === b.at);
}

/** Whole days between the calendar dates of two moments, as recorded. */
export function calendarDays(from: Moment, to: Moment): number {
  return Math.round((Date.parse(to.text.slice(0, 10)) - Date.parse(from.text.slice(0, 10))) / 86_400_000);
}
