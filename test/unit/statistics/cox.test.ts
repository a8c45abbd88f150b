import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { concordance } from '../../../src/statistics/concordance.ts';
import { type CoxFit, coxNullLogLikelihood, coxTerms, fitCox } from '../../../src/statistics/cox.ts';
import { coxBaselineHazard, coxLinearPredictor, coxSurvival } from '../../../src/statistics/cox-prediction.ts';
import { eliminateCoxTerms } from '../../../src/statistics/cox-step.ts';
import { proportionalHazardsTest } from '../../../src/statistics/cox-zph.ts';
import { logRank } from '../../../src/statistics/log-rank.ts';
import { createRandom } from '../../../src/statistics/random.ts';
import { expectAllFinite, refusal } from './refusal.ts';

/** 60 rows, three covariates of different scale, exponential times in whole units so that some are tied. */
function cohort(seed: number, n = 60) {
  const random = createRandom(seed);
  const draw = () => Float64Array.from({ length: n }, () => random.normal());
  const columns = [draw().map((x) => 65 + 8 * x), draw(), draw().map((x) => Number(x > 0.3))];
  const time = columns[1]!.map((x, i) =>
    Math.ceil((-20 * Math.log(1 - random.uniform())) / Math.exp(0.8 * x - 0.4 * columns[2]![i]!)),
  );
  const status = time.map(() => Number(random.uniform() < 0.7));
  return { columns, time, status };
}

const seeds = fc.integer({ min: 1, max: 1e6 });
const tieMethods = fc.constantFrom('efron' as const, 'breslow' as const);

describe('Cox regression', () => {
  test('scaling a column scales its coefficient; shifting it changes nothing', () => {
    fc.assert(
      fc.property(seeds, tieMethods, fc.constantFrom(1e-6, 0.01, 365.25, 1e6), (seed, ties, factor) => {
        const { columns, time, status } = cohort(seed);
        const fit = fitCox(columns, time, status, { ties });
        const scaled = fitCox([columns[0]!.map((x) => factor * x + 3 * factor), ...columns.slice(1)], time, status, {
          ties,
        });
        expect(scaled.coefficients[0]! * factor).toBeCloseTo(fit.coefficients[0]!, 9);
        expect(scaled.standardErrors[0]! * factor).toBeCloseTo(fit.standardErrors[0]!, 9);
        expect(scaled.coefficients[1]).toBeCloseTo(fit.coefficients[1]!, 8);
        expect(scaled.logLikelihood).toBeCloseTo(fit.logLikelihood, 8);
      }),
      { numRuns: 30 },
    );
  });
  test('fit then predict survives JSON', () => {
    fc.assert(
      fc.property(seeds, tieMethods, (seed, ties) => {
        const { columns, time, status } = cohort(seed);
        const fit = fitCox(columns, time, status, { ties });
        expectAllFinite(fit);
        const read = JSON.parse(JSON.stringify(fit)) as CoxFit;
        expect(read).toEqual(fit);
        for (const t of [0, 3.5, 10]) expect(coxSurvival(read, columns, t)).toEqual(coxSurvival(fit, columns, t));
      }),
      { numRuns: 30 },
    );
  });
  test('the order of rows does not matter', () => {
    fc.assert(
      fc.property(seeds, (seed) => {
        const { columns, time, status } = cohort(seed);
        const fit = fitCox(columns, time, status);
        const reversed = fitCox(
          columns.map((column) => column.toReversed()),
          time.toReversed(),
          status.toReversed(),
        );
        fit.coefficients.forEach((value, j) => {
          expect(reversed.coefficients[j]).toBeCloseTo(value, 9);
        });
      }),
      { numRuns: 20 },
    );
  });
  test('without ties Efron and Breslow agree, and the score test of a group is the log-rank test', () => {
    fc.assert(
      fc.property(seeds, (seed) => {
        const { columns, status } = cohort(seed);
        const random = createRandom(seed);
        const time = status.map(() => random.uniform());
        const group = columns[2]!;
        const fit = fitCox([group], time, status);
        expect(fitCox([group], time, status, { ties: 'breslow' }).coefficients).toEqual(fit.coefficients);
        expect(fit.scoreTest.statistic).toBeCloseTo(logRank(time, status, group).chiSquare, 8);
      }),
      { numRuns: 20 },
    );
  });
  test('predicted survival starts at 1, falls with time and with risk', () => {
    fc.assert(
      fc.property(seeds, (seed) => {
        const { columns, time, status } = cohort(seed);
        const fit = fitCox(columns, time, status);
        expect(coxSurvival(fit, columns, 0).every((value) => value === 1)).toBe(true);
        const [early, late] = [coxSurvival(fit, columns, 5), coxSurvival(fit, columns, 15)];
        const lp = coxLinearPredictor(fit, columns);
        early.forEach((value, i) => {
          expect(late[i]).toBeLessThanOrEqual(value);
          if (lp[i]! > lp[0]!) expect(value).toBeLessThanOrEqual(early[0]!);
        });
        expect(concordance(time, status, lp).c).toBeGreaterThanOrEqual(0.5);
      }),
      { numRuns: 20 },
    );
  });
  test('one row can be predicted', () => {
    const { columns, time, status } = cohort(4);
    const fit = fitCox(columns, time, status);
    const one = columns.map((column) => column.slice(7, 8));
    expect(coxSurvival(fit, one, 10)[0]).toBe(coxSurvival(fit, columns, 10)[7]);
  });
  test('the baseline at zero and at the means give the same survival', () => {
    const { columns, time, status } = cohort(5);
    const fit = fitCox(columns, time, status);
    const [lp, raw] = [coxLinearPredictor(fit, columns), coxLinearPredictor(fit, columns, 'zero')];
    const atMeans = coxBaselineHazard(fit, 10) * Math.exp(lp[3]!);
    expect(coxBaselineHazard(fit, 10, 'zero') * Math.exp(raw[3]!)).toBeCloseTo(atMeans, 12);
  });
});

describe('Cox regression names what it can not fit', () => {
  const { columns, time, status } = cohort(1);
  const [age, score, group] = columns as [Float64Array, Float64Array, Float64Array];

  test('a repeated column and a constant column are singular', () => {
    const twice = age.map((value) => 2 * value - 3);
    expect(refusal(() => fitCox([age, score, twice], time, status))).toEqual({
      code: 'STATISTICS_SINGULAR',
      subject: 'column 2',
    });
    const constant = age.map(() => 0.1);
    expect(refusal(() => fitCox([age, constant], time, status))).toEqual({
      code: 'STATISTICS_SINGULAR',
      subject: 'column 1',
    });
  });
  test('a column that is constant among the rows at risk is singular', () => {
    const early = Float64Array.of(1, 0, 0, 0, 0);
    expect(refusal(() => fitCox([early], [1, 2, 3, 4, 5], [0, 1, 0, 1, 1])).code).toBe('STATISTICS_SINGULAR');
  });
  test('a group without events is separated', () => {
    const censored = status.map((value, i) => (group[i] === 1 ? 0 : value));
    expect(refusal(() => fitCox([age, group], time, censored))).toEqual({
      code: 'STATISTICS_SEPARATED',
      subject: 'column 1',
    });
  });
  test('a score that orders the events perfectly is separated', () => {
    expect(refusal(() => fitCox([Float64Array.of(9, 7, 4, 2, 1)], [1, 2, 3, 4, 5], [1, 1, 1, 1, 1])).code).toBe(
      'STATISTICS_SEPARATED',
    );
    const small = [1e-7, 3e-7, 2e-7, 5e-7, 4e-7].map((value) => 5e-7 - value);
    expect(refusal(() => fitCox([Float64Array.from(small)], [1, 3, 2, 5, 4], [1, 1, 1, 1, 1])).code).toBe(
      'STATISTICS_SEPARATED',
    );
  });
  test('a very strong but finite effect is fitted', () => {
    const strong = Float64Array.from({ length: 200 }, (_, i) => i + (i % 7 === 0 ? 12 : 0));
    const [falling, events] = [strong.map((_, i) => 200 - i), strong.map(() => 1)];
    const fit = fitCox([strong], falling, events);
    expectAllFinite(fit);
    expect(fit.coefficients[0]).toBeGreaterThan(0.1);
  });
  test('more columns than events leave no finite maximum', () => {
    const many = Array.from({ length: 5 }, (_, j) =>
      Float64Array.from({ length: 6 }, (_, i) => Math.sin(i * (j + 1.3))),
    );
    expect(refusal(() => fitCox(many, [1, 2, 3, 4, 5, 6], [1, 1, 0, 0, 0, 0])).code).toBe('STATISTICS_SEPARATED');
  });
  test('every event at one time can still be fitted', () => {
    const fit = fitCox([Float64Array.of(1, 2, 3, 4, 2, 3)], [5, 5, 5, 9, 9, 9], [1, 1, 1, 0, 0, 0]);
    expectAllFinite(fit);
    expect(
      refusal(() =>
        proportionalHazardsTest(fit, [Float64Array.of(1, 2, 3, 4, 2, 3)], [5, 5, 5, 9, 9, 9], [1, 1, 1, 0, 0, 0]),
      ).subject,
    ).toBe('time');
  });
  test('NaN, no event, no column, wrong lengths are refused', () => {
    const withNaN = age.map((value, i) => (i === 3 ? Number.NaN : value));
    expect(refusal(() => fitCox([score, withNaN], time, status))).toEqual({
      code: 'STATISTICS_INPUT',
      subject: 'column 1',
    });
    expect(
      refusal(() =>
        fitCox(
          [age],
          time,
          status.map(() => 0),
        ),
      ).subject,
    ).toBe('status');
    expect(refusal(() => fitCox([], time, status)).subject).toBe('columns');
    expect(refusal(() => fitCox([age.slice(1)], time, status)).subject).toBe('column 0');
    expect(
      refusal(() =>
        coxNullLogLikelihood(
          time,
          status.map(() => 0),
        ),
      ).subject,
    ).toBe('status');
  });
  test('predictions refuse another number of columns and a time after follow-up', () => {
    const fit = fitCox([age, score], time, status);
    expect(refusal(() => coxLinearPredictor(fit, [age])).subject).toBe('columns');
    expect(refusal(() => coxSurvival(fit, [age, score], 1e6)).subject).toBe('t');
    expect(refusal(() => coxTerms(fit, 1)).subject).toBe('confidence');
  });
  test('an extreme patient does not make NaN of a hazard of 0', () => {
    const fit = fitCox([score], time, status);
    expect(coxSurvival(fit, [Float64Array.of(1e6)], 0)[0]).toBe(1);
    expect(coxSurvival(fit, [Float64Array.of(1e6)], 10)[0]).toBe(0);
  });
});

describe('backward elimination', () => {
  const { columns, time, status } = cohort(8);
  const terms = ['age', 'score', 'group'].map((name, j) => ({ name, columns: [columns[j]!] }));
  test('the AIC falls in every round but the last', () => {
    const { trace, aic, kept, fit } = eliminateCoxTerms(terms, time, status);
    trace.slice(1).forEach((round, k) => {
      expect(round.aic).toBeLessThan(trace[k]!.aic);
      expect(round.aic).toBe(Math.min(...trace[k]!.aicWithout));
    });
    expect(trace.at(-1)).toMatchObject({ terms: kept, aic, dropped: null });
    expect(fit?.aic ?? aic).toBe(aic);
  });
  test('may end without any term', () => {
    const noise = createRandom(3);
    const random = Float64Array.from(time, () => noise.normal());
    const result = eliminateCoxTerms([{ name: 'noise', columns: [random] }], time, status);
    expect(result).toMatchObject({ kept: [], fit: null });
    expect(result.aic).toBe(-2 * coxNullLogLikelihood(time, status));
  });
  test('a term without columns is refused', () => {
    expect(refusal(() => eliminateCoxTerms([{ name: 'stage', columns: [] }], time, status)).subject).toBe('term stage');
  });
});

describe('test of proportional hazards', () => {
  const { columns, time, status } = cohort(11);
  const fit = fitCox(columns, time, status);
  test('a linear change of the time scale changes nothing', () => {
    const of = (transform: (t: number) => number) =>
      proportionalHazardsTest(fit, columns, time, status, { transform }).global.statistic;
    expect(of((t) => 5 - 30 * t)).toBeCloseTo(
      of((t) => t),
      8,
    );
  });
  test('finds a hazard ratio that turns round', () => {
    const random = createRandom(2);
    const high = Float64Array.from({ length: 400 }, (_, i) => i % 2);
    // The high group has its events first half early and then late, the low group in between.
    const turning = high.map((x) => (x === 1 ? (random.uniform() < 0.5 ? 0 : 10) : 4) + 4 * random.uniform());
    const events = turning.map(() => 1);
    const result = proportionalHazardsTest(fitCox([high], turning, events), [high], turning, events);
    expect(result.global.p).toBeLessThan(1e-6);
    expect(result.terms[0]!.statistic).toBeCloseTo(result.global.statistic, 8);
  });
  test('terms have to name each column once, the transform to be finite', () => {
    const run = (options: object) => () => proportionalHazardsTest(fit, columns, time, status, options);
    expect(refusal(run({ terms: [[0], [1]] })).subject).toBe('terms');
    expect(refusal(run({ terms: [[0], [1, 1]] })).subject).toBe('terms');
    expect(refusal(run({ transform: () => Number.NaN })).subject).toBe('transform');
    expect(refusal(run({ transform: () => 3 })).code).toBe('STATISTICS_INPUT');
  });
});
