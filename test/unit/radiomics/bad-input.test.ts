import { describe, expect, it } from 'vitest';
import { describeError } from '../../../src/errors.ts';
import { readNrrdVolume } from '../../../src/nrrd/nrrd.ts';
import { extractFeatures } from '../../../src/radiomics/extractor.ts';
import { parseParameters } from '../../../src/radiomics/parameters.ts';
import type { Mask, Volume } from '../../../src/radiomics/volume.ts';

const grid = {
  dims: [6, 6, 4],
  spacingMm: [0.8, 0.8, 3],
  originMm: [0, 0, 0],
  direction: [
    [1, 0, 0],
    [0, 1, 0],
    [0, 0, 1],
  ],
} as const;
const count = 6 * 6 * 4;
const volume: Volume = { ...grid, voxels: Int16Array.from({ length: count }, (_, i) => (i * 37) % 90) };
/** A label map with a label in some voxels. */
const marked = (label: number, ...voxels: number[]): Mask => {
  const mask = { ...grid, voxels: new Uint8Array(count) };
  for (const at of voxels) mask.voxels[at] = label;
  return mask;
};
const region = [43, 44, 49, 50, 79, 80];
const mask = marked(1, ...region);

interface Case {
  readonly image?: Volume;
  readonly labels?: Mask;
  readonly setting?: string;
}

function failure({ image = volume, labels = mask, setting = '' }: Case): unknown {
  try {
    extractFeatures(image, labels, parseParameters(`setting: { ${setting} }`, 'file.yaml'));
    return null;
  } catch (error) {
    return error;
  }
}

const withVoxel = (value: number): Case => {
  const voxels = Float32Array.from(volume.voxels);
  voxels[7] = value;
  return { image: { ...volume, voxels } };
};
const withSpacing = (z: number): Case => {
  const spacingMm = [0.8, 0.8, z] as const;
  return { image: { ...volume, spacingMm }, labels: { ...mask, spacingMm } };
};
const away: Mask = { ...mask, originMm: [500, 0, 0] };

describe('bad input gets a stable code and one line that says what is wrong and what to do', () => {
  it('the input itself is good', () => expect(failure({})).toBeNull());

  it.each<[string, Case, string, RegExp]>([
    ['an empty mask', { labels: marked(1) }, 'MASK_EMPTY', /no labelled voxel; delineate/],
    ['a label that is not there', { setting: 'label: 3' }, 'MASK_LABEL_MISSING', /label 3; choose one of .*: 1$/],
    ['a mask on another grid', { labels: away }, 'MASK_GEOMETRY', /origin .*; set correctMask/],
    [
      'a mask outside the image',
      { labels: away, setting: 'correctMask: true' },
      'MASK_OUTSIDE_IMAGE',
      /from voxel .* to .*; check that mask and image belong together/,
    ],
    ['one voxel', { labels: marked(1, 43) }, 'MASK_TOO_SMALL', /single voxel; delineate a larger region/],
    ['a voxel NaN', withVoxel(Number.NaN), 'VOLUME_NOT_FINITE', /NaN at \[1, 1, 0\]; replace/],
    ['a voxel Infinity', withVoxel(Number.POSITIVE_INFINITY), 'VOLUME_NOT_FINITE', /Infinity at \[1, 1, 0\]; replace/],
    ['a spacing of 0', withSpacing(0), 'VOLUME_GEOMETRY', /voxel size \(mm\) 0\.8 0\.8 0; correct/],
    ['a negative spacing', withSpacing(-3), 'VOLUME_GEOMETRY', /voxel size \(mm\) 0\.8 0\.8 -3; correct/],
    ['a spacing of a kilometre', withSpacing(1e6), 'VOLUME_GEOMETRY', /voxel size \(mm\) 0\.8 0\.8 1000000; correct/],
    ['a spacing NaN', withSpacing(Number.NaN), 'VOLUME_GEOMETRY', /voxel size \(mm\) 0\.8 0\.8 NaN; correct/],
    [
      'a parameter file with a typo',
      { setting: 'binwidth: 25' },
      'PARAMS_UNKNOWN_KEY',
      /unknown setting binwidth; allowed: .*binWidth/,
    ],
    [
      'a resampling that takes too much memory',
      { setting: 'resampledPixelSpacing: [0.002, 0.002, 0.002]' },
      'RESAMPLING_TOO_LARGE',
      /voxels of .* mm are more than .*; choose a wider spacing/,
    ],
  ])('%s', (_, bad, code, message) => {
    const held = process.memoryUsage().arrayBuffers;
    const error = failure(bad);
    expect(error).toMatchObject({ code, message: expect.stringMatching(message) });
    expect(describeError(error)).not.toContain('\n');
    expect(process.memoryUsage().arrayBuffers - held).toBeLessThan(2 ** 24);
  });

  it.each(['0 1 1', 'nan 1 1', '1e999 1 1'])('an NRRD of spacings %s', (spacings) => {
    const header = `NRRD0004\ntype: uchar\ndimension: 3\nsizes: 1 1 1\nspacings: ${spacings}\nencoding: raw\n\n`;
    const error = (() => {
      try {
        const image = readNrrdVolume(Buffer.concat([Buffer.from(header), Buffer.of(1)]), 'a.nrrd');
        return failure({ image, labels: { ...image, voxels: Uint8Array.of(1) } });
      } catch (cause) {
        return cause;
      }
    })();
    expect(error).toMatchObject({ code: expect.stringMatching(/^(NRRD_INVALID|VOLUME_GEOMETRY)$/) });
  });
});
