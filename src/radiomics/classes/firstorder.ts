import { centralMoments, mean } from '../kernels/moments.ts';
import { percentilesWithin } from '../kernels/percentiles.ts';
import { returnRooms, takeRoom } from '../kernels/rooms.ts';
import type { Region } from '../region.ts';
import type { Settings } from '../settings.ts';
import { define, type FeatureClass, type FeatureDefinition } from './feature-class.ts';
import { greyLevelsOf } from './level-grid.ts';

const excess = 'not the excess kurtosis: 3 for a normal distribution, where IBSI has 0';

/**
 * `x`: the `N` intensities; `m`: their mean; `P10`, `P25`, ...: their percentiles by linear interpolation; `p_i`: part of
 * the voxels at grey level `i`; `c`: `voxelArrayShift`.
 */
const definitions: Readonly<Record<string, FeatureDefinition>> = {
  '10Percentile': define('P10', ['QG58', 'stat_p10'], 'intensity'),
  '90Percentile': define('P90', ['8DWT', 'stat_p90'], 'intensity'),
  Energy: define('sum (x + c)^2', ['N8CA', 'stat_energy'], 'intensity2'),
  Entropy: define('-sum_i p_i log2(p_i + 2.2e-16)', ['TLU2', 'ih_entropy']),
  InterquartileRange: define('P75 - P25', ['SALO', 'stat_iqr'], 'intensity'),
  Kurtosis: define('mean (x - m)^4 / (mean (x - m)^2)^2', ['IPH6', 'stat_kurt'], '1', excess),
  Maximum: define('max x', ['84IY', 'stat_max'], 'intensity'),
  MeanAbsoluteDeviation: define('mean |x - m|', ['4FUA', 'stat_mad'], 'intensity'),
  Mean: define('m', ['Q4LE', 'stat_mean'], 'intensity'),
  Median: define('P50', ['Y12H', 'stat_median'], 'intensity'),
  Minimum: define('min x', ['1GSF', 'stat_min'], 'intensity'),
  Range: define('max x - min x', ['2OJQ', 'stat_range'], 'intensity'),
  RobustMeanAbsoluteDeviation: define(
    'mean |y - mean y|, y the x with P10 <= x <= P90',
    ['1128', 'stat_rmad'],
    'intensity',
  ),
  RootMeanSquared: define('sqrt(mean (x + c)^2)', ['5ZWQ', 'stat_rms'], 'intensity'),
  Skewness: define('mean (x - m)^3 / (mean (x - m)^2)^(3/2)', ['KE2A', 'stat_skew']),
  TotalEnergy: define('voxel volume * sum (x + c)^2', null, 'intensity2 mm3'),
  Uniformity: define('sum_i p_i^2', ['BJ5W', 'ih_uniformity']),
  Variance: define('mean (x - m)^2', ['ECT3', 'stat_var'], 'intensity2'),
};

const namedOnly: Readonly<Record<string, FeatureDefinition>> = {
  StandardDeviation: define('sqrt(mean (x - m)^2)', null, 'intensity'),
};

/** Mean absolute deviation of the values from `low` to `high`, both included, from their mean. */
function robustDeviation(values: Float64Array, low: number, high: number): number {
  const within = takeRoom(Float64Array, values.length);
  let [sum, count] = [0, 0];
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!;
    if (!(value >= low && value <= high)) continue;
    sum += value;
    within[count++] = value;
  }
  const centre = sum / count;
  let deviations = 0;
  for (let i = 0; i < count; i++) deviations += Math.abs(within[i]! - centre);
  returnRooms(within);
  return deviations / count;
}

/** Entropy (bits) and uniformity of the region's grey levels. */
function histogramFeatures(region: Region, settings: Settings): { Entropy: number; Uniformity: number } {
  const { counts } = greyLevelsOf(region, settings);
  let entropy = 0;
  let uniformity = 0;
  for (const count of counts) {
    const p = count / region.values.length;
    entropy -= p * Math.log2(p + Number.EPSILON);
    uniformity += p * p;
  }
  return { Entropy: entropy, Uniformity: uniformity };
}

function compute(region: Region, settings: Settings): Record<string, number> {
  const { values } = region;
  const centre = mean(values);
  const { absolute, second: variance, third, fourth } = centralMoments(values, centre);
  let energy = 0;
  for (let i = 0; i < values.length; i++) {
    const shifted = values[i]! + settings.voxelArrayShift;
    energy += shifted * shifted;
  }
  const { minimum, maximum } = greyLevelsOf(region, settings);
  const [p10, p25, p50, p75, p90] = percentilesWithin(values, minimum, maximum, [10, 25, 50, 75, 90]) as [
    number,
    number,
    number,
    number,
    number,
  ];
  const [sx, sy, sz] = region.spacingMm;
  return {
    '10Percentile': p10,
    '90Percentile': p90,
    Energy: energy,
    InterquartileRange: p75 - p25,
    Kurtosis: variance === 0 ? 0 : fourth / variance ** 2,
    Maximum: maximum,
    MeanAbsoluteDeviation: absolute,
    Mean: centre,
    Median: p50,
    Minimum: minimum,
    Range: maximum - minimum,
    RobustMeanAbsoluteDeviation: robustDeviation(values, p10, p90),
    RootMeanSquared: Math.sqrt(energy / values.length),
    Skewness: variance === 0 ? 0 : third / variance ** 1.5,
    StandardDeviation: Math.sqrt(variance),
    TotalEnergy: energy * (sx * sy * sz),
    Variance: variance,
    ...histogramFeatures(region, settings),
  };
}

/**
 * First-order statistics of the region's intensities; entropy and uniformity after binning, the others on the values
 * themselves. Energy and root mean square are shifted by `voxelArrayShift`.
 *
 * @see PyRadiomics, firstorder.py; IBSI reference manual, intensity-based statistical features
 */
export const firstorder: FeatureClass = {
  name: 'firstorder',
  appliesTo: 'image',
  byDefault: true,
  features: Object.keys(definitions),
  definitions: { ...definitions, ...namedOnly },
  ibsiAggregation: null,
  namedOnly: Object.keys(namedOnly),
  withdrawn: {},
  compute,
};
