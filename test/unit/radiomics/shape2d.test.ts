import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { shape2d } from '../../../src/radiomics/classes/shape2d.ts';
import { measureOutline } from '../../../src/radiomics/kernels/marching-squares.ts';
import type { Region } from '../../../src/radiomics/region.ts';
import { defaultSettings, type Settings } from '../../../src/radiomics/settings.ts';
import type { Dims, Vector } from '../../../src/radiomics/volume.ts';
import { codeOf } from '../../helpers/error-code.ts';

function outlineOf(inside: readonly number[], size: [number, number], spacing: [number, number] = [1, 1]) {
  const out = new Float64Array(2);
  measureOutline(Uint8Array.from(inside), size, spacing, out);
  return { area: out[0]!, perimeter: out[1]! };
}

const masks = fc.tuple(fc.integer({ min: 1, max: 6 }), fc.integer({ min: 1, max: 6 })).chain(([nu, nv]) =>
  fc.record({
    size: fc.constant<[number, number]>([nu, nv]),
    inside: fc.array(fc.nat(1), { minLength: nu * nv, maxLength: nu * nv }),
  }),
);

describe('outline', () => {
  it('a pixel is a diamond through its edges', () => {
    expect(outlineOf([1], [1, 1], [3, 4])).toEqual({ area: 6, perimeter: 10 });
  });

  it('a rectangle loses an eighth of a pixel at each corner', () => {
    const { area, perimeter } = outlineOf(new Array(12).fill(1), [4, 3]);
    expect(area).toBe(11.5);
    expect(perimeter).toBeCloseTo(2 * 3 + 2 * 2 + 4 * Math.SQRT1_2, 12);
  });

  it('pixels that share a corner only are apart', () => {
    expect(outlineOf([1, 0, 0, 1], [2, 2]).area).toBe(1);
    expect(outlineOf([1, 0, 0, 1], [2, 2]).perimeter).toBeCloseTo(8 * Math.SQRT1_2, 12);
  });

  it('a hole is taken off the area and added to the perimeter', () => {
    const ring = outlineOf([1, 1, 1, 1, 0, 1, 1, 1, 1], [3, 3]);
    expect(ring.area).toBe(9 - 0.5 - 0.5);
    expect(ring.perimeter).toBeCloseTo(8 + 8 * Math.SQRT1_2, 12);
  });

  it('does not change when mirrored or turned', () => {
    fc.assert(
      fc.property(masks, ({ size: [nu, nv], inside }) => {
        const here = outlineOf(inside, [nu, nv]);
        expect(outlineOf(inside.toReversed(), [nu, nv])).toEqual(here);
        const turned = Array.from(inside, (_, at) => inside[Math.trunc(at / nv) + nu * (at % nv)]!);
        const there = outlineOf(turned, [nv, nu]);
        expect(there.area).toBe(here.area);
        expect(there.perimeter).toBeCloseTo(here.perimeter, 12);
      }),
    );
  });

  it('refuses a mask of another size', () => {
    expect(() => outlineOf([1, 1], [3, 1])).toThrow(RangeError);
  });
});

describe('shape2D', () => {
  const flat = (dims: Dims, spacingMm: Vector): Region => ({
    dims,
    spacingMm,
    inside: Uint8Array.of(1, 1, 1, 1, 1, 0),
    values: new Float64Array(5),
  });
  const inPlane = (force2Ddimension: Settings['force2Ddimension']): Settings => ({
    ...defaultSettings,
    force2D: true,
    force2Ddimension,
  });
  const compute = (region: Region, settings: Settings) => shape2d.compute(region, settings, new Set(shape2d.features));

  it('is the same across each axis', () => {
    const acrossZ = compute(flat([3, 2, 1], [2, 3, 5]), inPlane(0));
    expect(compute(flat([3, 1, 2], [2, 5, 3]), inPlane(1))).toEqual(acrossZ);
    expect(compute(flat([1, 3, 2], [5, 2, 3]), inPlane(2))).toEqual(acrossZ);
    expect(acrossZ.PixelSurface).toBe(30);
    expect(acrossZ.Sphericity! * acrossZ.SphericalDisproportion!).toBeCloseTo(1, 12);
  });

  it('needs force2D', () => {
    expect(codeOf(() => compute(flat([3, 2, 1], [1, 1, 1]), defaultSettings))).toBe('PARAMS_INVALID');
  });

  it('needs a region of one slice', () => {
    expect(codeOf(() => compute(flat([3, 2, 1], [1, 1, 1]), inPlane(1)))).toBe('MASK_NOT_FLAT');
  });
});
