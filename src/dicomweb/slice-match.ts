import type { Vector, Volume } from '../radiomics/volume.ts';
import { dot, subtract } from './vector.ts';

/** How far a frame or a contour may lie off its slice, and the corners of two grids apart (mm). */
export const positionToleranceMm = 0.1;

/** Where a point lies along the normal of a volume. */
export interface SliceMatch {
  /** Nearest slice from 0; negative or `nz` and more beyond the volume. */
  readonly slice: number;
  /** True where the point lies on the plane of that slice. */
  readonly onPlane: boolean;
}

/**
 * The slice nearest to a point.
 *
 * @param position In the patient (mm, LPS).
 */
export function matchSlice(position: Vector, { originMm, direction, spacingMm }: Volume): SliceMatch {
  const along = dot(subtract(position, originMm), direction[2]);
  // Adding 0 turns -0 into 0.
  const slice = Math.round(along / spacingMm[2]) + 0;
  return { slice, onPlane: Math.abs(along - slice * spacingMm[2]) <= positionToleranceMm };
}
