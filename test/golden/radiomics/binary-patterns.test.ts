import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { imageTypeOf } from '../../../src/radiomics/filters/registry.ts';
import { parseParameters } from '../../../src/radiomics/parameters.ts';
import type { Dims } from '../../../src/radiomics/volume.ts';
import { gridOf } from '../../unit/radiomics/random-regions.ts';

/** Made by binary-patterns.py: PyRadiomics' filters on a seeded image, under settings of their own. */
interface Reference {
  readonly dims: Dims;
  readonly voxels: readonly number[];
  readonly inside: readonly number[];
  readonly cases: readonly {
    readonly imageType: string;
    readonly settings: Readonly<Record<string, number | string>>;
    /** Values inside the region, by name of the image. */
    readonly images: Readonly<Record<string, readonly number[]>>;
  }[];
}

const reference = JSON.parse(readFileSync(new URL('binary-patterns.json', import.meta.url), 'utf8')) as Reference;
const { dims, cases } = reference;
const inside = Uint8Array.from(reference.inside);

/** Values inside the region of every image that a type gives under some settings, by name. */
function derive(imageType: string, own: Readonly<Record<string, number | string>>): Record<string, number[]> {
  const { settings } = parseParameters(`imageType: { ${imageType}: ${JSON.stringify(own)} }`, 'test').imageTypes[0]!;
  const input = {
    volume: { ...gridOf(dims), voxels: Int16Array.from(reference.voxels) },
    box: { lower: [0, 0, 0] as const, size: dims },
    inside,
    largest: () => 300,
  };
  const images: Record<string, number[]> = {};
  for (const derived of imageTypeOf(imageType)!.derive(input, settings)) {
    if ('values' in derived) images[derived.name] = [...derived.values].filter((_, i) => inside[i] === 1);
  }
  return images;
}

describe('local binary patterns, settings', () => {
  it.each(cases.map((one) => [`${one.imageType} ${JSON.stringify(one.settings)}`, one] as const))('%s', (_, one) => {
    const found = derive(one.imageType, one.settings);
    expect(Object.keys(found)).toEqual(Object.keys(one.images));
    for (const [name, expected] of Object.entries(one.images)) {
      expect(found[name]!.length).toBe(expected.length);
      expected.forEach((value, i) => {
        const allowed = one.imageType === 'LBP2D' ? 0 : 1e-9 * Math.max(1, Math.abs(value));
        expect(Math.abs(found[name]![i]! - value), `${name} at ${i}: ${found[name]![i]}, ${value}`).toBeLessThanOrEqual(
          allowed,
        );
      });
    }
  });

  it('each set changes some value of the reference', () => {
    for (const { imageType, settings, images } of cases) {
      const byDefault = cases.find((one) => one.imageType === imageType)!.images;
      if (Object.keys(settings).length > 0) expect(images, JSON.stringify(settings)).not.toEqual(byDefault);
    }
  });
});
