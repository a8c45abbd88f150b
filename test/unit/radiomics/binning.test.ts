import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { digitise, fixedCountEdges, fixedWidthEdges } from '../../../src/radiomics/kernels/binning.ts';

function levels(values: readonly number[], edges: Float64Array): number[] {
  const out = new Uint16Array(values.length);
  digitise(Float64Array.from(values), edges, out);
  return [...out];
}

describe('bins of a fixed width', () => {
  it('start at a multiple of the width and include an edge in the upper bin', () => {
    expect([...fixedWidthEdges(54, 166, 25)].slice(0, 6)).toEqual([50, 75, 100, 125, 150, 175]);
    expect(levels([54, 74, 75, 166], fixedWidthEdges(54, 166, 25))).toEqual([1, 1, 2, 5]);
    expect(levels([-30, -25, -1, 0], fixedWidthEdges(-30, 0, 25))).toEqual([1, 2, 2, 3]);
    expect(levels([7, 7], fixedWidthEdges(7, 7, 5000))).toEqual([1, 1]);
  });

  it('equal floor(x / w) - floor(min / w) + 1 where the width has an exact form', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: -1100, max: 3100 }), { minLength: 1, maxLength: 50 }),
        fc.constantFrom(0.25, 0.5, 1, 5, 25, 64),
        (values, width) => {
          const [low, high] = [Math.min(...values), Math.max(...values)];
          const expected = values.map((value) => Math.floor(value / width) - Math.floor(low / width) + 1);
          expect(levels(values, fixedWidthEdges(low, high, width))).toEqual(expected);
        },
      ),
    );
  });

  it('refuse more levels than can be stored', () => {
    expect(() => fixedWidthEdges(0, 3000, 1e-3)).toThrow(RangeError);
  });
});

describe('a fixed number of bins', () => {
  it('puts the largest value in the last bin', () => {
    expect(levels([0, 1, 2, 3, 4], fixedCountEdges(0, 4, 4))).toEqual([1, 2, 3, 4, 4]);
  });

  it('gives a flat region one level', () => {
    expect(new Set(levels([7, 7, 7], fixedCountEdges(7, 7, 32))).size).toBe(1);
  });
});
