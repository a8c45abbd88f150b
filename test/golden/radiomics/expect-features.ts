import { expect } from 'vitest';

/**
 * 1e-9 where everything is computed in double precision; 1e-6 where PyRadiomics' own images are single precision (LoG,
 * gradient), where its own reference is no better (LBP3D) or where values are interpolated.
 */
function toleranceOf(profile: string, key: string): number {
  if (/resampled|CT1218|linear/.test(profile) || /^(log-sigma|gradient|lbp-3D)/.test(key)) return 1e-6;
  return 1e-9;
}

/**
 * Patterns on the sphere have few different strengths, so that many voxels lie exactly on the 10th and 90th percentile,
 * which the robust deviation includes. Strengths that are equal in exact arithmetic differ in the last bit, by the order
 * in which the vertices are added; which of them are included is rounding.
 */
const decidedByRounding = /^lbp-3D-m\d+_firstorder_RobustMeanAbsoluteDeviation$/;

/** Every feature of a reference, in its order and to the tolerance of its image type. */
export function expectFeatures(
  profile: string,
  actual: Readonly<Record<string, number>>,
  expected: Readonly<Record<string, number>>,
): void {
  expect(Object.keys(actual)).toEqual(Object.keys(expected));
  for (const [key, value] of Object.entries(expected)) {
    const tolerance = decidedByRounding.test(key) ? 1e-3 : toleranceOf(profile, key);
    const allowed = Math.abs(value) < 1e-12 ? 1e-12 : tolerance * Math.abs(value);
    const message = `${key}: ${actual[key]}, expected ${value}`;
    expect(Math.abs((actual[key] ?? Number.NaN) - value), message).toBeLessThanOrEqual(allowed);
  }
}
