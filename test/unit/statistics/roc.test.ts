import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { confusionAt } from '../../../src/statistics/confusion.ts';
import { deLongAuc, deLongPaired, deLongUnpaired } from '../../../src/statistics/delong.ts';
import { exactInterval, wilsonInterval } from '../../../src/statistics/proportion.ts';
import { rankSumTest } from '../../../src/statistics/rank-sum.ts';
import { areaUnderRoc } from '../../../src/statistics/roc.ts';
import { bestThresholds, rocCurve, youdenIndex } from '../../../src/statistics/roc-curve.ts';
import { expectAllFinite, refusal } from './refusal.ts';

const column = (...values: number[]) => Float64Array.from(values);

/** Scores with many ties, and an outcome with each value at least twice. */
const cohort = fc
  .array(fc.record({ score: fc.integer({ min: -4, max: 4 }), y: fc.integer({ min: 0, max: 1 }) }), {
    minLength: 4,
    maxLength: 40,
  })
  .map((rows) => ({
    scores: Float64Array.from(rows, (row) => row.score / 2),
    outcome: Float64Array.from(rows, (row) => row.y),
  }))
  .filter(({ outcome }) => {
    const events = outcome.filter((y) => y === 1).length;
    return events >= 2 && outcome.length - events >= 2;
  });

/** Pairs of an event and a non-event ranked rightly, ties one half: the definition. */
function mannWhitney(scores: Float64Array, outcome: Float64Array): number {
  let u = 0;
  scores.forEach((a, i) => {
    scores.forEach((b, j) => {
      if (outcome[i] === 1 && outcome[j] === 0) u += a > b ? 1 : a === b ? 0.5 : 0;
    });
  });
  return u;
}

describe('area under the ROC curve', () => {
  test('is the Mann-Whitney statistic over the number of pairs, in every place that computes it', () => {
    fc.assert(
      fc.property(cohort, ({ scores, outcome }) => {
        const events = outcome.filter((y) => y === 1).length;
        const u = mannWhitney(scores, outcome);
        const auc = u / (events * (outcome.length - events));
        expect(areaUnderRoc(scores, outcome)).toBeCloseTo(auc, 13);
        expect(deLongAuc(scores, outcome).auc).toBeCloseTo(auc, 13);
        expect(rankSumTest(scores, outcome).u).toBeCloseTo(u, 10);
        const { sensitivities: sens, specificities: spec } = rocCurve(scores, outcome);
        let area = 0;
        for (let i = 1; i < sens.length; i++) area += ((sens[i - 1]! + sens[i]!) / 2) * (spec[i]! - spec[i - 1]!);
        expect(area).toBeCloseTo(auc, 12);
      }),
    );
  });

  test('the other direction, or the other outcome, gives the rest to 1 with the same variance', () => {
    fc.assert(
      fc.property(cohort, ({ scores, outcome }) => {
        const forward = deLongAuc(scores, outcome);
        for (const other of [
          deLongAuc(scores, outcome, '>'),
          deLongAuc(
            scores,
            outcome.map((y) => 1 - y),
          ),
        ]) {
          expect(other.auc).toBeCloseTo(1 - forward.auc, 12);
          expect(other.variance).toBeCloseTo(forward.variance, 12);
        }
        expectAllFinite([forward.interval, forward.se]);
        expect(forward.interval.low).toBeLessThanOrEqual(forward.auc);
        expect(forward.interval.high).toBeGreaterThanOrEqual(forward.auc);
      }),
    );
  });

  test('a score against itself: no difference, z 0, p 1; exchanged scores change the sign', () => {
    fc.assert(
      fc.property(cohort, fc.integer(), ({ scores, outcome }, seed) => {
        const same = deLongPaired(
          scores,
          scores.map((value) => Math.exp(value)),
          outcome,
        );
        expect([same.difference, same.z, same.p]).toEqual([0, 0, 1]);
        const other = scores.map((value, i) => value + Math.sin(seed + i * i));
        const [ab, ba] = [deLongPaired(scores, other, outcome), deLongPaired(other, scores, outcome)];
        expect(ab.difference + ba.difference).toBeCloseTo(0, 14);
        expect(ab.p).toBeCloseTo(ba.p, 12);
        expect(Number.isNaN(ab.p)).toBe(false);
      }),
    );
  });

  test('all scores equal: one half, not estimable, Wilcoxon p 1', () => {
    const result = deLongAuc(column(2, 2, 2, 2), [0, 1, 0, 1]);
    expect(result).toMatchObject({ auc: 0.5, variance: 0, estimable: false, test: { z: 0, p: 1 } });
    expect(rankSumTest(column(2, 2, 2, 2), [0, 1, 0, 1])).toEqual({ u: 2, z: 0, p: 1 });
  });

  test('what has no variance is refused', () => {
    expect(refusal(() => deLongAuc(column(1, 2, 3), [0, 0, 1]))).toEqual({
      code: 'STATISTICS_INPUT',
      subject: 'outcome',
    });
    const perfect = deLongAuc(column(1, 2, 3, 4), [0, 0, 1, 1]);
    expect(refusal(() => deLongUnpaired(perfect, perfect)).code).toBe('STATISTICS_SINGULAR');
    expect(refusal(() => deLongAuc(column(1, 2, Number.NaN, 4), [0, 0, 1, 1])).subject).toBe('column 0');
    expect(refusal(() => deLongAuc(column(1, 2, 3, 4), [0, 0, 1, 1], '<', 95)).subject).toBe('confidence');
  });
});

describe('operating points', () => {
  test('counts at every threshold of the curve are those of the curve', () => {
    fc.assert(
      fc.property(cohort, fc.constantFrom('<' as const, '>' as const), ({ scores, outcome }, direction) => {
        const curve = rocCurve(scores, outcome, direction);
        curve.thresholds.forEach((threshold, i) => {
          const { tp, tn, sensitivity } = confusionAt(scores, outcome, threshold, direction);
          expect([tp, tn]).toEqual([curve.tp[i], curve.tn[i]]);
          expect(sensitivity.value).toBe(curve.sensitivities[i]);
        });
        const best = bestThresholds(curve);
        const highest = Math.max(...Array.from(curve.tp.keys(), (i) => youdenIndex(curve, i)));
        for (const i of best) expect(youdenIndex(curve, i)).toBeCloseTo(highest, 12);
      }),
    );
  });

  test('neighbouring doubles are told apart by their threshold', () => {
    const next = 1 + Number.EPSILON;
    const scores = column(1, 1, next, next);
    for (const [direction, outcome] of [
      ['<', [0, 0, 1, 1]],
      ['>', [1, 1, 0, 0]],
    ] as const) {
      const curve = rocCurve(scores, outcome, direction);
      const { tp, tn } = confusionAt(scores, outcome, curve.thresholds[1]!, direction);
      expect([tp, tn]).toEqual([2, 2]);
    }
  });

  test('ties of Youden’s index are all given', () => {
    const curve = rocCurve(column(1, 2, 3, 4), [0, 1, 0, 1]);
    expect(bestThresholds(curve).map((i) => curve.thresholds[i])).toEqual([1.5, 3.5]);
  });

  test('no positive row: no predictive value instead of NaN', () => {
    const confusion = confusionAt(column(1, 2, 3, 4), [0, 1, 0, 1], Number.POSITIVE_INFINITY);
    expect(confusion.ppv).toBeUndefined();
    expectAllFinite(confusion);
    expect(refusal(() => confusionAt(column(1, 2), [0, 1], Number.NaN)).subject).toBe('threshold');
  });
});

describe('intervals of a proportion', () => {
  test('contain the proportion, lie in [0, 1], and turn round with it', () => {
    const counts = fc
      .integer({ min: 1, max: 2000 })
      .chain((n) => fc.tuple(fc.integer({ min: 0, max: n }), fc.constant(n)));
    fc.assert(
      fc.property(counts, ([k, n]) => {
        for (const interval of [wilsonInterval, exactInterval]) {
          const { low, high } = interval(k, n);
          expect(low).toBeGreaterThanOrEqual(0);
          expect(high).toBeLessThanOrEqual(1);
          expect(low).toBeLessThanOrEqual(k / n);
          expect(high).toBeGreaterThanOrEqual(k / n);
          const turned = interval(n - k, n);
          expect(turned.low).toBeCloseTo(1 - high, 10);
          expect(turned.high).toBeCloseTo(1 - low, 10);
        }
      }),
    );
  });

  test('no event in n: the exact upper limit is 1 - (alpha/2)^(1/n)', () => {
    expect(exactInterval(0, 20).low).toBe(0);
    expect(exactInterval(0, 20).high).toBeCloseTo(1 - 0.025 ** (1 / 20), 12);
    expect(refusal(() => exactInterval(3, 2)).code).toBe('STATISTICS_INPUT');
    expect(refusal(() => wilsonInterval(0, 0)).code).toBe('STATISTICS_INPUT');
  });
});
