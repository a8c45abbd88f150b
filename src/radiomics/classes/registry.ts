import type { FeatureClass } from './feature-class.ts';
import { firstorder } from './firstorder.ts';
import { glcm } from './glcm.ts';
import { gldm } from './gldm.ts';
import { glrlm } from './glrlm.ts';
import { glszm } from './glszm.ts';
import { ngtdm } from './ngtdm.ts';
import { shape } from './shape.ts';
import { shape2d } from './shape2d.ts';

/** The feature classes, in the order in which they are enabled by default. */
export const featureClasses: readonly FeatureClass[] = [shape, firstorder, glcm, glrlm, glszm, gldm, ngtdm, shape2d];

/** The feature class of a name, or undefined. */
export function featureClassOf(name: string): FeatureClass | undefined {
  return featureClasses.find((candidate) => candidate.name === name);
}
