import { RadiomicsError } from '../../errors.ts';
import { neighbourOffsets } from '../kernels/angles.ts';
import { addCooccurrences, takeMatrix } from '../kernels/cooccurrence.ts';
import { returnRooms, takeRoom } from '../kernels/rooms.ts';
import type { Region } from '../region.ts';
import { planeNormal, type Settings } from '../settings.ts';
import type { Vector } from '../volume.ts';
import { averageDirections, directionWeight } from './directions.ts';
import { define, type FeatureClass, type FeatureDefinition } from './feature-class.ts';
import { cooccurrenceFeatures, normaliseCounts } from './glcm-features.ts';
import { levelGridOf, stridesOf } from './level-grid.ts';

/**
 * `p(i, j)`: part of the pairs of neighbours with grey levels `i` and `j`; `p_x`, `p_y`: its sums over `j` and over `i`,
 * `m_x`, `m_y` and `s_x`, `s_y` their means and standard deviations; `p_s(k)` and `p_d(k)`: sum of `p(i, j)` over
 * `i + j = k` and over `|i - j| = k`; `Ng`: the highest grey level; `eps = 2.2e-16`; `H`: `-sum q log2(q + eps)`.
 */
const definitions: Readonly<Record<string, FeatureDefinition>> = {
  Autocorrelation: define('sum_ij i j p(i,j)', ['QWB0', 'cm_auto_corr']),
  ClusterProminence: define('sum_ij (i + j - m_x - m_y)^4 p(i,j)', ['AE86', 'cm_clust_prom']),
  ClusterShade: define('sum_ij (i + j - m_x - m_y)^3 p(i,j)', ['7NFM', 'cm_clust_shade']),
  ClusterTendency: define('sum_ij (i + j - m_x - m_y)^2 p(i,j)', ['DG8W', 'cm_clust_tend']),
  Contrast: define('sum_ij (i - j)^2 p(i,j)', ['ACUI', 'cm_contrast']),
  Correlation: define('sum_ij (i - m_x) (j - m_y) p(i,j) / (s_x s_y + eps)', ['NI2N', 'cm_corr']),
  DifferenceAverage: define('m_d = sum_k k p_d(k)', ['TF7R', 'cm_diff_avg']),
  DifferenceEntropy: define('H(p_d)', ['NTRS', 'cm_diff_entr']),
  DifferenceVariance: define('sum_k (k - m_d)^2 p_d(k)', ['D3YU', 'cm_diff_var']),
  Id: define('sum_k p_d(k) / (1 + k)', ['IB1Z', 'cm_inv_diff']),
  Idm: define('sum_k p_d(k) / (1 + k^2)', ['WF0Z', 'cm_inv_diff_mom']),
  Idmn: define('sum_k p_d(k) / (1 + k^2 / Ng^2)', ['1QCO', 'cm_inv_diff_mom_norm']),
  Idn: define('sum_k p_d(k) / (1 + k / Ng)', ['NDRX', 'cm_inv_diff_norm']),
  Imc1: define('(H(p) + sum_ij p(i,j) log2(p_x(i) p_y(j) + eps)) / max(H(p_x), H(p_y))', ['R8DG', 'cm_info_corr1']),
  Imc2: define('sqrt(1 - exp(-2 (H(p_x p_y) - H(p))))', ['JN9H', 'cm_info_corr2']),
  InverseVariance: define('sum_{k > 0} p_d(k) / k^2', ['E8JP', 'cm_inv_var']),
  JointAverage: define('m_x', ['60VM', 'cm_joint_avg']),
  JointEnergy: define('sum_ij p(i,j)^2', ['8ZQL', 'cm_energy']),
  JointEntropy: define('H(p)', ['TU9B', 'cm_joint_entr']),
  MCC: define('sqrt(second eigenvalue of Q), Q(i,j) = sum_k p(i,k) p(j,k) / (p_x(i) p_y(k) + eps)', null),
  MaximumProbability: define('max_ij p(i,j)', ['GYBY', 'cm_joint_max']),
  SumAverage: define('sum_k k p_s(k)', ['ZGXS', 'cm_sum_avg']),
  SumEntropy: define('H(p_s)', ['P6QZ', 'cm_sum_entr']),
  SumSquares: define('sum_ij (i - m_x)^2 p(i,j)', ['UR99', 'cm_joint_var']),
};

/** A matrix of more levels than this would take minutes and gigabytes. */
const mostLevels = 4096;

/** Counts that are made at a time, 32 MiB. */
const cellsAtOnce = 2 ** 23;

/** Directed or symmetric counts per direction, with what they are counted over. */
export interface CooccurrenceCounts {
  /** Grey levels of rows and columns: those that occur in the region, ascending. */
  readonly levels: Uint16Array;
  readonly offsets: readonly Vector[];
  /** One matrix per offset, shape `(n, n)` row-major. */
  readonly matrices: Iterable<Float64Array>;
}

/**
 * Counts the co-occurrences of a region in every direction, one direction at a time.
 *
 * @param region Region of interest.
 * @param settings Binning, `distances`, `force2D`, `symmetricalGLCM`.
 * @returns Matrices in the order of `offsets`; each is a new buffer, made when asked for.
 * @throws RadiomicsError `PARAMS_INVALID` if more than 4096 grey levels occur.
 */
export function countCooccurrences(region: Region, settings: Settings): CooccurrenceCounts {
  const grid = levelGridOf(region, settings, settings.distances);
  const { greyLevels, levels, voxels } = grid;
  const n = greyLevels.length;
  if (n > mostLevels) {
    const advice = `${n} grey levels occur, co-occurrence matrices take at most ${mostLevels}; choose fewer, wider bins`;
    throw new RadiomicsError('PARAMS_INVALID', 'setting.binWidth', advice);
  }
  const offsets = neighbourOffsets(region.dims, settings.distances, planeNormal(settings));
  const strides = stridesOf(grid, offsets);
  function* matrices(): Generator<Float64Array> {
    const cells = (n + 1) ** 2;
    // As many directions as there are to the nearest neighbours, unless levels are very many.
    const atOnce = 13 * cells <= cellsAtOnce ? 13 : 1;
    for (let first = 0; first < strides.length; first += atOnce) {
      const some = strides.subarray(first, first + atOnce);
      const counts = takeRoom(Int32Array, some.length * cells).fill(0);
      addCooccurrences(levels, voxels, some, n, counts);
      for (let offset = 0; offset < some.length; offset++) {
        const matrix = new Float64Array(n * n);
        takeMatrix(counts, offset, n, settings.symmetricalGLCM, matrix);
        yield matrix;
      }
      returnRooms(counts);
    }
  }
  return { levels: greyLevels, offsets, matrices: matrices() };
}

/** Weight of a direction of a length (mm): neighbours that are far apart hardly count. */
const nearness = (lengthMm: number) => Math.exp(-(lengthMm ** 2));

function compute(region: Region, settings: Settings, wanted: ReadonlySet<string>): Record<string, number> {
  const { levels, offsets, matrices } = countCooccurrences(region, settings);
  const { weightingNorm } = settings;
  const withMcc = wanted.has('MCC');
  const perDirection: Record<string, number>[] = [];
  const merged = new Float64Array(weightingNorm === null ? 0 : levels.length ** 2);
  let direction = 0;
  for (const counts of matrices) {
    if (weightingNorm !== null) {
      const weight = directionWeight(offsets[direction++]!, region.spacingMm, weightingNorm, nearness);
      for (let at = 0; at < merged.length; at++) merged[at]! += weight * counts[at]!;
      continue;
    }
    const matrix = normaliseCounts(counts, levels);
    if (matrix !== null) perDirection.push(cooccurrenceFeatures(matrix, withMcc));
  }
  if (weightingNorm !== null) {
    const matrix = normaliseCounts(merged, levels);
    if (matrix !== null) perDirection.push(cooccurrenceFeatures(matrix, withMcc));
  }
  const features = averageDirections(perDirection, glcm.features);
  // Without any pair of neighbours nothing is defined, except that a single level is its own maximal correlation.
  return perDirection.length === 0 && levels.length < 2 ? { ...features, MCC: 1 } : features;
}

/**
 * Grey level co-occurrence matrix: features per direction, then their mean, or with `weightingNorm` the features of the
 * weighted sum of all directions.
 *
 * @see PyRadiomics, glcm.py; Haralick 1973, doi:10.1109/TSMC.1973.4309314
 */
export const glcm: FeatureClass = {
  name: 'glcm',
  appliesTo: 'image',
  byDefault: true,
  features: Object.keys(definitions),
  definitions,
  ibsiAggregation: { inSpace: '3D_avg', inPlane: '2_5D_avg' },
  namedOnly: [],
  withdrawn: {
    Dissimilarity: 'DifferenceAverage',
    Homogeneity1: 'Id',
    Homogeneity2: 'Idm',
    SumVariance: 'ClusterTendency',
  },
  compute,
};
