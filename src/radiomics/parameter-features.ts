import { z } from 'zod';
import { RadiomicsError } from '../errors.ts';
import type { FeatureClass } from './classes/feature-class.ts';
import { featureClasses, featureClassOf } from './classes/registry.ts';
import { type ParameterFile, readMapping } from './parameter-settings.ts';

/** Features to compute of one class, in the order in which they are reported. */
export interface FeatureSelection {
  readonly name: string;
  readonly features: readonly string[];
}

const featureNames = z.array(z.string()).nullable();

function requireFeature(file: ParameterFile, featureClass: FeatureClass, feature: string): void {
  const allowed = [...featureClass.features, ...featureClass.namedOnly];
  if (allowed.includes(feature)) return;
  const path = `featureClass.${featureClass.name}.${feature}`;
  const instead = featureClass.withdrawn[feature];
  if (instead !== undefined) {
    const advice = `${file.name}: ${path} has no value in PyRadiomics; use ${instead}, which equals it`;
    throw new RadiomicsError('PARAMS_UNSUPPORTED', path, advice);
  }
  const advice = `${file.name}: unknown feature ${feature}; ${featureClass.name} has ${allowed.join(', ')}`;
  throw new RadiomicsError('PARAMS_UNKNOWN_KEY', path, advice);
}

/** Checks one entry of `featureClass`. */
function readFeatureClass(file: ParameterFile, name: string, value: unknown): FeatureSelection {
  const path = `featureClass.${name}`;
  const featureClass = featureClassOf(name);
  if (featureClass === undefined) {
    const allowed = featureClasses.map((known) => known.name).join(', ');
    throw new RadiomicsError(
      'PARAMS_UNKNOWN_KEY',
      path,
      `${file.name}: unknown feature class ${name}; allowed: ${allowed}`,
    );
  }
  const read = featureNames.safeParse(value);
  if (!read.success) {
    throw new RadiomicsError('PARAMS_INVALID', path, `${file.name}: ${path} must be a list of feature names, or empty`);
  }
  const named = [...new Set(read.data ?? [])];
  for (const feature of named) requireFeature(file, featureClass, feature);
  return { name, features: named.length > 0 ? named : featureClass.features };
}

/**
 * Reads the `featureClass` part of a parameter file.
 *
 * @param value Feature class to list of feature names; an empty list enables the whole class.
 * @returns The selected classes in the file's order, or null when nothing is selected.
 * @throws RadiomicsError `PARAMS_UNKNOWN_KEY`, `PARAMS_UNSUPPORTED` or `PARAMS_INVALID`, naming the key path.
 */
export function readFeatureClasses(file: ParameterFile, value: unknown): FeatureSelection[] | null {
  const given = Object.entries(value === undefined ? {} : readMapping(file, 'featureClass', value));
  return given.length === 0 ? null : given.map(([name, features]) => readFeatureClass(file, name, features));
}
