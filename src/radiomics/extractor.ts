import { featureClassOf } from './classes/registry.ts';
import { describeConfiguration, describeImage, describeMask } from './diagnostics.ts';
import { imageTypeOf } from './filters/registry.ts';
import { requireFinite, requireLabel, requireRegion, requireSameGrid } from './mask-checks.ts';
import { normalise } from './normalise.ts';
import type { Parameters } from './parameters.ts';
import { cutRegion, type Region } from './region.ts';
import { resegment } from './resegment.ts';
import type { Settings } from './settings.ts';
import type { Mask, Volume } from './volume.ts';

/** Changes whenever the same input could give another number: part of a feature set's identity. */
export const extractorVersion = '1';

/** Features of one region, with how they were made. */
export interface ExtractionResult {
  /** PyRadiomics key (`original_glcm_JointEntropy`) to value, in PyRadiomics' order. NaN where a feature is undefined. */
  readonly features: Readonly<Record<string, number>>;
  /** PyRadiomics' `diagnostics_*` keys; empty when the parameters set `additionalInfo: false`. */
  readonly diagnostics: Readonly<Record<string, unknown>>;
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
 * Computes radiomics features as PyRadiomics does: normalise, check the mask, resegment, then the shape of the region and
 * the other classes on every image type.
 *
 * @param volume Image; its slice order is part of the result.
 * @param mask Label map on the same grid; `settings.label` is the region.
 * @param parameters Parameters, e.g. of {@link parseParameters}.
 * @throws RadiomicsError `VOLUME_NOT_FINITE`, `MASK_EMPTY`, `MASK_LABEL_MISSING`, `MASK_GEOMETRY`, `MASK_TOO_SMALL`, or
 *   `PARAMS_INVALID` if the bins are so narrow that there are too many.
 * @see van Griethuysen 2017, doi:10.1158/0008-5472.CAN-17-0339
 */
export function extractFeatures(volume: Volume, mask: Mask, parameters: Parameters): ExtractionResult {
  const { settings } = parameters;
  const { label } = settings;
  requireFinite(volume);
  requireLabel(mask, label);
  requireSameGrid(volume, mask, settings);
  const image = settings.normalize ? normalise(volume, settings) : volume;
  const whole = requireRegion(mask, settings);
  const narrowed = resegment(image, mask, settings);
  // The whole mask loses what lies outside the narrowed region's box: PyRadiomics' behaviour, and its shape features.
  const box = narrowed === mask ? whole : requireRegion(narrowed, settings);

  const shapeMask = settings.resegmentShape ? narrowed : mask;
  const features = computeClasses('mask', 'original', cutRegion(image, shapeMask, label, box), settings, parameters);
  for (const selection of parameters.imageTypes) {
    for (const derived of imageTypeOf(selection.name)?.derive(image, selection.settings) ?? []) {
      const region = cutRegion(derived.volume, narrowed, label, box);
      Object.assign(features, computeClasses('image', derived.name, region, selection.settings, parameters));
    }
  }
  if (!settings.additionalInfo) return { features, diagnostics: {} };
  const diagnostics = {
    ...describeConfiguration(parameters, extractorVersion),
    ...describeImage(volume),
    ...describeMask(mask, label, null, 'original'),
    ...(narrowed === mask ? {} : describeMask(narrowed, label, image, 'resegmented')),
  };
  return { features, diagnostics };
}
