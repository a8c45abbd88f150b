import type { FeatureSeries, LabSeries } from '../../../src/assessment/course-types.ts';
import { deltaWords, quantityWords, signedWords, typeset } from './words.ts';

/** A dated value as chart and table show it. */
export interface TrendPoint {
  readonly date: string;
  readonly value: number;
  /** "412 U/L". */
  readonly text: string;
  /** Change since the baseline, or the relation to the upper limit; null where there is none. */
  readonly note: string | null;
  readonly sources: readonly string[];
  /** The study that the value was measured on; null for a laboratory value. */
  readonly StudyInstanceUID: string | null;
}

/** One line over time: a feature of a lesion, or a laboratory value. */
export interface Trend {
  readonly key: string;
  readonly label: string;
  readonly unitText: string;
  /** Small print under the label: what the value does in which model. */
  readonly role: string | null;
  readonly upperLimit: number | null;
  /** Oldest first; values without a date are left out and counted. */
  readonly points: readonly TrendPoint[];
  readonly undated: number;
}

/** A feature's series as a trend. */
export function featureTrend(series: FeatureSeries): Trend {
  const { feature, region, phase, processing, label, usedBy, contribution } = series;
  const unitText = typeset(series.unitText);
  const dated = series.points.flatMap(({ date, ...point }) => (date === null ? [] : [{ date, ...point }]));
  return {
    key: [processing, phase, region, feature].join('|'),
    label,
    unitText,
    role: usedBy.length === 0 ? null : roleWords(contribution),
    upperLimit: null,
    points: dated.map((point) => ({
      date: point.date,
      value: point.value,
      text: quantityWords(point.value, unitText),
      note: deltaWords(point, unitText),
      sources: point.sources,
      StudyInstanceUID: point.StudyInstanceUID,
    })),
    undated: series.points.length - dated.length,
  };
}

function roleWords(contribution: FeatureSeries['contribution']): string {
  if (contribution === null) return 'Taken by the model; its part in the result is not told apart';
  const { value, scale } = contribution;
  return `${value < 0 ? 'Lowers' : 'Raises'} the result (${signedWords(value)} ${scale.replace('-', ' ')})`;
}

/** A laboratory series as a trend; the upper limit is that of the newest value. */
export function labTrend({ key, label, unitText: plainUnit, points }: LabSeries): Trend {
  const unitText = typeset(plainUnit);
  return {
    key,
    label,
    unitText,
    role: null,
    upperLimit: points.at(-1)?.upperLimit ?? null,
    points: points.map(({ date, value, upperLimit, sources }) => ({
      date,
      value,
      text: quantityWords(value, unitText),
      note: limitWords(value, upperLimit),
      sources,
      StudyInstanceUID: null,
    })),
    undated: 0,
  };
}

/** Only where it says something: beside low haemoglobin an upper limit would look like a finding of its own. */
function limitWords(value: number, upperLimit: number | null): string | null {
  if (upperLimit === null || upperLimit <= 0 || value < upperLimit) return null;
  return `${(value / upperLimit).toFixed(1)} x upper limit`;
}
