import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { extractFeatures } from '../../../src/radiomics/extractor.ts';
import { imageTypeOf, imageTypes } from '../../../src/radiomics/filters/registry.ts';
import { parseParameters } from '../../../src/radiomics/parameters.ts';
import type { Dims, Mask, Volume } from '../../../src/radiomics/volume.ts';
import { gridOf } from './random-regions.ts';

/** All images of one type over the whole volume. */
function derive(name: string, dims: Dims, voxels: Volume['voxels'], own = '{}'): Map<string, Float64Array> {
  const inside = new Uint8Array(voxels.length).fill(1);
  const largest = () => Math.max(...new Float64Array(voxels).map(Math.abs));
  const input = {
    volume: { ...gridOf(dims), voxels },
    box: { lower: [0, 0, 0] as const, size: dims },
    inside,
    largest,
  };
  const { settings } = parseParameters(`imageType: { ${name}: ${own} }`, 'file.yaml').imageTypes[0]!;
  const images = new Map<string, Float64Array>();
  for (const derived of imageTypeOf(name)!.derive(input, settings)) {
    if ('values' in derived) images.set(derived.name, derived.values);
  }
  return images;
}

const line: Dims = [6, 1, 1];
const values = Int16Array.of(-1000, -10, 0, 10, 400, 500);

describe('intensity filters', () => {
  it.each([
    ['Square', 'square', [1000, 0.1, 0, 0.1, 160, 250]],
    ['SquareRoot', 'squareroot', [-1000, -100, 0, 100, Math.sqrt(400_000), Math.sqrt(500_000)]],
    [
      'Logarithm',
      'logarithm',
      [-1, -11, 1, 11, 401, 501].map((v, i) =>
        i === 0 ? -1000 : Math.sign(v) * Math.log(Math.abs(v)) * (1000 / Math.log(1001)),
      ),
    ],
    ['Exponential', 'exponential', [-1000, -10, 0, 10, 400, 500].map((v) => 1000 ** (v / 1000))],
  ] as [string, string, number[]][])('%s', (name, key, expected) => {
    const image = derive(name, line, values).get(key)!;
    expected.forEach((value, i) => {
      expect(image[i]).toBeCloseTo(value, 9);
    });
  });

  it('of an image of zeros are finite', () => {
    for (const name of ['Square', 'SquareRoot', 'Logarithm', 'Exponential']) {
      for (const image of derive(name, line, new Int16Array(6)).values())
        expect(image.every(Number.isFinite)).toBe(true);
    }
  });
});

const cubes = fc.tuple(
  fc.constantFrom('haar', 'db2', 'coif1', 'sym4', 'db7'),
  fc.array(fc.integer({ min: -1000, max: 2000 }), { minLength: 120, maxLength: 120 }),
);

describe('wavelets', () => {
  it('a constant is left in the approximation only, 2 sqrt(2) times as large per level', () => {
    const images = derive('Wavelet', [5, 6, 7], new Int16Array(210).fill(100), '{ level: 2 }');
    expect(images.size).toBe(7 + 7 + 1);
    for (const [name, image] of images) {
      for (const value of image) expect(value).toBeCloseTo(name === 'wavelet2-LLL' ? 800 : 0, 9);
    }
  });

  it('sub-bands of an orthogonal wavelet hold 8 times the energy of an image of even size', () => {
    fc.assert(
      fc.property(cubes, ([name, cells]) => {
        const energy = (image: ArrayLike<number>) => Array.from(image).reduce((sum, value) => sum + value * value, 0);
        const images = derive('Wavelet', [4, 6, 5 - 1], Int16Array.from(cells.slice(0, 96)), `{ wavelet: ${name} }`);
        const total = [...images.values()].reduce((sum, image) => sum + energy(image), 0);
        const expected = 8 * energy(cells.slice(0, 96));
        expect(Math.abs(total - expected)).toBeLessThanOrEqual(1e-10 * expected);
      }),
      { numRuns: 30 },
    );
  });

  it('moves with the image around its end', () => {
    fc.assert(
      fc.property(cubes, fc.integer({ min: 1, max: 7 }), ([name, cells], shift) => {
        const [nx, rest] = [8, 12];
        const source = Int16Array.from(cells.slice(0, nx * rest));
        const moved = source.map((_, i) => source[i - (i % nx) + ((i + shift) % nx)]!);
        const own = `{ wavelet: ${name}, level: 2 }`;
        const here = derive('Wavelet', [nx, 4, 3], source, own);
        for (const [band, image] of derive('Wavelet', [nx, 4, 3], moved, own)) {
          image.forEach((value, i) => {
            expect(value).toBeCloseTo(here.get(band)![i - (i % nx) + ((i + shift) % nx)]!, 6);
          });
        }
      }),
      { numRuns: 20 },
    );
  });

  it('start_level goes down before the first features', () => {
    const cells = Int16Array.from({ length: 240 }, (_, i) => (i * 7919) % 1001);
    const two = derive('Wavelet', [8, 6, 5], cells, '{ level: 2 }');
    const late = derive('Wavelet', [8, 6, 5], cells, '{ start_level: 1 }');
    expect(late.get('wavelet-HLH')).toEqual(two.get('wavelet2-HLH'));
    expect(late.get('wavelet-LLL')).toEqual(two.get('wavelet2-LLL'));
  });

  it('within slices has two letters', () => {
    const names = [...derive('Wavelet', [4, 4, 4], new Int16Array(64), '{ force2D: true }').keys()];
    expect(names).toEqual(['wavelet-LH', 'wavelet-HL', 'wavelet-HH', 'wavelet-LL']);
  });
});

describe('spherical patterns', () => {
  const peak = new Int16Array(125);
  peak[62] = 100;

  it('a peak has an empty pattern, a hole a full one', () => {
    const full = derive(
      'LBP3D',
      [5, 5, 5],
      peak.map((value) => 100 - value),
    );
    const empty = derive('LBP3D', [5, 5, 5], peak);
    expect(empty.get('lbp-3D-m1')![62]).toBe(0);
    // 42 samples of Y_00 = 1 / sqrt(4 pi): 42 Y_00^2 sqrt(42).
    expect(full.get('lbp-3D-m1')![62]).toBeCloseTo((42 * Math.sqrt(42)) / (4 * Math.PI), 12);
  });

  it('equal samples have the kurtosis -3', () => {
    const images = derive('LBP3D', [5, 5, 5], new Int16Array(125).fill(40), '{ lbp3DLevels: 3 }');
    expect([...images.keys()]).toEqual(['lbp-3D-m1', 'lbp-3D-m2', 'lbp-3D-m3', 'lbp-3D-k']);
    expect(images.get('lbp-3D-k')![62]).toBe(-3);
  });
});

describe('extraction with image types', () => {
  const dims: Dims = [9, 9, 3];
  const volume: Volume = { ...gridOf(dims), voxels: Int16Array.from({ length: 243 }, (_, i) => (i * 7919) % 1001) };
  const mask: Mask = { ...gridOf(dims), voxels: new Uint8Array(243) };
  for (const z of [0, 1, 2]) for (const y of [2, 3, 4, 5]) mask.voxels.fill(1, 81 * z + 9 * y + 2, 81 * z + 9 * y + 6);
  const extract = (yaml: string) => extractFeatures(volume, mask, parseParameters(yaml, 'file.yaml'));

  it('knows every image type of PyRadiomics', () => {
    expect(imageTypes.map(({ name }) => name).toSorted()).toEqual(
      [
        'Exponential',
        'Gradient',
        'LBP2D',
        'LBP3D',
        'LoG',
        'Logarithm',
        'Original',
        'Square',
        'SquareRoot',
        'Wavelet',
      ].toSorted(),
    );
  });

  it('names the images that are left out, and why', () => {
    const { features, diagnostics } = extract(
      '{ imageType: { LoG: { sigma: [1.0] } }, featureClass: { firstorder: [Mean] } }',
    );
    expect(features).toEqual({});
    expect(diagnostics.diagnostics_Configuration_ImagesLeftOut).toEqual({
      'log-sigma-1-0-mm-3D': expect.stringContaining('9 x 9 x 3') as string,
    });
  });

  it('refuses patterns that have no value', () => {
    const flat: Volume = { ...volume, voxels: new Float32Array(243).fill(5) };
    const parameters = parseParameters('imageType: { LBP2D: { lbp2DMethod: var } }', 'file.yaml');
    expect(() => extractFeatures(flat, mask, parameters)).toThrow(/another method/);
  });
});
