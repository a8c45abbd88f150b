import { featureName } from '../models/feature-name.ts';
import type { Settings } from '../radiomics/settings.ts';
import type { ParameterProcessing, Processing } from './clinical-content.ts';
import { type FeatureCatalogue, meaningOf } from './feature-catalogue.ts';

/** UCUM: Hounsfield unit. */
const hounsfield = "[hnsf'U]";

/** What a person reads of a feature. */
export interface FeatureWords {
  readonly label: string;
  /** UCUM code. */
  readonly unit: string | null;
  readonly ibsiId: string | null;
}

/**
 * Name, unit and IBSI identifier of a feature.
 *
 * A unit is given only where it is sure: intensities are HU in the original image as long as nothing rescales it.
 *
 * @param key PyRadiomics' name, `wavelet-LLH_glcm_Imc1`, or the name of a network's output.
 */
export function featureWords(
  catalogue: FeatureCatalogue,
  key: string,
  processing: Processing | undefined,
): FeatureWords {
  if (processing === undefined || 'network' in processing) return { label: key, unit: null, ibsiId: null };
  const meaning = meaningOf(catalogue, key, processing.parameters.settings);
  return {
    label: featureName(key),
    unit: key.startsWith('original_') ? unitOf(meaning?.unit, settingsOfOriginal(processing)) : null,
    ibsiId: meaning?.ibsi ?? null,
  };
}

function settingsOfOriginal({ parameters }: ParameterProcessing): Settings {
  return parameters.imageTypes.find(({ name }) => name === 'Original')?.settings ?? parameters.settings;
}

function unitOf(unit: string | undefined, { normalize }: Settings): string | null {
  if (unit === 'mm' || unit === 'mm2' || unit === 'mm3' || unit === 'mm-1') return unit;
  if (normalize) return null;
  return unit === 'intensity' ? hounsfield : unit === 'intensity2' ? `${hounsfield}2` : null;
}
