import { type Grid, integerRange, type Mask, type Vector, type Volume, voxelCount } from '../radiomics/volume.ts';
import { dot, subtract } from './vector.ts';

/** Slices as they were acquired: parallel, but shifted sideways (tilted gantry) or at uneven distances. */
export interface AcquiredStack {
  /** Size, pixel spacing and directions of the slices; the distance along the normal is the usual one. */
  readonly grid: Grid;
  /** Position of each slice (mm), ascending along the normal. */
  readonly positions: readonly Vector[];
  /** What is irregular, for the reader of a result. */
  readonly description: string;
}

/** Where a slice of the straight grid lies among the acquired ones. */
interface Between {
  readonly lower: number;
  readonly upper: number;
  /** Weight of `upper`, 0 to 1. */
  readonly share: number;
}

/**
 * The straight grid that a stack is resampled to: perpendicular to its slices, at their usual distance, wide enough for
 * all of them.
 */
export function straightGrid({ grid, positions }: AcquiredStack): Grid {
  const [nx, ny] = grid.dims;
  const [sx, sy, usual] = grid.spacingMm;
  const offsets = positions.map((position) => subtract(position, grid.originMm));
  const range = (axis: 0 | 1 | 2) => {
    const along = offsets.map((offset) => dot(offset, grid.direction[axis]));
    return [Math.min(...along), Math.max(...along)] as const;
  };
  // Whole pixels, so that the first slice keeps its pixels as they are.
  const [left, right] = [Math.floor(range(0)[0] / sx + tiny), Math.ceil(range(0)[1] / sx - tiny)];
  const [top, bottom] = [Math.floor(range(1)[0] / sy + tiny), Math.ceil(range(1)[1] / sy - tiny)];
  const depth = range(2)[1];
  const gaps = Math.max(1, Math.round(depth / usual));
  const [row, column] = grid.direction;
  const shift = (axis: 0 | 1 | 2) => grid.originMm[axis] + left * sx * row[axis] + top * sy * column[axis];
  return {
    dims: [nx + right - left, ny + bottom - top, gaps + 1],
    spacingMm: [sx, sy, depth / gaps],
    originMm: [shift(0), shift(1), shift(2)],
    direction: grid.direction,
  };
}

/** Share of a pixel below which a shift is rounding. */
const tiny = 1e-3;

/**
 * Resamples a stack to a straight grid, linearly. What no slice covers gets the lowest value of the image.
 *
 * @param voxels Of the acquired slices, x fastest; integers stay integers, rounded.
 * @param to What `straightGrid` gives.
 */
export function straightenVolume(voxels: Volume['voxels'], stack: AcquiredStack, to: Grid): Volume {
  const [nx, ny] = stack.grid.dims;
  const VoxelType = voxels.constructor as new (length: number) => Volume['voxels'];
  const out = new VoxelType(voxelCount(to.dims));
  let lowest = voxels[0] ?? 0;
  for (const value of voxels) if (value < lowest) lowest = value;
  const isInteger = integerRange(voxels) !== null;
  const sample = (slice: number, x: number, y: number): number => {
    const [x0, y0] = [Math.floor(x + tiny), Math.floor(y + tiny)];
    const [fx, fy] = [Math.max(0, x - x0), Math.max(0, y - y0)];
    const at = (px: number, py: number) =>
      px < 0 || py < 0 || px >= nx || py >= ny ? lowest : (voxels[px + nx * (py + ny * slice)] ?? lowest);
    const upper = fx === 0 ? at(x0, y0) : (1 - fx) * at(x0, y0) + fx * at(x0 + 1, y0);
    if (fy === 0) return upper;
    const lower = fx === 0 ? at(x0, y0 + 1) : (1 - fx) * at(x0, y0 + 1) + fx * at(x0 + 1, y0 + 1);
    return (1 - fy) * upper + fy * lower;
  };
  forEachVoxel(stack, to, (index, { lower, upper, share }, [xl, yl], [xu, yu]) => {
    const value = (1 - share) * sample(lower, xl, yl) + (share === 0 ? 0 : share * sample(upper, xu, yu));
    out[index] = isInteger ? Math.round(value) : value;
  });
  return { ...to, voxels: out };
}

/**
 * Samples a mask of a stack at the voxels of a straight grid: each takes the label of the nearest acquired pixel.
 *
 * @param mask On the grid of the stack.
 * @param to The grid that the images were resampled to.
 */
export function straightenMask(mask: Mask, stack: AcquiredStack, to: Grid): Mask {
  const [nx, ny] = mask.dims;
  const out = new Uint8Array(voxelCount(to.dims));
  forEachVoxel(stack, to, (index, { lower, upper, share }, atLower, atUpper) => {
    const [slice, [x, y]] = share < 0.5 ? [lower, atLower] : [upper, atUpper];
    const [px, py] = [Math.round(x), Math.round(y)];
    if (px >= 0 && py >= 0 && px < nx && py < ny) out[index] = mask.voxels[px + nx * (py + ny * slice)] ?? 0;
  });
  return { dims: to.dims, spacingMm: to.spacingMm, originMm: to.originMm, direction: to.direction, voxels: out };
}

type Pixel = readonly [number, number];

/** Calls `visit` with each voxel of a grid and the pixels of the two slices that it lies between. */
function forEachVoxel(
  { grid, positions }: AcquiredStack,
  to: Grid,
  visit: (index: number, between: Between, lower: Pixel, upper: Pixel) => void,
): void {
  const [row, column, normal] = grid.direction;
  const along = positions.map((position) => dot(subtract(position, to.originMm), normal));
  // Pixel of a slice at which the first pixel of the grid lies.
  const first = positions.map((position): Pixel => {
    const offset = subtract(to.originMm, position);
    return [dot(offset, row) / grid.spacingMm[0], dot(offset, column) / grid.spacingMm[1]];
  });
  const [nx, ny, nz] = to.dims;
  for (let z = 0; z < nz; z++) {
    const between = placeBetween(along, z * to.spacingMm[2]);
    const [xl, yl] = first[between.lower] ?? [0, 0];
    const [xu, yu] = first[between.upper] ?? [0, 0];
    for (let y = 0; y < ny; y++) {
      for (let x = 0; x < nx; x++) visit(x + nx * (y + ny * z), between, [x + xl, y + yl], [x + xu, y + yu]);
    }
  }
}

function placeBetween(along: readonly number[], at: number): Between {
  const last = along.length - 1;
  const above = along.findIndex((place) => place > at);
  const upper = above < 0 ? last : Math.max(1, above);
  const lower = Math.max(0, upper - 1);
  const [from, end] = [along[lower] ?? 0, along[upper] ?? 0];
  const share = end > from ? Math.min(1, Math.max(0, (at - from) / (end - from))) : 0;
  // A slice of the grid that lies on an acquired one is that one.
  if (share < tiny) return { lower, upper: lower, share: 0 };
  return share > 1 - tiny ? { lower: upper, upper, share: 0 } : { lower, upper, share };
}
