import type { Phase } from '../models/phase.ts';
import { phases } from '../models/phase.ts';
import type { FeatureSetRecord } from '../store/records.ts';
import type { Processing } from './clinical-content.ts';
import type { CourseStudy, FeatureSeries } from './course-types.ts';
import type { FeatureCatalogue } from './feature-catalogue.ts';
import { type FeatureWords, featureWords } from './feature-words.ts';
import type { UsedFeature } from './signature-features.ts';
import { unitText } from './wording.ts';

/** What the features of a lesion are put into series from. */
export interface SeriesParts {
  /** Oldest first. */
  readonly studies: readonly CourseStudy[];
  readonly catalogue: FeatureCatalogue;
  readonly processing: readonly Processing[];
  /** Name of the parameter file of the size. */
  readonly lesionSize: string;
}

/** Size for orientation: how a feature of the size is called and shown. */
const sizes: readonly {
  readonly feature: string;
  readonly label: string;
  readonly unit: string;
  readonly per: number;
}[] = [
  { feature: 'original_shape_VoxelVolume', label: 'Volume', unit: 'mL', per: 1000 },
  { feature: 'original_shape_Maximum2DDiameterSlice', label: 'Largest axial diameter', unit: 'mm', per: 1 },
  { feature: 'original_shape_Maximum3DDiameter', label: 'Largest diameter', unit: 'mm', per: 1 },
];

/** Phase that shows a lesion best, first. */
export const phasePreference: readonly Phase[] = ['venous', 'arterial', 'plain', 'unknown'];

/** Volume (mL) and diameters (mm) of an outline; null where it was not measured. */
export function sizeOf(
  sets: readonly FeatureSetRecord[],
  lesionSize: string,
): { volumeMl: number | null; axialDiameterMm: number | null; diameterMm: number | null } {
  const features = sets.find(({ processing }) => processing === lesionSize)?.features ?? {};
  const [volumeMl = null, axialDiameterMm = null, diameterMm = null] = sizes.map(({ feature, per }) => {
    const value = features[feature];
    return value === undefined ? null : value / per;
  });
  return { volumeMl, axialDiameterMm, diameterMm };
}

/**
 * Features of a lesion over the studies: those that models use, the largest contribution first, then its size.
 *
 * @param sets Current ones of the lesion, with the phase that they count as now.
 * @param used What models take of it; empty for a lesion that no model looks at.
 */
export function lesionFeatures(
  sets: readonly FeatureSetRecord[],
  used: readonly UsedFeature[],
  parts: SeriesParts,
): FeatureSeries[] {
  const byFeature = new Map<string, UsedFeature[]>();
  for (const one of used) {
    const key = [one.feature, one.region, one.phase, one.processing].join(' ');
    byFeature.set(key, [...(byFeature.get(key) ?? []), one]);
  }
  const ofModels = [...byFeature.values()]
    .map((uses) => uses.toSorted((a, b) => size(b) - size(a)))
    .sort(([a], [b]) => size(b) - size(a))
    .flatMap((uses) => {
      const [strongest] = uses;
      if (strongest === undefined) return [];
      const processing = parts.processing.find(({ name }) => name === strongest.processing);
      const words = featureWords(parts.catalogue, strongest.feature, processing);
      const label = strongest.region === 'tumour' ? words.label : `${words.label}, ring around the tumour`;
      const usedBy = new Map(uses.map(({ model, title }) => [model, { model, title }]));
      const named = { ...strongest, ...words, label, usedBy: [...usedBy.values()] };
      return seriesOf(sets, named, 1, parts.studies);
    });
  return [...ofModels, ...sizeSeries(sets, parts)];
}

/** -1 where nothing is known, so that it comes after a contribution of 0. */
function size(of: UsedFeature | undefined): number {
  return of?.contribution == null ? -1 : Math.abs(of.contribution.value);
}

/** A feature with what is said of it. */
type NamedFeature = FeatureWords &
  Pick<FeatureSeries, 'feature' | 'region' | 'phase' | 'processing' | 'usedBy' | 'contribution'>;

function sizeSeries(sets: readonly FeatureSetRecord[], parts: SeriesParts): FeatureSeries[] {
  const { lesionSize, studies } = parts;
  const measured = sets.filter(({ processing }) => processing === lesionSize);
  const studiesIn = (phase: Phase) =>
    new Set(measured.filter((set) => set.phase === phase).map(({ StudyInstanceUID }) => StudyInstanceUID)).size;
  const [phase] = phases.toSorted(
    (a, b) => studiesIn(b) - studiesIn(a) || phasePreference.indexOf(a) - phasePreference.indexOf(b),
  );
  if (phase === undefined) return [];
  return sizes.flatMap(({ feature, label, unit, per }) => {
    const { ibsiId } = featureWords(
      parts.catalogue,
      feature,
      parts.processing.find(({ name }) => name === lesionSize),
    );
    const named = { feature, region: 'tumour', phase, processing: lesionSize, usedBy: [], contribution: null };
    return seriesOf(measured, { ...named, label, unit, ibsiId }, per, studies);
  });
}

function seriesOf(
  sets: readonly FeatureSetRecord[],
  { feature, region, phase, processing, label, unit, ibsiId, usedBy, contribution }: NamedFeature,
  per: number,
  studies: readonly CourseStudy[],
): FeatureSeries[] {
  const points = studies.flatMap((study) => {
    const fitting = sets.filter(
      (set) =>
        set.StudyInstanceUID === study.StudyInstanceUID &&
        set.processing === processing &&
        set.region === region &&
        set.phase === phase,
    );
    const [set, ...others] = fitting;
    const value = set?.features[feature];
    // Of several series that fit equally none is taken.
    if (set === undefined || value === undefined || others.some((other) => !isSameSeries(other, set))) return [];
    const sources = [set.StudyInstanceUID, set.SeriesInstanceUID, set.segSOPInstanceUID];
    return [{ study, value: value / per, sources }];
  });
  if (points.length === 0) return [];
  const baselines = points.filter(({ study }) => study.visits.includes('baseline'));
  const baseline = baselines.length === 1 ? baselines[0] : undefined;
  return [
    {
      feature,
      region,
      phase,
      processing,
      label,
      unit,
      unitText: unitText(unit),
      ibsiId,
      usedBy,
      contribution,
      points: points.map((point) => ({
        StudyInstanceUID: point.study.StudyInstanceUID,
        date: point.study.studyDate,
        value: point.value,
        ...changes(point.value, point === baseline ? undefined : baseline?.value),
        sources: point.sources,
      })),
    },
  ];
}

function isSameSeries(a: FeatureSetRecord, b: FeatureSetRecord): boolean {
  return a.SeriesInstanceUID === b.SeriesInstanceUID;
}

/** By the size of the baseline, so that the sign is that of the change also where a feature is negative. */
function changes(
  value: number,
  baseline: number | undefined,
): { absoluteDelta: number | null; relativeDelta: number | null } {
  if (baseline === undefined) return { absoluteDelta: null, relativeDelta: null };
  const absoluteDelta = value - baseline;
  return { absoluteDelta, relativeDelta: baseline === 0 ? null : absoluteDelta / Math.abs(baseline) };
}
