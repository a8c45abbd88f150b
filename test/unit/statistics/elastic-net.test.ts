import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  type ElasticNetSettings,
  elasticNetPath,
  glmnetSettings,
  scikitLearnSettings,
} from '../../../src/statistics/elastic-net.ts';
import {
  combineFolds,
  elasticNetCv,
  foldErrors,
  glmnetCv,
  scikitLearnCv,
} from '../../../src/statistics/elastic-net-cv.ts';
import { type ElasticNetModel, elasticNetModel, predictElasticNet } from '../../../src/statistics/elastic-net-model.ts';
import { checkOptimality } from '../../../src/statistics/elastic-net-optimality.ts';
import type { PenalisedOutcome } from '../../../src/statistics/penalised-outcome.ts';
import { createRandom, dealFolds } from '../../../src/statistics/random.ts';
import { expectAllFinite, refusal } from './refusal.ts';

type Family = PenalisedOutcome['family'];

/** Correlated columns of different scales, and an outcome that two of them explain; times in whole units, many tied. */
function cohort(family: Family, seed: number, n: number, p: number) {
  const random = createRandom(seed);
  const shared = Float64Array.from({ length: n }, () => random.normal());
  const columns = Array.from({ length: p }, (_, j) =>
    shared.map((common) => 10 ** ((j % 5) - 2) * (0.7 * common + random.normal()) + j),
  );
  const signal = shared.map((_, i) => (columns[0]![i]! * 100 - (columns[1]?.[i] ?? 1) * 10 + 10) / 2);
  return { columns, outcome: outcomeOf(family, signal, random) };
}

function outcomeOf(family: Family, signal: Float64Array, random: ReturnType<typeof createRandom>): PenalisedOutcome {
  const n = signal.length;
  if (family === 'gaussian') return { family, values: signal.map((s) => 50 + 20 * (s + random.normal())) };
  // The first two rows make sure that both kinds occur.
  const kinds = (draw: (i: number) => boolean) =>
    Float64Array.from({ length: n }, (_, i) => Number(i < 2 ? i : draw(i)));
  if (family === 'binomial')
    return { family, events: kinds((i) => random.uniform() < 1 / (1 + Math.exp(-signal[i]!))) };
  const times = signal.map((s) => Math.ceil((-20 * Math.log(1 - random.uniform())) / Math.exp(s / 2)));
  times[1] = 1;
  return { family, times, events: kinds(() => random.uniform() < 0.6) };
}

const families = fc.constantFrom<Family>('gaussian', 'binomial', 'cox');
const seeds = fc.integer({ min: 1, max: 1e6 });
const shapes = fc.constantFrom([60, 8] as const, [40, 15] as const, [25, 60] as const, [12, 100] as const);
const mixes = fc.constantFrom(1, 1, 0.5, 0.05);
const conventions = fc.constantFrom(glmnetSettings, scikitLearnSettings);

/** At least the largest slope that a column could have without any in: spread of the outcome times that of the column. */
function scaleOf(outcome: PenalisedOutcome, columns: readonly Float64Array[], standardise: boolean): number {
  const spread = (values: Float64Array) => Math.max(...values) - Math.min(...values);
  const outcomeSpread = outcome.family === 'gaussian' ? spread(outcome.values) : 1;
  return outcomeSpread * (standardise ? 1 : Math.max(...columns.map(spread)));
}

describe('elastic net', () => {
  test('the optimality conditions hold at every solution', () => {
    fc.assert(
      fc.property(families, seeds, shapes, mixes, conventions, (family, seed, [n, p], l1Ratio, convention) => {
        const { columns, outcome } = cohort(family, seed, n, p);
        const settings: ElasticNetSettings = { ...convention, l1Ratio, count: 25, ratio: 0.01 };
        const path = elasticNetPath(columns, outcome, settings);
        expectAllFinite(path);
        const allowed = 1e-9 * scaleOf(outcome, columns, settings.standardise);
        path.lambdas.forEach((_, k) => {
          const { residual } = checkOptimality(columns, outcome, settings, elasticNetModel(path, k));
          expect(residual).toBeLessThan(allowed);
        });
      }),
      { numRuns: 150 },
    );
  });
  test('no change of the coefficients lowers the objective', () => {
    fc.assert(
      fc.property(families, seeds, shapes, mixes, (family, seed, [n, p], l1Ratio) => {
        const { columns, outcome } = cohort(family, seed, n, p);
        const settings = { ...glmnetSettings, l1Ratio, count: 10, ratio: 0.05 };
        const model = elasticNetModel(elasticNetPath(columns, outcome, settings), 9);
        const { objective } = checkOptimality(columns, outcome, settings, model);
        const random = createRandom(seed);
        for (let trial = 0; trial < 20; trial++) {
          const size = 10 ** (-4 * random.uniform());
          const coefficients = model.coefficients.map((b, j) => b + (size * random.normal()) / 10 ** ((j % 5) - 2));
          const intercept = model.intercept + size * random.normal();
          const moved = checkOptimality(columns, outcome, settings, { ...model, coefficients, intercept });
          expect(moved.objective).toBeGreaterThanOrEqual(objective * (1 - 1e-14));
        }
      }),
      { numRuns: 40 },
    );
  });
  test('standardised: scaling a column scales its coefficient, shifting it changes the intercept only', () => {
    fc.assert(
      fc.property(families, seeds, fc.constantFrom(1e-6, -0.01, 365.25, 1e6), (family, seed, factor) => {
        const { columns, outcome } = cohort(family, seed, 50, 10);
        const settings = { ...glmnetSettings, count: 12, ratio: 0.02 };
        const model = elasticNetModel(elasticNetPath(columns, outcome, settings), 11);
        const changed = [columns[0]!.map((x) => factor * (x + 3)), ...columns.slice(1)];
        const other = elasticNetModel(elasticNetPath(changed, outcome, settings), 11);
        expect(other.lambda).toBeCloseTo(model.lambda, 10);
        model.coefficients.forEach((b, j) => {
          const scale = Math.max(1, Math.abs(b));
          expect((other.coefficients[j]! * (j === 0 ? factor : 1)) / scale).toBeCloseTo(b / scale, 6);
        });
      }),
      { numRuns: 40 },
    );
  });
  test('fit then predict survives JSON', () => {
    fc.assert(
      fc.property(families, seeds, shapes, (family, seed, [n, p]) => {
        const { columns, outcome } = cohort(family, seed, n, p);
        const model = elasticNetModel(elasticNetPath(columns, outcome, { ...glmnetSettings, count: 5, ratio: 0.1 }), 4);
        const read = JSON.parse(JSON.stringify(model)) as ElasticNetModel;
        expect(read).toEqual(model);
        expect(predictElasticNet(read, columns)).toEqual(predictElasticNet(model, columns));
      }),
      { numRuns: 30 },
    );
  });
  test('the order of rows does not matter', () => {
    fc.assert(
      fc.property(families, seeds, (family, seed) => {
        const { columns, outcome } = cohort(family, seed, 40, 12);
        const settings = { ...glmnetSettings, count: 8, ratio: 0.1 };
        const order = Uint32Array.from({ length: 40 }, (_, i) => (i * 17 + 5) % 40);
        const straight = elasticNetPath(columns, outcome, settings);
        const mixed = elasticNetPath(columns, outcome, settings, order);
        straight.coefficients.forEach((beta, k) => {
          beta.forEach((b, j) => {
            expect(mixed.coefficients[k]![j]! / Math.max(1, Math.abs(b))).toBeCloseTo(b / Math.max(1, Math.abs(b)), 6);
          });
        });
      }),
      { numRuns: 30 },
    );
  });
  test('the deviance ratio rises from 0 along the path', () => {
    fc.assert(
      fc.property(families, seeds, shapes, mixes, (family, seed, [n, p], l1Ratio) => {
        const { columns, outcome } = cohort(family, seed, n, p);
        const { devianceRatios } = elasticNetPath(columns, outcome, { ...glmnetSettings, l1Ratio, count: 20 });
        expect(devianceRatios[0]).toBeCloseTo(0, 10);
        devianceRatios.forEach((ratio, k) => {
          expect(ratio).toBeGreaterThanOrEqual((devianceRatios[k - 1] ?? 0) - 1e-10);
        });
      }),
      { numRuns: 40 },
    );
  });
});

describe('elastic net on degenerate data', () => {
  const { columns, outcome } = cohort('gaussian', 4, 30, 6);
  const values = outcome.family === 'gaussian' ? outcome.values : new Float64Array();
  const events = Float64Array.from({ length: 30 }, (_, i) => i % 2);
  const code = (run: () => unknown) => refusal(run).code;

  test.each(['gaussian', 'binomial', 'cox'] as const)('%s: constant and repeated columns', (family) => {
    const made = cohort(family, 8, 40, 4);
    const settings = { ...glmnetSettings, count: 30 };
    const constant = new Float64Array(40).fill(0.1);
    const combination = made.columns[2]!.map((x, i) => x + 3 * made.columns[3]![i]!);
    const wide = [constant, ...made.columns, made.columns[0]!, made.columns[1]!.map((x) => -2 * x + 1), combination];
    const path = elasticNetPath(wide, made.outcome, settings);
    expectAllFinite(path);
    expect(path.coefficients.every((beta) => beta[0] === 0)).toBe(true);
    path.lambdas.forEach((_, k) => {
      const { residual } = checkOptimality(wide, made.outcome, settings, elasticNetModel(path, k));
      expect(residual).toBeLessThan(1e-7);
    });
  });
  test('columns that differ by rounding of 2 to 15 digits', () => {
    fc.assert(
      fc.property(families, seeds, mixes, fc.integer({ min: 2, max: 15 }), (family, seed, l1Ratio, digits) => {
        const random = createRandom(seed);
        const made = cohort(family, seed, 40, 3);
        const copies = made.columns.flatMap((column) => [
          column,
          ...Array.from({ length: 4 }, () => column.map((x) => x + 10 ** -digits * random.normal())),
        ]);
        const settings = { ...glmnetSettings, l1Ratio, count: 20 };
        const path = elasticNetPath(copies, made.outcome, settings);
        const { residual } = checkOptimality(
          copies,
          made.outcome,
          settings,
          elasticNetModel(path, path.lambdas.length - 1),
        );
        expect(residual).toBeLessThan(1e-8 * scaleOf(made.outcome, copies, true));
      }),
      { numRuns: 40 },
    );
  });
  test('columns that split the outcome perfectly still have a penalised solution', () => {
    const x = Float64Array.from({ length: 30 }, (_, i) => i - 14.5);
    const split = { family: 'binomial', events: x.map((value) => Number(value > 0)) } as const;
    const path = elasticNetPath([x, columns[0]!], split);
    expectAllFinite(path);
    expect(path.devianceRatios.at(-1)).toBeGreaterThan(0.99);
  });
  test('a column that orders the event times perfectly too', () => {
    const times = Float64Array.from({ length: 30 }, (_, i) => i + 1);
    const path = elasticNetPath([times.map((t) => -t), columns[0]!], {
      family: 'cox',
      times,
      events: times.map(() => 1),
    });
    expectAllFinite(path);
  });
  test('all event times tied: the risk sets are one and the same', () => {
    const tied = { family: 'cox', times: new Float64Array(30).fill(5), events } as const;
    expectAllFinite(elasticNetPath(columns, tied, { ...glmnetSettings, count: 20 }));
  });
  test('two rows', () => {
    const path = elasticNetPath([Float64Array.of(1, 2)], { family: 'gaussian', values: Float64Array.of(3, 5) });
    expectAllFinite(path);
  });
  test('an outcome of one kind, a constant one, all censored, or an event with no one to compare', () => {
    const zeros = new Float64Array(30);
    expect(code(() => elasticNetPath(columns, { family: 'binomial', events: zeros }))).toBe('STATISTICS_INPUT');
    expect(code(() => elasticNetPath(columns, { family: 'gaussian', values: zeros }))).toBe('STATISTICS_INPUT');
    expect(code(() => elasticNetPath(columns, { family: 'cox', times: values, events: zeros }))).toBe(
      'STATISTICS_INPUT',
    );
    const times = Float64Array.from({ length: 30 }, (_, i) => i + 1);
    const last = times.map((t) => Number(t === 30));
    expect(code(() => elasticNetPath(columns, { family: 'cox', times, events: last }))).toBe('STATISTICS_INPUT');
  });
  test('NaN in a column, in the outcome, in a time; a negative time; an event of 2', () => {
    const bad = (column: Float64Array, value: number) => column.map((x, i) => (i === 3 ? value : x));
    const refused = (run: () => unknown) => expect(code(run)).toBe('STATISTICS_INPUT');
    refused(() => elasticNetPath([columns[0]!, bad(columns[1]!, Number.NaN)], outcome));
    refused(() => elasticNetPath(columns, { family: 'gaussian', values: bad(values, Number.NaN) }));
    refused(() => elasticNetPath(columns, { family: 'binomial', events: bad(events, 2) }));
    const times = events.map((_, i) => i + 1);
    refused(() => elasticNetPath(columns, { family: 'cox', times: bad(times, -1), events }));
    refused(() => elasticNetPath(columns, { family: 'cox', times: bad(times, Number.NaN), events }));
  });
  test('no column that covaries with the outcome has no default penalties', () => {
    const flat = [new Float64Array(30).fill(2)];
    expect(refusal(() => elasticNetPath(flat, outcome))).toMatchObject({
      code: 'STATISTICS_INPUT',
      subject: 'outcome',
    });
    const path = elasticNetPath(flat, outcome, { ...glmnetSettings, lambdas: Float64Array.of(0.5) });
    expect(path.coefficients[0]).toEqual(Float64Array.of(0));
  });
  test.each([
    ['l1Ratio', { l1Ratio: 0 }],
    ['l1Ratio', { l1Ratio: Number.NaN }],
    ['lambdas', { lambdas: Float64Array.of(1, 0) }],
    ['lambdas', { lambdas: new Float64Array() }],
    ['count', { count: 1.5 }],
    ['ratio', { ratio: 1 }],
    ['tolerance', { tolerance: 0 }],
  ])('the setting %s is checked', (subject, change) => {
    const run = () => elasticNetPath(columns, outcome, { ...glmnetSettings, ...change });
    expect(refusal(run)).toEqual({ code: 'STATISTICS_INPUT', subject });
  });
  test('a model of other columns, or another penalty, is refused', () => {
    const path = elasticNetPath(columns, outcome);
    expect(refusal(() => elasticNetModel(path, 1000)).subject).toBe('index');
    expect(refusal(() => predictElasticNet(elasticNetModel(path, 3), columns.slice(1))).subject).toBe('columns');
  });
});

describe('cross-validation', () => {
  const { columns, outcome } = cohort('cox', 5, 60, 8);
  const folds = dealFolds(createRandom(2), 60, 5);

  test('folds fitted one by one, in any order, give the same', () => {
    const settings = { ...glmnetCv, count: 20 };
    const cv = elasticNetCv(columns, outcome, folds, settings);
    const apart = [3, 0, 4, 1, 2].map((fold) => foldErrors(columns, outcome, folds, fold, cv.lambdas, settings));
    const { path, ...together } = cv;
    expect(path.lambdas).toEqual(cv.lambdas);
    expect(combineFolds(cv.lambdas, apart)).toEqual(together);
  });
  test('the penalty of one standard error is not smaller than the best', () => {
    fc.assert(
      fc.property(families, seeds, fc.constantFrom(glmnetCv, scikitLearnCv), (family, seed, convention) => {
        const made = cohort(family, seed, 60, 6);
        const cv = elasticNetCv(made.columns, made.outcome, folds, { ...convention, count: 15, ratio: 0.02 });
        expectAllFinite(cv);
        expect(cv.index1se).toBeLessThanOrEqual(cv.indexMin);
        expect(cv.meanErrors[cv.indexMin]).toBe(Math.min(...cv.meanErrors));
      }),
      { numRuns: 20 },
    );
  });
  test('a fold without event, an empty fold, one fold, a fold that is no number', () => {
    const subject = (of: ArrayLike<number>) => refusal(() => elasticNetCv(columns, outcome, of)).subject;
    const events = outcome.family === 'cox' ? outcome.events : new Float64Array();
    expect(subject(events.map((event, i) => (event === 1 ? i % 2 : 2)))).toBe('folds');
    expect(subject(folds.map((fold) => (fold === 2 ? 3 : fold)))).toBe('folds');
    expect(subject(new Float64Array(60))).toBe('folds');
    expect(subject(Float64Array.from(folds, (fold, i) => (i === 7 ? Number.NaN : fold)))).toBe('folds');
    expect(subject([0, 1])).toBe('folds');
  });
  test('a fold that takes all events away leaves nothing to fit', () => {
    const events = Float64Array.from({ length: 60 }, (_, i) => Number(i < 12));
    const sorted = Array.from({ length: 60 }, (_, i) => Math.floor(i / 12));
    const run = () => elasticNetCv(columns, { family: 'binomial', events }, sorted);
    expect(refusal(run)).toMatchObject({ code: 'STATISTICS_INPUT', subject: 'outcome' });
  });
});
