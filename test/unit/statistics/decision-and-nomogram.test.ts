import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decisionCurve, survivalDecisionCurve } from '../../../src/statistics/decision-curve.ts';
import { chiSquareUpperTail, normalQuantile, normalUpperTail } from '../../../src/statistics/distributions.ts';
import { linearAxis, lpFromPoints, nomogram, pointsFromLp } from '../../../src/statistics/nomogram.ts';
import { expectAllFinite, refusal } from './refusal.ts';

const probability = fc.integer({ min: 0, max: 20 }).map((value) => value / 20);
const rows = fc.array(fc.tuple(probability, fc.integer({ min: 0, max: 1 })), { minLength: 2, maxLength: 40 });
const thresholds = [0.05, 0.2, 0.5, 0.75, 0.99];

describe('decision curves', () => {
  test('no model beats a perfect one, and none is worth more than the event probability', () => {
    fc.assert(
      fc.property(rows, (pairs) => {
        const outcome = pairs.map(([, event]) => event);
        fc.pre(outcome.includes(0) && outcome.includes(1));
        const risk = Float64Array.from(pairs, ([value]) => value);
        const curve = decisionCurve(outcome, risk, thresholds);
        expectAllFinite(curve);
        const perfect = decisionCurve(outcome, Float64Array.from(outcome), thresholds);
        curve.netBenefit.forEach((benefit, k) => {
          expect(benefit).toBeLessThanOrEqual(perfect.netBenefit[k]! + 1e-12);
          expect(perfect.netBenefit[k]).toBeCloseTo(curve.eventProbability, 12);
        });
      }),
    );
  });
  test('without censoring the survival form is the binary one', () => {
    fc.assert(
      fc.property(rows, (pairs) => {
        const outcome = pairs.map(([, event]) => event);
        fc.pre(outcome.includes(0) && outcome.includes(1));
        const risk = Float64Array.from(pairs, ([value]) => value);
        const time = outcome.map((event) => (event === 1 ? 3 : 9));
        const survival = survivalDecisionCurve(time, outcome, risk, 6, thresholds);
        const binary = decisionCurve(outcome, risk, thresholds);
        survival.netBenefit.forEach((benefit, k) => {
          if (benefit !== null) expect(benefit).toBeCloseTo(binary.netBenefit[k]!, 12);
        });
      }),
    );
  });
  test('a risk on the threshold is positive', () => {
    expect(decisionCurve([1, 0], Float64Array.of(0.2, 0.1), [0.2]).truePositiveRate).toEqual([0.5]);
  });
  test('nobody positive gives 0, nobody followed long enough null', () => {
    const curve = survivalDecisionCurve([2, 9, 9], [1, 0, 0], Float64Array.of(0.9, 0.4, 0.3), 6, [0.5, 0.95]);
    expect(curve.netBenefit).toEqual([null, 0]);
  });
  test('bad input is refused', () => {
    const risk = Float64Array.of(0.1, 0.9);
    expect(refusal(() => decisionCurve([0, 0], risk, [0.5])).subject).toBe('outcome');
    expect(refusal(() => decisionCurve([0, 1], risk, [1])).subject).toBe('thresholds');
    expect(refusal(() => decisionCurve([0, 1], Float64Array.of(0.1, 1.1), [0.5])).subject).toBe('risk');
    expect(refusal(() => decisionCurve([0, 1], Float64Array.of(0.1, Number.NaN), [0.5])).code).toBe('STATISTICS_INPUT');
    expect(refusal(() => survivalDecisionCurve([1, 2], [1, 0], risk, 3, [0.5])).subject).toBe('horizon');
    expect(refusal(() => survivalDecisionCurve([1, 2], [1, 0], risk, Number.NaN, [0.5])).subject).toBe('horizon');
  });
});

describe('nomogram', () => {
  const axes = [linearAxis('age', [40, 60, 80], 0.02), linearAxis('score', [1, 11], -0.1)];
  test('each axis starts at 0 points, the widest ends at 100, and points lead back to the linear predictor', () => {
    const built = nomogram(axes, -1);
    expect(built.axes[0]!.points[0]).toBe(0);
    expect(built.axes[1]!.points).toEqual([100, 0]);
    const total = built.axes[0]!.points[2]! + built.axes[1]!.points[0]!;
    expect(lpFromPoints(built, total)).toBeCloseTo(-1 + 1.6 - 0.1, 12);
    expect(pointsFromLp(built, 0.5)).toBeCloseTo(total, 10);
    expect(JSON.parse(JSON.stringify(built))).toEqual(built);
  });
  test('without any effect there is nothing to draw', () => {
    expect(refusal(() => nomogram([linearAxis('age', [1, 2], 0)], 0)).subject).toBe('axes');
    expect(refusal(() => nomogram([], 0)).subject).toBe('axes');
    expect(refusal(() => nomogram([linearAxis('age', [1, 2], Number.NaN)], 0)).subject).toBe('axis age');
    expect(refusal(() => nomogram([{ name: 'sex', values: [0, 1], contributions: [1] }], 0)).subject).toBe('axis sex');
    expect(refusal(() => nomogram(axes, Number.NaN)).subject).toBe('intercept');
  });
});

describe('tails', () => {
  test('chi-squared with 2 and 4 degrees of freedom has a closed form', () => {
    fc.assert(
      fc.property(fc.double({ min: 1e-6, max: 1200, noNaN: true }), (x) => {
        expect(chiSquareUpperTail(x, 2) / Math.exp(-x / 2)).toBeCloseTo(1, 11);
        expect(chiSquareUpperTail(x, 4) / (Math.exp(-x / 2) * (1 + x / 2))).toBeCloseTo(1, 11);
      }),
    );
    expect([chiSquareUpperTail(0, 3), chiSquareUpperTail(Number.POSITIVE_INFINITY, 3)]).toEqual([1, 0]);
  });
  test('the normal quantile undoes the tail', () => {
    fc.assert(
      fc.property(fc.double({ min: -35, max: 5, noNaN: true }), (z) => {
        expect(normalQuantile(normalUpperTail(-z))).toBeCloseTo(z, 8);
      }),
    );
    expect(normalQuantile(0.5)).toBeCloseTo(0, 15);
    expect([normalQuantile(0), normalQuantile(1)]).toEqual([Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY]);
  });
});
