import { describe, expect, it } from 'vitest';
import { extractFeatures } from '../../../src/radiomics/extractor.ts';
import { hasOracles, oracleSkipReason } from '../../helpers/oracles.ts';
import { expectFeatures } from './expect-features.ts';
import { type ImageAndMask, nrrdFiles, readNrrdCase, readReference, reverseSlices } from './reference-data.ts';
import { derivedProfiles, readReferenceParameters } from './reference-settings.ts';

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
