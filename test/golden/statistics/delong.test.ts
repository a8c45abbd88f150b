import { describe, expect, test } from 'vitest';
import { type Confusion, confusionAt } from '../../../src/statistics/confusion.ts';
import { deLongAuc, deLongPaired, deLongUnpaired } from '../../../src/statistics/delong.ts';
import type { Proportion } from '../../../src/statistics/proportion.ts';
import { rankSumTest } from '../../../src/statistics/rank-sum.ts';
import { areaUnderRoc } from '../../../src/statistics/roc.ts';
import { bestThresholds, type RocDirection, rocCurve, youdenIndex } from '../../../src/statistics/roc-curve.ts';
import { hasOracles, oracleSkipReason } from '../../helpers/oracles.ts';
import { expectAbsolute, expectRelative, readCases, readTable, readTolerance, unreadFields } from './oracle-table.ts';

interface ProportionReference {
  k: number;
  n: number;
  value: number;
  wilson_low: number;
  wilson_high: number;
  exact_low: number;
  exact_high: number;
}

const rates = ['sensitivity', 'specificity', 'accuracy', 'ppv', 'npv'] as const;
const counts = ['tp', 'fp', 'tn', 'fn'] as const;

type ConfusionReference = { rule: string; threshold: number } & Record<(typeof counts)[number], number> &
  Record<(typeof rates)[number], ProportionReference>;

type Points = Record<'threshold' | 'sensitivity' | 'specificity', (number | string)[]>;

interface RocReference {
  direction: RocDirection;
  n: number;
  n_pos: number;
  auc: number;
  delong_var: number;
  delong_se: number;
  ci_low: number;
  ci_high: number;
  z_vs_half: number | string;
  wilcoxon_p: number;
  roc: { thresholds: (number | string)[]; sensitivities: number[]; specificities: number[] };
  youden: Points & { n_best: number; accuracy: number[]; J: number };
  closest_topleft: Points;
  confusion_at_youden: ConfusionReference;
}

interface PairReference {
  a: string;
  b: string;
  auc_a: number;
  auc_b: number;
  Z: number;
  p: number;
  cov: number;
  ci_diff: [number, number];
}

interface RocCases {
  markers: { input: string; outcome: string; results: Record<string, RocReference> };
  paired_tests: PairReference[];
  train_test: {
    train_rows_1_to: number;
    marker: string;
    train: RocReference;
    test: RocReference;
    test_at_train_youden: ConfusionReference;
    unpaired_delong: { D: number; df: number; p: number };
  };
  perfect_separation: {
    constructed: { y: number[]; score: number[] };
    auc: number;
    delong_var: number;
    ci_low: number;
    ci_high: number;
  };
}

const tolerance = (field: string) => readTolerance('roc_delong', field);

function checkProportion(actual: Proportion | undefined, expected: ProportionReference, subject: string) {
  expect([actual?.k, actual?.n], subject).toEqual([expected.k, expected.n]);
  expectAbsolute(actual!.value, expected.value, tolerance('auc'), subject);
  expectAbsolute(actual!.wilson.low, expected.wilson_low, tolerance('wilson'), `${subject} Wilson low`);
  expectAbsolute(actual!.wilson.high, expected.wilson_high, tolerance('wilson'), `${subject} Wilson high`);
  expectAbsolute(actual!.exact.low, expected.exact_low, tolerance('exact_ci'), `${subject} exact low`);
  expectAbsolute(actual!.exact.high, expected.exact_high, tolerance('exact_ci'), `${subject} exact high`);
}

function checkConfusion(actual: Confusion, expected: ConfusionReference) {
  for (const name of counts) expect(actual[name], name).toBe(expected[name]);
  for (const name of rates) checkProportion(actual[name], expected[name], name);
}

function checkPoints(curve: ReturnType<typeof rocCurve>, indices: number[], expected: Points, subject: string) {
  expect(indices, subject).toHaveLength(expected.threshold.length);
  indices.forEach((at, i) => {
    expectAbsolute(curve.thresholds[at]!, Number(expected.threshold[i]), tolerance('thresholds'), subject);
    expectAbsolute(curve.sensitivities[at]!, Number(expected.sensitivity[i]), tolerance('auc'), subject);
    expectAbsolute(curve.specificities[at]!, Number(expected.specificity[i]), tolerance('auc'), subject);
  });
}

function checkMarker(scores: Float64Array, outcome: Float64Array, expected: RocReference) {
  const { direction } = expected;
  const actual = deLongAuc(scores, outcome, direction);
  expect([actual.n, outcome.filter((y) => y === 1).length]).toEqual([expected.n, expected.n_pos]);
  expectAbsolute(actual.auc, expected.auc, tolerance('auc'), 'AUC');
  const signed = scores.map((value) => (direction === '<' ? value : -value));
  expectAbsolute(areaUnderRoc(signed, outcome), expected.auc, tolerance('auc'), 'area under the curve');
  expectRelative(actual.variance, expected.delong_var, tolerance('delong'), 'variance');
  expectRelative(actual.se, expected.delong_se, tolerance('delong'), 'standard error');
  expectRelative(actual.interval.low, expected.ci_low, tolerance('delong'), 'low');
  expectRelative(actual.interval.high, expected.ci_high, tolerance('delong'), 'high');
  expectRelative(actual.test.z, Number(expected.z_vs_half), tolerance('delong'), 'z');
  expect(actual.estimable).toBe(expected.delong_var > 0);
  expectRelative(rankSumTest(scores, outcome).p, expected.wilcoxon_p, tolerance('p'), 'Wilcoxon p');

  const curve = rocCurve(scores, outcome, direction);
  expect(curve.thresholds).toHaveLength(expected.roc.thresholds.length);
  expected.roc.thresholds.forEach((threshold, i) => {
    if (Number.isFinite(Number(threshold)))
      expectAbsolute(curve.thresholds[i]!, Number(threshold), tolerance('thresholds'), `threshold ${i}`);
    else expect(curve.thresholds[i]).toBe(Number(threshold));
    expectAbsolute(curve.sensitivities[i]!, expected.roc.sensitivities[i]!, tolerance('auc'), `sensitivity ${i}`);
    expectAbsolute(curve.specificities[i]!, expected.roc.specificities[i]!, tolerance('auc'), `specificity ${i}`);
  });
  const best = bestThresholds(curve);
  expect(best).toHaveLength(expected.youden.n_best);
  checkPoints(curve, best, expected.youden, 'Youden');
  expectAbsolute(youdenIndex(curve, best[0]!), expected.youden.J, tolerance('auc'), 'J');
  checkPoints(curve, bestThresholds(curve, 'closest.topleft'), expected.closest_topleft, 'closest.topleft');

  const confusion = confusionAt(scores, outcome, curve.thresholds[best[0]!]!, direction);
  checkConfusion(confusion, expected.confusion_at_youden);
  const cutoff = curve.thresholds[best[0]!]!;
  // There the scores change their sign, not the rule, where controls have the higher ones.
  const sign = direction === '<' ? 1 : -1;
  expectAbsolute(sign * cutoff, expected.confusion_at_youden.threshold, tolerance('thresholds'), 'cut-off');
  expectAbsolute(confusion.accuracy.value, expected.youden.accuracy[0]!, tolerance('auc'), 'accuracy at Youden');
  return { actual, cutoff };
}

describe.skipIf(!hasOracles)(`ROC and DeLong against pROC (skips if: ${oracleSkipReason})`, () => {
  const cases = (hasOracles
    ? readCases('roc_delong')
    : { markers: { results: {} }, paired_tests: [] }) as unknown as RocCases;
  const table = () => readTable(`statistics/roc_delong/${cases.markers.input}`);

  test.each(Object.entries(cases.markers.results))('aSAH %s', (marker, expected) => {
    checkMarker(table().column(marker), table().column(cases.markers.outcome), expected);
  });

  test.each(cases.paired_tests)('paired: $a against $b', (expected) => {
    const [a, b] = [table().column(expected.a), table().column(expected.b)];
    const actual = deLongPaired(a, b, table().column('y'));
    expectAbsolute(actual.difference, expected.auc_a - expected.auc_b, tolerance('auc'), 'difference');
    expectRelative(actual.z, expected.Z, tolerance('delong'), 'Z');
    expectRelative(actual.p, expected.p, tolerance('p'), 'p');
    expectRelative(actual.covariance, expected.cov, tolerance('delong'), 'covariance');
    expectRelative(actual.interval.low, expected.ci_diff[0], tolerance('delong'), 'low');
    expectRelative(actual.interval.high, expected.ci_diff[1], tolerance('delong'), 'high');
  });

  test('train and test: cut-off from the training rows, unpaired comparison', () => {
    const { train_rows_1_to: border, marker, ...expected } = cases.train_test;
    const [scores, outcome] = [table().column(marker), table().column('y')];
    const train = checkMarker(scores.slice(0, border), outcome.slice(0, border), expected.train);
    const held = checkMarker(scores.slice(border), outcome.slice(border), expected.test);
    expectAbsolute(train.cutoff, expected.test_at_train_youden.threshold, tolerance('thresholds'), 'training cut-off');
    checkConfusion(
      confusionAt(scores.slice(border), outcome.slice(border), train.cutoff),
      expected.test_at_train_youden,
    );
    const actual = deLongUnpaired(train.actual, held.actual);
    expectRelative(actual.d, expected.unpaired_delong.D, tolerance('delong'), 'D');
    expectRelative(actual.df, expected.unpaired_delong.df, tolerance('delong'), 'df');
    expectRelative(actual.p, expected.unpaired_delong.p, tolerance('p'), 'p');
  });

  test('perfect separation: the interval shrinks to a point and is marked as not estimable', () => {
    const { constructed, ...expected } = cases.perfect_separation;
    const actual = deLongAuc(Float64Array.from(constructed.score), constructed.y);
    expect(actual.auc).toBe(expected.auc);
    expect(actual.variance).toBe(expected.delong_var);
    expect(actual.interval).toEqual({ low: expected.ci_low, high: expected.ci_high });
    expect(actual.estimable).toBe(false);
  });
});

describe.skipIf(!hasOracles)('the reference roc_delong', () => {
  test('has no field that is not compared, but for', () => {
    expect(
      unreadFields('roc_delong', {
        rule: 'says in words what the direction says',
      }),
    ).toEqual([]);
  });
});
