import { RadiomicsError } from '../errors.ts';
import { padMask } from './classes/padded-mask.ts';
import { longestSliceLine } from './kernels/diameters.ts';
import { enclosedArea, maskOutline, type SlicePoint } from './mask-outline.ts';
import { findLabel, insideOf } from './region.ts';
import type { Mask } from './volume.ts';

/** The longest line across a region within a slice. */
export interface AxialLine {
  /** From 0. */
  readonly slice: number;
  /** In pixels. */
  readonly ends: readonly [SlicePoint, SlicePoint];
  readonly lengthMm: number;
}

/** A region in one slice. */
export interface AxialSection {
  /** Closed lines around it and around holes in it, in pixels; the largest first. */
  readonly outlines: readonly (readonly SlicePoint[])[];
  /** Area between these lines. */
  readonly areaMm2: number;
}

/**
 * The longest line across a region within a slice, between vertices of its mesh: PyRadiomics' Maximum2DDiameterSlice, unless the vertices of
 * that lie half-way between two slices.
 *
 * @param mask 1 inside.
 * @throws RadiomicsError `MASK_LABEL_MISSING` for a mask without a voxel.
 */
export function longestAxialLine(mask: Mask): AxialLine {
  const found = findLabel(mask, 1);
  if (found === null) throw new RadiomicsError('MASK_LABEL_MISSING', 'mask', 'there is no voxel inside');
  const { lower, size } = found.box;
  const padded = padMask({ inside: insideOf(mask, 1, found.box), dims: size });
  const line = new Float64Array(5);
  const lengthMm = longestSliceLine(padded.inside, padded.dims, mask.spacingMm, line);
  const [slice = 0, x0 = 0, y0 = 0, x1 = 0, y1 = 0] = line;
  // An index is the centre of a voxel and counts from the padding; a point counts from the corner of the first pixel.
  const point = (x: number, y: number): SlicePoint => [x - 0.5 + lower[0], y - 0.5 + lower[1]];
  return { slice: slice - 1 + lower[2], ends: [point(x0, y0), point(x1, y1)], lengthMm };
}

/**
 * What a slice cuts of a region.
 *
 * @param mask Not 0 inside.
 * @param slice From 0; one that the grid does not have is empty.
 * @returns No line and no area where the region is not in the slice.
 */
export function axialSection({ voxels, dims: [nx, ny], spacingMm: [dx, dy] }: Mask, slice: number): AxialSection {
  const lines = maskOutline(voxels.subarray(slice * nx * ny, (slice + 1) * nx * ny), nx, [1, 1]);
  const outlines = lines.toSorted((a, b) => enclosedArea([b]) - enclosedArea([a]));
  return { outlines, areaMm2: enclosedArea(outlines) * dx * dy };
}
