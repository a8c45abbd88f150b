import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { anovaF } from '../../../src/statistics/anova-f.ts';
import { fUpperTail } from '../../../src/statistics/distributions.ts';
import { betaQuantile, fQuantile, studentTwoSided } from '../../../src/statistics/f-quantile.ts';
import { icc } from '../../../src/statistics/icc.ts';
import { createRandom } from '../../../src/statistics/random.ts';
import { selectBest } from '../../../src/statistics/select-best.ts';
import { pearson, spearman } from '../../../src/statistics/spearman.ts';
import { varianceThreshold } from '../../../src/statistics/variance-threshold.ts';
import { refusal } from './refusal.ts';

const column = (...values: number[]) => Float64Array.from(values);

const ratings = fc
  .tuple(fc.integer({ min: 2, max: 12 }), fc.integer({ min: 2, max: 4 }), fc.integer())
  .map(([n, k, seed]) => {
    const random = createRandom(seed);
    const subjects = Float64Array.from({ length: n }, () => random.normal());
    return Array.from({ length: k }, () => subjects.map((value) => value + 0.5 * random.normal()));
  });

describe('intraclass correlation', () => {
  test('scale and common shift do not matter; a shift of one reading matters to ICC1 and ICC2 only', () => {
    fc.assert(
      fc.property(ratings, (columns) => {
        const scaled = columns.map((readings) => readings.map((value) => 7 - 3 * value));
        const [first, ...others] = columns;
        const shifted = [first!.map((value) => value + 10), ...others];
        for (const form of ['ICC1', 'ICC2', 'ICC3'] as const)
          expect(icc(scaled, form, 'single').value).toBeCloseTo(icc(columns, form, 'single').value, 9);
        expect(icc(shifted, 'ICC3', 'single').value).toBeCloseTo(icc(columns, 'ICC3', 'single').value, 9);
        const before = icc(columns, 'ICC3', 'single').value;
        if (before > 0) expect(icc(shifted, 'ICC2', 'single').value).toBeLessThan(before);
      }),
    );
  });

  test('the interval contains the value, and nothing is NaN', () => {
    fc.assert(
      fc.property(ratings, (columns) => {
        for (const form of ['ICC1', 'ICC2', 'ICC3'] as const) {
          const { value, p, interval } = icc(columns, form, 'single');
          expect([interval.low, interval.high].some(Number.isNaN)).toBe(false);
          // Satterthwaite's degrees of freedom are meant for a positive ICC2.
          if (form !== 'ICC2' || value > 0) {
            expect(interval.low).toBeLessThanOrEqual(value + 1e-12);
            expect(interval.high).toBeGreaterThanOrEqual(value - 1e-12);
          }
          expect(p).toBeGreaterThanOrEqual(0);
          expect(p).toBeLessThanOrEqual(1);
        }
      }),
    );
  });

  test('Spearman-Brown: the average of k readings follows from the single one', () => {
    fc.assert(
      fc.property(ratings, (columns) => {
        const k = columns.length;
        const single = icc(columns, 'ICC3', 'single').value;
        const average = icc(columns, 'ICC3', 'average').value;
        const expected = (k * single) / (1 + (k - 1) * single);
        expect(Math.abs(average - expected)).toBeLessThan(1e-8 * Math.max(1, Math.abs(expected)));
      }),
    );
  });

  test('readings without any error: 1 with the interval [1, 1]', () => {
    const same = column(1, 2, 4, 8);
    for (const form of ['ICC1', 'ICC2', 'ICC3'] as const)
      for (const unit of ['single', 'average'] as const) {
        const { value, p, interval, df2 } = icc([same, same], form, unit);
        expect([value, p, interval.low, interval.high]).toEqual([1, 0, 1, 1]);
        expect(df2).toBeGreaterThan(0);
      }
  });

  test('a feature that is the same for all subjects is refused, also if raters differ', () => {
    for (const form of ['ICC1', 'ICC2', 'ICC3'] as const) {
      expect(refusal(() => icc([column(0.1, 0.1, 0.1), column(0.1, 0.1, 0.1)], form, 'single')).code).toBe(
        'STATISTICS_SINGULAR',
      );
      expect(refusal(() => icc([column(0.1, 0.1, 0.1), column(0.7, 0.7, 0.7)], form, 'single')).code).toBe(
        'STATISTICS_SINGULAR',
      );
    }
  });

  test('pure disagreement has a negative or no ICC, never NaN', () => {
    const columns = [column(1, 0), column(0, 1)];
    expect(icc(columns, 'ICC1', 'single').value).toBe(-1);
    expect(refusal(() => icc(columns, 'ICC2', 'single')).code).toBe('STATISTICS_SINGULAR');
    expect(refusal(() => icc(columns, 'ICC3', 'average')).code).toBe('STATISTICS_SINGULAR');
  });

  test('an average of readings that carry no signal has no lower limit', () => {
    const columns = [column(0, 2, 1, 2), column(1, 0, 2, 2), column(2, 1, 0, 2)];
    const { value, interval } = icc(columns, 'ICC2', 'average');
    expect(interval.low).toBe(Number.NEGATIVE_INFINITY);
    expect(value).toBeLessThan(1);
    expect(Number.isNaN(interval.high)).toBe(false);
  });

  test('one reading, NaN and a confidence in percent are refused', () => {
    expect(refusal(() => icc([column(1, 2)], 'ICC1', 'single')).subject).toBe('ratings');
    expect(refusal(() => icc([column(1, 2), column(1, Number.NaN)], 'ICC1', 'single')).subject).toBe('column 1');
    expect(refusal(() => icc([column(1, 2), column(1, 3)], 'ICC1', 'single', 95)).subject).toBe('confidence');
  });
});

describe('quantiles of F and beta', () => {
  const df = fc.double({ min: 0.1, max: 500, noNaN: true });
  const share = fc.double({ min: 1e-6, max: 1 - 1e-6, noNaN: true });

  test('invert their distribution', () => {
    fc.assert(
      fc.property(share, df, df, (p, d1, d2) => {
        const f = fQuantile(p, d1, d2);
        if (f > 1e-300 && f < 1e300) expect(Math.abs(1 - fUpperTail(f, d1, d2) - p)).toBeLessThan(1e-10);
        const x = betaQuantile(p, d1, d2);
        expect(x).toBeGreaterThanOrEqual(0);
        expect(x).toBeLessThanOrEqual(1);
      }),
    );
  });

  test('known values: F(1, 1) is the square of a Cauchy, B(a, 1) is a power, t with 1 degree is Cauchy', () => {
    expect(fQuantile(0.5, 1, 1)).toBeCloseTo(1, 12);
    expect(fQuantile(0.9, 1, 1)).toBeCloseTo(Math.tan((Math.PI * 0.9) / 2) ** 2, 8);
    expect(betaQuantile(0.3, 4, 1)).toBeCloseTo(0.3 ** 0.25, 12);
    expect(studentTwoSided(1, 1)).toBeCloseTo(0.5, 12);
  });

  test('out of range is refused, too large for a double is infinite', () => {
    expect(refusal(() => fQuantile(1, 2, 3)).subject).toBe('p');
    expect(refusal(() => fQuantile(0.5, 0, 3)).subject).toBe('d1, d2');
    expect(fQuantile(0.999, 3, 0.001)).toBe(Number.POSITIVE_INFINITY);
    expect(fQuantile(0.001, 0.001, 3)).toBe(0);
  });
});

describe('selection of columns', () => {
  test('threshold 0 drops exactly the constant columns, whatever rounding says of their variance', () => {
    // The computed mean of three times 0.1 is not 0.1.
    const { variances, kept } = varianceThreshold([column(0.1, 0.1, 0.1), column(1, 2, 3)], 0);
    expect(kept).toEqual([1]);
    expect(variances[0]).toBe(0);
    expect(refusal(() => varianceThreshold([column(1, Number.NaN)], 0)).subject).toBe('column 0');
    expect(refusal(() => varianceThreshold([], 0)).subject).toBe('columns');
    expect(refusal(() => varianceThreshold([column(1, 2)], -1)).subject).toBe('threshold');
  });

  test('among equal scores the last win; what has no score is never selected', () => {
    expect(selectBest([1, 3, 3, 3], 2)).toEqual([2, 3]);
    expect(selectBest([null, 2, Number.POSITIVE_INFINITY], 3)).toEqual([1, 2]);
    expect(refusal(() => selectBest([1, Number.NaN], 1)).subject).toBe('scores');
    expect(selectBest([Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY], 1)).toEqual([1]);
    expect(refusal(() => selectBest([1, 2], 3)).subject).toBe('k');
  });

  test('NaN is no class', () => {
    expect(refusal(() => anovaF([column(1, 2, 3, 4)], [0, 1, Number.NaN, 1])).subject).toBe('classes');
  });
});

describe('rank correlation', () => {
  test('is 1 for any rising function, and turns its sign with one side', () => {
    const lists = fc.uniqueArray(fc.integer({ min: -50, max: 50 }), { minLength: 3, maxLength: 20 });
    fc.assert(
      fc.property(lists, fc.integer(), (list, seed) => {
        const x = Float64Array.from(list);
        expect(spearman(x, x.map(Math.exp)).rho).toBeCloseTo(1, 12);
        const y = x.map((_, i) => Math.sin(seed + i));
        const [up, down] = [
          spearman(x, y),
          spearman(
            x,
            y.map((value) => -value),
          ),
        ];
        expect(up.rho).toBeCloseTo(-down.rho, 12);
        expect(up.p).toBeCloseTo(down.p, 10);
        expect(up.p).toBeGreaterThanOrEqual(0);
        expect(up.p).toBeLessThanOrEqual(1);
      }),
    );
  });

  test('perfect order of 5 rows: 2 of the 120 permutations are as extreme', () => {
    expect(spearman(column(1, 2, 3, 4, 5), column(1, 2, 3, 4, 5)).p).toBeCloseTo(2 / 120, 14);
  });

  test('12 rows are counted out, 13 and ties are not', () => {
    const rising = Float64Array.from({ length: 13 }, (_, i) => i);
    expect(spearman(rising.slice(0, 12), rising.slice(0, 12)).method).toBe('exact');
    expect(spearman(rising, rising).method).toBe('t');
    expect(spearman(column(1, 1, 2, 3), column(1, 2, 3, 4)).method).toBe('t');
    expect(refusal(() => spearman(column(1, 1, 2), column(1, 2, 3), 'exact')).subject).toBe('method');
  });

  test('a constant column correlates with nothing', () => {
    expect(refusal(() => pearson(column(1, 2, 3), column(4, 4, 4)))).toEqual({
      code: 'STATISTICS_SINGULAR',
      subject: 'column 1',
    });
    expect(refusal(() => spearman(column(1, 2), column(1, 2))).subject).toBe('rows');
  });
});
