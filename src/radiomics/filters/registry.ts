import { gradient } from './gradient.ts';
import type { ImageType } from './image-type.ts';
import { exponential, logarithm, square, squareRoot } from './intensity.ts';
import { lbp2d } from './lbp-2d.ts';
import { lbp3d } from './lbp-3d.ts';
import { log } from './log.ts';
import { original } from './original.ts';
import { wavelet } from './wavelet.ts';

/** The image types of this extractor: all that PyRadiomics has. */
export const imageTypes: readonly ImageType[] = [
  original,
  log,
  wavelet,
  square,
  squareRoot,
  logarithm,
  exponential,
  gradient,
  lbp2d,
  lbp3d,
];

/** The image type of a name, or undefined. */
export function imageTypeOf(name: string): ImageType | undefined {
  return imageTypes.find((candidate) => candidate.name === name);
}
