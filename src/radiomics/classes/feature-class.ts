import type { Region } from '../region.ts';
import type { Settings } from '../settings.ts';

/** A family of features that PyRadiomics computes together. */
export interface FeatureClass {
  /** PyRadiomics' name, the middle part of a feature key. */
  readonly name: string;
  /** `mask`: computed once, on the region's shape. `image`: computed on every image type. */
  readonly appliesTo: 'mask' | 'image';
  /** Feature names in PyRadiomics' order. */
  readonly features: readonly string[];
  /** Features that PyRadiomics computes only when a parameter file names them. */
  readonly namedOnly: readonly string[];
  /** Names that PyRadiomics knows but gives no value for, each with what to ask for instead. */
  readonly withdrawn: Readonly<Record<string, string>>;
  /**
   * Computes features of a region.
   *
   * @param region At least two voxels, all intensities finite.
   * @param settings Settings of the image type.
   * @param wanted Feature names; costly features that are not wanted may be left out.
   * @returns Feature name to value, for at least the wanted ones. NaN where PyRadiomics' definition has no value.
   */
  compute(region: Region, settings: Settings, wanted: ReadonlySet<string>): Readonly<Record<string, number>>;
}
