import type { Grid, Vector } from '../radiomics/volume.ts';
import type { SeriesVolume } from './types.ts';
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

/** The grid that masks are drawn on: that of the slices as they were acquired. */
export function drawnGrid({ volume, acquired }: SeriesVolume): Grid {
  return acquired?.grid ?? volume;
}

/**
 * The slice nearest to a point.
 *
 * @param position In the patient (mm, LPS).
 */
export function matchSlice(position: Vector, { volume, acquired }: SeriesVolume): SliceMatch {
  const { originMm, direction, spacingMm } = acquired?.grid ?? volume;
  const along = dot(subtract(position, originMm), direction[2]);
  if (acquired !== null) {
    const places = acquired.positions.map((place) => dot(subtract(place, originMm), direction[2]));
    return matchPlaces(along, places, spacingMm[2]);
  }
  // Adding 0 turns -0 into 0.
  const slice = Math.round(along / spacingMm[2]) + 0;
  return { slice, onPlane: Math.abs(along - slice * spacingMm[2]) <= positionToleranceMm };
}

function matchPlaces(along: number, places: readonly number[], usualMm: number): SliceMatch {
  const distances = places.map((place) => Math.abs(along - place));
  const nearest = distances.indexOf(Math.min(...distances));
  if (along < (places[0] ?? 0) - usualMm / 2) return { slice: -1, onPlane: false };
  if (along > (places.at(-1) ?? 0) + usualMm / 2) return { slice: places.length, onPlane: false };
  return { slice: nearest, onPlane: (distances[nearest] ?? 0) <= positionToleranceMm };
}

/** A point of the line on which the first pixels of the slices lie: in a leaning stack the first pixel of the slice. */
export function sliceOrigin({ volume, acquired }: SeriesVolume, slice: number): Vector {
  return acquired?.positions[slice] ?? volume.originMm;
}
