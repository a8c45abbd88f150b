import { describe, expect, test } from 'vitest';
import { anovaF } from '../../../src/statistics/anova-f.ts';
import { lassoAlphas, lassoCv, lassoPath } from '../../../src/statistics/lasso.ts';
import { fitLogistic } from '../../../src/statistics/logistic.ts';
import { createRandom, dealFolds } from '../../../src/statistics/random.ts';
import { areaUnderRoc } from '../../../src/statistics/roc.ts';
import { fitScaling, median, standardise } from '../../../src/statistics/standardise.ts';
import { refusal } from './refusal.ts';

const column = (...values: number[]) => Float64Array.from(values);

describe('logistic regression names what it can not fit', () => {
  const outcome = [0, 1, 0, 1, 1, 0];
  const age = column(50, 61, 55, 58, 70, 66);

  test('a repeated column is singular', () => {
    const twice = age.map((value) => 2 * value - 3);
    expect(refusal(() => fitLogistic([age, twice], outcome))).toEqual({
      code: 'STATISTICS_SINGULAR',
      subject: 'column 1',
    });
  });
  test('a constant column is singular', () => {
    expect(refusal(() => fitLogistic([age, new Float64Array(6).fill(7)], outcome)).code).toBe('STATISTICS_SINGULAR');
  });
  test('a column that splits the outcomes is separated', () => {
    expect(refusal(() => fitLogistic([column(1, 4, 2, 5, 6, 3)], outcome)).code).toBe('STATISTICS_SEPARATED');
  });
  test('a column that splits them but for a tie at the border is separated too', () => {
    expect(refusal(() => fitLogistic([column(1, 3, 2, 5, 6, 3)], outcome)).code).toBe('STATISTICS_SEPARATED');
  });
  test('NaN is refused with its column', () => {
    expect(refusal(() => fitLogistic([age, column(1, 2, Number.NaN, 4, 5, 6)], outcome))).toEqual({
      code: 'STATISTICS_INPUT',
      subject: 'column 1',
    });
  });
  test('an outcome other than 0 and 1, or of one kind, is refused', () => {
    expect(refusal(() => fitLogistic([age], [0, 1, 2, 0, 1, 0])).code).toBe('STATISTICS_INPUT');
    expect(refusal(() => fitLogistic([age], [1, 1, 1, 1, 1, 1])).code).toBe('STATISTICS_INPUT');
  });
  test('the units of a column do not matter', () => {
    const fit = fitLogistic([age], outcome);
    const inDays = fitLogistic([age.map((value) => value * 365.25)], outcome);
    expect(inDays.coefficients[1]! * 365.25).toBeCloseTo(fit.coefficients[1]!, 10);
    expect(inDays.deviance).toBeCloseTo(fit.deviance, 10);
  });
});

describe('one-way F at its edges', () => {
  test('a constant column has no F, one constant within classes an infinite one', () => {
    const { f, p } = anovaF([column(3, 3, 3, 3), column(1, 1, 2, 2)], [0, 0, 1, 1]);
    expect(f).toEqual([null, Number.POSITIVE_INFINITY]);
    expect(p).toEqual([null, 0]);
  });
  test('a single class is refused', () => {
    expect(refusal(() => anovaF([column(1, 2, 3)], [1, 1, 1])).code).toBe('STATISTICS_INPUT');
  });
});

describe('LASSO at its edges', () => {
  const random = createRandom(3);
  const n = 40;
  const columns = Array.from({ length: 5 }, () => Float64Array.from({ length: n }, () => random.normal()));
  const outcome = Float64Array.from({ length: n }, (_, i) => 2 * columns[0]![i]! + random.normal());

  test('the largest penalty leaves nothing in, and a little less lets the first column in', () => {
    const alphas = lassoAlphas(columns, outcome);
    const [none, one] = lassoPath(columns, outcome, alphas.slice(0, 2)).coefficients;
    expect(none!.every((value) => Math.abs(value) < 1e-12)).toBe(true);
    expect(one!.filter((value) => value !== 0)).toHaveLength(1);
  });
  test('a copy of a column is no obstacle: the fit is that without it', () => {
    const alphas = lassoAlphas(columns, outcome);
    const alone = lassoPath(columns, outcome, alphas).coefficients.at(-1)!;
    const doubled = lassoPath([...columns, columns[0]!], outcome, alphas).coefficients.at(-1)!;
    expect(doubled[0]! + doubled[5]!).toBeCloseTo(alone[0]!, 9);
  });
  test('an empty fold, a single fold and folds of another length are refused', () => {
    const folds = (of: (row: number) => number) => Array.from({ length: n }, (_, i) => of(i));
    expect(
      refusal(() =>
        lassoCv(
          columns,
          outcome,
          folds((i) => (i % 2) * 2),
        ),
      ).subject,
    ).toBe('folds');
    expect(
      refusal(() =>
        lassoCv(
          columns,
          outcome,
          folds(() => 0),
        ),
      ).subject,
    ).toBe('folds');
    expect(refusal(() => lassoCv(columns, outcome, [0, 1])).subject).toBe('folds');
  });
  test('an outcome without any covariance has no path', () => {
    expect(refusal(() => lassoAlphas(columns, new Float64Array(n).fill(1))).code).toBe('STATISTICS_INPUT');
  });
});

describe('scaling, median, folds, ranks', () => {
  test('z-scores have mean 0 and sd 1 with denominator n', () => {
    const scaling = fitScaling([column(1, 2, 3, 4)]);
    expect(scaling.sds[0]).toBeCloseTo(Math.sqrt(1.25), 15);
    const [z] = standardise([column(1, 2, 3, 4)], scaling);
    expect(z!.reduce((sum, value) => sum + value * value, 0) / 4).toBeCloseTo(1, 14);
  });
  test('a constant column can not be scaled', () => {
    expect(refusal(() => fitScaling([column(1, 2), column(5, 5)]))).toEqual({
      code: 'STATISTICS_SINGULAR',
      subject: 'column 1',
    });
  });
  test('median of odd and even counts', () => {
    expect(median([9, 1, 4])).toBe(4);
    expect(median([9, 1, 4, 5])).toBe(4.5);
  });
  test('folds differ by at most one row', () => {
    const folds = Array.from(dealFolds(createRandom(1), 119, 10));
    const sizes = Array.from({ length: 10 }, (_, k) => folds.filter((fold) => fold === k).length);
    expect(Math.min(...sizes)).toBe(11);
    expect(Math.max(...sizes)).toBe(12);
  });
  test('ties count one half', () => {
    expect(areaUnderRoc(column(1, 1, 1, 1), [0, 1, 0, 1])).toBe(0.5);
    expect(areaUnderRoc(column(1, 2, 2, 3), [0, 0, 1, 1])).toBe(0.875);
  });
});
