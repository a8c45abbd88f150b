import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { balancedDesign } from '../../../src/demo/fits/balanced-design.ts';
import { namedRandom } from '../../../src/demo/fits/named-random.ts';
import { normalQuantile } from '../../../src/statistics/distributions.ts';
import { createRandom } from '../../../src/statistics/random.ts';
import { pearson } from '../../../src/statistics/spearman.ts';

/** Largest correlation of any two columns in absolute value, as normal deviates. */
function largestCorrelation(columns: readonly Float64Array[]): number {
  const scores = columns.map((levels) => levels.map(normalQuantile));
  return Math.max(...scores.flatMap((a, j) => scores.slice(0, j).map((b) => Math.abs(pearson(a, b)))));
}

describe('balanced design', () => {
  test('each trait takes the middle of every part once', () => {
    fc.assert(
      fc.property(
        fc.integer(),
        fc.integer({ min: 8, max: 60 }),
        fc.integer({ min: 2, max: 6 }),
        (seed, size, traits) => {
          const columns = balancedDesign(createRandom(seed), size, traits);
          expect(columns).toHaveLength(traits);
          const middles = Array.from({ length: size }, (_, k) => (k + 0.5) / size);
          for (const column of columns) expect([...column].sort((a, b) => a - b)).toEqual(middles);
        },
      ),
      { numRuns: 30 },
    );
  });

  test.each([1, 2, 3, 4, 5])(
    'eleven traits of 120 persons hardly correlate, unlike those drawn one by one (seed %i)',
    (seed) => {
      const random = createRandom(seed);
      const oneByOne = Array.from({ length: 11 }, () => Float64Array.from({ length: 120 }, () => random.uniform()));
      expect(largestCorrelation(balancedDesign(random, 120, 11))).toBeLessThan(0.02);
      expect(largestCorrelation(oneByOne)).toBeGreaterThan(0.15);
    },
  );
});

describe('named streams', () => {
  const first = (seed: number, purpose: string, at: number) => namedRandom(seed, purpose, at).uniform();

  test('the same name gives the same numbers, another purpose, person or seed others', () => {
    expect(first(5, 'position', 3)).toBe(first(5, 'position', 3));
    const others = [first(5, 'position', 3), first(5, 'scatter', 3), first(5, 'position', 4), first(6, 'position', 3)];
    expect(new Set(others).size).toBe(4);
  });

  test('first numbers of neighbours are uniform and do not follow each other', () => {
    const numbers = Float64Array.from({ length: 4000 }, (_, at) => first(20_260, 'death 1', at));
    for (const tenth of Array.from({ length: 10 }, (_, k) => k / 10)) {
      const share = numbers.filter((value) => value >= tenth && value < tenth + 0.1).length / numbers.length;
      // Four standard errors of a tenth of 4000.
      expect(Math.abs(share - 0.1)).toBeLessThan(0.019);
    }
    expect(Math.abs(pearson(numbers.slice(1), numbers.slice(0, -1)))).toBeLessThan(4 / Math.sqrt(4000));
  });
});
