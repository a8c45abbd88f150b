import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Binned, percentiles, percentilesWithin } from '../../../src/radiomics/kernels/percentiles.ts';

/** Bins of a width, the first of them at the smallest value. */
function bin(values: ArrayLike<number>, width: number): Binned {
  const least = Math.min(...Array.from(values).slice(0, 1000));
  const ofValues = Uint16Array.from(values, (value) => 1 + Math.floor((value - least) / width));
  const bins = Uint16Array.from(new Set(ofValues)).sort();
  return { ofValues, bins, counts: Array.from(bins, (one) => ofValues.filter((of) => of === one).length) };
}

describe('percentiles', () => {
  it('example of the numpy documentation: percentile([[10, 7, 4], [3, 2, 1]], 50)', () => {
    const values = Float64Array.of(10, 7, 4, 3, 2, 1);
    for (const width of [1, 2, 3, 20]) expect(percentiles(values, bin(values, width), [50])).toEqual([3.5]);
  });

  it('interpolate between the closest ranks of the sorted values', () => {
    const values = fc.array(fc.integer({ min: -50, max: 50 }), { minLength: 1, maxLength: 200 });
    const percents = fc.array(fc.nat(100), { minLength: 1, maxLength: 6 });
    fc.assert(
      fc.property(values, percents, fc.integer({ min: 1, max: 120 }), (some, wanted, width) => {
        const ascending = wanted.toSorted((a, b) => a - b);
        const sorted = some.toSorted((a, b) => a - b);
        const actual = percentiles(Float64Array.from(some), bin(some, width), ascending);
        ascending.forEach((percent, i) => {
          const rank = (sorted.length - 1) * (percent / 100);
          const [low, high] = [sorted[Math.floor(rank)]!, sorted[Math.ceil(rank)]!];
          expect(actual[i]).toBeCloseTo(low + (high - low) * (rank - Math.floor(rank)), 10);
        });
      }),
    );
  });

  it('are the same between known limits, whatever the values are', () => {
    const value = fc.oneof(fc.integer({ min: -50, max: 50 }), fc.double({ min: -1e9, max: 1e9, noNaN: true }));
    const percents = fc.uniqueArray(fc.nat(100), { minLength: 1, maxLength: 6 });
    fc.assert(
      fc.property(fc.array(value, { minLength: 1, maxLength: 200 }), percents, (some, wanted) => {
        // -0 and 0 are equal, and either may come first.
        const values = Float64Array.from(some, (one) => one + 0);
        const ascending = wanted.toSorted((a, b) => a - b);
        const sorted = values.toSorted();
        const found = percentilesWithin(values, sorted[0]!, sorted.at(-1)!, ascending);
        ascending.forEach((percent, i) => {
          const rank = (sorted.length - 1) * (percent / 100);
          const [low, high] = [sorted[Math.floor(rank)]!, sorted[Math.ceil(rank)]!];
          expect(found[i]).toBeGreaterThanOrEqual(low);
          expect(found[i]).toBeLessThanOrEqual(high);
          if (Number.isInteger(rank)) expect(found[i]).toBe(low);
        });
      }),
    );
  });

  it('leaves the values as they are, and copes with long runs of equal ones', () => {
    const values = Float64Array.from({ length: 100_000 }, (_, i) => (i < 50_000 ? 1 : i % 2));
    const before = values.slice();
    for (const width of [1, 2]) {
      expect(percentiles(values, bin(values, width), [0, 10, 50, 90, 100])).toEqual([0, 0, 1, 1, 1]);
    }
    expect(values).toEqual(before);
  });
});
