import type { PhantomParameters } from '../phantom/phantom.ts';
import type { FeatureRequest, Features } from './measure.ts';
import { rereadPersons, type SclcMember } from './sclc-cohort.ts';

/** Parameter files of the two models. */
export const nomogramProcessing = 'es-sclc-1688-normalised.yaml';
export const pfsProcessing = 'chest-1218.yaml';

/** The tumour, and 2 mm to either side of its border. */
const tumourRegion = { name: 'tumour' } as const;
export const ringRegion = { name: 'ring', growMm: 2, shrinkMm: 2 } as const;

/** Features of one person, as {@link sclcRequests} names them. */
export interface SclcFeatures {
  readonly plain: Features;
  readonly venous: Features;
  readonly venousAfter: Features;
  readonly tumour: Features;
  readonly ring: Features;
  /** Of a second reader's outline, for the persons that have one. */
  readonly plainReread?: Features;
  readonly venousReread?: Features;
}

/**
 * What to compute of a person: the tumour in three images for the nomogram, tumour and ring in the venous baseline image for
 * the model of progression.
 *
 * @param at Position in the cohort.
 * @param reread Whether this cohort has persons whose tumour a second reader outlines: the first ones.
 */
export function sclcRequests({ images }: SclcMember, at: number, reread: boolean): FeatureRequest[] {
  const ofTumour = (name: keyof SclcFeatures, phantom: PhantomParameters): FeatureRequest => {
    return { name, phantom, region: tumourRegion, processing: nomogramProcessing };
  };
  const { plain, venous, venousAfter } = images;
  const requests: FeatureRequest[] = [
    { name: 'tumour', phantom: venous, region: tumourRegion, processing: pfsProcessing },
    { name: 'ring', phantom: venous, region: ringRegion, processing: pfsProcessing },
    ofTumour('plain', plain),
    ofTumour('venous', venous),
    ofTumour('venousAfter', venousAfter),
  ];
  if (!reread || at >= rereadPersons) return requests;
  // One outline for both phases of the visit: it is drawn once.
  const outlineSeed = venous.noiseSeed;
  return [
    ...requests,
    ofTumour('plainReread', { ...plain, outlineSeed }),
    ofTumour('venousReread', { ...venous, outlineSeed }),
  ];
}
