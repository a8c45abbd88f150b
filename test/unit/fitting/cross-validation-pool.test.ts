import { afterAll, describe, expect, test } from 'vitest';
import { createCrossValidationPool } from '../../../src/fitting/cross-validation-pool.ts';
import { elasticNetCv, glmnetCv, scikitLearnCv } from '../../../src/statistics/elastic-net-cv.ts';
import { createRandom, dealFolds } from '../../../src/statistics/random.ts';

const n = 60;
const random = createRandom(11);
const columns = Array.from({ length: 12 }, () => Float64Array.from({ length: n }, () => random.normal()));
const events = columns[0]!.map((x) => Number(random.uniform() < 1 / (1 + Math.exp(-x))));
const times = columns[1]!.map((x) => -20 * Math.log(1 - random.uniform()) * Math.exp(-x));
const folds = dealFolds(random, n, 5);

describe('cross-validation on worker threads', () => {
  const pool = createCrossValidationPool(2);
  afterAll(() => pool.close());

  test.each([
    ['gaussian', { family: 'gaussian', values: columns[2]!.map((x, i) => x + columns[3]![i]! ** 2) }, scikitLearnCv],
    ['binomial', { family: 'binomial', events }, glmnetCv],
    ['cox', { family: 'cox', times, events }, glmnetCv],
  ] as const)('%s: the same as on one thread, to the last bit', async (_, outcome, convention) => {
    const settings = { ...convention, count: 20, ratio: 0.02 };
    expect(await pool.crossValidate(columns, outcome, folds, settings)).toEqual(
      elasticNetCv(columns, outcome, folds, settings),
    );
  });
  test.each([
    ['all censored', { family: 'cox', times, events: new Float64Array(n) }, folds],
    ['an empty fold', { family: 'binomial', events }, folds.map((fold) => 2 * fold)],
    ['folds of another length', { family: 'binomial', events }, folds.slice(1)],
    ['a fold that is no whole number', { family: 'binomial', events }, Array.from(folds, (fold) => fold + 0.5)],
  ] as const)('%s: the error comes with its code', async (_, outcome, given) => {
    const run = pool.crossValidate(columns, outcome, given, glmnetCv);
    await expect(run).rejects.toMatchObject({ name: 'StatisticsError', code: 'STATISTICS_INPUT' });
  });
});
