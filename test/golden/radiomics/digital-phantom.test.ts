import { describe, expect, it } from 'vitest';
import { extractFeatures } from '../../../src/radiomics/extractor.ts';
import type { Mask } from '../../../src/radiomics/volume.ts';
import { hasOracles, oracleSkipReason } from '../../helpers/oracles.ts';
import { expectClose, originalFeatures, parametersOf, readPhantomNifti, readReference } from './reference-data.ts';

const folder = 'ibsi1-digital-phantom';

function extractPhantom(profile: string) {
  const reference = readReference(`${folder}/pyradiomics-values/${profile}.json`);
  const volume = readPhantomNifti(`${folder}/phantom.nii.gz`);
  const labels = readPhantomNifti(`${folder}/mask.nii.gz`);
  const mask: Mask = { ...labels, voxels: new Uint8Array(labels.voxels) };
  return { reference, ...extractFeatures(volume, mask, parametersOf(reference)) };
}

const title = hasOracles ? 'IBSI digital phantom' : `IBSI digital phantom: ${oracleSkipReason}`;

describe.skipIf(!hasOracles)(title, () => {
  it.each(['binwidth1', 'force2d_binwidth1'])('PyRadiomics, %s', (profile) => {
    const { reference, features } = extractPhantom(profile);
    const expected = originalFeatures(reference);
    expect(expected.length).toBe(107);
    for (const [key, value] of expected) expectClose(features[key], value, key);
  });
});
