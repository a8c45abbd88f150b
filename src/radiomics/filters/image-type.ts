import type { BoundingBox } from '../region.ts';
import type { Settings } from '../settings.ts';
import type { Image } from '../volume.ts';

/** What an image is derived from, and where it is needed. */
export interface FilterInput {
  /** The prepared image. */
  readonly volume: Image;
  /** The part of it that features are computed on. A filter may look beyond it. */
  readonly box: BoundingBox;
  /** 1 inside the region, 0 outside; one per voxel of the box. */
  readonly inside: Uint8Array;
  /** Largest magnitude in the whole image. */
  readonly largest: () => number;
}

/** An image that features are computed on. */
export interface DerivedImage {
  /** First part of the feature keys, `original`. */
  readonly name: string;
  /** One per voxel of the box, x fastest. */
  readonly values: Float64Array;
}

/** An image that PyRadiomics leaves out for this input. */
export interface SkippedImage {
  readonly name: string;
  readonly reason: string;
}

/** A way to derive images from the prepared one. */
export interface ImageType {
  /** PyRadiomics' name in `imageType`. */
  readonly name: string;
  /** A setting without which it gives no image. */
  readonly needs?: 'sigma';
  /** It asks for the largest magnitude, for which all of the image is looked at. */
  readonly usesLargest?: true;
  /** Yields one image or several, each made when it is asked for. */
  derive(input: FilterInput, settings: Settings): Iterable<DerivedImage | SkippedImage>;
}
