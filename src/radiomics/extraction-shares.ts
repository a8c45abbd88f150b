import { featureClassOf } from './classes/registry.ts';
import type { FilterInput } from './filters/image-type.ts';
import { imageTypeOf } from './filters/registry.ts';
import { intensityRange } from './normalise.ts';
import type { ImageTypeSelection } from './parameter-image-types.ts';
import type { Parameters } from './parameters.ts';
import type { Prepared } from './preprocess.ts';
import { cutRegion, insideOf, type Region, regionOf } from './region.ts';
import type { Settings } from './settings.ts';

/** A part of an extraction that depends on no other part. Plain data, so that it can cross to a thread. */
export type ExtractionShare =
  /** The shape of the region. */
  | { readonly of: 'mask' }
  /** Every `step`-th image of an image type, from the `first` (0) on; `slot` is the type's place among all. */
  | {
      readonly of: 'image';
      readonly selection: ImageTypeSelection;
      readonly slot: number;
      readonly first: number;
      readonly step: number;
    };

/** What features are computed from: prepared once, read by every share. */
export interface ShareInput {
  /** The region for the shape features. */
  readonly shape: Region;
  /** The image, and where in it the region for all other features lies. */
  readonly image: FilterInput;
}

/** Features of one image, or why PyRadiomics leaves the image out. */
export interface ShareResult {
  /** Place of the image type, then of the image within it: results sort by these. */
  readonly slot: number;
  readonly index: number;
  readonly name: string;
  readonly features: Readonly<Record<string, number>>;
  readonly reason?: string;
}

/**
 * The image type whose images are many and cost less to derive than to compute features on. Every share of it derives them
 * all, so there are no more of them than keep all threads busy beside the other types.
 */
const dividedType = 'Wavelet';

/**
 * Divides an extraction into parts that may be computed in any order and on any thread.
 *
 * @param parameters Parameters of the extraction.
 * @param threads Threads to keep busy; 1 divides no further than image by image.
 * @returns Shares; {@link mergeShares} puts their results into PyRadiomics' order.
 */
export function divideExtraction({ imageTypes }: Parameters, threads: number): ExtractionShare[] {
  const selections = imageTypes.flatMap((selection) =>
    imageTypeOf(selection.name)?.needs === 'sigma' ? eachSigma(selection) : [selection],
  );
  const images = selections.flatMap((selection, slot): ExtractionShare[] => {
    const step = selection.name === dividedType ? Math.ceil(threads / 2) : 1;
    return Array.from({ length: step }, (_, first) => ({ of: 'image', selection, slot, first, step }));
  });
  // The longest first: a thread that began it last would keep the others waiting.
  const isDivided = (share: ExtractionShare) => share.of === 'image' && share.selection.name === dividedType;
  return [...images.filter(isDivided), { of: 'mask' }, ...images.filter((share) => !isDivided(share))];
}

/** Whether a share asks for the largest magnitude in the whole image. */
export function usesLargest(share: ExtractionShare): boolean {
  return share.of === 'image' && imageTypeOf(share.selection.name)?.usesLargest === true;
}

function eachSigma(selection: ImageTypeSelection): ImageTypeSelection[] {
  return selection.settings.sigma.map((width) => ({
    ...selection,
    settings: { ...selection.settings, sigma: [width] },
  }));
}

/**
 * What the shares of an extraction work on.
 *
 * @param prepared Image and mask, prepared.
 * @param label 1..255.
 */
export function shareInputOf({ image, mask, shapeMask, box }: Prepared, label: number): ShareInput {
  let largest: number | undefined;
  return {
    shape: cutRegion(image, shapeMask, label, box),
    image: {
      volume: image,
      box,
      inside: insideOf(mask, label, box),
      largest: () => {
        largest ??= Math.max(...intensityRange(image).map(Math.abs));
        return largest;
      },
    },
  };
}

/** Computes the selected features of the classes of one kind. */
function computeClasses(
  appliesTo: 'mask' | 'image',
  imageName: string,
  region: Region,
  settings: Settings,
  { featureClasses }: Parameters,
): Record<string, number> {
  const features: Record<string, number> = {};
  for (const { name, features: wanted } of featureClasses) {
    const featureClass = featureClassOf(name);
    if (featureClass?.appliesTo !== appliesTo) continue;
    const values = featureClass.compute(region, settings, new Set(wanted));
    for (const feature of wanted) features[`${imageName}_${name}_${feature}`] = values[feature] ?? Number.NaN;
  }
  return features;
}

/**
 * Computes one share.
 *
 * @param input Same for all shares of an extraction.
 * @param share One of {@link divideExtraction}.
 * @param parameters Parameters of the extraction.
 * @throws RadiomicsError `PARAMS_INVALID` if the bins are so narrow that there are too many, or what a filter or a
 *   feature class refuses.
 */
export function computeShare(input: ShareInput, share: ExtractionShare, parameters: Parameters): ShareResult[] {
  if (share.of === 'mask') {
    const features = computeClasses('mask', 'original', input.shape, parameters.settings, parameters);
    return [{ slot: -1, index: 0, name: 'original', features }];
  }
  const { selection, slot, first, step } = share;
  const { inside, box, volume } = input.image;
  const results: ShareResult[] = [];
  let index = -1;
  for (const derived of imageTypeOf(selection.name)?.derive(input.image, selection.settings) ?? []) {
    index++;
    if (index % step !== first) continue;
    const { name } = derived;
    if ('reason' in derived) {
      results.push({ slot, index, name, features: {}, reason: derived.reason });
      continue;
    }
    const region = regionOf(derived.values, inside, box.size, volume.spacingMm);
    const features = computeClasses('image', name, region, selection.settings, parameters);
    results.push({ slot, index, name, features });
  }
  return results;
}

/**
 * Puts the results of all shares together.
 *
 * @param results In any order.
 * @returns Features in PyRadiomics' order; images that were left out, each with the reason.
 */
export function mergeShares(results: readonly ShareResult[]): {
  readonly features: Record<string, number>;
  readonly leftOut: Record<string, string>;
} {
  const features: Record<string, number> = {};
  const leftOut: Record<string, string> = {};
  for (const result of results.toSorted((a, b) => a.slot - b.slot || a.index - b.index)) {
    Object.assign(features, result.features);
    if (result.reason !== undefined) leftOut[result.name] = result.reason;
  }
  return { features, leftOut };
}
