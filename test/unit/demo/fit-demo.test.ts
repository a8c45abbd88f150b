import { describe, expect, test } from 'vitest';
import { fitSignature, signatureScore } from '../../../src/demo/fit-demo-signature.ts';
import { drawCohort, plantedEffects } from '../../../src/demo/phantom/phantom-cohort.ts';
import { fitLogistic, wald95 } from '../../../src/statistics/logistic.ts';
import { createRandom, dealFolds } from '../../../src/statistics/random.ts';

describe('synthetic cohort', () => {
  const plan = { size: 4000, seed: 12, noiseSdHu: 12 };

  test('the same plan gives the same people', () => {
    expect(drawCohort({ ...plan, size: 5 })).toEqual(drawCohort({ ...plan, size: 5 }));
    expect(drawCohort({ ...plan, size: 5 })).not.toEqual(drawCohort({ ...plan, size: 5, seed: 13 }));
  });

  test('a fit that sees the hidden aggressiveness finds every planted effect again', () => {
    const cohort = drawCohort(plan);
    const fit = fitLogistic(
      [
        Float64Array.from(cohort, ({ aggressiveness }) => aggressiveness),
        Float64Array.from(cohort, ({ ageYears }) => ageYears - 61),
        Float64Array.from(cohort, ({ nStage }) => nStage - 2),
      ],
      cohort.map(({ outcome }) => outcome),
    );
    const { intercept, aggressiveness, age, nStage } = plantedEffects;
    [intercept, aggressiveness, age, nStage].forEach((planted, j) => {
      expect(Math.abs(fit.coefficients[j]! - planted)).toBeLessThan(1.5 * wald95 * fit.standardErrors[j]!);
    });
  });

  test('ages and stages stay in their ranges, about 7 of 10 are high risk', () => {
    const cohort = drawCohort(plan);
    expect(cohort.every(({ ageYears }) => ageYears >= 38 && ageYears <= 82)).toBe(true);
    expect([...new Set(cohort.map(({ nStage }) => nStage))].sort()).toEqual([0, 1, 2, 3]);
    const share = cohort.filter(({ outcome }) => outcome === 1).length / cohort.length;
    expect(share).toBeGreaterThan(0.62);
    expect(share).toBeLessThan(0.78);
  });
});

describe('signature', () => {
  const random = createRandom(8);
  const images = Array.from({ length: 90 }, () => {
    const signal = random.normal();
    return {
      original_shape_Signal: 40 + 5 * signal,
      original_shape_Copy: 400 + 50 * signal,
      original_glcm_Noise: random.normal(),
      original_firstorder_Constant: 7,
    };
  });
  const outcome = Float64Array.from(images, ({ original_shape_Signal }) =>
    original_shape_Signal + 3 * random.normal() > 40 ? 1 : 0,
  );
  const folds = dealFolds(createRandom(1), 90, 10);
  const signature = fitSignature(images, outcome, folds);

  test('constant features and those without association are left out', () => {
    const names = signature.terms.map(({ feature }) => feature);
    expect(names).not.toContain('original_firstorder_Constant');
    expect(names.some((name) => /Signal|Copy/.test(name))).toBe(true);
    expect(signature.selection).toMatchObject({ extracted: 4, varying: 3, selected: names.length });
  });
  test('the score follows the features, and is not a number without one of them', () => {
    const scores = images.map((features) => signatureScore(signature, features));
    const mean = scores.reduce((sum, score) => sum + score, 0) / scores.length;
    expect(mean).toBeCloseTo(signature.intercept, 10);
    expect(signatureScore(signature, {})).toBeNaN();
  });
});
