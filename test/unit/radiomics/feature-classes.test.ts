import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { RadiomicsError } from '../../../src/errors.ts';
import { featureClasses } from '../../../src/radiomics/classes/registry.ts';
import { requireRegion } from '../../../src/radiomics/mask-checks.ts';
import { cutRegion, type Region } from '../../../src/radiomics/region.ts';
import { defaultSettings, type Settings } from '../../../src/radiomics/settings.ts';
import type { Vector } from '../../../src/radiomics/volume.ts';
import { imageOf, type Sample, samples } from './random-regions.ts';

const anyShape: Settings = { ...defaultSettings, minimumROIDimensions: 1, binWidth: 200 };
const regions = samples.filter(({ inside }) => inside.filter((one) => one === 1).length > 1);

function regionOf(sample: Sample): Region {
  const { volume, mask } = imageOf(sample);
  return cutRegion(volume, mask, 1, requireRegion(mask, anyShape));
}

const textures = featureClasses.filter(({ ibsiAggregation }) => ibsiAggregation !== null);

describe('feature classes', () => {
  it('are in PyRadiomics’ order, all enabled by default but shape2D', () => {
    expect(featureClasses.map(({ name, features, byDefault }) => [name, features.length, byDefault])).toEqual([
      ['shape', 14, true],
      ['firstorder', 18, true],
      ['glcm', 24, true],
      ['glrlm', 16, true],
      ['glszm', 16, true],
      ['gldm', 14, true],
      ['ngtdm', 5, true],
      ['shape2D', 9, false],
    ]);
  });

  it.each(featureClasses)('$name: every feature has a definition and a value', (featureClass) => {
    const { features, namedOnly, definitions, compute } = featureClass;
    const names = [...features, ...namedOnly];
    expect(Object.keys(definitions).toSorted()).toEqual(names.toSorted());
    const flat: Region = {
      dims: [3, 2, 1],
      spacingMm: [1, 2, 3],
      inside: new Uint8Array(6).fill(1),
      values: Float64Array.of(0, 30, 60, 60, 90, 90),
    };
    const values = compute(flat, { ...defaultSettings, force2D: true }, new Set(names));
    for (const name of names) expect(values[name], name).toBeTypeOf('number');
  });

  it('name every IBSI identifier once', () => {
    const ids = featureClasses.flatMap(({ definitions }) => Object.values(definitions).map(({ ibsi }) => ibsi?.id));
    const known = ids.filter((id) => id !== undefined);
    expect(known.every((id) => /^[0-9A-Z]{4}$/.test(id))).toBe(true);
    expect(new Set(known).size).toBe(known.length);
  });

  it.each(textures)('$name: mirroring the image along any axis changes nothing', ({ compute, features }) => {
    fc.assert(
      fc.property(regions, fc.nat(2), (sample, axis) => {
        const wanted = new Set(features);
        const here = compute(regionOf(sample), anyShape, wanted);
        const there = compute(regionOf(mirror(sample, axis)), anyShape, wanted);
        for (const name of features) {
          // Two voxels that are no neighbours have neither pairs nor runs.
          if (Number.isNaN(here[name])) expect(there[name], name).toBeNaN();
          else expect(there[name], name).toBeCloseTo(here[name]!, 8);
        }
      }),
      { numRuns: 60 },
    );
  });

  it.each(textures)(
    '$name: a repeated call gives the same bits, with or without another in between',
    (featureClass) => {
      fc.assert(
        fc.property(regions, (sample) => {
          const wanted = new Set(featureClass.features);
          const region = regionOf(sample);
          const first = featureClass.compute(region, anyShape, wanted);
          featureClass.compute(region, { ...anyShape, binCount: 3, distances: [2], force2D: true }, wanted);
          expect(featureClass.compute(region, anyShape, wanted)).toEqual(first);
        }),
        { numRuns: 20 },
      );
    },
  );

  it.each(['glcm', 'gldm', 'ngtdm'])('%s: refuses distances beyond any texture', (name) => {
    const { compute, features } = featureClasses.find((one) => one.name === name)!;
    const region: Region = {
      dims: [2, 1, 1],
      spacingMm: [1, 1, 1],
      inside: Uint8Array.of(1, 1),
      values: Float64Array.of(0, 1),
    };
    try {
      compute(region, { ...defaultSettings, distances: [1, 21] }, new Set(features));
      expect.unreachable();
    } catch (error) {
      expect(error).toBeInstanceOf(RadiomicsError);
      expect(error).toMatchObject({ code: 'PARAMS_INVALID', subject: 'setting.distances' });
    }
  });
});

function mirror({ dims, inside, values }: Sample, axis: number): Sample {
  const [nx, ny] = dims;
  const from = Array.from(inside, (_, at) => {
    const place: Vector = [at % nx, Math.trunc(at / nx) % ny, Math.trunc(at / (nx * ny))];
    const [x, y, z] = place.map((i, a) => (a === axis ? dims[a as 0 | 1 | 2] - 1 - i : i)) as [number, number, number];
    return x + nx * (y + ny * z);
  });
  return { dims, inside: inside.map((_, at) => inside[from[at]!]!), values: values.map((_, at) => values[from[at]!]!) };
}
