import { describe, expect, it } from 'vitest';
import { readNrrdVolume } from '../../../src/nrrd/nrrd.ts';
import type { FilterInput } from '../../../src/radiomics/filters/image-type.ts';
import { imageTypeOf } from '../../../src/radiomics/filters/registry.ts';
import { parseParameters } from '../../../src/radiomics/parameters.ts';
import { prepare } from '../../../src/radiomics/preprocess.ts';
import type { BoundingBox } from '../../../src/radiomics/region.ts';
import { insideOf } from '../../../src/radiomics/region.ts';
import type { Volume } from '../../../src/radiomics/volume.ts';
import { hasOracles, oracleBytes, oracleSkipReason } from '../../helpers/oracles.ts';
import { readNrrdCase } from './reference-data.ts';

const imageTypes =
  'imageType: { LoG: { sigma: [1.0, 3.0] }, Wavelet: {}, Square: {}, SquareRoot: {}, Logarithm: {}, Exponential: {}, Gradient: {}, LBP2D: {}, LBP3D: {} }';

function readMap(name: string): Volume {
  const path = `breast1/filtered-maps/${name}.nrrd`;
  return readNrrdVolume(oracleBytes(`radiomics/${path}`), path);
}

/** All derived images over one box. */
function deriveAll(box: BoundingBox): Map<string, Float64Array> {
  const { volume, mask } = readNrrdCase('breast1');
  const largest = () => Math.max(...new Float64Array(volume.voxels).map(Math.abs));
  const input: FilterInput = { volume, box, inside: insideOf(mask, 1, box), largest };
  const images = new Map<string, Float64Array>();
  for (const { name, settings } of parseParameters(imageTypes, 'maps').imageTypes) {
    for (const derived of imageTypeOf(name)!.derive(input, settings)) {
      if ('values' in derived) images.set(derived.name, derived.values);
    }
  }
  return images;
}

/** Largest error relative to the largest magnitude of the map. */
const exactness: Readonly<Record<string, number>> = { log: 1e-7, gradient: 0, square: 0, squareroot: 0, 'lbp-2D': 0 };

const title = hasOracles ? 'derived images, voxel by voxel' : `derived images: ${oracleSkipReason}`;

describe.skipIf(!hasOracles)(title, () => {
  const names = hasOracles ? [...deriveAll({ lower: [0, 0, 0], size: [45, 120, 21] }).keys()] : [];

  it('covers every map', () => expect(names.length).toBe(19));

  it.each(names)('%s', (name) => {
    const { mask } = readNrrdCase('breast1');
    const values = deriveAll({ lower: [0, 0, 0], size: mask.dims }).get(name)!;
    const { voxels } = readMap(name);
    const compared = [...voxels.keys()].filter((i) => !name.startsWith('lbp') || mask.voxels[i] === 1);
    const largest = Math.max(...compared.map((i) => Math.abs(voxels[i]!)));
    const worst = Math.max(...compared.map((i) => Math.abs(values[i]! - voxels[i]!)));
    const kind = name.startsWith('log-sigma') ? 'log' : name;
    expect(worst).toBeLessThanOrEqual((exactness[kind] ?? 1e-14) * largest);
  });

  it.each([
    [
      [21, 64, 8],
      [9, 12, 3],
    ],
    [
      [0, 0, 0],
      [4, 5, 2],
    ],
    [
      [40, 110, 18],
      [5, 10, 3],
    ],
  ] as const)('the box at %j of %j voxels is the same part of the whole', (lower, size) => {
    const whole = deriveAll({ lower: [0, 0, 0], size: [45, 120, 21] });
    for (const [name, values] of deriveAll({ lower, size })) {
      if (name.startsWith('lbp')) continue;
      const all = whole.get(name)!;
      const scale = Math.max(...all.map(Math.abs));
      values.forEach((value, i) => {
        const at = [i % size[0], Math.trunc(i / size[0]) % size[1], Math.trunc(i / (size[0] * size[1]))] as const;
        const there = lower[0] + at[0] + 45 * (lower[1] + at[1] + 120 * (lower[2] + at[2]));
        expect(Math.abs(value - all[there]!), name).toBeLessThanOrEqual(
          (name.startsWith('log-') ? 1e-7 : 1e-14) * scale,
        );
      });
    }
  });

  it.each([
    ['resampled_2mm_bspline_image', 'resampled_2mm_nn_label', 'resampledPixelSpacing: [2, 2, 2]'],
    [
      'resampled_1mm_bspline_pad10_image',
      'resampled_1mm_nn_pad10_label',
      'resampledPixelSpacing: [1, 1, 1], padDistance: 10',
    ],
  ])('%s and its label, every voxel', (imageName, labelName, setting) => {
    const { volume, mask } = readNrrdCase('breast1');
    const { interpolated } = prepare(volume, mask, parseParameters(`setting: { ${setting} }`, 'maps').settings);
    const [image, label] = [readMap(imageName), readMap(labelName)];
    expect(interpolated?.image.dims).toEqual(image.dims);
    expect(interpolated?.image.voxels).toEqual(image.voxels);
    expect([...(interpolated?.mask.voxels ?? [])]).toEqual([...label.voxels]);
    interpolated?.image.originMm.forEach((value, axis) => {
      expect(value).toBeCloseTo(image.originMm[axis]!, 9);
    });
  });
});
