import { centralMoment, mean, percentile } from '../kernels/moments.ts';
import { discretise, type Region } from '../region.ts';
import type { Settings } from '../settings.ts';
import type { FeatureClass } from './feature-class.ts';

/** Mean absolute deviation from the mean. */
function meanAbsoluteDeviation(values: Float64Array): number {
  const centre = mean(values);
  let sum = 0;
  for (const value of values) sum += Math.abs(value - centre);
  return sum / values.length;
}

/** Entropy (bits) and uniformity of the region's grey levels. */
function histogramFeatures(region: Region, settings: Settings): { Entropy: number; Uniformity: number } {
  const { counts } = discretise(region, settings);
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
  const values = region.values.toSorted();
  const centre = mean(values);
  const variance = centralMoment(values, centre, 2);
  let energy = 0;
  for (const value of values) energy += (value + settings.voxelArrayShift) ** 2;
  const [p10, p90] = [percentile(values, 10), percentile(values, 90)];
  const [minimum, maximum] = [values[0]!, values[values.length - 1]!];
  const [sx, sy, sz] = region.spacingMm;
  return {
    '10Percentile': p10,
    '90Percentile': p90,
    Energy: energy,
    InterquartileRange: percentile(values, 75) - percentile(values, 25),
    // Not the excess kurtosis: 3 for a normal distribution, where IBSI has 0.
    Kurtosis: variance === 0 ? 0 : centralMoment(values, centre, 4) / variance ** 2,
    Maximum: maximum,
    MeanAbsoluteDeviation: meanAbsoluteDeviation(values),
    Mean: centre,
    Median: percentile(values, 50),
    Minimum: minimum,
    Range: maximum - minimum,
    RobustMeanAbsoluteDeviation: meanAbsoluteDeviation(values.filter((value) => value >= p10 && value <= p90)),
    RootMeanSquared: Math.sqrt(energy / values.length),
    Skewness: variance === 0 ? 0 : centralMoment(values, centre, 3) / variance ** 1.5,
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
  features: [
    '10Percentile',
    '90Percentile',
    'Energy',
    'Entropy',
    'InterquartileRange',
    'Kurtosis',
    'Maximum',
    'MeanAbsoluteDeviation',
    'Mean',
    'Median',
    'Minimum',
    'Range',
    'RobustMeanAbsoluteDeviation',
    'RootMeanSquared',
    'Skewness',
    'TotalEnergy',
    'Uniformity',
    'Variance',
  ],
  namedOnly: ['StandardDeviation'],
  withdrawn: {},
  compute,
};
