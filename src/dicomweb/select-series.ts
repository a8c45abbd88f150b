import { DicomError } from '../errors.ts';
import type { Phase } from '../models/phase.ts';
import type { PhaseFinding } from './contrast-phase.ts';
import type { DescribedSeries } from './describe-series.ts';
import type { KernelKind } from './series-rules.ts';

/** A chest series with a tumour segmentation on it. */
export interface SelectableSeries {
  readonly series: DescribedSeries;
  readonly phase: PhaseFinding;
}

/** Range of slice thickness (mm) that a model was made on, both ends included. */
export type ThicknessRange = readonly [number, number];

/** Which series are taken, and why each of them is or is not. */
export interface SeriesChoice {
  readonly chosen: ReadonlySet<SelectableSeries>;
  readonly reasons: ReadonlyMap<SelectableSeries, string>;
  /** `SERIES_AMBIGUOUS`, one a phase that nobody can choose in. */
  readonly ambiguous: readonly DicomError[];
}

/** Thicknesses that differ by less are the same (mm). */
const sameThicknessMm = 0.05;

const kernelOrder: readonly KernelKind[] = ['soft', 'unknown', 'sharp'];

/** One ground of preference: which of two series is better by it, and in which words. */
interface Preference {
  /** Negative where the first is better. */
  compare(a: DescribedSeries, b: DescribedSeries): number;
  words(series: DescribedSeries): string;
}

function preferences(ranges: readonly ThicknessRange[]): Preference[] {
  const fitting = ({ sliceThicknessMm }: DescribedSeries) =>
    ranges.filter(([low, high]) => sliceThicknessMm !== null && sliceThicknessMm >= low && sliceThicknessMm <= high)
      .length;
  const thickness = ({ sliceThicknessMm }: DescribedSeries) =>
    sliceThicknessMm === null ? 'slices of unknown thickness' : `slices of ${sliceThicknessMm} mm`;
  return [
    {
      compare: (a, b) => Number(b.original) - Number(a.original),
      words: ({ original }) => (original ? 'original images' : 'derived images'),
    },
    {
      compare: (a, b) => kernelOrder.indexOf(a.kernel) - kernelOrder.indexOf(b.kernel),
      words: ({ kernel, ConvolutionKernel }) =>
        `${kernel === 'unknown' ? 'unknown' : kernel === 'soft' ? 'soft-tissue' : 'sharp'} kernel${ConvolutionKernel === null ? '' : ` ${ConvolutionKernel}`}`,
    },
    { compare: (a, b) => fitting(b) - fitting(a), words: (series) => `${thickness(series)}, for the models' ranges` },
    {
      compare(a, b) {
        const [first, second] = [a.sliceThicknessMm ?? Infinity, b.sliceThicknessMm ?? Infinity];
        return first === second || Math.abs(first - second) < sameThicknessMm ? 0 : first - second;
      },
      words: thickness,
    },
  ];
}

/**
 * Chooses one series for each contrast phase of a study: original images before derived ones, a soft-tissue kernel before a
 * sharp one, slices within the ranges of more models, thinner slices. Where that leaves several equal, or where series
 * of an unknown phase differ in contrast agent, none is taken.
 *
 * @param candidates Chest series with a segmentation of the tumour.
 * @param ranges Slice thicknesses that the models were made on.
 * @param StudyInstanceUID Names the study in the errors.
 */
export function selectSeries(
  candidates: readonly SelectableSeries[],
  ranges: readonly ThicknessRange[],
  StudyInstanceUID: string,
): SeriesChoice {
  const chosen = new Set<SelectableSeries>();
  const reasons = new Map<SelectableSeries, string>();
  const ambiguous: DicomError[] = [];
  const grounds = preferences(ranges);
  for (const phase of new Set(candidates.map((candidate) => candidate.phase.phase))) {
    const ranked = candidates
      .filter((candidate) => candidate.phase.phase === phase)
      .sort((a, b) => groundBetween(grounds, a, b)?.compare(a.series, b.series) ?? 0);
    const [best, ...others] = ranked;
    if (best === undefined) continue;
    const equal = others.filter((other) => isUndecided(grounds, phase, best, other));
    if (equal.length > 0) {
      ambiguous.push(ambiguity(phase, [best, ...equal], StudyInstanceUID));
      for (const one of ranked)
        reasons.set(one, 'equally good series carry a tumour segmentation: a person must choose');
      continue;
    }
    chosen.add(best);
    const [second] = others;
    const ground = second === undefined ? undefined : groundBetween(grounds, best, second);
    const preferred = ground === undefined ? '' : `; preferred for ${ground.words(best.series)}`;
    reasons.set(best, `the tumour segmentation is drawn on it${preferred}`);
    for (const other of others) {
      const against = groundBetween(grounds, best, other);
      reasons.set(other, `${against?.words(other.series)}; ${nameOf(best)} has ${against?.words(best.series)}`);
    }
  }
  return { chosen, reasons, ambiguous };
}

function groundBetween(
  grounds: readonly Preference[],
  a: SelectableSeries,
  b: SelectableSeries,
): Preference | undefined {
  return grounds.find(({ compare }) => compare(a.series, b.series) !== 0);
}

function isUndecided(grounds: readonly Preference[], phase: Phase, a: SelectableSeries, b: SelectableSeries): boolean {
  // One with and one without contrast agent are different phases that nobody named.
  if (phase === 'unknown' && a.series.contrast.agent !== b.series.contrast.agent) return true;
  return groundBetween(grounds, a, b) === undefined;
}

function ambiguity(phase: Phase, equal: readonly SelectableSeries[], StudyInstanceUID: string): DicomError {
  const what = phase === 'unknown' ? 'series of unknown phase' : `${phase} series`;
  const text = `${equal.length} ${what} carry a tumour segmentation and none is better (${equal.map(nameOf).join('; ')}): keep the segmentation on the one to use`;
  return new DicomError('SERIES_AMBIGUOUS', StudyInstanceUID, text);
}

function nameOf({ series }: SelectableSeries): string {
  return series.SeriesDescription === null ? `series ${series.SeriesInstanceUID}` : `'${series.SeriesDescription}'`;
}
