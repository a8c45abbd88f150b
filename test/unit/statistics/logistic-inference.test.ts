import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { fitLogistic, maximiseLogistic } from '../../../src/statistics/logistic.ts';
import { likelihoodRatioTest, logisticInference, profileLimits } from '../../../src/statistics/logistic-inference.ts';
import { eliminateLogisticTerms } from '../../../src/statistics/logistic-step.ts';
import { treatmentContrasts } from '../../../src/statistics/model-terms.ts';
import { createRandom } from '../../../src/statistics/random.ts';
import { slopeCovariance, vif, vifOfCovariance, vifOfTerms } from '../../../src/statistics/vif.ts';
import { expectAllFinite, refusal } from './refusal.ts';

/** 80 rows, two covariates that matter on different scales and one that does not. */
function cohort(seed: number) {
  const random = createRandom(seed);
  const draw = () => Float64Array.from({ length: 80 }, () => random.normal());
  const columns = [draw().map((x) => 65 + 8 * x), draw(), draw()];
  const outcome = columns[1]!.map((x, i) =>
    i < 2 ? i : Number(random.uniform() < 1 / (1 + Math.exp(-0.6 * x - (columns[0]![i]! - 65) / 16))),
  );
  return { columns, outcome };
}

const seeds = fc.integer({ min: 1, max: 1e6 });

describe('inference after logistic regression', () => {
  test('a profile limit lies where the deviance has risen by the square of 1.96, on either side of the estimate', () => {
    fc.assert(
      fc.property(seeds, fc.constantFrom(0.8, 0.95, 0.999), (seed, confidence) => {
        const { columns, outcome } = cohort(seed);
        const fit = fitLogistic(columns, outcome);
        const { low, high } = profileLimits(columns, outcome, fit, confidence);
        const z = { 0.8: 1.2815515655446, 0.95: 1.959963984540054, 0.999: 3.290526731491926 }[confidence]!;
        const ones = new Float64Array(80).fill(1);
        for (const limit of [low[2]!, high[2]!]) {
          const offset = columns[1]!.map((x) => limit * x);
          const { deviance } = maximiseLogistic([ones, columns[0]!, columns[2]!], outcome, offset);
          expect(deviance - fit.deviance).toBeCloseTo(z * z, 7);
        }
        fit.coefficients.forEach((b, j) => {
          expect(low[j]).toBeLessThan(b);
          expect(high[j]).toBeGreaterThan(b);
        });
      }),
      { numRuns: 20 },
    );
  });
  test('scaling a column scales its coefficient and its limits; tests and criteria stay', () => {
    fc.assert(
      fc.property(seeds, fc.constantFrom(1e-6, 365.25, 1e5), (seed, factor) => {
        const { columns, outcome } = cohort(seed);
        const scaled = [columns[0]!, columns[1]!.map((x) => factor * x), columns[2]!];
        const [a, b] = [columns, scaled].map((table) => {
          const fit = fitLogistic(table, outcome);
          return { fit, ...logisticInference(fit, 80), profile: profileLimits(table, outcome, fit) };
        });
        expect(b!.fit.coefficients[2]! * factor).toBeCloseTo(a!.fit.coefficients[2]!, 9);
        expect(b!.high[2]! * factor).toBeCloseTo(a!.high[2]!, 9);
        expect(b!.profile.low[2]! * factor).toBeCloseTo(a!.profile.low[2]!, 7);
        expect(b!.aic).toBeCloseTo(a!.aic, 8);
        expect(b!.p[2]).toBeCloseTo(a!.p[2]!, 9);
        expectAllFinite(a);
      }),
      { numRuns: 20 },
    );
  });
  test('a test on no degrees of freedom says nothing; rounding does not make a deviance negative', () => {
    expect(likelihoodRatioTest(10, 10, 0).p).toBe(1);
    expect(likelihoodRatioTest(10, 10 + 1e-12, 1)).toEqual({ chiSquare: 0, df: 1, p: 1 });
  });
  test('a confidence of 1, or a fit of other columns, is refused', () => {
    const { columns, outcome } = cohort(3);
    const fit = fitLogistic(columns, outcome);
    expect(refusal(() => logisticInference(fit, 80, 1)).code).toBe('STATISTICS_INPUT');
    expect(refusal(() => profileLimits(columns.slice(1), outcome, fit)).subject).toBe('fit');
  });
});

describe('backward elimination', () => {
  test('no model of the trace has a smaller AIC than the last, and no term could go', () => {
    fc.assert(
      fc.property(seeds, (seed) => {
        const { columns, outcome } = cohort(seed);
        const terms = columns.map((column, j) => ({ name: `x${j}`, columns: [column] }));
        const { trace, kept } = eliminateLogisticTerms(terms, outcome);
        const last = trace.at(-1)!;
        expect(last.terms).toEqual(kept);
        expect(last.dropped).toBeNull();
        for (const { candidates } of trace)
          for (const { aic } of candidates) expect(aic).toBeGreaterThanOrEqual(last.candidates[0]!.aic);
      }),
      { numRuns: 20 },
    );
  });
  test('may end with the intercept alone', () => {
    const outcome = Float64Array.from({ length: 40 }, (_, i) => i % 2);
    const flat = Float64Array.from({ length: 40 }, (_, i) => Math.floor(i / 2) % 2);
    const { kept, fit } = eliminateLogisticTerms([{ name: 'flat', columns: [flat] }], outcome);
    expect(kept).toEqual([]);
    expect(fit.coefficients).toHaveLength(1);
  });
  test('a term without a column is refused', () => {
    const { columns, outcome } = cohort(1);
    const terms = [
      { name: 'age', columns: [columns[0]!] },
      { name: 'empty', columns: [] },
    ];
    expect(refusal(() => eliminateLogisticTerms(terms, outcome)).subject).toBe('term empty');
  });
  test('a factor is coded against its first level, and levels that do not occur are refused', () => {
    expect(treatmentContrasts(['b', 'a', 'c', 'b'], ['a', 'b', 'c'])).toEqual([
      Float64Array.of(1, 0, 0, 1),
      Float64Array.of(0, 0, 1, 0),
    ]);
    expect(refusal(() => treatmentContrasts(['a', 'd'], ['a', 'b'])).subject).toBe('labels');
    expect(refusal(() => treatmentContrasts(['a', 'b'], ['a', 'b', 'c'])).subject).toBe('levels');
    expect(refusal(() => treatmentContrasts(['a', 'a'], ['a'])).subject).toBe('levels');
  });
});

describe('variance inflation', () => {
  test('is 1 or more, needs no scale, and agrees with its general form', () => {
    fc.assert(
      fc.property(seeds, (seed) => {
        const { columns, outcome } = cohort(seed);
        const mixed = [...columns, columns[0]!.map((x, i) => x / 8 + columns[1]![i]! + columns[2]![i]! ** 2)];
        const values = vif(mixed);
        const other = vif(mixed.map((column, j) => column.map((x) => 10 ** j * x - 5)));
        const terms = vifOfTerms(mixed.map((column, j) => ({ name: `x${j}`, columns: [column] })));
        values.forEach((value, j) => {
          expect(value).toBeGreaterThanOrEqual(1 - 1e-12);
          expect(other[j]! / value).toBeCloseTo(1, 8);
          expect(terms[j]!.gvif / value).toBeCloseTo(1, 8);
        });
        expectAllFinite(vifOfCovariance(slopeCovariance(fitLogistic(columns, outcome).covariance), [1, 2]));
      }),
      { numRuns: 20 },
    );
  });
  test('a constant column, a repeated one and a covariance of another size are refused', () => {
    const { columns } = cohort(2);
    expect(refusal(() => vif([...columns, new Float64Array(80).fill(3)]))).toEqual({
      code: 'STATISTICS_SINGULAR',
      subject: 'column 3',
    });
    const sum = columns[0]!.map((x, i) => x - columns[1]![i]!);
    expect(refusal(() => vif([...columns, sum])).code).toBe('STATISTICS_SINGULAR');
    expect(refusal(() => vif([])).code).toBe('STATISTICS_INPUT');
    expect(refusal(() => vifOfCovariance(new Float64Array(4), [1])).code).toBe('STATISTICS_INPUT');
    expect(refusal(() => vifOfCovariance(Float64Array.of(1, 1, 1, 1), [1, 1])).code).toBe('STATISTICS_SINGULAR');
  });
});
