import { describe, expect, test } from 'vitest';
import { foldsByEvent } from '../../../src/demo/fits/sclc-features-file.ts';
import {
  candidatesOf,
  fitBinarySignature,
  fitSurvivalSignature,
  fittedScore,
  isReliable,
} from '../../../src/demo/fits/signature.ts';
import { createRandom } from '../../../src/statistics/random.ts';

const random = createRandom(8);
const persons = Array.from({ length: 90 }, () => {
  const signal = random.normal();
  return {
    signal,
    images: {
      venous: {
        original_shape_Signal: 40 + 5 * signal,
        original_shape_Copy: 400 + 50 * signal,
        original_glcm_Noise: 2 * random.normal(),
        original_glcm_Small: 0.01 * signal,
        original_firstorder_Constant: 7,
        original_ngtdm_Missing: signal > 1 ? Number.NaN : signal,
      },
    },
  };
});
const images = persons.map((person) => person.images);
const candidates = candidatesOf(images, 'venous');
const keys = candidates.map(({ feature }) => feature);
const outcome = Float64Array.from(persons, ({ signal }) => (signal + 0.6 * random.normal() > 0 ? 1 : 0));
const folds = foldsByEvent(outcome);

describe('signature of a 0/1 outcome', () => {
  const all = { reliable: new Set(keys), variance: 0.8, unit: 1 };
  const signature = fitBinarySignature(candidates, outcome, folds, all);

  test('constant, missing, hardly varying and unassociated features are left out', () => {
    expect(signature.selection).toMatchObject({ extracted: 6, usable: 4, reliable: 4, varying: 3, associated: 2 });
    const names = signature.terms.map(({ feature }) => feature);
    expect(names.length).toBeGreaterThan(0);
    expect(names.every((name) => /Signal|Copy/.test(name))).toBe(true);
    expect(signature.terms.every(({ of }) => of === 'venous')).toBe(true);
  });

  test('features on which readers disagree are left out', () => {
    const { selection, terms } = fitBinarySignature(candidates, outcome, folds, {
      ...all,
      reliable: new Set(['original_shape_Copy', 'original_glcm_Noise']),
    });
    expect(selection).toMatchObject({ reliable: 2, associated: 1 });
    expect(terms.map(({ feature }) => feature)).toEqual(['original_shape_Copy']);
  });

  test('the unit decides what a variance of 0.8 is', () => {
    expect(fitBinarySignature(candidates, outcome, folds, { ...all, unit: 0.001 }).selection.varying).toBe(4);
  });

  test('the score follows the features, and is not a number without one of them', () => {
    const scores = images.map((own) => fittedScore(signature, own));
    expect(scores.reduce((sum, score) => sum + score, 0) / scores.length).toBeCloseTo(signature.intercept, 10);
    const { feature, mean, sd, beta } = signature.terms[0]!;
    const one = { ...signature, terms: [signature.terms[0]!] };
    expect(fittedScore(one, { venous: { [feature]: mean + 2 * sd } })).toBeCloseTo(signature.intercept + 2 * beta, 12);
    expect(fittedScore(signature, { venous: {} })).toBeNaN();
    expect(fittedScore(signature, {})).toBeNaN();
  });
});

test('a signature of times has a positive weight for what shortens them', () => {
  const time = Float64Array.from(persons, ({ signal }) => -Math.log(1 - random.uniform()) / Math.exp(signal));
  const status = time.map((months) => (months < 2 ? 1 : 0));
  const followed = time.map((months) => Math.min(months, 2));
  const { terms, selection, intercept } = fitSurvivalSignature(candidates, followed, status, foldsByEvent(status));
  expect(selection).toMatchObject({ extracted: 6, usable: 4 });
  expect(intercept).toBe(0);
  const share = (name: RegExp) =>
    terms.filter(({ feature }) => name.test(feature)).reduce((sum, { beta }) => sum + beta, 0);
  expect(share(/Signal|Copy|Small/)).toBeGreaterThan(0.5);
  expect(Math.abs(share(/Noise/))).toBeLessThan(0.25);
});

test('readers agree when an outline changes a feature little against how much persons differ', () => {
  const first = Array.from({ length: 30 }, () => random.normal());
  const near = first.map((value) => value + 0.2 * random.normal());
  const far = first.map((value) => value + random.normal());
  expect(isReliable(first, near)).toBe(true);
  expect(isReliable(first, far)).toBe(false);
  // Absolute agreement: a reader who always draws larger does not agree.
  expect(
    isReliable(
      first,
      near.map((value) => value + 2),
    ),
  ).toBe(false);
  expect(isReliable(first.fill(1), first)).toBe(false);
  expect(isReliable([...near.slice(1), Number.NaN], near)).toBe(false);
});
