import { formatDate } from '../models/calendar.ts';
import { endpointWords } from '../models/endpoint-words.ts';
import { lossyWords } from '../models/lossy-words.ts';
import type { ImagePreparation, ModelResult } from '../models/model-result.ts';
import type { Comparison } from '../models/model-schema.ts';
import type { Assessment } from './assessment.ts';
import type { ModelChange } from './risk-trend.ts';
import { outcomeNumber, valueWords } from './wording.ts';

/** Inputs of a change that are named; the rest is counted. */
const namedInputs = 3;

/**
 * Which series a model's features come from, one sentence a series: phase, date, thickness, what had been done to the images,
 * mask and its origin.
 */
export function imagingSentences({ imaging }: ModelResult): string[] {
  return imaging.map(({ label, phase, phaseReason, studyDate, sliceThicknessMm, mask, preparation }) => {
    const why = phaseReason === null ? '' : ` (${phaseReason})`;
    const phaseText = phase === 'unknown' ? 'phase not recorded' : `${phase} phase${why}`;
    const when = studyDate === null ? 'undated' : formatDate(studyDate);
    const thickness = sliceThicknessMm === null ? 'slice thickness not stated' : `slices of ${sliceThicknessMm} mm`;
    const images = [`CT of ${when}`, phaseText, thickness, ...preparationWords(preparation)].join(', ');
    const threshold = preparation?.maskThreshold ?? null;
    const inside = threshold === null ? '' : `, inside from ${threshold} of its maximum on`;
    return `${label}: ${images}; ${maskWords(mask)}${inside}`;
  });
}

/** What had been done to the images; nothing where it was not kept. */
function preparationWords(preparation: ImagePreparation | undefined): string[] {
  if (preparation === undefined) return [];
  const { lossyCompression, straightened } = preparation;
  return [
    ...(lossyCompression === null ? [] : [lossyWords(lossyCompression)]),
    ...(straightened === null ? [] : [`resampled to a straight grid (${straightened})`]),
  ];
}

function maskWords({ type, algorithm, author, date, segmentLabel }: ModelResult['imaging'][number]['mask']): string {
  const origin = type === 'UNKNOWN' ? 'origin not recorded' : type.toLowerCase();
  const details = [algorithm, author === null ? null : `by ${author}`, date === null ? null : formatDate(date)];
  const known = details.filter((detail) => detail !== null);
  return `mask "${segmentLabel}" ${origin}${known.length === 0 ? '' : ` (${known.join(', ')})`}`;
}

/** Which CT series were taken and which not, with the reason of each; one line a series, newest study first. */
export function selectionSentences({ imaging }: Assessment): string[] {
  return imaging.selection.flatMap(({ studyDate, StudyDescription, code, series }) => {
    const study = `CT of ${studyDate === null ? 'unknown date' : formatDate(studyDate)}${StudyDescription === null ? '' : ` (${StudyDescription})`}`;
    const ambiguous = code === null ? [] : [`${study}: equally good series, none was taken (${code})`];
    const each = series.map(
      ({ SeriesDescription, chosen, reason }) =>
        `${study}, series ${SeriesDescription === null ? 'without description' : `"${SeriesDescription}"`} ${chosen ? 'taken' : 'not taken'}: ${reason}`,
    );
    return [...ambiguous, ...each];
  });
}

/** A comparison of therapies: "second-line inhibitor against other therapy, death: hazard ratio 0.78 (0.62-0.97)". */
export function comparisonSentence({ label, event, hazardRatio, ci95, p }: Comparison): string {
  const significance = p === undefined ? '' : `, p = ${p}`;
  const interval = `${ci95[0].toFixed(2)}-${ci95[1].toFixed(2)}`;
  return `${label}, ${event}: hazard ratio ${hazardRatio.toFixed(2)} (${interval}${significance})`;
}

/** What changed since the last Assessment, for one model; null where nothing did or there is no earlier one. */
export function trendSentence({ trend }: Assessment, { model }: ModelResult): string | null {
  const change = trend?.changes.find((each) => each.model === model.id);
  if (trend === null || change === undefined) return null;
  return `Since ${formatDate(trend.previous.asOf)}: ${changeWords(change)}`;
}

function changeWords({ status, outcomes, inputs, modelReplaced }: ModelChange): string {
  const outcome = outcomes.map(({ endpoint, kind, from, to }) => {
    const groups = from.group === to.group ? '' : `, ${from.group ?? 'no group'} to ${to.group ?? 'no group'}`;
    const [before, now] = [from, to].map(({ value }) => outcomeNumber({ kind, value }));
    const numbers = before === now ? `still ${now}` : `${before} to ${now}`;
    return `${endpointWords(endpoint)} ${numbers}${groups}`;
  });
  const named = inputs
    .slice(0, namedInputs)
    .map(
      ({ label, from, to }) =>
        `${label} ${from === null ? 'missing' : valueWords(from)} to ${to === null ? 'missing' : valueWords(to)}`,
    );
  const more = inputs.length > namedInputs ? [`${inputs.length - namedInputs} more inputs`] : [];
  const parts = [
    ...(modelReplaced ? ['the model was replaced, numbers do not compare'] : []),
    ...(status.from === status.to ? [] : [`${status.from} to ${status.to}`.replaceAll('-', ' ')]),
    ...outcome,
    ...named,
    ...more,
  ];
  return parts.join('; ');
}
