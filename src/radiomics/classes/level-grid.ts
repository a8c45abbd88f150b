import { RadiomicsError } from '../../errors.ts';
import { markAlike } from '../kernels/alike-neighbours.ts';
import { neighbourOffsets } from '../kernels/angles.ts';
import { furthestNeighbour } from '../kernels/neighbourhood-differences.ts';
import { discretise, type GreyLevels, type Region } from '../region.ts';
import { planeNormal, type Settings } from '../settings.ts';
import type { Dims, Vector } from '../volume.ts';

/** A region's grey levels on a grid with a margin of outside voxels, so that no neighbour needs a position check. */
export interface LevelGrid {
  /** Voxel counts with the margin. */
  readonly size: Dims;
  /** Width of the margin along each axis, which is how far the neighbours of a voxel can be. */
  readonly reach: Vector;
  /** Index in `greyLevels` plus 1 for a voxel of the region, 0 outside; x fastest. */
  readonly levels: Uint16Array;
  /** Positions in `levels` of the region's voxels, ascending. */
  readonly voxels: Int32Array;
  /** Grey levels that occur, ascending. */
  readonly greyLevels: Uint16Array;
}

/** Which voxels of a region have the level of a nearest neighbour. */
export interface AlikeNeighbours {
  readonly grid: LevelGrid;
  /** Offsets of the neighbours, of every opposite pair the one that comes later; those that are closest first. */
  readonly offsets: readonly Vector[];
  /** Positions of the same neighbours relative to a voxel of the grid. */
  readonly strides: Int32Array;
  /** For each voxel of the region, which of them and of those before it have its level: of `markAlike`. */
  readonly alike: Int32Array;
}

/** Latest result of each region: the classes of one image type ask for the same one after another. */
const latestLevels = new WeakMap<Region, { readonly key: string; readonly levels: GreyLevels }>();
const latestGrid = new WeakMap<Region, { readonly key: string; readonly grid: LevelGrid }>();
const latestAlike = new WeakMap<LevelGrid, AlikeNeighbours>();

const levelsKey = ({ binWidth, binCount }: Settings) => `${binWidth} ${binCount}`;

/**
 * A region's intensities sorted into bins; worked out once for all classes.
 *
 * @param region Region of interest, not to be changed afterwards.
 * @param settings `binWidth`, `binCount`.
 * @throws RadiomicsError `PARAMS_INVALID` if there would be more than 65535 bins.
 */
export function greyLevelsOf(region: Region, settings: Settings): GreyLevels {
  const key = levelsKey(settings);
  const known = latestLevels.get(region);
  if (known?.key === key) return known.levels;
  const levels = discretise(region, settings);
  latestLevels.set(region, { key, levels });
  return levels;
}

/**
 * A region's grey levels ready for the texture kernels; worked out once for all classes that look equally far.
 *
 * @param region Region of interest, not to be changed afterwards.
 * @param settings Binning and `force2D`.
 * @param distances How far neighbours are, in voxels.
 * @throws RadiomicsError `PARAMS_INVALID` if there would be more than 65535 bins or a distance is above 20.
 */
export function levelGridOf(region: Region, settings: Settings, distances: readonly number[]): LevelGrid {
  const normal = planeNormal(settings);
  const furthest = Math.max(...distances);
  if (furthest > furthestNeighbour) {
    // 20 voxels away there are 17 thousand directions already.
    const advice = `distances are at most ${furthestNeighbour} voxels, not ${furthest}; choose smaller ones`;
    throw new RadiomicsError('PARAMS_INVALID', 'setting.distances', advice);
  }
  const along = (axis: 0 | 1 | 2) => (axis === normal ? 0 : Math.min(furthest, region.dims[axis] - 1));
  const reach: Vector = [along(0), along(1), along(2)];
  const key = `${levelsKey(settings)} ${reach} ${normal}`;
  const known = latestGrid.get(region);
  if (known?.key === key) return known.grid;
  const grid = layOut(region, greyLevelsOf(region, settings), reach);
  latestGrid.set(region, { key, grid });
  return grid;
}

/**
 * Which voxels have the level of a neighbour that touches them, within a plane with `force2D`; worked out once for all
 * classes that ask.
 *
 * @param region Region of interest, not to be changed afterwards.
 * @param settings Binning and `force2D`.
 * @throws RadiomicsError `PARAMS_INVALID` if there would be more than 65535 bins.
 */
export function alikeNeighboursOf(region: Region, settings: Settings): AlikeNeighbours {
  const grid = levelGridOf(region, settings, [1]);
  const known = latestAlike.get(grid);
  if (known !== undefined) return known;
  const steps = ([x, y, z]: Vector) => Math.abs(x) + Math.abs(y) + Math.abs(z);
  const offsets = neighbourOffsets(region.dims, [1], planeNormal(settings)).toSorted((a, b) => steps(a) - steps(b));
  const strides = stridesOf(grid, offsets);
  const alike = new Int32Array(grid.levels.length);
  markAlike(grid.levels, grid.voxels, strides, alike);
  const found = { grid, offsets, strides, alike };
  latestAlike.set(grid, found);
  return found;
}

function layOut({ dims, inside, values }: Region, { ofVoxels, present }: GreyLevels, reach: Vector): LevelGrid {
  const [nx, ny, nz] = dims;
  const size: Dims = [nx + 2 * reach[0], ny + 2 * reach[1], nz + 2 * reach[2]];
  const indexOf = new Uint16Array((present[present.length - 1] ?? 0) + 1);
  present.forEach((level, i) => {
    indexOf[level] = i + 1;
  });
  const levels = new Uint16Array(size[0] * size[1] * size[2]);
  const voxels = new Int32Array(values.length);
  let voxel = 0;
  for (let z = 0; z < nz; z++) {
    for (let y = 0; y < ny; y++) {
      const from = nx * (y + ny * z);
      const to = reach[0] + size[0] * (y + reach[1] + size[1] * (z + reach[2]));
      for (let x = 0; x < nx; x++) {
        if (inside[from + x] === 0) continue;
        voxels[voxel] = to + x;
        levels[to + x] = indexOf[ofVoxels[voxel++]!]!;
      }
    }
  }
  return { size, reach, levels, voxels, greyLevels: present };
}

/** Positions of the neighbours at `offsets` relative to a voxel of the grid. */
export function stridesOf({ size }: LevelGrid, offsets: readonly Vector[]): Int32Array {
  return Int32Array.from(offsets, ([dx, dy, dz]) => dx + size[0] * (dy + size[1] * dz));
}
