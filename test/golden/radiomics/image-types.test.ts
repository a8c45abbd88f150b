import { describe, expect, it } from 'vitest';
import { extractFeatures } from '../../../src/radiomics/extractor.ts';
import { hasOracles, oracleSkipReason } from '../../helpers/oracles.ts';
import { type ImageAndMask, nrrdFiles, readNrrdCase, readReference, reverseSlices } from './reference-data.ts';
import { derivedProfiles, readReferenceParameters } from './reference-settings.ts';

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

function expectFeatures(
  profile: string,
  actual: Readonly<Record<string, number>>,
  expected: Readonly<Record<string, number>>,
) {
  expect(Object.keys(actual)).toEqual(Object.keys(expected));
  for (const [key, value] of Object.entries(expected)) {
    const tolerance = decidedByRounding.test(key) ? 1e-3 : toleranceOf(profile, key);
    const allowed = Math.abs(value) < 1e-12 ? 1e-12 : tolerance * Math.abs(value);
    const message = `${key}: ${actual[key]}, expected ${value}`;
    expect(Math.abs((actual[key] ?? Number.NaN) - value), message).toBeLessThanOrEqual(allowed);
  }
}

function expectDiagnostics(actual: Readonly<Record<string, unknown>>, expected: Readonly<Record<string, unknown>>) {
  const keys = Object.keys(expected).filter((key) => !key.includes('Versions'));
  expect(Object.keys(actual).filter((key) => !key.includes('Versions'))).toEqual(keys);
  for (const key of keys) {
    const [mine, theirs] = [actual[key], expected[key]];
    const numbers = Array.isArray(theirs) ? theirs : [theirs];
    if (!numbers.every((value) => typeof value === 'number')) expect(mine, key).toEqual(theirs);
    else {
      [mine].flat().forEach((value, i) => {
        expect(Math.abs((value as number) - numbers[i]!), key).toBeLessThanOrEqual(
          1e-9 * Math.max(1, Math.abs(numbers[i]!)),
        );
      });
    }
  }
}

function expectProfile(image: ImageAndMask, folder: string, profile: string, count: number): void {
  const path = `${folder}/${profile}.json`;
  const reference = readReference(path);
  const { features, diagnostics } = extractFeatures(image.volume, image.mask, readReferenceParameters(path));
  expect(Object.keys(features).length).toBe(count);
  expectFeatures(profile, features, reference.features);
  expectDiagnostics(diagnostics, reference.diagnostics);
}

const title = hasOracles ? 'image types of PyRadiomics 3.1.0' : `image types of PyRadiomics 3.1.0: ${oracleSkipReason}`;

describe.skipIf(!hasOracles)(title, { timeout: 60_000 }, () => {
  describe.each(Object.keys(nrrdFiles))('%s', (name) => {
    it.each(derivedProfiles)('%s: %i features', (profile, count) => {
      expectProfile(readNrrdCase(name), `${name}/pyradiomics-values`, profile, count);
    });
  });

  it.each(derivedProfiles)('brain1 as a DICOM reader orders its slices, %s: %i features', (profile, count) => {
    expectProfile(reverseSlices(readNrrdCase('brain1')), 'brain1/pyradiomics-values-dicomorder', profile, count);
  });
});
