import type { Region } from '../region.ts';
import type { Settings } from '../settings.ts';

/** What a feature is. */
export interface FeatureDefinition {
  /** Formula in ASCII, with the symbols of its class. */
  readonly formula: string;
  /** `1` for a plain number; `intensity` is the unit of the image (HU for CT). */
  readonly unit: '1' | 'mm' | 'mm2' | 'mm3' | 'mm-1' | 'intensity' | 'intensity2' | 'intensity2 mm3';
  /** IBSI's identifier and its tag in the reference tables (without the aggregation), or null where IBSI has none. */
  readonly ibsi: { readonly id: string; readonly tag: string } | null;
  /** Where PyRadiomics, and so this extractor, departs from IBSI's definition. */
  readonly differs?: string;
}

/** A family of features that PyRadiomics computes together. */
export interface FeatureClass {
  /** PyRadiomics' name, the middle part of a feature key. */
  readonly name: string;
  /** `mask`: computed once, on the region's shape. `image`: computed on every image type. */
  readonly appliesTo: 'mask' | 'image';
  /** Whether a parameter file that names no class gets this one. */
  readonly byDefault: boolean;
  /** Feature names in PyRadiomics' order. */
  readonly features: readonly string[];
  /** Definition of each of `features` and `namedOnly`. */
  readonly definitions: Readonly<Record<string, FeatureDefinition>>;
  /** End of IBSI's tags for the way in which this class aggregates, or null where there is nothing to aggregate. */
  readonly ibsiAggregation: { readonly inSpace: string; readonly inPlane: string } | null;
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

/** A definition in one line. */
export function define(
  formula: string,
  ibsi: readonly [id: string, tag: string] | null,
  unit: FeatureDefinition['unit'] = '1',
  differs?: string,
): FeatureDefinition {
  const reference = ibsi === null ? null : { id: ibsi[0], tag: ibsi[1] };
  return { formula, unit, ibsi: reference, ...(differs === undefined ? {} : { differs }) };
}
