import { describe, expect, it } from 'vitest';
import { extractFeatures } from '../../../src/radiomics/extractor.ts';
import { hasOracles, oracleSkipReason } from '../../helpers/oracles.ts';
import {
  expectClose,
  nrrdFiles,
  originalFeatures,
  parametersOf,
  readNrrdCase,
  readReference,
  reverseSlices,
} from './reference-data.ts';
import { originalProfiles } from './reference-settings.ts';

const title = hasOracles ? 'values of PyRadiomics 3.1.0' : `values of PyRadiomics 3.1.0: ${oracleSkipReason}`;

describe.skipIf(!hasOracles)(title, () => {
  describe.each(Object.keys(nrrdFiles))('%s', (name) => {
    const extra = name === 'lung-pat1' ? ['reseg_abs_ct'] : [];
    it.each([...originalProfiles, ...extra])('%s: every feature of the original image to 1e-9', (profile) => {
      const reference = readReference(`${name}/pyradiomics-values/${profile}.json`);
      const { volume, mask } = readNrrdCase(name);
      const { features } = extractFeatures(volume, mask, parametersOf(reference));
      const expected = originalFeatures(reference);
      expect(Object.keys(features)).toEqual(expected.map(([key]) => key));
      expect(expected.length).toBe(107);
      for (const [key, value] of expected) expectClose(features[key], value, key);
    });

    it.each(['default107', ...extra])('%s: diagnostics', (profile) => {
      const reference = readReference(`${name}/pyradiomics-values/${profile}.json`);
      const { volume, mask } = readNrrdCase(name);
      const { diagnostics } = extractFeatures(volume, mask, parametersOf(reference));
      const keys = Object.keys(reference.diagnostics).filter((key) => !key.includes('Versions'));
      expect(Object.keys(diagnostics).filter((key) => !key.includes('Versions'))).toEqual(keys);
      for (const key of keys) {
        const [actual, expected] = [diagnostics[key], reference.diagnostics[key]];
        if (typeof expected === 'number') expectClose(actual as number, expected, key);
        else if (/CenterOfMass|Spacing/.test(key)) {
          for (const axis of [0, 1, 2]) {
            expectClose((actual as number[])[axis], (expected as number[])[axis]!, `${key}[${axis}]`);
          }
        } else expect(actual, key).toEqual(expected);
      }
    });
  });

  it.each(originalProfiles)('brain1 as a DICOM reader orders its slices, %s', (profile) => {
    const reference = readReference(`brain1/pyradiomics-values-dicomorder/${profile}.json`);
    const { volume, mask } = reverseSlices(readNrrdCase('brain1'));
    const { features, diagnostics } = extractFeatures(volume, mask, parametersOf(reference));
    for (const [key, value] of originalFeatures(reference)) expectClose(features[key], value, key);
    for (const key of ['diagnostics_Image-original_Hash', 'diagnostics_Mask-original_BoundingBox']) {
      expect(diagnostics[key]).toEqual(reference.diagnostics[key]);
    }
  });
});
