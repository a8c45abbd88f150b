import { describe, expect, it } from 'vitest';
import { RadiomicsError } from '../../../src/errors.ts';
import { extractFeatures } from '../../../src/radiomics/extractor.ts';
import { parseParameters } from '../../../src/radiomics/parameters.ts';
import { prepare } from '../../../src/radiomics/preprocess.ts';
import { type Dims, type Mask, type Volume, voxelCount } from '../../../src/radiomics/volume.ts';
import { hasOracles, oracleSkipReason } from '../../helpers/oracles.ts';
import { gridOf } from '../../unit/radiomics/random-regions.ts';
import { expectClose, readPhantomNifti, readReference } from './reference-data.ts';

/** The same image with two of its axes exchanged. */
function exchange<T extends Volume>(volume: T, a: 0 | 1 | 2, b: 0 | 1 | 2): T {
  const swap = <V>(of: readonly [V, V, V]): [V, V, V] => {
    const to: [V, V, V] = [...of];
    [to[a], to[b]] = [of[b], of[a]];
    return to;
  };
  const dims: Dims = swap(volume.dims);
  const voxels = volume.voxels.slice() as T['voxels'];
  const [nx, ny] = volume.dims;
  volume.voxels.forEach((value, i) => {
    const [x, y, z] = swap([i % nx, Math.trunc(i / nx) % ny, Math.trunc(i / (nx * ny))]);
    voxels[x + dims[0] * (y + dims[1] * z)] = value;
  });
  return { ...volume, dims, spacingMm: swap(volume.spacingMm), voxels };
}

const title = hasOracles ? 'force2Ddimension, IBSI digital phantom' : `force2Ddimension: ${oracleSkipReason}`;

describe.skipIf(!hasOracles)(title, () => {
  // PyRadiomics' values are in planes of z, dimension 0; turned, the same planes are those of y and x.
  it.each([
    [1, 1],
    [2, 0],
  ] as const)('%i: textures of the phantom whose z is axis %i', (dimension, axis) => {
    const reference = readReference('ibsi1-digital-phantom/pyradiomics-values/force2d_binwidth1.json');
    const volume = exchange(readPhantomNifti('ibsi1-digital-phantom/phantom.nii.gz'), 2, axis);
    const labels = exchange(readPhantomNifti('ibsi1-digital-phantom/mask.nii.gz'), 2, axis);
    const mask: Mask = { ...labels, voxels: new Uint8Array(labels.voxels) };
    const file = `setting: { binWidth: 1, force2D: true, force2Ddimension: ${dimension} }`;
    const { features } = extractFeatures(volume, mask, parseParameters(file, 'file.yaml'));
    const textures = Object.entries(reference.features).filter(([key]) => /_(gl|ngtdm)/.test(key));
    expect(textures.length).toBe(75);
    for (const [key, value] of textures) expectClose(features[key], value, key);
  });
});

/** Features of a small image, by hand. */
function extract(dims: Dims, voxels: number[], file: string, spacingMm = [1, 1, 1] as Volume['spacingMm']) {
  const volume: Volume = { ...gridOf(dims, spacingMm), voxels: Int16Array.from(voxels) };
  const mask: Mask = { ...gridOf(dims, spacingMm), voxels: new Uint8Array(voxels.length).fill(1) };
  return extractFeatures(volume, mask, parseParameters(file, 'file.yaml')).features;
}

describe('settings, by hand', () => {
  // Levels 1 2 above 1 1. Pairs with j - i squared 1: of two along x one, of two along y one, of the diagonals one
  // (the one with level 2) and none. Contrast of the weighted sum: differing over all pairs, by weight.
  it.each([
    ['no_weighting', 1, 1, 1],
    ['infinity', 2, 3, 3],
    ['euclidean', 2, 3, Math.sqrt(13)],
    ['manhattan', 2, 3, 5],
  ] as const)('weightingNorm %s: GLCM by exp(-d^2), GLRLM by d', (norm, dx, dy, diagonal) => {
    const file = `{ setting: { binWidth: 1, weightingNorm: ${norm} }, featureClass: { glcm: [Contrast], glrlm: [ShortRunEmphasis] } }`;
    const features = extract([2, 2, 1], [1, 2, 1, 1], file, [2, 3, 1]);
    const near = (length: number) => (norm === 'no_weighting' ? 1 : Math.exp(-(length ** 2)));
    const [wx, wy, wd] = [near(dx), near(dy), near(diagonal)];
    expect(features.original_glcm_Contrast).toBeCloseTo((wx + wy + wd) / (2 * wx + 2 * wy + 2 * wd), 12);
    // Runs: along x, y and one diagonal two of length 1 and one of length 2; along the other, four of length 1 less one pair.
    const two = dx + dy + diagonal;
    expect(features.original_glrlm_ShortRunEmphasis).toBeCloseTo(
      (two * (2 + 1 / 4) + diagonal * 4) / (two * 3 + diagonal * 4),
      12,
    );
  });

  it('distances [1, 2] and gldm_a: pairs and dependences one and two voxels away', () => {
    const classes = 'featureClass: { glcm: [Contrast], gldm: [LargeDependenceEmphasis] }';
    const run = (setting: string) => extract([3, 1, 1], [1, 2, 4], `{ setting: { ${setting} }, ${classes} }`);
    const base = 'binWidth: 1, minimumROIDimensions: 1';
    // One away: differences 1 and 2; two away: 3. The mean over both directions.
    expect(run(base).original_glcm_Contrast).toBeCloseTo((1 + 4) / 2, 12);
    expect(run(`${base}, distances: [1, 2]`).original_glcm_Contrast).toBeCloseTo((2.5 + 9) / 2, 12);
    const emphasis = (setting: string) => run(setting).original_gldm_LargeDependenceEmphasis;
    expect(emphasis(base)).toBeCloseTo(1, 12);
    expect(emphasis(`${base}, gldm_a: 1`)).toBeCloseTo((4 + 4 + 1) / 3, 12);
    expect(emphasis(`${base}, gldm_a: 3`)).toBeCloseTo((4 + 9 + 4) / 3, 12);
    expect(emphasis(`${base}, gldm_a: 3, distances: [1, 2]`)).toBeCloseTo(9, 12);
  });

  it('symmetricalGLCM false counts a pair once: the mean of the first voxels', () => {
    const run = (setting: string) =>
      extract([3, 1, 1], [1, 2, 4], `{ setting: { binWidth: 1, minimumROIDimensions: 1, ${setting} } }`);
    expect(run('symmetricalGLCM: true').original_glcm_JointAverage).toBeCloseTo((1 + 2 + 2 + 4) / 4, 12);
    const directed = run('symmetricalGLCM: false').original_glcm_JointAverage;
    expect([(1 + 2) / 2, (2 + 4) / 2]).toContain(directed);
  });

  it('gradientUseSpacing: per mm or per voxel', () => {
    const run = (own: string) =>
      extract(
        [4, 3, 3],
        Array.from({ length: 36 }, (_, i) => 6 * (i % 4)),
        `imageType: { Gradient: ${own} }`,
        [2, 1, 1],
      );
    expect(run('{}').gradient_firstorder_Maximum).toBe(3);
    expect(run('{ gradientUseSpacing: false }').gradient_firstorder_Maximum).toBe(6);
  });

  it('label_channel has no meaning for a mask of scalars', () => {
    const voxels = [1, 5, 2, 7, 3, 4, 6, 8];
    expect(extract([2, 2, 2], voxels, 'setting: { label_channel: 3 }')).toEqual(extract([2, 2, 2], voxels, '{}'));
  });

  it('settings of an image type hold for it alone', () => {
    const voxels = [1, 5, 2, 7, 3, 4, 6, 8];
    const file =
      '{ setting: { binWidth: 1 }, imageType: { Original: {}, Square: { binCount: 2 }, Exponential: {} }, featureClass: { firstorder: [Entropy] } }';
    const features = extract([2, 2, 2], voxels, file);
    expect(features.original_firstorder_Entropy).toBeCloseTo(3, 12);
    // Squares 1 to 64 in two bins of 31.5: five below, 36, 49 and 64 above.
    expect(features.square_firstorder_Entropy).toBeCloseTo(
      -(5 / 8) * Math.log2(5 / 8) - (3 / 8) * Math.log2(3 / 8),
      12,
    );
  });

  it.each(['sitkNearestNeighbor', 1])('interpolator %s: the value of the nearest voxel', (interpolator) => {
    const dims: Dims = [4, 4, 4];
    const volume: Volume = {
      ...gridOf(dims),
      voxels: Int16Array.from({ length: voxelCount(dims) }, (_, i) => 10 * (i % 4)),
    };
    const mask: Mask = { ...gridOf(dims), voxels: new Uint8Array(voxelCount(dims)).fill(1) };
    const file = `setting: { interpolator: ${interpolator}, resampledPixelSpacing: [0.4, 1, 1], padDistance: 0 }`;
    const { image } = prepare(volume, mask, parseParameters(file, 'file.yaml').settings).interpolated!;
    // From the outer corner at -0.5 on: centres at -0.3, 0.1, 0.5, ... voxels; halves go up.
    const nearest = [0, 0, 1, 1, 1, 2, 2, 3, 3, 3].map((x) => 10 * x);
    expect([...image.voxels.subarray(0, 10)]).toEqual(nearest);
  });

  it.each([
    ...['sitkGaussian', 'sitkLabelGaussian', 'sitkHammingWindowedSinc', 'sitkCosineWindowedSinc'],
    ...['sitkWelchWindowedSinc', 'sitkLanczosWindowedSinc', 'sitkBlackmanWindowedSinc', '4', '10'],
  ])('interpolator %s: refused by name, with what there is', (interpolator) => {
    const file = `setting: { interpolator: ${interpolator}, resampledPixelSpacing: [1, 1, 1] }`;
    const parse = () => parseParameters(file, 'file.yaml');
    expect(parse).toThrow(RadiomicsError);
    expect(parse).toThrow(`${interpolator} is not available; use sitkBSpline, sitkLinear or sitkNearestNeighbor`);
  });
});
