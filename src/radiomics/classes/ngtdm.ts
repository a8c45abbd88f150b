import { addNeighbourhoodDifferences } from '../kernels/neighbourhood-differences.ts';
import type { Region } from '../region.ts';
import type { Settings } from '../settings.ts';
import { define, type FeatureClass, type FeatureDefinition } from './feature-class.ts';
import { levelGridOf } from './level-grid.ts';

const isolated = 'a voxel without neighbours in the region counts in n_i and N; IBSI leaves it out';

/**
 * `n_i`: voxels of grey level `i`; `s_i`: sum over them of how much they differ from the mean of their neighbours;
 * `N = sum_i n_i`, `p_i = n_i / N`, `Ng` the number of grey levels that occur. All sums are over those.
 */
const definitions: Readonly<Record<string, FeatureDefinition>> = {
  Busyness: define('sum_i p_i s_i / sum_ij |i p_i - j p_j|', ['NQ30', 'ngt_busyness'], '1', isolated),
  Coarseness: define('1 / sum_i p_i s_i', ['QCDE', 'ngt_coarseness'], '1', isolated),
  Complexity: define('sum_ij |i - j| (p_i s_i + p_j s_j) / (p_i + p_j) / N', ['HDEZ', 'ngt_complexity'], '1', isolated),
  Contrast: define('sum_ij p_i p_j (i - j)^2 / (Ng (Ng - 1)) * sum_i s_i / N', ['65HE', 'ngt_contrast'], '1', isolated),
  Strength: define('sum_ij (p_i + p_j) (i - j)^2 / sum_i s_i', ['1X9X', 'ngt_strength'], '1', isolated),
};

/** Neighbourhood differences of a region. */
export interface NeighbourhoodDifferences {
  /** Grey levels that occur, ascending. */
  readonly greyLevels: Uint16Array;
  /** Pairs `n_i, s_i`, shape `(levels, 2)` row-major. */
  readonly counts: Float64Array;
}

/**
 * Adds up how much the voxels of each grey level differ from their neighbours.
 *
 * @param region Region of interest.
 * @param settings Binning, `distances`, `force2D`.
 */
export function countNeighbourhoodDifferences(region: Region, settings: Settings): NeighbourhoodDifferences {
  const { greyLevels, levels, reach, size, voxels } = levelGridOf(region, settings, settings.distances);
  const counts = new Float64Array(2 * greyLevels.length);
  const distances = [...new Set(settings.distances)];
  addNeighbourhoodDifferences(levels, size, voxels, greyLevels, distances, reach, counts);
  return { greyLevels, counts };
}

function compute(region: Region, settings: Settings): Record<string, number> {
  const { greyLevels, counts } = countNeighbourhoodDifferences(region, settings);
  const ng = greyLevels.length;
  const n = region.values.length;
  let [sumS, sumPs] = [0, 0];
  let [contrast, strength, busyness, complexity] = [0, 0, 0, 0];
  for (let a = 0; a < ng; a++) {
    const [i, pi, si] = [greyLevels[a]!, counts[2 * a]! / n, counts[2 * a + 1]!];
    sumS += si;
    sumPs += pi * si;
    // Every pair twice, and nothing for a level with itself.
    for (let b = 0; b < a; b++) {
      const [j, pj, sj] = [greyLevels[b]!, counts[2 * b]! / n, counts[2 * b + 1]!];
      const difference = i - j;
      contrast += 2 * pi * pj * difference * difference;
      strength += 2 * (pi + pj) * difference * difference;
      busyness += 2 * Math.abs(i * pi - j * pj);
      complexity += (2 * difference * (pi * si + pj * sj)) / (pi + pj);
    }
  }
  return {
    Busyness: busyness === 0 ? 0 : sumPs / busyness,
    // PyRadiomics' arbitrary value for a region without any difference.
    Coarseness: sumPs === 0 ? 1e6 : 1 / sumPs,
    Complexity: complexity / n,
    Contrast: ng === 1 ? 0 : ((contrast / (ng * (ng - 1))) * sumS) / n,
    Strength: sumS === 0 ? 0 : strength / sumS,
  };
}

/**
 * Neighbouring grey tone difference matrix.
 *
 * @see PyRadiomics, ngtdm.py; Amadasun and King 1989, doi:10.1109/21.44046
 */
export const ngtdm: FeatureClass = {
  name: 'ngtdm',
  appliesTo: 'image',
  byDefault: true,
  features: Object.keys(definitions),
  definitions,
  ibsiAggregation: { inSpace: '3D', inPlane: '2_5D' },
  namedOnly: [],
  withdrawn: {},
  compute,
};
