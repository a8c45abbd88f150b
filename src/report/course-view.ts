import type { CoursePoint, FeatureSeries, LabSeries, PatientCourse } from '../assessment/course-types.ts';
import { unitText, valueWords } from '../assessment/wording.ts';
import { formatDate } from '../models/calendar.ts';
import { texts } from './texts.ts';
import type { Trend } from './trend-drawing.ts';

/** The newest value of a laboratory test. */
export interface LabView {
  readonly label: string;
  readonly value: string;
  readonly date: string;
  /** The value before it, or null. */
  readonly before: string | null;
}

/** Charts on a page, at most. */
const mostTrends = 6;
/** Of them, for features where there are laboratory values, too. */
const mostFeatures = 4;
/** Lanes of the timeline, at most. */
const mostLanes = 4;

/** Lines of therapy and progressions in words, oldest first. */
export function therapyLines({ therapy, progressions }: PatientCourse): string[] {
  const lines = therapy.map(({ line, regimen, start, end }) =>
    start === end
      ? texts.course.oneDay(line, regimen, formatDate(start))
      : texts.course.line(line, regimen, formatDate(start), formatDate(end)),
  );
  return [
    ...(lines.length === 0 ? [texts.course.noTherapy] : lines),
    ...progressions.map(({ date }) => texts.course.progression(formatDate(date))),
  ];
}

/** What the marks of the timeline mean, as far as they are on it. */
export function timelineLegend({ therapy, studies, progressions, labs }: PatientCourse): string {
  const { course } = texts;
  return [
    ...(therapy.length > 0 ? [course.legendTherapy] : []),
    ...(studies.length > 0 ? [course.legendStudies] : []),
    ...(progressions.length > 0 ? [course.legendProgressions] : []),
    ...(labs.some(({ points }) => points.at(-1)?.upperLimit != null) ? [course.legendLimit] : []),
  ].join(' ');
}

/** The newest value of each test, and the one before. */
export function labViews({ labs }: PatientCourse): LabView[] {
  return labs.flatMap((series): LabView[] => {
    const last = series.points.at(-1);
    const before = series.points.at(-2);
    if (last === undefined) return [];
    return [
      {
        label: series.label,
        value: pointWords(series, last),
        date: formatDate(last.date),
        before:
          before === undefined
            ? null
            : texts.course.before(pointWords(series, { ...before, upperLimit: null }), formatDate(before.date)),
      },
    ];
  });
}

/** A laboratory value in the words of the other surfaces. */
export function pointWords(
  { unit }: Pick<LabSeries, 'unit'>,
  { value, upperLimit }: Pick<CoursePoint, 'value' | 'upperLimit'>,
): string {
  return valueWords({ value, unit, words: null, upperLimit });
}

/** Tests that the timeline shows: those with most values. */
export function labLanes({ labs }: PatientCourse): { series: LabSeries; label: string }[] {
  const chosen = labs
    .filter(({ points }) => points.length > 0)
    .toSorted((a, b) => b.points.length - a.points.length)
    .slice(0, mostLanes);
  return labs.flatMap((series) => {
    const last = series.points.at(-1);
    return chosen.includes(series) && last !== undefined
      ? [{ series, label: `${series.label} ${pointWords(series, { ...last, upperLimit: null })}` }]
      : [];
  });
}

/** What was measured on two days or more: features of the primary tumour first, by their contribution, then laboratory values. */
export function trendsOf({ lesions, labs }: PatientCourse): Trend[] {
  const features = (lesions.find(({ primary }) => primary)?.features ?? []).flatMap(featureTrend);
  const tests = labs.flatMap(labTrend);
  const featureCount = Math.max(mostFeatures, mostTrends - tests.length);
  return [...features.slice(0, featureCount), ...tests].slice(0, mostTrends);
}

/** The number of a value without its unit. */
function numberWords(value: number): string {
  return valueWords({ value, unit: null, words: null, upperLimit: null });
}

function labTrend(series: LabSeries, at: number): Trend[] {
  const last = series.points.at(-1);
  if (series.points.length < 2 || last === undefined) return [];
  return [
    {
      id: `lab-${at}`,
      label: series.label,
      unit: unitText(series.unit),
      points: series.points.map(({ date, value }) => ({ date, value, words: numberWords(value) })),
      upperLimit: last.upperLimit,
      last: [pointWords(series, last)],
    },
  ];
}

function featureTrend({ label, phase, unit, points }: FeatureSeries, at: number): Trend[] {
  const dated = points.flatMap(({ date, value }) =>
    date === null ? [] : [{ date, value, words: numberWords(value) }],
  );
  const last = points.at(-1);
  if (dated.length < 2 || last === undefined) return [];
  const words = valueWords({ value: last.value, unit, words: null, upperLimit: null });
  const change = changeWords(last);
  return [
    {
      id: `feature-${at}`,
      label,
      unit: unitText(unit),
      points: dated,
      upperLimit: null,
      last: [words, ...(change === null ? [] : [texts.trends.delta(change)]), texts.keySlices.phase[phase] ?? phase],
    },
  ];
}

/** "+18%"; where the baseline is zero the difference itself; null at the baseline. */
export function changeWords({ absoluteDelta, relativeDelta }: FeatureSeries['points'][number]): string | null {
  if (relativeDelta !== null) return `${relativeDelta < 0 ? '-' : '+'}${Math.abs(relativeDelta * 100).toFixed(0)}%`;
  if (absoluteDelta === null) return null;
  return `${absoluteDelta < 0 ? '-' : '+'}${numberWords(Math.abs(absoluteDelta))}`;
}
