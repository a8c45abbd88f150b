import { RadiomicsError } from '../../errors.ts';
import { neighbourOffsets } from '../kernels/angles.ts';
import { addCooccurrences, addTranspose } from '../kernels/cooccurrence.ts';
import { discretise, type Region } from '../region.ts';
import { planeNormal, type Settings } from '../settings.ts';
import type { Vector } from '../volume.ts';
import type { FeatureClass } from './feature-class.ts';
import { cooccurrenceFeatures, normaliseCounts } from './glcm-features.ts';

/** A matrix of more levels than this would take minutes and gigabytes. */
const mostLevels = 4096;

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
  const { ofVoxels, present } = discretise(region, settings);
  const n = present.length;
  if (n > mostLevels) {
    const advice = `${n} grey levels occur, co-occurrence matrices take at most ${mostLevels}; choose fewer, wider bins`;
    throw new RadiomicsError('PARAMS_INVALID', 'setting.binWidth', advice);
  }
  const indexOf = new Uint16Array((present[n - 1] ?? 0) + 1);
  present.forEach((level, i) => {
    indexOf[level] = i + 1;
  });
  const levels = new Uint16Array(region.inside.length);
  let voxel = 0;
  for (let at = 0; at < levels.length; at++) {
    if (region.inside[at] === 1) levels[at] = indexOf[ofVoxels[voxel++]!]!;
  }
  const offsets = neighbourOffsets(region.dims, settings.distances, planeNormal(settings));
  function* matrices(): Generator<Float64Array> {
    for (const offset of offsets) {
      const counts = new Float64Array(n * n);
      addCooccurrences(levels, region.dims, offset, n, counts);
      if (settings.symmetricalGLCM) addTranspose(counts, n);
      yield counts;
    }
  }
  return { levels: present, offsets, matrices: matrices() };
}

/** Weight of a direction, by its length in mm under the norm. */
function weightOf(offset: Vector, spacingMm: Vector, norm: Settings['weightingNorm']): number {
  const lengths = offset.map((step, axis) => Math.abs(step) * spacingMm[axis]!);
  const sum = lengths.reduce((total, length) => total + length, 0);
  if (norm === 'euclidean') return Math.exp(-lengths.reduce((total, length) => total + length ** 2, 0));
  if (norm === 'manhattan') return Math.exp(-(sum ** 2));
  if (norm === 'infinity') return Math.exp(-(Math.max(...lengths) ** 2));
  return 1;
}

/** Mean over the directions in which a feature is defined. */
function averageDefined(perDirection: readonly Record<string, number>[], feature: string): number {
  const defined = perDirection
    .map((features) => features[feature] ?? Number.NaN)
    .filter((value) => !Number.isNaN(value));
  return defined.reduce((total, value) => total + value, 0) / defined.length;
}

function compute(region: Region, settings: Settings, wanted: ReadonlySet<string>): Record<string, number> {
  const { levels, offsets, matrices } = countCooccurrences(region, settings);
  const withMcc = wanted.has('MCC');
  const perDirection: Record<string, number>[] = [];
  const merged = new Float64Array(levels.length ** 2);
  let direction = 0;
  for (const counts of matrices) {
    if (settings.weightingNorm !== null) {
      const weight = weightOf(offsets[direction++]!, region.spacingMm, settings.weightingNorm);
      for (let at = 0; at < merged.length; at++) merged[at]! += weight * counts[at]!;
      continue;
    }
    const matrix = normaliseCounts(counts, levels);
    if (matrix !== null) perDirection.push(cooccurrenceFeatures(matrix, withMcc));
  }
  if (settings.weightingNorm !== null) {
    const matrix = normaliseCounts(merged, levels);
    if (matrix !== null) perDirection.push(cooccurrenceFeatures(matrix, withMcc));
  }
  const features = Object.fromEntries(glcm.features.map((name) => [name, averageDefined(perDirection, name)]));
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
  features: [
    'Autocorrelation',
    'ClusterProminence',
    'ClusterShade',
    'ClusterTendency',
    'Contrast',
    'Correlation',
    'DifferenceAverage',
    'DifferenceEntropy',
    'DifferenceVariance',
    'Id',
    'Idm',
    'Idmn',
    'Idn',
    'Imc1',
    'Imc2',
    'InverseVariance',
    'JointAverage',
    'JointEnergy',
    'JointEntropy',
    'MCC',
    'MaximumProbability',
    'SumAverage',
    'SumEntropy',
    'SumSquares',
  ],
  namedOnly: [],
  withdrawn: {
    Dissimilarity: 'DifferenceAverage',
    Homogeneity1: 'Id',
    Homogeneity2: 'Idm',
    SumVariance: 'ClusterTendency',
  },
  compute,
};
