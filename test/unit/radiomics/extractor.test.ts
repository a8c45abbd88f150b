import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { extractFeatures } from '../../../src/radiomics/extractor.ts';
import { defaultParameters, parseParameters, withLabel } from '../../../src/radiomics/parameters.ts';
import type { Dims, Mask, Volume } from '../../../src/radiomics/volume.ts';
import { codeOf } from '../../helpers/error-code.ts';
import { gridOf, imageOf, type Sample, samples } from './random-regions.ts';

/** Regions that extend in two dimensions at least, as the defaults want. */
const regions = samples.filter(({ dims: [nx, ny], inside }) => {
  const at = [...inside.keys()].filter((i) => inside[i] === 1);
  const extents = [
    (i: number) => i % nx,
    (i: number) => Math.trunc(i / nx) % ny,
    (i: number) => Math.trunc(i / (nx * ny)),
  ];
  return extents.filter((of) => new Set(at.map(of)).size > 1).length >= 2;
});

/** The same sample in a larger grid, moved by whole voxels. */
function move({ dims, inside, values }: Sample, [dx, dy, dz]: Dims): Sample {
  const [nx, ny] = dims;
  const moved: Dims = [nx + dx, ny + dy, dims[2] + dz];
  const count = moved[0] * moved[1] * moved[2];
  const out = { dims: moved, inside: new Uint8Array(count), values: new Int16Array(count).fill(-17) };
  for (let at = 0; at < inside.length; at++) {
    const [x, y, z] = [at % nx, Math.trunc(at / nx) % ny, Math.trunc(at / (nx * ny))];
    const to = x + dx + moved[0] * (y + dy + moved[1] * (z + dz));
    out.inside[to] = inside[at]!;
    out.values[to] = values[at]!;
  }
  return out;
}

const offsets = fc.tuple(fc.nat(3), fc.nat(3), fc.nat(3));

describe('extraction', () => {
  it('does not depend on where in the image the region lies', () => {
    fc.assert(
      fc.property(regions, offsets, (sample, offset) => {
        const here = imageOf(sample);
        const there = imageOf(move(sample, offset));
        const a = extractFeatures(here.volume, here.mask, defaultParameters());
        const b = extractFeatures(there.volume, there.mask, defaultParameters());
        for (const [key, value] of Object.entries(a.features)) {
          if (Number.isNaN(value)) expect(b.features[key]).toBeNaN();
          else expect(b.features[key], key).toBeCloseTo(value, 9);
        }
        const centre = (result: typeof a) =>
          result.diagnostics['diagnostics_Mask-original_CenterOfMassIndex'] as number[];
        offset.forEach((step, axis) => {
          expect(centre(b)[axis]! - centre(a)[axis]!).toBeCloseTo(step, 9);
        });
      }),
      { numRuns: 50 },
    );
  });

  it('does not depend on the number of the label, nor on other labels', () => {
    fc.assert(
      fc.property(regions, fc.integer({ min: 2, max: 255 }), (sample, label) => {
        const first = imageOf(sample);
        const second = imageOf(sample, label);
        const other = label === 255 ? 1 : 255;
        const crowded: Mask = {
          ...second.mask,
          voxels: second.mask.voxels.map((at, i) => (at === 0 && i % 2 ? other : at)),
        };
        const expected = extractFeatures(first.volume, first.mask, defaultParameters()).features;
        expect(extractFeatures(second.volume, crowded, withLabel(defaultParameters(), label)).features).toEqual(
          expected,
        );
      }),
      { numRuns: 50 },
    );
  });

  it('defines every feature of a flat region as PyRadiomics does', () => {
    const grid = gridOf([4, 4, 4]);
    const volume: Volume = { ...grid, voxels: new Int16Array(64).fill(40) };
    const mask: Mask = { ...grid, voxels: new Uint8Array(64).fill(1) };
    const { features } = extractFeatures(volume, mask, defaultParameters());
    expect(Object.values(features).every(Number.isFinite)).toBe(true);
    expect(features).toMatchObject({
      original_firstorder_Kurtosis: 0,
      original_firstorder_Skewness: 0,
      original_firstorder_Uniformity: 1,
      original_glcm_Correlation: 1,
      original_glcm_Imc1: 0,
      original_glcm_Imc2: 0,
      original_glcm_MCC: 1,
      original_glcm_JointAverage: 1,
      original_glszm_LargeAreaEmphasis: 64 * 64,
      original_glszm_ZonePercentage: 1 / 64,
      original_gldm_GrayLevelVariance: 0,
      original_ngtdm_Busyness: 0,
      original_ngtdm_Coarseness: 1e6,
      original_ngtdm_Complexity: 0,
      original_ngtdm_Contrast: 0,
      original_ngtdm_Strength: 0,
    });
  });

  it('reports nothing when asked for nothing', () => {
    const { volume, mask } = blob();
    const silent = parseParameters('setting: { additionalInfo: false }', 'file.yaml');
    expect(extractFeatures(volume, mask, silent).diagnostics).toEqual({});
  });

  it('computes PyRadiomics’ deprecated features when they are named', () => {
    const { volume, mask } = blob();
    const named =
      'featureClass: { shape: [Sphericity, SphericalDisproportion], firstorder: [Variance, StandardDeviation] }';
    const { features } = extractFeatures(volume, mask, parseParameters(named, 'file.yaml'));
    expect(Object.keys(features).length).toBe(4);
    expect(features.original_shape_SphericalDisproportion! * features.original_shape_Sphericity!).toBeCloseTo(1, 12);
    expect(features.original_firstorder_StandardDeviation! ** 2).toBeCloseTo(features.original_firstorder_Variance!, 9);
  });

  it('has no co-occurrence and no run length features without neighbours', () => {
    const { volume, mask } = blob();
    mask.voxels.fill(0);
    mask.voxels[0] = 1;
    mask.voxels[1 + 5 * 2] = 1;
    const { features } = extractFeatures(volume, mask, defaultParameters());
    expect(features.original_glcm_JointEntropy).toBeNaN();
    expect(features.original_glrlm_RunEntropy).toBeNaN();
    expect(features.original_glszm_ZonePercentage).toBe(1);
    expect(features.original_gldm_LargeDependenceEmphasis).toBe(1);
    expect(features.original_ngtdm_Coarseness).toBe(1e6);
    expect(features.original_firstorder_Mean).toBe((volume.voxels[0]! + volume.voxels[11]!) / 2);
  });
});

/** A 3 x 3 x 2 block with different intensities in a 5 x 5 x 4 image. */
function blob(): { volume: Volume; mask: Mask } {
  const grid = gridOf([5, 5, 4], [0.8, 0.8, 3]);
  const volume: Volume = { ...grid, voxels: Int16Array.from({ length: 100 }, (_, i) => (i * 37) % 101) };
  const mask: Mask = { ...grid, voxels: new Uint8Array(100) };
  for (const z of [1, 2]) for (const y of [1, 2, 3]) mask.voxels.fill(1, 1 + 5 * (y + 5 * z), 4 + 5 * (y + 5 * z));
  return { volume, mask };
}

describe('bad input', () => {
  const { volume, mask } = blob();
  const extract = (image: Volume, labels: Mask, yaml = '') =>
    codeOf(() => extractFeatures(image, labels, parseParameters(yaml, 'file.yaml')));
  const marked = (...voxels: number[]): Mask => {
    const labels = { ...mask, voxels: new Uint8Array(100) };
    for (const at of voxels) labels.voxels[at] = 1;
    return labels;
  };

  it('an empty mask', () => expect(extract(volume, marked())).toBe('MASK_EMPTY'));
  it('a mask without the label', () =>
    expect(extract(volume, mask, 'setting: { label: 2 }')).toBe('MASK_LABEL_MISSING'));
  it('a single voxel', () =>
    expect(extract(volume, marked(42), 'setting: { minimumROIDimensions: 1 }')).toBe('MASK_TOO_SMALL'));
  it('a line, where two dimensions are wanted', () => expect(extract(volume, marked(40, 41))).toBe('MASK_TOO_SMALL'));
  it('a line, where one dimension is enough', () =>
    expect(extract(volume, marked(40, 41), 'setting: { minimumROIDimensions: 1 }')).toBe('none'));
  it('a plane, where a volume is wanted', () =>
    expect(extract(volume, marked(40, 41, 45), 'setting: { minimumROIDimensions: 3 }')).toBe('MASK_TOO_SMALL'));
  it('no more voxels than minimumROISize', () => {
    expect(extract(volume, mask, 'setting: { minimumROISize: 18 }')).toBe('MASK_TOO_SMALL');
    expect(extract(volume, mask, 'setting: { minimumROISize: 17 }')).toBe('none');
  });
  it('a resegmentation that leaves nothing', () =>
    expect(extract(volume, mask, 'setting: { resegmentRange: [5000] }')).toBe('MASK_TOO_SMALL'));
  it('bins so narrow that there are too many', () =>
    expect(extract(volume, mask, 'setting: { binWidth: 0.0001 }')).toBe('PARAMS_INVALID'));

  it.each([Number.NaN, Number.POSITIVE_INFINITY])('a voxel %d, also outside the region', (value) => {
    const voxels = Float32Array.from(volume.voxels);
    voxels[0] = value;
    expect(extract({ ...volume, voxels }, mask)).toBe('VOLUME_NOT_FINITE');
  });

  it.each([
    ['size', { dims: [5, 4, 5] as Dims }],
    ['spacing', { spacingMm: [0.8, 0.8, 3.00001] as const }],
    ['origin', { originMm: [0, 0, 0.00001] as const }],
    [
      'direction',
      {
        direction: [
          [1, 0, 0],
          [0, -1, 0],
          [0, 0, 1],
        ] as const,
      },
    ],
  ])('a mask of another %s', (_, other) => {
    expect(extract(volume, { ...mask, ...other })).toBe('MASK_GEOMETRY');
  });

  it('a difference below the tolerance is no difference', () => {
    expect(extract(volume, { ...mask, originMm: [0, 0, 7e-7] })).toBe('none');
    expect(extract(volume, { ...mask, originMm: [0, 0, 0.001] }, 'setting: { geometryTolerance: 0.01 }')).toBe('none');
  });
});
