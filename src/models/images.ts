import { deltaFeatures, type FeatureValues } from './deltas.ts';
import { type DeltaRequirement, type ImageRequirement, regionId } from './image-schema.ts';
import { imagingWarnings } from './imaging.ts';
import type { FeatureAnswer, ModelData, ModelResult, ModelWarning, NamedFeatures } from './model-result.ts';
import type { Model } from './model-schema.ts';

/** The features that a model's image or delta gives, or why there are none. */
export type FeatureSource =
  | {
      readonly label: string;
      readonly features: FeatureValues;
      readonly date: string | null;
      readonly sources: readonly string[];
    }
  | { readonly label: string; readonly gap: string };

export interface ResolvedImages {
  /** By name of the image or delta in the model. */
  readonly sources: ReadonlyMap<string, FeatureSource>;
  readonly imaging: ModelResult['imaging'];
  readonly warnings: readonly ModelWarning[];
}

type Found = { readonly image: ImageRequirement; readonly found: NamedFeatures };

/** Gets the features of every image that a model asks for, with its stand-ins for a missing visit, and the deltas between them. */
export function resolveImages(model: Model, data: ModelData): ResolvedImages {
  const sources = new Map<string, FeatureSource>();
  const found: Found[] = [];
  const warnings: ModelWarning[] = [];
  for (const image of model.images) {
    const { answer, warning } = withStandIns(image, model.images, data);
    if (warning !== null) warnings.push({ code: 'OTHER_VISIT', text: `${image.label}: ${warning}` });
    if ('gap' in answer) {
      sources.set(image.name, { label: image.label, gap: answer.gap });
      continue;
    }
    found.push({ image, found: answer.found });
    const { features, studyDate, sources: references } = answer.found;
    sources.set(image.name, { label: image.label, features, date: studyDate, sources: references });
  }
  for (const delta of model.deltas) sources.set(delta.name, deltaSource(delta, sources));
  return {
    sources,
    imaging: found.map(({ image, found: { features: _, ...rest } }) => ({
      ...rest,
      image: image.name,
      label: image.label,
    })),
    warnings: [...warnings, ...imagingWarnings(found, data)],
  };
}

function withStandIns(
  image: ImageRequirement,
  images: readonly ImageRequirement[],
  data: ModelData,
): { answer: FeatureAnswer; warning: string | null } {
  const answer = data.features(image);
  if ('found' in answer || image.whenMissing === undefined) return { answer, warning: null };
  for (const visit of image.whenMissing.visits) {
    const standIn = data.features(imageOfVisit(image, images, visit));
    if ('found' in standIn) return { answer: standIn, warning: `${image.whenMissing.warning} (${answer.gap})` };
  }
  return { answer, warning: null };
}

/** The same features of another visit; the days that count as it are those of the model's own image of that visit. */
function imageOfVisit(
  { whenMissing: _, daysFromFirstDose: __, ...image }: ImageRequirement,
  images: readonly ImageRequirement[],
  visit: ImageRequirement['visit'],
): ImageRequirement {
  const own = images.find(
    (candidate) =>
      candidate.visit === visit &&
      candidate.processing === image.processing &&
      regionId(candidate.region) === regionId(image.region),
  );
  const days = own?.daysFromFirstDose;
  return { ...image, visit, ...(days === undefined ? {} : { daysFromFirstDose: days }) };
}

function deltaSource(
  { label, of, operator }: DeltaRequirement,
  sources: ReadonlyMap<string, FeatureSource>,
): FeatureSource {
  const [first, second] = of.map((name) => sources.get(name));
  if (first === undefined || second === undefined) return { label, gap: 'the model does not define its images' };
  const gaps = [first, second].flatMap((source) => ('gap' in source ? [source] : []));
  if ('gap' in first || 'gap' in second) return { label, gap: joinGaps(gaps) };
  // A visit that stands in for another would show "no change" where nobody has measured one.
  if (first.sources.join() === second.sources.join())
    return { label, gap: 'only one CT is there: a change between two can not be computed' };
  return {
    label,
    features: deltaFeatures(operator, first.features, second.features),
    date: second.date,
    sources: [...new Set([...first.sources, ...second.sources])],
  };
}

/** Why features are missing, each reason once; whose it is only where reasons differ. */
export function joinGaps(gaps: readonly { readonly label: string; readonly gap: string }[]): string {
  const reasons = new Set(gaps.map(({ gap }) => gap));
  if (reasons.size === 1) return [...reasons].join();
  return [...new Set(gaps.map(({ label, gap }) => `${label}: ${gap}`))].join('; ');
}
