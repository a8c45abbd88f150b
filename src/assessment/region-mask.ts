import type { Region } from '../models/image-schema.ts';
import { peripheralRing } from '../radiomics/regions.ts';
import type { Mask, Volume } from '../radiomics/volume.ts';

/**
 * The voxels that a region's features are taken from, before any resampling: the segment itself, or the ring around its border as far
 * as it lies in the body.
 *
 * @param segment 1 inside, 0 outside.
 * @param volume CT (HU) on the same grid.
 * @throws RadiomicsError as `peripheralRing`.
 */
export function regionMask(segment: Mask, region: Region, volume: Volume): Mask {
  if (region.name === 'tumour') return segment;
  return peripheralRing(segment, 1, { outsideMm: region.growMm, insideMm: region.shrinkMm }, volume);
}
