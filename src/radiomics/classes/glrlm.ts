import { neighbourOffsets } from '../kernels/angles.ts';
import { countRunLengths } from '../kernels/runs.ts';
import type { Region } from '../region.ts';
import { planeNormal, type Settings } from '../settings.ts';
import type { Vector } from '../volume.ts';
import { averageDirections, directionWeight } from './directions.ts';
import { define, type FeatureClass, type FeatureDefinition } from './feature-class.ts';
import { alikeNeighboursOf, greyLevelsOf } from './level-grid.ts';
import { type SizeMatrix, sizeMatrixFeatures, sizeMatrixOf } from './size-matrix.ts';

/** `P(i, j)`: how many runs of grey level `i` are `j` voxels long; `p = P / Nr`, `Nr` the number of runs. */
const definitions: Readonly<Record<string, FeatureDefinition>> = {
  GrayLevelNonUniformity: define('sum_i (sum_j P(i,j))^2 / Nr', ['R5YN', 'rlm_glnu']),
  GrayLevelNonUniformityNormalized: define('sum_i (sum_j P(i,j))^2 / Nr^2', ['OVBL', 'rlm_glnu_norm']),
  GrayLevelVariance: define('sum_ij p(i,j) (i - mean_i)^2', ['8CE5', 'rlm_gl_var']),
  HighGrayLevelRunEmphasis: define('sum_ij P(i,j) i^2 / Nr', ['G3QZ', 'rlm_hgre']),
  LongRunEmphasis: define('sum_ij P(i,j) j^2 / Nr', ['W4KF', 'rlm_lre']),
  LongRunHighGrayLevelEmphasis: define('sum_ij P(i,j) i^2 j^2 / Nr', ['3KUM', 'rlm_lrhge']),
  LongRunLowGrayLevelEmphasis: define('sum_ij P(i,j) j^2 / i^2 / Nr', ['IVPO', 'rlm_lrlge']),
  LowGrayLevelRunEmphasis: define('sum_ij P(i,j) / i^2 / Nr', ['V3SW', 'rlm_lgre']),
  RunEntropy: define('-sum_ij p(i,j) log2(p(i,j) + 2.2e-16)', ['HJ9O', 'rlm_rl_entr']),
  RunLengthNonUniformity: define('sum_j (sum_i P(i,j))^2 / Nr', ['W92Y', 'rlm_rlnu']),
  RunLengthNonUniformityNormalized: define('sum_j (sum_i P(i,j))^2 / Nr^2', ['IC23', 'rlm_rlnu_norm']),
  RunPercentage: define('Nr / sum_ij P(i,j) j', ['9ZK5', 'rlm_r_perc']),
  RunVariance: define('sum_ij p(i,j) (j - mean_j)^2', ['SXLW', 'rlm_rl_var']),
  ShortRunEmphasis: define('sum_ij P(i,j) / j^2 / Nr', ['22OV', 'rlm_sre']),
  ShortRunHighGrayLevelEmphasis: define('sum_ij P(i,j) i^2 / j^2 / Nr', ['GD3A', 'rlm_srhge']),
  ShortRunLowGrayLevelEmphasis: define('sum_ij P(i,j) / (i^2 j^2) / Nr', ['HTZT', 'rlm_srlge']),
};

/** Run counts per direction. */
export interface RunCounts {
  /** Grey levels of the rows: those that occur in the region, ascending. */
  readonly greyLevels: Uint16Array;
  readonly offsets: readonly Vector[];
  /** Per offset, shape `(levels, longest)` row-major, column `c` for length `c + 1`; null for a direction left out. */
  readonly matrices: Iterable<Uint32Array | null>;
}

/** Cells of the matrices that are filled at a time, 8 MiB: those of all directions, unless levels are very many. */
const cellsAtOnce = 2 ** 21;

/**
 * Counts the runs of a region in the 13 directions to the nearest neighbours, or the 4 of a plane.
 *
 * @param region Region of interest.
 * @param settings Binning, `force2D`; `distances` has no influence.
 * @returns Matrices in the order of `offsets`; each is a new buffer, made when asked for.
 */
export function countRuns(region: Region, settings: Settings): RunCounts {
  const neighbours = alikeNeighboursOf(region, settings);
  const { greyLevels, levels, size, voxels } = neighbours.grid;
  const perLevel = greyLevelsOf(region, settings).counts;
  const longest = Math.max(...region.dims);
  const offsets = neighbourOffsets(region.dims, [1], planeNormal(settings));
  const directions = offsets.map((step) => ({
    step,
    bit: neighbours.offsets.findIndex((other) => other.every((along, axis) => along === step[axis])),
  }));
  function* matrices(): Generator<Uint32Array | null> {
    const cells = greyLevels.length * longest;
    const atOnce = Math.max(1, Math.floor(cellsAtOnce / cells));
    for (let first = 0; first < directions.length; first += atOnce) {
      const some = directions.slice(first, first + atOnce);
      const counts = new Uint32Array(some.length * cells);
      const counted = countRunLengths(levels, size, voxels, neighbours.alike, some, perLevel, longest, counts);
      for (const [d, isCounted] of counted.entries()) {
        yield isCounted ? counts.subarray(d * cells, (d + 1) * cells) : null;
      }
    }
  }
  return { greyLevels, offsets, matrices: matrices() };
}

function features(matrix: SizeMatrix): Record<string, number> {
  const of = sizeMatrixFeatures(matrix);
  return {
    GrayLevelNonUniformity: of.greyNonUniformity,
    GrayLevelNonUniformityNormalized: of.greyNonUniformityNormalised,
    GrayLevelVariance: of.greyVariance,
    HighGrayLevelRunEmphasis: of.highGreyEmphasis,
    LongRunEmphasis: of.largeEmphasis,
    LongRunHighGrayLevelEmphasis: of.largeHighGreyEmphasis,
    LongRunLowGrayLevelEmphasis: of.largeLowGreyEmphasis,
    LowGrayLevelRunEmphasis: of.lowGreyEmphasis,
    RunEntropy: of.entropy,
    RunLengthNonUniformity: of.sizeNonUniformity,
    RunLengthNonUniformityNormalized: of.sizeNonUniformityNormalised,
    RunPercentage: of.percentage,
    RunVariance: of.sizeVariance,
    ShortRunEmphasis: of.smallEmphasis,
    ShortRunHighGrayLevelEmphasis: of.smallHighGreyEmphasis,
    ShortRunLowGrayLevelEmphasis: of.smallLowGreyEmphasis,
  };
}

function compute(region: Region, settings: Settings): Record<string, number> {
  const { greyLevels, offsets, matrices } = countRuns(region, settings);
  const { weightingNorm } = settings;
  const merged = new Float64Array(weightingNorm === null ? 0 : greyLevels.length * Math.max(...region.dims));
  const perDirection: Record<string, number>[] = [];
  let [direction, added] = [0, 0];
  for (const counts of matrices) {
    const offset = offsets[direction++]!;
    if (counts === null) continue;
    if (weightingNorm === null) {
      perDirection.push(features(sizeMatrixOf(counts, greyLevels)));
      continue;
    }
    // The length itself, where the co-occurrence matrix has exp(-length^2).
    const weight = directionWeight(offset, region.spacingMm, weightingNorm, (lengthMm) => lengthMm);
    for (let cell = 0; cell < merged.length; cell++) merged[cell]! += weight * counts[cell]!;
    added++;
  }
  if (added > 0) perDirection.push(features(sizeMatrixOf(merged, greyLevels)));
  return averageDirections(perDirection, glrlm.features);
}

/**
 * Grey level run length matrix: features per direction, then their mean, or with `weightingNorm` the features of the
 * weighted sum of all directions. A direction along which no line holds two voxels of the region does not take part.
 *
 * @see PyRadiomics, glrlm.py; Galloway 1975, doi:10.1016/S0146-664X(75)80008-6
 */
export const glrlm: FeatureClass = {
  name: 'glrlm',
  appliesTo: 'image',
  byDefault: true,
  features: Object.keys(definitions),
  definitions,
  ibsiAggregation: { inSpace: '3D_avg', inPlane: '2_5D_avg' },
  namedOnly: [],
  withdrawn: {},
  compute,
};
