import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { evenTicks } from '../../../src/demo/fits/range.ts';
import { compareTogether, compareWithPlanted, replicatedEffects } from '../../../src/demo/fits/recovery.ts';
import { drawSclcCohort, rereadPersons, sclcSites } from '../../../src/demo/fits/sclc-cohort.ts';
import { foldsByEvent, readSclcFeatures, writeSclcFeatures } from '../../../src/demo/fits/sclc-features-file.ts';
import { type SclcFeatures, sclcRequests } from '../../../src/demo/fits/sclc-measure.ts';
import { plantedDeathEffects, plantedProgressionEffects } from '../../../src/demo/fits/sclc-outcomes.ts';
import {
  deathTraits,
  eventsNeeded,
  progressionTraits,
  replicateDeath,
  replicateProgression,
} from '../../../src/demo/fits/sclc-replicates.ts';
import { fitCox } from '../../../src/statistics/cox.ts';
import { fitLogistic, wald95 } from '../../../src/statistics/logistic.ts';
import { median } from '../../../src/statistics/standardise.ts';

const plan = { size: 4000, seed: 12, noiseSdHu: 12 };
const cohort = drawSclcCohort(plan);

function column(value: (member: (typeof cohort)[number]) => number): Float64Array {
  return Float64Array.from(cohort, value);
}

/** Within one and a half of the 95% limits: two fits with eleven effects shall not fail by chance. */
function expectFound(coefficient: number, standardError: number, planted: number): void {
  expect(Math.abs(coefficient - planted)).toBeLessThan(1.5 * wald95 * standardError);
}

describe('synthetic ES-SCLC cohort', () => {
  test('the same plan gives the same people, another seed others', () => {
    const small = { ...plan, size: 20 };
    expect(drawSclcCohort(small)).toEqual(drawSclcCohort(small));
    expect(drawSclcCohort({ ...small, seed: 13 })).not.toEqual(drawSclcCohort(small));
  });

  test('who else is in the cohort, and the scanner, move neither position nor scan of a person', () => {
    const [first, other] = [cohort[7]!, drawSclcCohort({ ...plan, size: 20, noiseSdHu: 15 })[7]!];
    expect(other.images.plain.tumour.centreMm).toEqual(first.images.plain.tumour.centreMm);
    expect(other.images.plain.noiseSeed).toBe(first.images.plain.noiseSeed);
  });

  test('a logistic fit that sees the hidden traits finds every planted effect on death again', () => {
    const fit = fitLogistic(
      [
        column(({ aggressiveness }) => aggressiveness),
        column(({ clinical }) => clinical.age - 61),
        column(({ clinical }) => clinical.nStage - 2),
      ],
      column(({ death24 }) => death24),
    );
    const { intercept, aggressiveness, age, nStage } = plantedDeathEffects;
    [intercept, aggressiveness, age, nStage].forEach((planted, j) => {
      expectFound(fit.coefficients[j]!, fit.standardErrors[j]!, planted);
    });
  });

  test('a Cox fit that sees the hidden aggressiveness finds every planted effect on progression again', () => {
    const names = ['tStage', 'nStage', 'mStage', 'ecog', 'lipi'] as const;
    const fit = fitCox(
      [
        column(({ aggressiveness }) => aggressiveness),
        ...names.map((name) => column(({ clinical }) => clinical[name])),
      ],
      column(({ pfsMonths }) => pfsMonths),
      column(({ progressed }) => progressed),
    );
    (['aggressiveness', ...names] as const).forEach((name, j) => {
      expectFound(fit.coefficients[j]!, fit.standardErrors[j]!, plantedProgressionEffects[name]);
    });
  });

  test('values stay in their ranges, stages are equally frequent, and outcomes are near the published ones', () => {
    const seen = (name: keyof (typeof cohort)[number]['clinical']) =>
      [...new Set(cohort.map(({ clinical }) => clinical[name]))].sort((a, b) => a - b);
    expect(Math.min(...seen('age'))).toBeGreaterThanOrEqual(38);
    expect(Math.max(...seen('age'))).toBeLessThanOrEqual(82);
    expect(seen('tStage')).toEqual([1, 2, 3, 4]);
    expect(seen('nStage')).toEqual([0, 1, 2, 3]);
    expect(seen('mStage')).toEqual([0, 1]);
    expect(seen('ecog')).toEqual([0, 1, 2]);
    expect(seen('lipi')).toEqual([0, 1, 2]);
    const share = (holds: (member: (typeof cohort)[number]) => boolean) => cohort.filter(holds).length / plan.size;
    for (const category of [1, 2, 3, 4]) {
      expect(share(({ clinical }) => clinical.tStage === category)).toBeCloseTo(0.25, 3);
      expect(share(({ clinical }) => clinical.nStage === category - 1)).toBeCloseTo(0.25, 3);
    }
    // Paper of the nomogram: 82 of 119 dead; of the model of progression: median PFS 7.1 months.
    expect(Math.abs(share(({ death24 }) => death24 === 1) - 82 / 119)).toBeLessThan(0.03);
    expect(Math.abs(median(column(({ pfsMonths }) => pfsMonths)) - 7.1)).toBeLessThan(0.5);
  });

  test('a person is one tumour in three acquisitions, and a second outline leaves the image as it is', () => {
    const [member] = cohort;
    const { plain, venous, venousAfter } = member!.images;
    expect(plain.tumour).toEqual(venous.tumour);
    expect(venousAfter.tumour.seed).toBe(venous.tumour.seed);
    expect(new Set([plain, venous, venousAfter].map(({ noiseSeed }) => noiseSeed)).size).toBe(3);
    const requests = sclcRequests(member!, 0, true);
    expect(requests.map(({ name }) => name)).toEqual([
      'tumour',
      'ring',
      'plain',
      'venous',
      'venousAfter',
      'plainReread',
      'venousReread',
    ]);
    const { outlineSeed, ...image } = requests.at(-1)!.phantom;
    expect(outlineSeed).toBeDefined();
    expect(image).toEqual(venous);
    expect(sclcRequests(member!, rereadPersons, true)).toHaveLength(5);
  });
});

describe('planned size of the training site', () => {
  const persons = drawSclcCohort(sclcSites.training);
  const [death, progression] = [deathTraits(persons), progressionTraits(persons)];

  test('events for a hazard ratio of 2 between two equal groups: 4 (1.959964 + 1.644854)^2 / ln(2)^2', () => {
    const values = Float64Array.from({ length: 40 }, (_, at) => at % 2);
    expect(eventsNeeded([{ name: 'group', planted: Math.log(2), values }])).toEqual([{ name: 'group', events: 109 }]);
    expect(eventsNeeded([{ name: 'score', planted: 'positive', values }])).toEqual([]);
  });

  test('there are more events than any clinical predictor of progression needs', () => {
    const needed = eventsNeeded(progression).map(({ events }) => events);
    expect(needed).toHaveLength(6);
    expect(Math.max(...needed)).toBeLessThan(persons.filter(({ progressed }) => progressed === 1).length);
  });

  // 190 of 200 are expected; fewer than 180 or more than 198 would be less than one in a thousand.
  test.each([
    ['death', replicateDeath(persons, death)],
    ['progression', replicateProgression(persons, progression)],
  ])(
    '%s: of the 95%% intervals over 200 other outcomes about 95%% hold what was planted, and hardly any holds 0',
    (_, found) => {
      for (const { name, covered, detected } of found) {
        expect(covered, name).toBeGreaterThanOrEqual(0.9);
        expect(covered, name).toBeLessThanOrEqual(0.99);
        expect(detected, name).toBeGreaterThanOrEqual(0.95);
      }
    },
  );
});

describe('measured features', () => {
  const empty: SclcFeatures = { plain: {}, venous: {}, venousAfter: {}, tumour: { a: Number.NaN }, ring: { b: 0.1 } };
  const file = path.join(mkdtempSync(path.join(tmpdir(), 'features-')), 'features.json');
  const all = (count: number) => Array.from({ length: count }, () => empty);
  writeSclcFeatures(all(sclcSites.training.size), all(sclcSites.second.size), file);

  test('come back with their persons, undefined ones too', () => {
    const { training, second } = readSclcFeatures(file);
    expect([training.length, second.length]).toEqual([sclcSites.training.size, sclcSites.second.size]);
    expect(second[3]).toMatchObject({ clinical: drawSclcCohort(sclcSites.second)[3]!.clinical, features: empty });
  });

  test('of another extractor are refused', () => {
    const other = JSON.parse(readFileSync(file, 'utf8')) as object;
    const elsewhere = `${file}.other`;
    writeFileSync(elsewhere, JSON.stringify({ ...other, extractorVersion: 'another' }));
    expect(() => readSclcFeatures(elsewhere)).toThrow(/another extractor/);
  });

  test('of other cohorts are refused', () => {
    const other = JSON.parse(readFileSync(file, 'utf8')) as object;
    const elsewhere = `${file}.other`;
    const plans = { ...sclcSites, second: { ...sclcSites.second, seed: 1 } };
    writeFileSync(elsewhere, JSON.stringify({ ...other, plans }));
    expect(() => readSclcFeatures(elsewhere)).toThrow(RangeError);
  });
});

test('events are dealt evenly over the folds', () => {
  const events = Uint8Array.from({ length: 110 }, (_, row) => (row < 78 ? 1 : 0));
  const folds = foldsByEvent(events);
  const perFold = Array.from({ length: 10 }, (_, fold) =>
    events.filter((event, row) => event === 1 && folds[row] === fold),
  );
  expect(perFold.every(({ length }) => length === 7 || length === 8)).toBe(true);
});

describe('comparison with what was planted', () => {
  test('two independent deviations of one standard error each make a chi-squared of 2', () => {
    const together = compareTogether(
      [0.5, -2],
      [
        [0.25, 0],
        [0, 4],
      ],
    );
    expect(together.statistic).toBeCloseTo(2, 12);
    // Upper tail on 2 degrees of freedom: exp(-x / 2).
    expect(together.p).toBeCloseTo(Math.exp(-1), 12);
  });

  test('a number lies within 1.96 standard errors, or does not', () => {
    expect(compareWithPlanted('age', 0.15, 0.2, 0.03).agrees).toBe(true);
    expect(compareWithPlanted('age', 0.15, 0.2, 0.02).agrees).toBe(false);
    expect(compareWithPlanted('age', 0.15, 0.1, 0.02).agrees).toBe(false);
  });

  test('coverage and power are shares of the intervals, power on the planted side', () => {
    const fits = [0.2, 0.5, -0.3, 0.1].map((coefficient) => ({ coefficients: [coefficient], standardErrors: [0.1] }));
    // 0.004 to 0.396, 0.304 to 0.696, -0.496 to -0.104, -0.096 to 0.296.
    expect(replicatedEffects([{ name: 'x', planted: 0.25 }], fits)).toEqual([
      { name: 'x', planted: 0.25, covered: 0.5, detected: 0.5 },
    ]);
    expect(replicatedEffects([{ name: 'x', planted: -0.3 }], fits)).toMatchObject([{ covered: 0.25, detected: 0.25 }]);
    expect(replicatedEffects([{ name: 'x', planted: null }], fits)).toEqual([]);
    expect(replicatedEffects([{ name: 'x', planted: 'positive' }], fits)).toMatchObject([
      { covered: null, detected: 0.5 },
    ]);
  });

  test('a sign is that of the whole interval', () => {
    expect(compareWithPlanted('score', 'positive', 1, 0.4).agrees).toBe(true);
    expect(compareWithPlanted('score', 'positive', 1, 0.6).agrees).toBe(false);
    expect(compareWithPlanted('score', 'negative', -1, 0.4).agrees).toBe(true);
  });
});

test.each([
  [
    [0.13, 0.91],
    [0, 0.2, 0.4, 0.6, 0.8, 1],
  ],
  [
    [-0.31, 1.24],
    [-0.5, 0, 0.5, 1, 1.5],
  ],
  [
    [-2.2, 1.6],
    [-3, -2, -1, 0, 1, 2],
  ],
] as [[number, number], number[]][])('ticks of an axis from %j', (range, ticks) => {
  expect(evenTicks(range)).toEqual(ticks);
});
