import { describe, expect, it } from 'vitest';
import { extractFeatures } from '../../../src/radiomics/extractor.ts';
import { normalise } from '../../../src/radiomics/normalise.ts';
import { parseParameters } from '../../../src/radiomics/parameters.ts';
import { boxValues } from '../../../src/radiomics/region.ts';
import { resegment } from '../../../src/radiomics/resegment.ts';
import { defaultSettings, type Settings } from '../../../src/radiomics/settings.ts';
import type { Image, Mask, Volume } from '../../../src/radiomics/volume.ts';
import { gridOf } from './random-regions.ts';

const grid = gridOf([5, 1, 1]);
const volume: Volume = { ...grid, voxels: Int16Array.of(2, 4, 4, 6, 100) };
const mask: Mask = { ...grid, voxels: Uint8Array.of(3, 3, 3, 3, 0) };

/** The intensities of a whole image. */
const intensities = (image: Image) => boxValues(image, { lower: [0, 0, 0], size: image.dims });

describe('normalisation', () => {
  it('is over the whole image, with N - 1', () => {
    const voxels = intensities(normalise(volume, { ...defaultSettings, normalizeScale: 10 }));
    const mean = 23.2;
    const deviation = Math.sqrt(((2 - mean) ** 2 + 2 * (4 - mean) ** 2 + (6 - mean) ** 2 + (100 - mean) ** 2) / 4);
    [2, 4, 4, 6, 100].forEach((value, i) => {
      expect(voxels[i]).toBeCloseTo((10 * (value - mean)) / deviation, 12);
    });
  });

  it('clips outliers before it scales', () => {
    const voxels = intensities(normalise(volume, { ...defaultSettings, normalizeScale: 10, removeOutliers: 1 }));
    expect(voxels[4]).toBe(10);
    expect(voxels[0]).toBeGreaterThan(-10);
  });

  it('reaches every image type: as for an image that was normalised before, in double precision', () => {
    const dims = [9, 8, 7] as const;
    const noise = Int16Array.from({ length: 504 }, (_, i) => ((i * 7919) % 401) - 150);
    const given: Volume = { ...gridOf(dims), voxels: noise };
    const region: Mask = { ...gridOf(dims), voxels: Uint8Array.from(noise, (value) => (value > -140 ? 1 : 0)) };
    const types =
      'imageType: { Original: {}, LoG: { sigma: [1.0] }, Wavelet: { level: 2 }, Square: {}, SquareRoot: {}, Logarithm: {}, Exponential: {}, Gradient: {}, LBP2D: {}, LBP3D: {} }';
    const read = (setting: string) =>
      parseParameters(`{ setting: { binWidth: 0.5, ${setting} }, ${types} }`, 'file.yaml');
    const parameters = read('normalize: true, normalizeScale: 10, removeOutliers: 1');
    const before: Volume = { ...given, voxels: intensities(normalise(given, parameters.settings)) };
    const { features } = extractFeatures(given, region, parameters);
    expect(Object.keys(features).length).toBeGreaterThan(1500);
    expect(features).toEqual(extractFeatures(before, region, read('normalize: false')).features);
  });

  it('makes a flat image 0', () => {
    const flat: Volume = { ...grid, voxels: Int16Array.of(7, 7, 7, 7, 7) };
    expect([...intensities(normalise(flat, defaultSettings))].map(Math.abs)).toEqual([0, 0, 0, 0, 0]);
  });
});

describe('resegmentation', () => {
  const kept = (settings: Partial<Settings>) => [
    ...resegment(volume, mask, { ...defaultSettings, label: 3, ...settings }).voxels,
  ];

  it('without a range changes nothing', () => expect(resegment(volume, mask, defaultSettings)).toBe(mask));
  it('absolute, both ends included, in either order', () => {
    expect(kept({ resegmentRange: [4, 6] })).toEqual([0, 3, 3, 3, 0]);
    expect(kept({ resegmentRange: [6, 4] })).toEqual([0, 3, 3, 3, 0]);
  });
  it('one limit has no upper end', () => expect(kept({ resegmentRange: [4] })).toEqual([0, 3, 3, 3, 0]));
  it('relative to the maximum of the region, not of the image', () =>
    expect(kept({ resegmentMode: 'relative', resegmentRange: [0.5, 0.7] })).toEqual([0, 3, 3, 0, 0]));
  // Mean 4, standard deviation sqrt(2) with N.
  it('sigma: standard deviations of the region around its mean, with N', () => {
    expect(kept({ resegmentMode: 'sigma', resegmentRange: [-1.41, 1.41] })).toEqual([0, 3, 3, 0, 0]);
    expect(kept({ resegmentMode: 'sigma', resegmentRange: [-1.42, 1.42] })).toEqual([3, 3, 3, 3, 0]);
  });
});
