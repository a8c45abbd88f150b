import { DicomError } from '../errors.ts';
import type { SeriesVolume } from './types.ts';

/**
 * Refuses a series whose volume does not have a slice for each image, so that voxels can't be named by image and pixel.
 *
 * @throws DicomError `SEG_UNSUPPORTED` for a series that was straightened, whose grid is not that of the images, and for enhanced
 *   images.
 */
export function requireImageGrid({ SeriesInstanceUID, acquired, sopInstanceUIDs }: SeriesVolume): void {
  if (acquired !== null) {
    const text = 'it lies on a straightened grid, not on the images: it is neither stored nor drawn';
    throw new DicomError('SEG_UNSUPPORTED', SeriesInstanceUID, text);
  }
  if (new Set(sopInstanceUIDs).size !== sopInstanceUIDs.length) {
    const text = 'the series is one of enhanced images, frame by frame: nothing on it is stored or drawn';
    throw new DicomError('SEG_UNSUPPORTED', SeriesInstanceUID, text);
  }
}
