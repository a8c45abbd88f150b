import type { Settings } from '../settings.ts';
import type { Volume } from '../volume.ts';

/** An image that features are computed on. */
export interface DerivedImage {
  /** First part of the feature keys, `original`. */
  readonly name: string;
  readonly volume: Volume;
}

/** A way to derive images from the loaded one. */
export interface ImageType {
  /** PyRadiomics' name in `imageType`. */
  readonly name: string;
  /** Yields one image or several, each made when it is asked for. */
  derive(volume: Volume, settings: Settings): Iterable<DerivedImage>;
}

/** The image itself. */
const original: ImageType = {
  name: 'Original',
  derive: (volume) => [{ name: 'original', volume }],
};

/** The image types of this extractor. */
export const imageTypes: readonly ImageType[] = [original];

/** Image types that PyRadiomics has beside them. */
export const unavailableImageTypes: readonly string[] = [
  'Exponential',
  'Gradient',
  'LBP2D',
  'LBP3D',
  'LoG',
  'Logarithm',
  'Square',
  'SquareRoot',
  'Wavelet',
];

/** The image type of a name, or undefined. */
export function imageTypeOf(name: string): ImageType | undefined {
  return imageTypes.find((candidate) => candidate.name === name);
}
