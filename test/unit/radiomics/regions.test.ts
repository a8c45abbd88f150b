import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { squaredDistances } from '../../../src/radiomics/kernels/distance-transform.ts';
import { keepLargestPart } from '../../../src/radiomics/kernels/largest-part.ts';
import { findBody, largestPart, peripheralRing } from '../../../src/radiomics/regions.ts';
import type { Dims, Mask, Vector } from '../../../src/radiomics/volume.ts';
import { codeOf } from '../../helpers/error-code.ts';
import { gridOf, imageOf, type Sample, samples } from './random-regions.ts';

const spacings: fc.Arbitrary<Vector> = fc.tuple(
  fc.double({ min: 0.3, max: 5, noNaN: true }),
  fc.double({ min: 0.3, max: 5, noNaN: true }),
  fc.double({ min: 0.3, max: 5, noNaN: true }),
);

function placeOf(at: number, [nx, ny]: Dims): Vector {
  return [at % nx, Math.trunc(at / nx) % ny, Math.trunc(at / (nx * ny))];
}

function squaredDistance(a: number, b: number, dims: Dims, spacing: Vector): number {
  const [p, q] = [placeOf(a, dims), placeOf(b, dims)];
  return p.reduce((sum, value, axis) => sum + ((value - q[axis]!) * spacing[axis]!) ** 2, 0);
}

/** Squared distance to the nearest voxel inside (1) or outside (0), by looking at all of them. */
function nearest(at: number, target: 0 | 1, { inside, dims }: Sample, spacing: Vector): number {
  let least = Number.POSITIVE_INFINITY;
  inside.forEach((one, other) => {
    if (one === target) least = Math.min(least, squaredDistance(at, other, dims, spacing));
  });
  return least;
}

const single: Mask = { ...gridOf([5, 5, 5]), voxels: new Uint8Array(125).fill(1, 62, 63) };

describe('distance transform', () => {
  it('equals the distance found by looking at all voxels', () => {
    fc.assert(
      fc.property(samples, spacings, fc.constantFrom<0 | 1>(0, 1), (sample, spacing, target) => {
        const out = new Float64Array(sample.inside.length);
        squaredDistances(sample.inside, target, sample.dims, spacing, out);
        out.forEach((value, at) => {
          const expected = nearest(at, target, sample, spacing);
          if (expected === Number.POSITIVE_INFINITY) expect(value).toBe(expected);
          else expect(Math.abs(value - expected)).toBeLessThanOrEqual(1e-12 * expected);
        });
      }),
    );
  });

  it('is infinite where there is nothing to measure to', () => {
    const out = new Float64Array(8);
    squaredDistances(new Uint8Array(8), 1, [2, 2, 2], [1, 1, 1], out);
    expect([...out]).toEqual(new Array(8).fill(Number.POSITIVE_INFINITY));
  });

  it('refuses buffers of another size', () => {
    expect(() => squaredDistances(new Uint8Array(7), 1, [2, 2, 2], [1, 1, 1], new Float64Array(8))).toThrow(RangeError);
    expect(() => squaredDistances(new Uint8Array(8), 1, [2, 2, 2], [1, 1, 1], new Float64Array(7))).toThrow(RangeError);
  });
});

describe('peripheral ring', () => {
  it('holds the voxels within the widths of the border, of either side', () => {
    const widths = fc.record({
      outsideMm: fc.double({ min: 0, max: 9, noNaN: true }),
      insideMm: fc.double({ min: 0, max: 9, noNaN: true }),
    });
    fc.assert(
      fc.property(samples, widths, (sample, ring) => {
        fc.pre(sample.inside.includes(1));
        const { mask } = imageOf(sample, 3);
        const expected = sample.inside.map((one, at) => {
          const other = one === 1 ? 0 : 1;
          const width = one === 1 ? ring.insideMm : ring.outsideMm;
          return nearest(at, other, sample, mask.spacingMm) <= width ** 2 ? 3 : 0;
        });
        if (expected.includes(3)) expect(peripheralRing(mask, 3, ring).voxels).toEqual(expected);
        else expect(codeOf(() => peripheralRing(mask, 3, ring))).toBe('MASK_EMPTY');
      }),
    );
  });

  it('counts a voxel at exactly the width, whatever the rounding of the voxel size', () => {
    for (const spacing of [0.1, 0.2, 0.3, 0.7]) {
      const mask = { ...single, spacingMm: [spacing, spacing, spacing] as const };
      const count = peripheralRing(mask, 1, { outsideMm: spacing * 1, insideMm: 0 }).voxels.filter(Boolean).length;
      expect(count).toBe(6);
    }
  });

  it('stays within the image, whose edge is no border', () => {
    const mask: Mask = { ...gridOf([3, 3, 3]), voxels: new Uint8Array(27).fill(1) };
    mask.voxels[0] = 0;
    const ring = peripheralRing(mask, 1, { outsideMm: 0, insideMm: 1 });
    expect([...ring.voxels.keys()].filter((at) => ring.voxels[at] === 1)).toEqual([1, 3, 9]);
  });

  it('leaves out the air around the body', () => {
    const hu = new Int16Array(125).fill(40);
    for (let at = 0; at < 125; at++) if (at % 5 > 2) hu[at] = -1000;
    const volume = { ...gridOf([5, 5, 5]), voxels: hu };
    const ring = peripheralRing(single, 1, { outsideMm: 1, insideMm: 0 }, volume);
    expect(ring.voxels.filter(Boolean).length).toBe(5);
    expect(ring.voxels[63]).toBe(0);
  });

  it('names what is wrong', () => {
    expect(codeOf(() => peripheralRing(single, 2))).toBe('MASK_LABEL_MISSING');
    expect(codeOf(() => peripheralRing(single, 1, { outsideMm: 0.5, insideMm: 0.5 }))).toBe('MASK_EMPTY');
    const other = { ...gridOf([5, 5, 4]), voxels: new Int16Array(100) };
    expect(codeOf(() => peripheralRing(single, 1, undefined, other))).toBe('MASK_GEOMETRY');
  });
});

describe('body', () => {
  /** One slice, drawn: space is air (-1000 HU), `l` lung (-850 HU), `#` tissue. */
  function bodyOf(rows: readonly string[]): string[] {
    const hu = { ' ': -1000, l: -850, '#': 40 } as Readonly<Record<string, number>>;
    const [nx, ny] = [rows[0]!.length, rows.length];
    const voxels = Int16Array.from(rows.join(''), (char) => hu[char]!);
    const body = findBody({ ...gridOf([nx, ny, 1]), voxels }, 0, 1);
    return rows.map((_, y) => [...body.subarray(nx * y, nx * (y + 1))].join(''));
  }

  it('is all but the air that reaches the edge', () => {
    expect(bodyOf(['       ', ' ##### ', ' #   # ', ' #ll ##', '  ###  '])).toEqual([
      '0000000',
      '0111110',
      '0111110',
      '0111111',
      '0011100',
    ]);
  });

  it('keeps a lung that the edge of a cropped image cuts', () => {
    expect(bodyOf(['  ##ll', ' ##lll', ' ##lll', '  ##ll'])).toEqual(['001111', '011111', '011111', '001111']);
  });

  it('is the whole image where intensities are no HU', () => {
    const voxels = new Int16Array(27).fill(300);
    expect(findBody({ ...gridOf([3, 3, 3]), voxels }, 0, 3)).toEqual(new Uint8Array(27).fill(1));
  });
});

describe('largest part', () => {
  it('is connected, and no other part is larger', () => {
    fc.assert(
      fc.property(samples, ({ inside, dims }) => {
        const kept = inside.slice();
        const count = keepLargestPart(kept, dims);
        expect(kept.filter(Boolean).length).toBe(count);
        kept.forEach((one, at) => {
          if (one === 1) expect(inside[at]).toBe(1);
        });
        const again = kept.slice();
        expect(keepLargestPart(again, dims)).toBe(count);
        const rest = inside.map((one, at) => one - kept[at]!);
        expect(keepLargestPart(rest, dims)).toBeLessThanOrEqual(count);
      }),
    );
  });

  it('keeps its label and drops the others', () => {
    const voxels = new Uint8Array(27);
    voxels.set([4, 0, 4], 0);
    voxels.set([4, 4, 7], 24);
    const part = largestPart({ ...gridOf([3, 3, 3]), voxels }, 4);
    expect([...part.voxels.keys()].filter((at) => part.voxels[at] !== 0)).toEqual([24, 25]);
    expect(part.voxels[24]).toBe(4);
  });
});
