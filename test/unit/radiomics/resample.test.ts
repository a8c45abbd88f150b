import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { indexMap, positionOf } from '../../../src/radiomics/geometry.ts';
import { parseParameters } from '../../../src/radiomics/parameters.ts';
import { prepare } from '../../../src/radiomics/preprocess.ts';
import { resampleImage, resampleMask } from '../../../src/radiomics/resample.ts';
import { padBox, resampledGrid } from '../../../src/radiomics/resample-grid.ts';
import type { Dims, Grid, Mask, Vector, Volume } from '../../../src/radiomics/volume.ts';
import { codeOf } from '../../helpers/error-code.ts';
import { gridOf } from './random-regions.ts';

/** The grid turned by an angle around x, then z, about the patient's origin. */
function turn(grid: Grid, angle: number): Grid {
  const [c, s] = [Math.cos(angle), Math.sin(angle)];
  const rotate = ([x, y, z]: Vector): Vector => {
    const [y1, z1] = [c * y - s * z, s * y + c * z];
    return [c * x - s * y1, s * x + c * y1, z1];
  };
  const [dx, dy, dz] = grid.direction;
  return { ...grid, originMm: rotate(grid.originMm), direction: [rotate(dx), rotate(dy), rotate(dz)] };
}

const settingsOf = (setting: string) => parseParameters(`setting: { ${setting} }`, 'file.yaml').settings;

/** A ramp `3 x - 2 y + 5 z + 7` of voxel indices and a block in its middle. */
function ramp(dims: Dims = [12, 11, 10], spacingMm: Vector = [0.8, 0.9, 3]): { volume: Volume; mask: Mask } {
  const grid: Grid = { ...gridOf(dims, spacingMm), originMm: [-20, 30, 5] };
  const voxels = new Float64Array(dims[0] * dims[1] * dims[2]);
  const labels = new Uint8Array(voxels.length);
  voxels.forEach((_, i) => {
    const [x, y, z] = [i % dims[0], Math.trunc(i / dims[0]) % dims[1], Math.trunc(i / (dims[0] * dims[1]))];
    voxels[i] = 3 * x - 2 * y + 5 * z + 7;
    if (x >= 4 && x < 9 && y >= 4 && y < 8 && z >= 3 && z < 7) labels[i] = 1;
  });
  return { volume: { ...grid, voxels }, mask: { ...grid, voxels: labels } };
}

describe('resampled grid', () => {
  const mask = gridOf([30, 30, 20], [1, 1, 5]);
  const box = { lower: [10, 12, 6], size: [6, 5, 4] } as const;

  it('begins at the outer corner of the first voxel and holds the box and the distance around it', () => {
    const { dims, originMm } = resampledGrid(mask, box, [2, 2, 2], 0);
    // In new voxels: x from 9.5 / 2 to 15.5 / 2, y from 11.5 / 2 to 16.5 / 2, z from 5.5 * 2.5 to 9.5 * 2.5.
    expect(dims).toEqual([8 - 4 + 1, 9 - 5 + 1, 24 - 13 + 1]);
    expect(originMm).toEqual([8 + 0.5, 10 + 0.5, 13 * 2 - 2.5 + 1]);
  });

  it('stays within the label map', () => {
    expect(resampledGrid(mask, box, [2, 2, 2], 100)).toMatchObject({ dims: [15, 15, 50], originMm: [0.5, 0.5, -1.5] });
    expect(padBox(box, 8, mask.dims)).toEqual({ lower: [2, 4, 0], size: [22, 21, 18] });
  });
});

describe('resampling', () => {
  it.each(['linear', 'spline'] as const)('%s: a ramp stays one', (sampling) => {
    const { volume } = ramp([60, 50, 40], [0.5, 0.5, 1]);
    const target: Grid = { ...volume, dims: [9, 8, 7], spacingMm: [0.7, 1.1, 0.9], originMm: [-10, 40, 20] };
    const map = indexMap(target, volume);
    const { voxels } = resampleImage(volume, target, sampling);
    voxels.forEach((value, i) => {
      const [x, y, z] = map([i % 9, Math.trunc(i / 9) % 8, Math.trunc(i / 72)]);
      expect(value).toBeCloseTo(3 * x - 2 * y + 5 * z + 7, 6);
    });
  });

  it('is 0 beyond half a voxel outside the image', () => {
    const { volume } = ramp();
    const target: Grid = { ...volume, dims: [14, 1, 1], originMm: positionOf(volume, [-0.9, 2, 2]) };
    const { voxels } = resampleImage(volume, target, 'nearest');
    expect([voxels[0], voxels[1], voxels[13]]).toEqual([0, 7 - 4 + 10, 0]);
  });

  it('truncates integers towards 0 and keeps them within their type', () => {
    const grid = gridOf([4, 1, 1]);
    const target: Grid = { ...grid, dims: [3, 1, 1], originMm: [0.5, 0, 0] };
    const image = (voxels: Volume['voxels']): Volume => ({ ...grid, voxels });
    expect([...resampleImage(image(Int16Array.of(-3, 0, 4, 9)), target, 'linear').voxels]).toEqual([-1, 2, 6]);
    const overshoot = resampleImage(image(Uint8Array.of(0, 255, 255, 0)), target, 'spline');
    expect(overshoot.voxels).toBeInstanceOf(Uint8Array);
    expect(overshoot.voxels[1]).toBe(255);
  });

  it('a label halfway between two voxels is that of the higher', () => {
    const grid = gridOf([4, 1, 1]);
    const mask: Mask = { ...grid, voxels: Uint8Array.of(1, 2, 3, 4) };
    const halfway: Grid = { ...grid, dims: [3, 1, 1], originMm: [0.5, 0, 0] };
    expect([...resampleMask(mask, halfway).voxels]).toEqual([2, 3, 4]);
  });

  it('does not depend on how the patient lies', () => {
    const setting = 'resampledPixelSpacing: [1, 1, 2], padDistance: 2';
    fc.assert(
      fc.property(fc.double({ min: 0.05, max: 1.5, noNaN: true }), (angle) => {
        const { volume, mask } = ramp();
        const straight = prepare(volume, mask, settingsOf(setting));
        const turned = prepare(
          { ...volume, ...turn(volume, angle) },
          { ...mask, ...turn(mask, angle) },
          settingsOf(setting),
        );
        expect(turned.mask.voxels).toEqual(straight.mask.voxels);
        turned.interpolated!.image.voxels.forEach((value, i) => {
          expect(value).toBeCloseTo(straight.interpolated!.image.voxels[i]!, 6);
        });
      }),
      { numRuns: 20 },
    );
  });

  it('an image turned against its mask is sampled where the mask is', () => {
    const { volume, mask } = ramp([40, 40, 40], [1, 1, 1]);
    const small: Grid = { ...mask, dims: [5, 4, 3], originMm: positionOf(mask, [15, 18, 20]) };
    const target = turn({ ...small, originMm: [0, 0, 0] }, 0.3);
    const moved: Grid = { ...target, originMm: small.originMm };
    const map = indexMap(moved, volume);
    resampleImage(volume, moved, 'linear').voxels.forEach((value, i) => {
      const [x, y, z] = map([i % 5, Math.trunc(i / 5) % 4, Math.trunc(i / 20)]);
      expect(value).toBeCloseTo(3 * x - 2 * y + 5 * z + 7, 6);
    });
  });
});

describe('preparation', () => {
  const { volume, mask } = ramp();

  it('keeps the spacing where 0 is wanted and where the region is one slice', () => {
    const flat: Mask = { ...mask, voxels: mask.voxels.map((label, i) => (Math.trunc(i / 132) === 4 ? label : 0)) };
    const spacingOf = (labels: Mask, wanted: string) =>
      prepare(volume, labels, settingsOf(`resampledPixelSpacing: ${wanted}`)).image.spacingMm;
    expect(spacingOf(mask, '[2, 2, 0]')).toEqual([2, 2, 3]);
    expect(spacingOf(flat, '[2, 2, 2]')).toEqual([2, 2, 3]);
  });

  it('only cuts an image that has the wanted spacing', () => {
    const { image, mask: labels } = prepare(
      volume,
      mask,
      settingsOf('resampledPixelSpacing: [0.8, 0.9, 3], padDistance: 1'),
    ).interpolated!;
    expect(image.dims).toEqual([7, 6, 6]);
    expect(image.originMm).toEqual(positionOf(volume, [3, 3, 2]));
    expect(image.voxels[0]).toBe(3 * 3 - 2 * 3 + 5 * 2 + 7);
    expect(labels.voxels.filter((label) => label === 1).length).toBe(5 * 4 * 4);
  });

  it('only cuts a large image that has the wanted spacing: what is left counts against the memory, not the image', () => {
    const dims = [512, 512, 300] as const;
    const straight = gridOf(dims);
    const large: Volume = { ...straight, voxels: new Int8Array(512 * 512 * 300) };
    const labels: Mask = { ...straight, voxels: new Uint8Array(large.voxels.length) };
    const at = 250 + 512 * (251 + 512 * 150);
    labels.voxels.fill(1, at, at + 3);
    large.voxels.fill(9, at, at + 3);
    const spacing = straight.spacingMm.join(', ');
    const cut = prepare(
      large,
      labels,
      settingsOf(`resampledPixelSpacing: [${spacing}], padDistance: 2, minimumROIDimensions: 1`),
    );
    expect(cut.image.dims).toEqual([7, 5, 5]);
    expect(cut.interpolated?.image.voxels.filter((value) => value === 9).length).toBe(3);
    expect(cut.box).toEqual({ lower: [2, 2, 2], size: [3, 1, 1] });
    // The same image, its mask on a grid that is one voxel shorter.
    const shorter: Mask = { ...labels, dims: [512, 512, 299], voxels: labels.voxels.subarray(0, 512 * 512 * 299) };
    const corrected = prepare(large, shorter, settingsOf('correctMask: true, minimumROIDimensions: 1'));
    expect(corrected.box).toEqual({ lower: [250, 251, 150], size: [3, 1, 1] });
    expect(corrected.corrected?.voxels.filter((label) => label === 1).length).toBe(3);
  });

  it('preCrop cuts to the region and padDistance, as far as the image reaches', () => {
    const { image, box } = prepare(volume, mask, settingsOf('preCrop: true, padDistance: 4'));
    expect(image.dims).toEqual([12, 11, 10]);
    expect(prepare(volume, mask, settingsOf('preCrop: true, padDistance: 2')).image.dims).toEqual([9, 8, 8]);
    expect(box).toEqual({ lower: [4, 4, 3], size: [5, 4, 4] });
  });

  it('correctMask brings a mask onto the grid of the image', () => {
    const finer: Grid = {
      ...mask,
      dims: [24, 22, 10],
      spacingMm: [0.4, 0.45, 3],
      originMm: positionOf(mask, [-0.25, -0.25, 0]),
    };
    const fine: Mask = resampleMask(mask, finer);
    expect(codeOf(() => prepare(volume, fine, settingsOf('label: 1')))).toBe('MASK_GEOMETRY');
    const prepared = prepare(volume, fine, settingsOf('correctMask: true'));
    expect(prepared.mask.voxels).toEqual(mask.voxels);
    expect(prepared.corrected?.voxels).toEqual(mask.voxels);
    expect(prepare(volume, fine, settingsOf('correctMask: true, preCrop: true')).corrected).toBeNull();
  });

  it.each(['correctMask: true', 'resampledPixelSpacing: [1, 1, 1]'])(
    '%s: refuses a region outside the image',
    (setting) => {
      const away: Mask = { ...mask, originMm: [-20, 30, 30] };
      expect(codeOf(() => prepare(volume, away, settingsOf(setting)))).toBe('MASK_OUTSIDE_IMAGE');
    },
  );

  it('refuses a resampling that takes too much memory', () => {
    const setting = 'resampledPixelSpacing: [0.005, 0.005, 0.005]';
    expect(codeOf(() => prepare(volume, mask, settingsOf(setting)))).toBe('RESAMPLING_TOO_LARGE');
  });

  it('refuses a resampling that loses the region', () => {
    const speck: Mask = { ...mask, voxels: new Uint8Array(mask.voxels.length) };
    speck.voxels.fill(1, 500, 502);
    const setting = 'resampledPixelSpacing: [60, 60, 60], minimumROIDimensions: 1';
    expect(codeOf(() => prepare(volume, speck, settingsOf(setting)))).toBe('MASK_LABEL_MISSING');
  });

  it.each([
    { spacingMm: [0.8, 0.9, 0] as const },
    { spacingMm: [0.8, 0.9, Number.NaN] as const },
    { spacingMm: [0.8, 0.9, 5000] as const },
    { originMm: [0, 0, Number.POSITIVE_INFINITY] as const },
    {
      direction: [
        [1, 0, 0],
        [1, 0, 0],
        [0, 0, 1],
      ] as const,
    },
  ])('refuses a grid with %j', (part) => {
    expect(codeOf(() => prepare({ ...volume, ...part }, { ...mask, ...part }, settingsOf('label: 1')))).toBe(
      'VOLUME_GEOMETRY',
    );
  });

  it('normalises before it resamples, which then loses no decimals', () => {
    const whole: Volume = { ...volume, voxels: Int16Array.from(volume.voxels) };
    const { image } = prepare(whole, mask, settingsOf('normalize: true, resampledPixelSpacing: [1, 1, 1]'))
      .interpolated!;
    expect(image.voxels).toBeInstanceOf(Float64Array);
  });
});
