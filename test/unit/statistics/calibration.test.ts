import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { drawRows } from '../../../src/statistics/bootstrap.ts';
import {
  brierScore,
  calibrationErrors,
  calibrationInTheLarge,
  recalibrate,
} from '../../../src/statistics/calibration.ts';
import { bootstrapCalibration } from '../../../src/statistics/calibration-bootstrap.ts';
import { hosmerLemeshow, riskGroups } from '../../../src/statistics/hosmer-lemeshow.ts';
import { integratedDiscrimination, netReclassification } from '../../../src/statistics/idi-nri.ts';
import { logisticProbability } from '../../../src/statistics/logistic.ts';
import { interpolate, lowess } from '../../../src/statistics/lowess.ts';
import { quantiles } from '../../../src/statistics/quantile.ts';
import { createRandom } from '../../../src/statistics/random.ts';
import { giniMeanDifference, validateLogistic } from '../../../src/statistics/validate-logistic.ts';
import { expectAllFinite, refusal } from './refusal.ts';

const column = (...values: number[]) => Float64Array.from(values);

function sample(seed: number, n: number) {
  const random = createRandom(seed);
  const lp = Float64Array.from({ length: n }, () => 1.5 * random.normal());
  const outcome = lp.map((value) => Number(random.uniform() < logisticProbability(value)));
  outcome[0] = 0;
  outcome[1] = 1;
  return { lp, p: lp.map(logisticProbability), outcome };
}

describe('lowess', () => {
  const points = fc.array(fc.tuple(fc.integer({ min: -20, max: 20 }), fc.integer({ min: -9, max: 9 })), {
    minLength: 3,
    maxLength: 40,
  });

  test('leaves a straight line as it is, wherever its points lie', () => {
    fc.assert(
      fc.property(points, (pairs) => {
        const x = Float64Array.from(pairs, ([value]) => value);
        const { x: xs, y } = lowess(
          x,
          x.map((value) => 3 - 2 * value),
        );
        // Neighbours without spread are averaged, not fitted: their mean is that of the same x.
        expect(y).toHaveLength(x.length);
        y.forEach((value, i) => {
          if (i > 0) expect(xs[i]).toBeGreaterThanOrEqual(xs[i - 1]!);
          if (new Set(xs).size === xs.length) expect(value).toBeCloseTo(3 - 2 * xs[i]!, 8);
        });
        expectAllFinite(y);
      }),
    );
  });

  test('turns with its data: shift and scale of y', () => {
    fc.assert(
      fc.property(points, (pairs) => {
        const x = Float64Array.from(pairs, ([value]) => value);
        const y = Float64Array.from(pairs, ([, value]) => value);
        const smooth = lowess(x, y).y;
        lowess(
          x,
          y.map((value) => 10 * value - 3),
        ).y.forEach((value, i) => {
          expect(value).toBeCloseTo(10 * smooth[i]! - 3, 8);
        });
      }),
    );
  });

  test('one x for all rows: their mean', () => {
    expect(Array.from(lowess(column(2, 2, 2), column(1, 2, 6)).y)).toEqual([3, 3, 3]);
  });

  test('interpolates between points, takes the first of a tie, and does not extend', () => {
    const curve = { x: column(0, 1, 1, 3), y: column(0, 2, 9, 6) };
    expect([-1, 0.5, 1, 2, 3, 4].map((at) => interpolate(curve, at))).toEqual([null, 1, 2, 4, 6, null]);
  });

  test('options outside their range and NaN are refused', () => {
    expect(refusal(() => lowess(column(1, 2), column(1, 2), { f: 0 })).subject).toBe('f');
    expect(refusal(() => lowess(column(1, 2), column(1, 2), { delta: -1 })).subject).toBe('delta');
    expect(refusal(() => lowess(column(1, Number.NaN), column(1, 2))).subject).toBe('column 0');
  });
});

describe('calibration', () => {
  test('shifted predictors: the intercept and the shift in the large take it back', () => {
    fc.assert(
      fc.property(fc.integer(), fc.double({ min: -5, max: 5, noNaN: true }), (seed, shift) => {
        const { lp, outcome } = sample(seed, 60);
        const before = calibrationInTheLarge(lp, outcome).estimate;
        const after = calibrationInTheLarge(
          lp.map((value) => value + shift),
          outcome,
        ).estimate;
        expect(after).toBeCloseTo(before - shift, 9);
      }),
    );
  });

  test('in the large the expected count equals the observed one, also from far away', () => {
    const { lp, outcome } = sample(5, 50);
    for (const far of [0, 40, -300]) {
      const moved = lp.map((value) => value + far);
      const { estimate } = calibrationInTheLarge(moved, outcome);
      const expected = moved.reduce((sum, value) => sum + logisticProbability(value + estimate), 0);
      expect(expected).toBeCloseTo(
        outcome.reduce((sum, y) => sum + y, 0),
        8,
      );
    }
  });

  test('Brier score: 0 for perfect, 1 for perfectly wrong, 1/4 for one half', () => {
    expect(brierScore(column(0, 1, 1), [0, 1, 1])).toBe(0);
    expect(brierScore(column(1, 0), [0, 1])).toBe(1);
    expect(brierScore(column(0.5, 0.5), [0, 1])).toBe(0.25);
    expect(refusal(() => brierScore(column(0.5, 1.5), [0, 1])).subject).toBe('p');
    expect(refusal(() => brierScore(column(0.5, 0.5), [0, Number.NaN])).subject).toBe('outcome');
  });

  test('equal predictions have no slope, separating ones neither', () => {
    expect(refusal(() => recalibrate(column(1, 1, 1, 1), [0, 1, 0, 1])).code).toBe('STATISTICS_SINGULAR');
    expect(refusal(() => recalibrate(column(1, 2, 3, 4), [0, 0, 1, 1])).code).toBe('STATISTICS_SEPARATED');
    expectAllFinite(calibrationErrors(column(0.5, 0.5, 0.5, 0.5), [0, 1, 0, 1]));
  });

  test('groups hold every row once; ties leave fewer groups', () => {
    fc.assert(
      fc.property(fc.integer(), fc.integer({ min: 2, max: 12 }), (seed, count) => {
        const { p, outcome } = sample(seed, 40);
        const { groups } = riskGroups(p, outcome, count);
        expect(groups.reduce((sum, group) => sum + group.n, 0)).toBe(40);
        expectAllFinite(groups);
      }),
    );
    const tied = column(0.2, 0.2, 0.2, 0.2, 0.2, 0.9);
    expect(riskGroups(tied, [0, 1, 0, 0, 0, 1], 5).groups).toHaveLength(2);
    expect(refusal(() => hosmerLemeshow(tied, [0, 1, 0, 0, 0, 1], 5)).code).toBe('STATISTICS_SINGULAR');
    expect(refusal(() => hosmerLemeshow(column(0, 0, 0.5, 0.6, 0.7, 0.8), [0, 1, 0, 1, 0, 1], 3)).subject).toBe('p');
    expect(refusal(() => riskGroups(tied, [0, 1, 0, 0, 0, 1], 1)).subject).toBe('count');
  });

  test('quantiles interpolate, and refuse NaN', () => {
    expect(Array.from(quantiles([3, 1, 2], [0, 0.25, 0.5, 1]))).toEqual([1, 1.5, 2, 3]);
    expect(refusal(() => quantiles([], [0.5])).subject).toBe('values');
    expect(refusal(() => quantiles([1, Number.NaN], [0.5])).subject).toBe('values');
    expect(refusal(() => quantiles([1], [1.5])).subject).toBe('probabilities');
  });
});

describe('bootstrap validation', () => {
  const { lp, outcome } = sample(11, 60);
  const noise = createRandom(4);
  const columns = [lp, ...Array.from({ length: 3 }, () => lp.map(() => noise.normal()))];
  const resamples = Array.from({ length: 30 }, () => drawRows(noise, 60));

  test('useless columns make the model look better than it is', () => {
    const { orig, corrected, used, failed } = validateLogistic(columns, outcome, resamples);
    expect(used + failed).toBe(30);
    expect(corrected.Dxy).toBeLessThan(orig.Dxy);
    expect(corrected.Slope).toBeLessThan(1);
    expect(corrected.B).toBeGreaterThan(orig.B);
    expectAllFinite([orig, corrected]);
  });

  test('resamples on which nothing can be fitted are counted, and do not count', () => {
    const single = new Uint32Array(60);
    const { used, failed } = validateLogistic(columns, outcome, [...resamples, single]);
    expect([used, failed]).toEqual([30, 1]);
    expect(bootstrapCalibration(columns, outcome, [...resamples, single]).failed).toBe(1);
    expect(refusal(() => validateLogistic(columns, outcome, [single])).code).toBe('STATISTICS_NOT_CONVERGED');
  });

  test('another fault of a model passes through', () => {
    const broken = () => {
      throw new TypeError('fault');
    };
    expect(() => validateLogistic(columns, outcome, resamples, broken)).toThrow(TypeError);
  });

  test('points beyond the predictions, and a default with too few rows, are refused', () => {
    expect(
      refusal(() => bootstrapCalibration(columns, outcome, resamples, undefined, { points: column(2) })).subject,
    ).toBe('points');
    const few = [column(1, 4, 2, 5, 3, 6)];
    expect(refusal(() => bootstrapCalibration(few, column(0, 0, 1, 1, 0, 1), [])).subject).toBe('points');
  });

  test('Gini’s mean difference is the mean over pairs', () => {
    expect(giniMeanDifference(column(4, 1, 3))).toBeCloseTo((3 + 1 + 2) / 3, 14);
  });
});

describe('IDI and NRI', () => {
  const { p, outcome } = sample(3, 50);
  const worse = p.map((value) => 0.3 + 0.4 * value);

  test('exchanged models change the sign', () => {
    const [up, down] = [integratedDiscrimination(worse, p, outcome), integratedDiscrimination(p, worse, outcome)];
    expect(up.idi).toBeCloseTo(-down.idi, 14);
    expect(up.p).toBeCloseTo(down.p, 12);
    const [first, second] = [netReclassification(worse, p, outcome), netReclassification(p, worse, outcome)];
    expect(first.nri).toBeCloseTo(-second.nri, 14);
  });

  test('the same model twice: 0 with p 1, no NaN', () => {
    const idi = integratedDiscrimination(p, p, outcome);
    const nri = netReclassification(p, p, outcome, [0.2, 0.5]);
    expect([idi.idi, idi.p, nri.nri, nri.p]).toEqual([0, 1, 0, 1]);
    expectAllFinite([idi, nri]);
  });

  test('cut-offs must ascend, probabilities be such, outcomes occur twice', () => {
    expect(refusal(() => netReclassification(p, p, outcome, [0.5, 0.2])).subject).toBe('cutoffs');
    expect(refusal(() => integratedDiscrimination(column(0.1, 2), column(0.1, 0.2), [0, 1])).subject).toBe('p');
    expect(refusal(() => integratedDiscrimination(column(0.1, 0.2), column(0.1, 0.2), [0, 1])).subject).toBe('outcome');
  });
});
