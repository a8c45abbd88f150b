import { RadiomicsError } from '../../errors.ts';
import { neighbourOffsets } from '../kernels/angles.ts';
import { addDependences, addEqualNeighbours } from '../kernels/dependences.ts';
import { returnRooms, takeRoom } from '../kernels/rooms.ts';
import type { Region } from '../region.ts';
import { planeNormal, type Settings } from '../settings.ts';
import { define, type FeatureClass, type FeatureDefinition } from './feature-class.ts';
import { alikeNeighboursOf, levelGridOf, stridesOf } from './level-grid.ts';
import { type SizeMatrix, sizeMatrixFeatures, sizeMatrixOf } from './size-matrix.ts';

/** `P(i, j)`: how many voxels of grey level `i` have dependence `j`; `p = P / N`, `N` the number of voxels. */
const definitions: Readonly<Record<string, FeatureDefinition>> = {
  DependenceEntropy: define('-sum_ij p(i,j) log2(p(i,j) + 2.2e-16)', ['FCBV', 'ngl_dc_entr']),
  DependenceNonUniformity: define('sum_j (sum_i P(i,j))^2 / N', ['Z87G', 'ngl_dcnu']),
  DependenceNonUniformityNormalized: define('sum_j (sum_i P(i,j))^2 / N^2', ['OKJI', 'ngl_dcnu_norm']),
  DependenceVariance: define('sum_ij p(i,j) (j - mean_j)^2', ['DNX2', 'ngl_dc_var']),
  GrayLevelNonUniformity: define('sum_i (sum_j P(i,j))^2 / N', ['FP8K', 'ngl_glnu']),
  GrayLevelVariance: define('sum_ij p(i,j) (i - mean_i)^2', ['1PFV', 'ngl_gl_var']),
  HighGrayLevelEmphasis: define('sum_ij P(i,j) i^2 / N', ['OAE7', 'ngl_hgce']),
  LargeDependenceEmphasis: define('sum_ij P(i,j) j^2 / N', ['IMOQ', 'ngl_hde']),
  LargeDependenceHighGrayLevelEmphasis: define('sum_ij P(i,j) i^2 j^2 / N', ['9QMG', 'ngl_hdhge']),
  LargeDependenceLowGrayLevelEmphasis: define('sum_ij P(i,j) j^2 / i^2 / N', ['NBZI', 'ngl_hdlge']),
  LowGrayLevelEmphasis: define('sum_ij P(i,j) / i^2 / N', ['TL9H', 'ngl_lgce']),
  SmallDependenceEmphasis: define('sum_ij P(i,j) / j^2 / N', ['SODN', 'ngl_lde']),
  SmallDependenceHighGrayLevelEmphasis: define('sum_ij P(i,j) i^2 / j^2 / N', ['JA6D', 'ngl_ldhge']),
  SmallDependenceLowGrayLevelEmphasis: define('sum_ij P(i,j) / (i^2 j^2) / N', ['EQ3F', 'ngl_ldlge']),
};

/** A quarter of a gigabyte. */
const mostCells = 2 ** 25;

/**
 * Counts how many voxels of each grey level have how many dependent voxels around them, themselves included.
 *
 * @param region Region of interest.
 * @param settings Binning, `distances`, `gldm_a` (largest difference of a dependent voxel, grey levels), `force2D`.
 * @throws RadiomicsError `PARAMS_INVALID` if the matrix would have more than 32 million cells.
 */
export function countDependences(region: Region, settings: Settings): SizeMatrix {
  const { distances, gldm_a } = settings;
  if (gldm_a === 0 && distances.length === 1 && distances[0] === 1) return countEqual(region, settings);
  const grid = levelGridOf(region, settings, distances);
  const { greyLevels, levels, voxels } = grid;
  const strides = stridesOf(grid, neighbourOffsets(region.dims, distances, planeNormal(settings)));
  const cells = greyLevels.length * (2 * strides.length + 1);
  if (cells > mostCells) {
    const advice = `${greyLevels.length} grey levels and ${2 * strides.length} neighbours are too many for a matrix; choose wider bins or smaller distances`;
    throw new RadiomicsError('PARAMS_INVALID', 'setting.distances', advice);
  }
  const counts = new Float64Array(cells);
  const dependences = takeRoom(Int32Array, levels.length);
  addDependences(levels, voxels, strides, greyLevels, gldm_a, dependences, counts);
  returnRooms(dependences);
  return sizeMatrixOf(counts, greyLevels);
}

/** The nearest neighbours of exactly a voxel's grey level: what run lengths and zones look for as well. */
function countEqual(region: Region, settings: Settings): SizeMatrix {
  const { alike, grid, strides } = alikeNeighboursOf(region, settings);
  const columns = 2 * strides.length + 1;
  const counts = new Float64Array(grid.greyLevels.length * columns);
  addEqualNeighbours(grid.levels, grid.voxels, alike, columns, counts);
  return sizeMatrixOf(counts, grid.greyLevels);
}

function compute(region: Region, settings: Settings): Record<string, number> {
  const of = sizeMatrixFeatures(countDependences(region, settings));
  return {
    DependenceEntropy: of.entropy,
    DependenceNonUniformity: of.sizeNonUniformity,
    DependenceNonUniformityNormalized: of.sizeNonUniformityNormalised,
    DependenceVariance: of.sizeVariance,
    GrayLevelNonUniformity: of.greyNonUniformity,
    GrayLevelVariance: of.greyVariance,
    HighGrayLevelEmphasis: of.highGreyEmphasis,
    LargeDependenceEmphasis: of.largeEmphasis,
    LargeDependenceHighGrayLevelEmphasis: of.largeHighGreyEmphasis,
    LargeDependenceLowGrayLevelEmphasis: of.largeLowGreyEmphasis,
    LowGrayLevelEmphasis: of.lowGreyEmphasis,
    SmallDependenceEmphasis: of.smallEmphasis,
    SmallDependenceHighGrayLevelEmphasis: of.smallHighGreyEmphasis,
    SmallDependenceLowGrayLevelEmphasis: of.smallLowGreyEmphasis,
  };
}

/**
 * Grey level dependence matrix, IBSI's neighbouring grey level dependence matrix with its coarseness as `gldm_a`; "small"
 * and "large" are IBSI's "low" and "high" dependence.
 *
 * @see PyRadiomics, gldm.py; Sun and Wee 1983, Computer Vision, Graphics and Image Processing 23:341-352
 */
export const gldm: FeatureClass = {
  name: 'gldm',
  appliesTo: 'image',
  byDefault: true,
  features: Object.keys(definitions),
  definitions,
  ibsiAggregation: { inSpace: '3D', inPlane: '2_5D' },
  namedOnly: [],
  withdrawn: {
    GrayLevelNonUniformityNormalized: 'firstorder Uniformity',
    DependencePercentage: 'the number 1',
  },
  compute,
};
