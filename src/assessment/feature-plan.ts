import type { ImagingCandidate } from '../dicomweb/types.ts';
import { type ImageRequirement, type ImagingVisit, type Region, regionId } from '../models/image-schema.ts';
import { isWithinWindow, visitDays } from './imaging-visits.ts';

/** Features that some model asks for from one study: where they can be taken from, best first. */
export interface FeatureNeed {
  readonly processing: string;
  readonly region: Region;
  /** Series of the study in the model's order of phases; the next one stands in where one can't be read. */
  readonly options: readonly ImagingCandidate[];
}

/** Studies whose features are computed for one patient: a baseline and the follow-ups of three years. */
export const maximumStudies = 14;

/**
 * What has to be computed for the models: for every study that is, or once was, a visit that a model asks for, its regions and
 * parameter files, on the series of the preferred phase. Visits of today come first, then the newest study.
 *
 * @param candidates Series with a tumour segmentation, one a phase and study.
 * @param images What the models ask for.
 * @param firstDose First dose of a checkpoint inhibitor, ISO, or null.
 */
export function planFeatures(
  candidates: readonly ImagingCandidate[],
  images: readonly ImageRequirement[],
  firstDose: string | null,
): FeatureNeed[] {
  const dates = candidates.map(({ studyDate }) => studyDate);
  const visits = visitDays(dates, firstDose);
  const today = new Set<string | null>(Object.values(visits));
  const studies = [...new Set(candidates.map(({ StudyInstanceUID }) => StudyInstanceUID))]
    .map((uid) => candidates.filter(({ StudyInstanceUID }) => StudyInstanceUID === uid))
    .sort(([a], [b]) => Number(today.has(b?.studyDate ?? null)) - Number(today.has(a?.studyDate ?? null)))
    .slice(0, maximumStudies);
  const needs = new Map<string, FeatureNeed>();
  for (const study of studies) {
    const date = study[0]?.studyDate ?? null;
    const possible = possibleVisits(date, visits, firstDose);
    for (const image of images) {
      const wanted = [image.visit, ...(image.whenMissing?.visits ?? [])];
      if (!wanted.some((visit) => possible.includes(visit)) || !isWithinWindow(image, date, firstDose)) continue;
      const options = image.phases.flatMap((phase) => study.filter((candidate) => candidate.phase === phase));
      if (options.length === 0) continue;
      const { processing, region } = image;
      const series = options.map(({ SeriesInstanceUID }) => SeriesInstanceUID);
      needs.set([processing, regionId(region), ...series].join(' '), { processing, region, options });
    }
  }
  return [...needs.values()];
}

/** Visits that a study is, or was when it was the newest: an earlier assessment may be asked for again. */
function possibleVisits(
  date: string | null,
  visits: Readonly<Partial<Record<ImagingVisit, string | null>>>,
  firstDose: string | null,
): ImagingVisit[] {
  if (firstDose === null) return ['baseline'];
  if (date === null) return [];
  const is = (['baseline', 'first-follow-up', 'second-follow-up'] as const).filter((visit) => visits[visit] === date);
  return date > firstDose.slice(0, 10) ? [...is, 'newest-follow-up'] : is;
}
