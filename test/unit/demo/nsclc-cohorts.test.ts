import { describe, expect, test } from 'vitest';
import {
  drawBenefitCohort,
  plantedBenefitEffects,
  progressedWithin,
} from '../../../src/demo/fits/nsclc-benefit-cohort.ts';
import { recoverBenefitEffects } from '../../../src/demo/fits/nsclc-benefit-report.ts';
import { clusterCentres, nearestCentre } from '../../../src/demo/fits/nsclc-clusters.ts';
import { searchForest } from '../../../src/demo/fits/nsclc-forest-fit.ts';
import { drawExpressionCohort, plantedExpressionEffects } from '../../../src/demo/fits/nsclc-pdl1-cohort.ts';
import { type ForestJson, forestFromJson, forestToJson } from '../../../src/statistics/forest-json.ts';
import { fitLogistic, wald95 } from '../../../src/statistics/logistic.ts';
import { createRandom } from '../../../src/statistics/random.ts';
import { forestProbabilities } from '../../../src/statistics/random-forest.ts';
import { hasPapers, paperText } from '../../helpers/papers.ts';

const large = { size: 4000, seed: 12, noiseSdHu: 12 };

describe('cohort of advanced NSCLC under a checkpoint inhibitor', () => {
  const cohort = drawBenefitCohort(large);
  const share = (test: (member: (typeof cohort)[number]) => boolean) => cohort.filter(test).length / cohort.length;

  test('the same plan gives the same people', () => {
    expect(drawBenefitCohort({ ...large, size: 5 })).toEqual(cohort.slice(0, 5));
    expect(drawBenefitCohort({ ...large, size: 5, seed: 13 })).not.toEqual(cohort.slice(0, 5));
  });

  test('a fit that sees what is hidden finds every planted effect again', () => {
    const found = recoverBenefitEffects(cohort);
    expect(found.map(({ name }) => name).sort()).toEqual(
      ['haemoglobinBaseline', 'liverMetastases', 'nlrAfterCycle2', 'resistance', 'siiAfterCycle2'].sort(),
    );
    for (const { planted, ci95 } of found) {
      const [middle, half] = [(ci95[0] + ci95[1]) / 2, (ci95[1] - ci95[0]) / 2];
      // Five intervals of 95% at once: a half more.
      expect(Math.abs(middle - Number(planted))).toBeLessThan(1.5 * half);
    }
  });

  // 95 of 100 are expected; fewer than 87 would be less than one in a thousand.
  test('of the 95% intervals of 100 other cohorts of 160 about 95% hold what was planted, and few hold 0', () => {
    const cohorts = Array.from({ length: 100 }, (_, k) => drawBenefitCohort({ ...large, size: 160, seed: 5000 + k }));
    const found = cohorts.map(recoverBenefitEffects);
    for (const name of found[0]!.map((effect) => effect.name)) {
      const own = found.map((effects) => effects.find((effect) => effect.name === name)!);
      expect(own.filter(({ agrees }) => agrees).length, name).toBeGreaterThanOrEqual(87);
      expect(own.filter(({ ci95: [low, high] }) => low > 0 || high < 0).length, name).toBeGreaterThanOrEqual(85);
    }
  });

  test('a tumour that resists shrinks less: its radius follows the hidden resistance', () => {
    const growth = cohort.map(({ images: { baseline, firstFollowUp } }) =>
      Math.log(firstFollowUp.tumour.radiusMm / baseline.tumour.radiusMm),
    );
    const mean = (rows: number[]) => rows.reduce((sum, row) => sum + row, 0) / rows.length;
    const split = (high: boolean) => growth.filter((_, at) => cohort[at]!.resistance > 0 === high);
    expect(mean(split(true))).toBeGreaterThan(mean(split(false)) + 0.1);
    expect(plantedBenefitEffects.resistance).toBeGreaterThan(0);
  });

  test.skipIf(!hasPapers)("sex, smoking, histology, surgery and progression are near the paper's shares", () => {
    const text = paperText('003').replace(/\s+/g, ' ');
    const percent = (pattern: RegExp) => Number(pattern.exec(text)?.[1]) / 100;
    const near = (own: number, published: number) => expect(Math.abs(own - published)).toBeLessThan(0.035);
    near(
      share(({ facts }) => facts.sex === 'female'),
      percent(/Female 80 \(([\d.]+)%\)/),
    );
    near(
      share(({ facts }) => facts.smokingStatus === 'current'),
      percent(/Current smoker 55 \(([\d.]+)%\)/),
    );
    near(
      share(({ facts }) => facts.smokingStatus === 'former'),
      percent(/Former smoker 180 \(([\d.]+)%\)/),
    );
    near(
      share(({ facts }) => facts.histologySubtype === 'adenocarcinoma'),
      percent(/Adenocarcinoma 203 \(([\d.]+)%\)/),
    );
    near(
      share(({ facts }) => facts.surgery === true),
      percent(/Yes 37 \(([\d.]+)%\)/),
    );
    near(
      share((member) => progressedWithin(6, member) === 1),
      percent(/Non.responders 148 \(([\d.]+)%\)/),
    );
    near(
      share((member) => progressedWithin(9, member) === 0),
      percent(/only ([\d.]+)% responded after 9 months/),
    );
  });
});

describe('cohort of NSCLC with a PD-L1 status', () => {
  test('the same plan gives the same people, and the planted effects are found again', () => {
    const cohort = drawExpressionCohort(large);
    expect(drawExpressionCohort({ ...large, size: 5 })).toEqual(cohort.slice(0, 5));
    const { coefficients, standardErrors } = fitLogistic(
      [Float64Array.from(cohort, ({ trait }) => trait), Float64Array.from(cohort, ({ growth }) => growth)],
      cohort.map(({ positive }) => positive),
    );
    const { intercept, trait, growth } = plantedExpressionEffects;
    [intercept, trait, growth].forEach((planted, j) => {
      expect(Math.abs(coefficients[j]! - planted)).toBeLessThan(1.5 * wald95 * standardErrors[j]!);
    });
  });
});

describe('cluster means', () => {
  test('three distant groups are found, whatever the order of the rows', () => {
    const random = createRandom(3);
    const corners = [
      [0, 0],
      [20, 0],
      [0, 20],
    ];
    const rows = Array.from({ length: 90 }, (_, i) => corners[i % 3]!.map((middle) => middle + random.normal()));
    const centres = clusterCentres(rows, 3, 8);
    for (const corner of corners) {
      const distance = Math.min(
        ...centres.map((centre) => Math.hypot(centre[0]! - corner[0]!, centre[1]! - corner[1]!)),
      );
      expect(distance).toBeLessThan(0.6);
    }
  });

  test('a row goes to the centre that is nearest by what is known of it', () => {
    const centres = [
      [0, 0],
      [3, 10],
    ];
    expect(nearestCentre(centres, [2, undefined])).toBe(1);
    expect(nearestCentre(centres, [2, 1])).toBe(0);
    expect(nearestCentre(centres, [undefined, undefined])).toBe(0);
  });

  test('fewer rows than groups are refused', () => {
    expect(() => clusterCentres([[1, 2]], 3, 8)).toThrow(RangeError);
  });
});

describe('forest with searched hyperparameters', () => {
  const random = createRandom(21);
  const signal = Float64Array.from({ length: 120 }, () => random.normal());
  const noise = Array.from({ length: 6 }, () => Float64Array.from({ length: 120 }, () => random.normal()));
  const outcome = signal.map((value) => (value + 0.7 * random.normal() > 0.6 ? 1 : 0));
  const groups = [signal, signal.map((value) => 2 * value), ...noise].map((values, at) => ({
    columns: [{ name: `column${at}`, values }],
  }));
  const search = {
    ...{ seed: 5, draws: 6, folds: 3, trees: [20], maxDepth: [2, 3], minSamplesLeaf: [3], groups: [1, 3] },
    smoteNeighbours: 5,
  };
  const chosen = searchForest(groups, outcome, search);

  test('the same seed gives the same forest, which predicts the rows left out', () => {
    expect(searchForest(groups, outcome, search)).toEqual(chosen);
    expect(chosen.crossValidatedAuc).toBeGreaterThan(0.8);
  });

  test('the column with the signal is taken, and its copy is left out', () => {
    const taken = chosen.columns.filter((name) => name === 'column0' || name === 'column1');
    expect(taken).toHaveLength(1);
  });

  test('the forest is the same after JSON', () => {
    const columns = chosen.columns.map((name) => groups[Number(name.slice(6))]!.columns[0]!.values);
    const again = forestFromJson(JSON.parse(JSON.stringify(forestToJson(chosen.forest))) as ForestJson);
    expect(forestProbabilities(again, columns)).toEqual(forestProbabilities(chosen.forest, columns));
  });

  test('without a draw there is nothing to choose from', () => {
    expect(() => searchForest(groups, outcome, { ...search, draws: 0 })).toThrow(RangeError);
  });
});
