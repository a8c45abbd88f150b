import { RadiomicsError } from '../errors.ts';
import { squaredDistances } from './kernels/distance-transform.ts';
import { keepLargestPart } from './kernels/largest-part.ts';
import { markOutsideAir } from './kernels/outside-air.ts';
import { requireSameGrid } from './mask-checks.ts';
import { type BoundingBox, findLabel, insideOf } from './region.ts';
import { padBox } from './resample-grid.ts';
import { defaultSettings } from './settings.ts';
import type { Dims, Mask, Volume } from './volume.ts';

/** How far a ring reaches to either side of a region's border (mm). */
export interface RingWidth {
  readonly outsideMm: number;
  readonly insideMm: number;
}

/** The ring of the published peritumoral models: the border grown and shrunk by 2 mm. */
export const defaultRing: RingWidth = { outsideMm: 2, insideMm: 2 };

/** A voxel at exactly the wanted distance belongs to the ring; rounding must not decide. */
const tolerance = 1 + 1e-9;

/** Densest air (HU) around a body, noise and clothes allowed for: a lung's median is above it. */
const airHu = -950;
/** Half-way between air and soft tissue (HU): where the skin is. */
const tissueHu = -500;

function requireBox(mask: Mask, label: number): BoundingBox {
  const found = findLabel(mask, label);
  if (found !== null) return found.box;
  const advice = `the mask has no voxel with label ${label}; delineate the region first`;
  throw new RadiomicsError('MASK_LABEL_MISSING', `label ${label}`, advice);
}

/** A label map with one label, which lies within a box. */
function placeInside(mask: Mask, label: number, { lower, size }: BoundingBox, inside: Uint8Array): Mask {
  const voxels = new Uint8Array(mask.voxels.length);
  const [nx, ny] = mask.dims;
  inside.forEach((one, i) => {
    if (one === 0) return;
    const y = lower[1] + (Math.trunc(i / size[0]) % size[1]);
    const z = lower[2] + Math.trunc(i / (size[0] * size[1]));
    voxels[lower[0] + (i % size[0]) + nx * (y + ny * z)] = label;
  });
  return { ...mask, voxels };
}

/**
 * Which voxels belong to the body: all but the outside air. Worked out slice by slice, so air within the body (lungs,
 * airways, bowel) belongs to it, and so do a couch and clothes.
 *
 * Outside air is what is at or below -500 HU, reaches the slice's edge, and is at or below -950 HU in half of its voxels
 * or more; a lung at the edge of a cropped image is denser. In an image that is no CT nothing is outside.
 *
 * @param volume CT (HU), slices along z.
 * @param firstSlice First slice to look at.
 * @param slices Number of slices.
 * @returns 1 in the body, 0 outside; one per voxel of these slices, x fastest.
 */
export function findBody({ dims: [nx, ny], voxels }: Volume, firstSlice: number, slices: number): Uint8Array {
  const plane = nx * ny;
  const body = new Uint8Array(plane * slices);
  const room = new Int32Array(plane);
  for (let z = 0; z < slices; z++) {
    const start = plane * (firstSlice + z);
    const slice = body.subarray(plane * z, plane * (z + 1));
    markOutsideAir(voxels.subarray(start, start + plane), nx, tissueHu, airHu, slice, room);
  }
  return body.map((outside) => 1 - outside);
}

/** Takes what lies outside the body out of a box of voxels. */
function clipToBody(inside: Uint8Array, { lower, size }: BoundingBox, volume: Volume): void {
  const body = findBody(volume, lower[2], size[2]);
  const [nx, ny]: Dims = volume.dims;
  for (let i = 0; i < inside.length; i++) {
    const y = lower[1] + (Math.trunc(i / size[0]) % size[1]);
    const z = Math.trunc(i / (size[0] * size[1]));
    if (body[lower[0] + (i % size[0]) + nx * (y + ny * z)] === 0) inside[i] = 0;
  }
}

/**
 * The peripheral ring of a region: its border grown outwards and shrunk inwards. A voxel outside belongs to it when its
 * centre is within `outsideMm` of the centre of a voxel inside, and the other way round. Where the image ends the region
 * has no border.
 *
 * @param mask Label map; other labels count as outside.
 * @param label 1..255, also the ring's label in the result.
 * @param ring Widths, each 0 or more; a width below the voxel size along an axis takes no voxel along that axis.
 * @param volume CT on the same grid, to clip the ring to the body as {@link findBody} finds it, or null not to.
 * @returns Label map with the ring only.
 * @throws RadiomicsError `MASK_LABEL_MISSING`, `MASK_GEOMETRY` if `volume` lies on another grid, or `MASK_EMPTY` if the
 *   ring is narrower than the voxels.
 */
export function peripheralRing(
  mask: Mask,
  label: number,
  { outsideMm, insideMm }: RingWidth = defaultRing,
  volume: Volume | null = null,
): Mask {
  if (volume !== null) requireSameGrid(volume, mask, defaultSettings);
  const { dims, spacingMm } = mask;
  // Distances up to the widths are the same in this box as in the whole image.
  const voxelsAround = Math.ceil(outsideMm / Math.min(...spacingMm)) + 1;
  const box = padBox(requireBox(mask, label), voxelsAround, dims);
  const inside = insideOf(mask, label, box);
  const toRegion = new Float64Array(inside.length);
  squaredDistances(inside, 1, box.size, spacingMm, toRegion);
  const toOutside = new Float64Array(inside.length);
  squaredDistances(inside, 0, box.size, spacingMm, toOutside);
  const [outermost, innermost] = [outsideMm ** 2 * tolerance, insideMm ** 2 * tolerance];
  const isRing = (one: number, i: number) =>
    one === 1 ? (toOutside[i] ?? 0) <= innermost : (toRegion[i] ?? 0) <= outermost;
  const ring = inside.map((one, i) => (isRing(one, i) ? 1 : 0));
  if (volume !== null) clipToBody(ring, box, volume);
  if (ring.includes(1)) return placeInside(mask, label, box, ring);
  const advice = `a ring of ${outsideMm} mm outwards and ${insideMm} mm inwards holds no voxel of ${spacingMm.join(' x ')} mm; widen it`;
  throw new RadiomicsError('MASK_EMPTY', 'ring', advice);
}

/**
 * The largest connected part of a region; voxels that share a face, an edge or a corner are connected.
 *
 * @param mask Label map.
 * @param label 1..255.
 * @returns Label map with that part only; of parts of equal size the first in voxel order.
 * @throws RadiomicsError `MASK_LABEL_MISSING`.
 */
export function largestPart(mask: Mask, label: number): Mask {
  const box = requireBox(mask, label);
  const inside = insideOf(mask, label, box);
  keepLargestPart(inside, box.size);
  return placeInside(mask, label, box, inside);
}
