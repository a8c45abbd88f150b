import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { featureClasses } from '../../../src/radiomics/classes/registry.ts';
import { extractFeatures } from '../../../src/radiomics/extractor.ts';
import { imageTypes } from '../../../src/radiomics/filters/registry.ts';
import { type Parameters, parseParameters } from '../../../src/radiomics/parameters.ts';
import type { Dims, Mask, Volume } from '../../../src/radiomics/volume.ts';
import { gridOf } from './random-regions.ts';

/** How many images each type makes with the settings below. */
const images: Readonly<Record<string, number>> = {
  ...{ Original: 1, LoG: 2, Wavelet: 8, Square: 1, SquareRoot: 1, Logarithm: 1, Exponential: 1, Gradient: 1 },
  ...{ LBP2D: 1, LBP3D: 3 },
};
const ofImages = featureClasses.filter(({ appliesTo }) => appliesTo === 'image');
const pairs = imageTypes.flatMap(({ name }) => ofImages.map((featureClass) => [name, featureClass.name] as const));

function parametersFor(types: readonly string[], classes: readonly string[], more = ''): Parameters {
  const imageType = types.map((name) => `${name}: { ${name === 'LoG' ? 'sigma: [1, 2]' : ''} }`).join(', ');
  const setting = `binWidth: 20${more}`;
  return parseParameters(
    `{ imageType: { ${imageType} }, featureClass: { ${classes.map((name) => `${name}: []`).join(', ')} }, setting: { ${setting} } }`,
    'conformance',
  );
}

const dims: Dims = [10, 9, 8];

/** An image of some texture and a region that touches none of its sides, from a few numbers. */
const cases = fc
  .record({ phase: fc.nat(97), coarse: fc.integer({ min: 2, max: 9 }), holes: fc.integer({ min: 3, max: 11 }) })
  .map(({ phase, coarse, holes }): { volume: Volume; mask: Mask } => {
    const grid = gridOf(dims, [0.9, 0.9, 2]);
    const place = (at: number) => [at % 10, Math.trunc(at / 10) % 9, Math.trunc(at / 90)] as const;
    const voxels = Int16Array.from({ length: 720 }, (_, at) => {
      const [x, y, z] = place(at);
      return 60 * Math.sin((x * phase) / coarse + y) + 45 * Math.cos(z * coarse + phase * y) + ((at * 31) % 17);
    });
    const inside = Uint8Array.from({ length: 720 }, (_, at) => {
      const [x, y, z] = place(at);
      return x > 1 && x < 8 && y > 1 && y < 7 && z > 1 && z < 6 && at % holes !== 0 ? 1 : 0;
    });
    return { volume: { ...grid, voxels }, mask: { ...grid, voxels: inside } };
  });

type ImageAndMask = { readonly volume: Volume; readonly mask: Mask };

function extract({ volume, mask }: ImageAndMask, types: readonly string[], classes: readonly string[], more?: string) {
  return extractFeatures(volume, mask, parametersFor(types, classes, more)).features;
}

const typeNames = imageTypes.map(({ name }) => name);
const classNames = ofImages.map(({ name }) => name);

describe('every class on every image type', () => {
  const some = fc.sample(cases, { numRuns: 3, seed: 7 });
  const together = some.map((one) => extract(one, typeNames, classNames));

  it('takes part below: nothing is left out', () => {
    expect(Object.keys(images).toSorted()).toEqual(imageTypes.map(({ name }) => name).toSorted());
    expect(pairs.length).toBe(10 * 6);
    expect(featureClasses.filter((one) => !ofImages.includes(one)).map(({ name }) => name)).toEqual([
      'shape',
      'shape2D',
    ]);
  });

  it.each(pairs)('%s, %s: all features, finite, the same alone as with all others', (type, name) => {
    const features = featureClasses.find((one) => one.name === name)!.features;
    some.forEach((one, at) => {
      const alone = extract(one, [type], [name]);
      expect(Object.keys(alone).length).toBe(images[type]! * features.length);
      expect(Object.entries(alone).filter(([, value]) => !Number.isFinite(value))).toEqual([]);
      expect(together[at]).toMatchObject(alone);
    });
  });

  it.each(typeNames)('%s: the number of the label and other labels change nothing', (type) => {
    fc.assert(
      fc.property(cases, fc.integer({ min: 2, max: 255 }), (one, label) => {
        const other = label === 2 ? 3 : 2;
        const voxels = one.mask.voxels.map((at, i) => (at === 1 ? label : i % 5 === 0 ? other : 0));
        const renamed = { volume: one.volume, mask: { ...one.mask, voxels } };
        const expected = extract(one, [type], classNames);
        expect(extract(renamed, [type], classNames, `, label: ${label}`)).toEqual(expected);
      }),
      { numRuns: 5, seed: 7 },
    );
  });

  it.each(typeNames)('%s: a flat image has every feature', (type) => {
    const grid = gridOf(dims);
    const volume: Volume = { ...grid, voxels: new Int16Array(720).fill(40) };
    const box = Uint8Array.from({ length: 720 }, (_, at) => (at % 10 > 2 && Math.trunc(at / 90) > 2 ? 1 : 0));
    const features = extract({ volume, mask: { ...grid, voxels: box } }, [type], classNames);
    expect(Object.keys(features).length).toBe(images[type]! * 93);
    expect(Object.entries(features).filter(([, value]) => !Number.isFinite(value))).toEqual([]);
  });
});
