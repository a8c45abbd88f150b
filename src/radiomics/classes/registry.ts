import type { FeatureClass } from './feature-class.ts';
import { firstorder } from './firstorder.ts';
import { glcm } from './glcm.ts';
import { shape } from './shape.ts';

/** The feature classes of this extractor, in the order in which they are enabled by default. */
export const featureClasses: readonly FeatureClass[] = [shape, firstorder, glcm];

/** Feature classes that PyRadiomics enables by default beside them. */
export const unavailableFeatureClasses: readonly string[] = ['glrlm', 'glszm', 'gldm', 'ngtdm'];

/** Feature classes that PyRadiomics computes only when a parameter file names them. */
export const unavailableNamedClasses: readonly string[] = ['shape2D'];

/** The feature class of a name, or undefined. */
export function featureClassOf(name: string): FeatureClass | undefined {
  return featureClasses.find((candidate) => candidate.name === name);
}
