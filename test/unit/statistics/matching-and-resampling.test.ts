import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  bcaInterval,
  bootstrapReplicates,
  drawRows,
  jackknife,
  percentileInterval,
  takeRows,
} from '../../../src/statistics/bootstrap.ts';
import { covariateBalance, matchPropensity } from '../../../src/statistics/propensity-match.ts';
import { createRandom } from '../../../src/statistics/random.ts';
import { randomSmoteDraws, smote } from '../../../src/statistics/smote.ts';
import { StatisticsError } from '../../../src/statistics/statistics-error.ts';
import { refusal } from './refusal.ts';

const column = (...values: number[]) => Float64Array.from(values);

describe('propensity matching', () => {
  const groups = fc
    .tuple(fc.integer({ min: 1, max: 15 }), fc.integer({ min: 1, max: 15 }), fc.integer())
    .map(([a, b, seed]) => {
      const random = createRandom(seed);
      const treated = Float64Array.from({ length: a + b }, (_, i) => Number(i < a));
      return { treated, scores: treated.map(() => random.integer(20) / 20) };
    });

  test('every row at most once, every difference within the caliper, in every order', () => {
    fc.assert(
      fc.property(
        groups,
        fc.constantFrom('largest' as const, 'smallest' as const, 'data' as const),
        fc.constantFrom(0.04, 0.3),
        ({ treated, scores }, order, width) => {
          const { pairs, unmatched } = matchPropensity(scores, treated, { width, unit: 'raw' }, order);
          const rows = pairs.flatMap((pair) => [pair.treated, pair.control]);
          expect(new Set(rows).size).toBe(rows.length);
          for (const { treated: a, control: b, difference } of pairs) {
            expect([treated[a], treated[b]]).toEqual([1, 0]);
            expect(difference).toBeLessThanOrEqual(width);
          }
          expect(pairs.length + unmatched.length).toBe(treated.filter((value) => value === 1).length);
        },
      ),
    );
  });

  test('without a caliper as many pairs as the smaller group has rows', () => {
    fc.assert(
      fc.property(groups, ({ treated, scores }) => {
        const count = treated.filter((value) => value === 1).length;
        expect(matchPropensity(scores, treated).pairs).toHaveLength(Math.min(count, treated.length - count));
      }),
    );
  });

  test('among equally close controls the first is taken', () => {
    const { pairs } = matchPropensity(column(0.5, 0.6, 0.4, 0.6), [1, 0, 0, 0]);
    // In doubles 0.6 - 0.5 is a little less than 0.5 - 0.4.
    expect(pairs.map((pair) => pair.control)).toEqual([1]);
  });

  test('degenerate: one group, equal scores, no spread', () => {
    expect(refusal(() => matchPropensity(column(1, 2), [1, 1])).subject).toBe('outcome');
    expect(refusal(() => matchPropensity(column(1, 2), [1, 0], { width: 0, unit: 'raw' })).subject).toBe('caliper');
    expect(refusal(() => matchPropensity(column(1, 1), [1, 0], { width: 1, unit: 'sd' })).code).toBe(
      'STATISTICS_SINGULAR',
    );
    const balance = covariateBalance(column(2, 2, 2, 2), [1, 1, 0, 0]);
    expect([balance.smdPooled, balance.smdTreated]).toEqual([0, 0]);
    expect(covariateBalance(column(3, 3, 2, 2), [1, 1, 0, 0]).smdPooled).toBe(Number.POSITIVE_INFINITY);
    expect(refusal(() => covariateBalance(column(1, 2, 3, 4), [1, 1, 0, 0], [])).subject).toBe('pairs');
    expect(refusal(() => covariateBalance(column(1, 2, 3), [1, 0, 0])).subject).toBe('treated');
  });
});

describe('SMOTE', () => {
  test('balances the outcomes with rows between rows of the rarer one', () => {
    fc.assert(
      fc.property(
        fc.integer(),
        fc.integer({ min: 4, max: 9 }),
        fc.integer({ min: 9, max: 30 }),
        (seed, rare, others) => {
          const random = createRandom(seed);
          const outcome = Float64Array.from({ length: rare + others }, (_, i) => Number(i < rare));
          const columns = [0, 1].map(() => outcome.map(() => random.normal()));
          const result = smote(columns, outcome, 3, randomSmoteDraws(random, rare, 3));
          expect(result.outcome.filter((value) => value === 1)).toHaveLength(others);
          result.columns.forEach((values, j) => {
            const own = columns[j]!.slice(0, rare);
            for (const value of values.slice(rare + others)) {
              expect(value).toBeGreaterThanOrEqual(Math.min(...own) - 1e-12);
              expect(value).toBeLessThanOrEqual(Math.max(...own) + 1e-12);
            }
          });
        },
      ),
    );
  });

  test('balanced outcomes stay as they are', () => {
    const outcome = [0, 0, 1, 1];
    const result = smote([column(1, 2, 3, 4)], outcome, 1, () => ({ base: 0, neighbour: 0, gap: 0 }));
    expect(Array.from(result.outcome)).toEqual(outcome);
  });

  test('too few rows, one outcome, a draw out of range, NaN', () => {
    const draw = { base: 0, neighbour: 0, gap: 0.5 };
    const run = (columns: Float64Array[], outcome: number[], k: number, one = draw) =>
      refusal(() => smote(columns, outcome, k, () => one)).subject;
    expect(run([column(1, 2, 3)], [1, 0, 0], 1)).toBe('k');
    expect(run([column(1, 2, 3)], [0, 0, 0], 1)).toBe('outcome');
    expect(run([column(1, 2, 3, 4, 5)], [1, 1, 0, 0, 0], 1, { ...draw, gap: 1 })).toBe('draw');
    expect(run([column(1, 2, 3, 4, 5)], [1, 1, 0, 0, 0], 1, { ...draw, base: 2 })).toBe('draw');
    expect(run([column(1, 2, Number.NaN, 4, 5)], [1, 1, 0, 0, 0], 1)).toBe('column 0');
  });
});

describe('bootstrap', () => {
  const meanOf = (values: Float64Array) => (rows: Uint32Array) =>
    rows.reduce((sum, row) => sum + values[row]!, 0) / rows.length;

  test('the interval of a mean covers it, and both methods agree where nothing is skewed', () => {
    const random = createRandom(2);
    const values = Float64Array.from({ length: 80 }, (_, i) => i - 39.5);
    const statistic = meanOf(values);
    const replicates = bootstrapReplicates(random, 80, 4000, statistic);
    const percentile = percentileInterval(replicates);
    const bca = bcaInterval(replicates, 0, jackknife(80, statistic));
    // Normal theory: 1.96 * 23.09 / sqrt(80) = 5.06.
    for (const { low, high } of [percentile, bca]) {
      expect(Math.abs(low + 5.06)).toBeLessThan(0.4);
      expect(Math.abs(high - 5.06)).toBeLessThan(0.4);
    }
  });

  test('rows are drawn with replacement and taken in order', () => {
    const rows = drawRows(createRandom(1), 1000);
    expect(rows.every((row) => row < 1000)).toBe(true);
    // 1 - 1/e of the rows are expected among the draws.
    expect(Math.abs(new Set(rows).size / 1000 - 0.632)).toBeLessThan(0.06);
    expect(takeRows([column(5, 6, 7)], [2, 0, 2])).toEqual([column(7, 5, 7)]);
  });

  test('undefined resamples are drawn anew; if most are undefined it says so; faults pass', () => {
    let calls = 0;
    const often = (rows: Uint32Array) => {
      calls++;
      if (rows[0]! < 5) throw new StatisticsError('STATISTICS_INPUT', 'outcome', 'one outcome');
      return rows[0]!;
    };
    const replicates = bootstrapReplicates(createRandom(1), 10, 50, often);
    expect(replicates.every((value) => value >= 5)).toBe(true);
    expect(calls).toBeGreaterThan(50);
    const never = () => Number.NaN;
    expect(refusal(() => bootstrapReplicates(createRandom(1), 10, 5, never)).code).toBe('STATISTICS_NOT_CONVERGED');
    const broken = () => {
      throw new TypeError('fault');
    };
    expect(() => bootstrapReplicates(createRandom(1), 10, 5, broken)).toThrow(TypeError);
  });

  test('a statistic that never varies has a point for an interval; one-sided replicates have no BCa', () => {
    const same = column(2, 2, 2, 2);
    expect(bcaInterval(same, 2, same)).toEqual({ low: 2, high: 2 });
    expect(refusal(() => bcaInterval(same, 3, same)).code).toBe('STATISTICS_SINGULAR');
    expect(refusal(() => percentileInterval(new Float64Array(0))).code).toBe('STATISTICS_INPUT');
  });
});
