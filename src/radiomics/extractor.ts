import { describeConfiguration, describeImage, describeMask, describePreparation } from './diagnostics.ts';
import { computeShare, divideExtraction, mergeShares, type ShareResult, shareInputOf } from './extraction-shares.ts';
import type { Parameters } from './parameters.ts';
import { prepare } from './preprocess.ts';
import type { Mask, Volume } from './volume.ts';

/** Changes whenever the same input could give another number: part of a feature set's identity. */
export const extractorVersion = '2';

/** Features of one region, with how they were made. */
export interface ExtractionResult {
  /** PyRadiomics key (`original_glcm_JointEntropy`) to value, in PyRadiomics' order. NaN where a feature is undefined. */
  readonly features: Readonly<Record<string, number>>;
  /** PyRadiomics' `diagnostics_*` keys; empty when the parameters set `additionalInfo: false`. */
  readonly diagnostics: Readonly<Record<string, unknown>>;
}

/**
 * Computes radiomics features as PyRadiomics does: prepare image and mask, then the shape of the region, then the other
 * classes on every image type. An image that PyRadiomics leaves out for its size is named, with the reason, in
 * `diagnostics_Configuration_ImagesLeftOut`.
 *
 * @param volume Image; its slice order is part of the result.
 * @param mask Label map; `settings.label` is the region.
 * @param parameters Parameters, e.g. of {@link parseParameters}.
 * @throws RadiomicsError what {@link prepare} and {@link computeShare} refuse.
 * @see van Griethuysen 2017, doi:10.1158/0008-5472.CAN-17-0339
 */
export function extractFeatures(volume: Volume, mask: Mask, parameters: Parameters): ExtractionResult {
  const { settings } = parameters;
  const prepared = prepare(volume, mask, settings);
  const input = shareInputOf(prepared, settings.label);
  const results = divideExtraction(parameters, 1).flatMap((share) => computeShare(input, share, parameters));
  const described = settings.additionalInfo
    ? {
        ...describeImage(volume, 'original'),
        ...describeMask(mask, settings.label, null, 'original'),
        ...describePreparation(prepared, settings.label),
      }
    : {};
  return assembleResult(parameters, results, described);
}

/**
 * The result of an extraction from those of its shares.
 *
 * @param parameters Parameters of the extraction.
 * @param results Of all shares, in any order.
 * @param described What {@link describeImage}, {@link describeMask} and {@link describePreparation} say, in this order; left out where the parameters set `additionalInfo: false`.
 */
export function assembleResult(
  parameters: Parameters,
  results: readonly ShareResult[],
  described: ExtractionResult['diagnostics'],
): ExtractionResult {
  const { features, leftOut } = mergeShares(results);
  if (!parameters.settings.additionalInfo) return { features, diagnostics: {} };
  const diagnostics = {
    ...describeConfiguration(parameters, extractorVersion),
    ...(Object.keys(leftOut).length > 0 ? { diagnostics_Configuration_ImagesLeftOut: leftOut } : {}),
    ...described,
  };
  return { features, diagnostics };
}
