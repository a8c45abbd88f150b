import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { percentiles } from '../../../src/radiomics/kernels/percentiles.ts';

describe('percentiles', () => {
  it('example of the numpy documentation: percentile([[10, 7, 4], [3, 2, 1]], 50)', () => {
    expect(percentiles(Float64Array.of(10, 7, 4, 3, 2, 1), [50])).toEqual([3.5]);
  });

  it('interpolate between the closest ranks of the sorted values', () => {
    const values = fc.array(fc.integer({ min: -50, max: 50 }), { minLength: 1, maxLength: 200 });
    const percents = fc.array(fc.nat(100), { minLength: 1, maxLength: 6 });
    fc.assert(
      fc.property(values, percents, (some, wanted) => {
        const ascending = wanted.toSorted((a, b) => a - b);
        const sorted = some.toSorted((a, b) => a - b);
        const actual = percentiles(Float64Array.from(some), ascending);
        ascending.forEach((percent, i) => {
          const rank = (sorted.length - 1) * (percent / 100);
          const [low, high] = [sorted[Math.floor(rank)]!, sorted[Math.ceil(rank)]!];
          expect(actual[i]).toBeCloseTo(low + (high - low) * (rank - Math.floor(rank)), 10);
        });
      }),
    );
  });

  it('leaves the values as they are, and copes with long runs of equal ones', () => {
    const values = Float64Array.from({ length: 100_000 }, (_, i) => (i < 50_000 ? 1 : i % 2));
    const before = values.slice();
    expect(percentiles(values, [0, 10, 50, 90, 100])).toEqual([0, 0, 1, 1, 1]);
    expect(values).toEqual(before);
  });
});
