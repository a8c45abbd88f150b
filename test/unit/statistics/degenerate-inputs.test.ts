import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import * as statistics from '../../../src/statistics/statistics.ts';
import { StatisticsError } from '../../../src/statistics/statistics.ts';
import { type DegenerateData, degenerateCase, degenerateData } from './degenerate-data.ts';

type Call = (data: DegenerateData) => unknown;

const s = statistics;
const random = () => s.createRandom(1);
const rows = ({ columns }: DegenerateData) => columns[0]?.length ?? 0;
const cox = ({ columns, time, status }: DegenerateData) => s.fitCox(columns, time, status);
const logistic = ({ columns, outcome }: DegenerateData) => s.fitLogistic(columns, outcome);
const forest = ({ columns, outcome }: DegenerateData) => s.fitForest(columns, outcome, random(), { trees: 3 });
const terms = ({ columns }: DegenerateData) => columns.map((column, j) => ({ name: `x${j}`, columns: [column] }));
const resamples = (data: DegenerateData) =>
  Array.from({ length: 4 }, (_, k) => s.drawRows(s.createRandom(k), Math.max(1, rows(data))));
const outcomes = ({ score, outcome, time, status }: DegenerateData): statistics.PenalisedOutcome[] => [
  { family: 'gaussian', values: score },
  { family: 'binomial', events: outcome },
  { family: 'cox', times: time, events: status },
];
const eachFamily = (data: DegenerateData, run: (outcome: statistics.PenalisedOutcome) => unknown) =>
  outcomes(data).map((outcome) => orRefusal(() => run(outcome)));
const net: statistics.CvSettings = { ...s.glmnetCv, count: 5 };
const path = (data: DegenerateData) =>
  s.elasticNetPath(data.columns, { family: 'gaussian', values: data.score }, { ...net, l1Ratio: 0.5 });
const scoreMean =
  ({ score }: DegenerateData) =>
  (at: Uint32Array) =>
    s.mean(Array.from(at, (row) => score[row]!));

/** One call, or several, of each function of the public entry. */
const calls: Record<string, Call> = {
  addNormalNoise: ({ score }) => s.addNormalNoise(random(), 0, new Float64Array(score.length)),
  anovaF: ({ columns, folds }) => s.anovaF(columns, folds),
  areaUnderRoc: ({ score, outcome }) => s.areaUnderRoc(score, outcome),
  bcaInterval: ({ score, other }) => s.bcaInterval(score, other[0] ?? 0, other),
  bestThresholds: ({ score, outcome }) => s.bestThresholds(s.rocCurve(score, outcome), 'closest.topleft'),
  bootstrapCalibration: (d) =>
    s.bootstrapCalibration(d.columns, d.outcome, resamples(d), undefined, { points: d.p.slice(0, 2) }),
  bootstrapReplicates: (d) => s.bootstrapReplicates(random(), Math.max(1, d.score.length), 3, scoreMean(d)),
  brierScore: ({ p, outcome }) => s.brierScore(p, outcome),
  calibrationCurve: ({ p, q, outcome }) => s.calibrationCurve(p, outcome, q),
  calibrationErrors: ({ p, outcome }) => s.calibrationErrors(p, outcome),
  calibrationInTheLarge: ({ score, outcome }) => s.calibrationInTheLarge(score, outcome),
  checkOptimality: (d) =>
    eachFamily(d, (outcome) =>
      s.checkOptimality(d.columns, outcome, net, { lambda: 0.1, coefficients: d.columns.map(() => 0.5), intercept: 0 }),
    ),
  combineFolds: (d) =>
    s.combineFolds(Float64Array.of(1, 0.5), [
      { fold: 0, units: 1, weight: 1, errors: d.score.slice(0, 2) },
      { fold: 1, units: 1, weight: 1, errors: d.other.slice(0, 2) },
    ]),
  compareRiskGroups: ({ time, status, outcome }) => s.compareRiskGroups(time, status, outcome),
  concordance: ({ time, status, score }) => s.concordance(time, status, score),
  confusionAt: ({ score, outcome, other }) => s.confusionAt(score, outcome, other[0] ?? 0),
  covariateBalance: ({ score, outcome }) => s.covariateBalance(score, outcome),
  coxBaselineHazard: (d) => [0, 1, 50].map((t) => s.coxBaselineHazard(cox(d), t, 'zero')),
  coxLinearPredictor: (d) => s.coxLinearPredictor(cox(d), d.columns),
  coxNullLogLikelihood: ({ time, status }) => s.coxNullLogLikelihood(time, status),
  coxSurvival: (d) => s.coxSurvival(cox(d), d.columns, 1),
  coxTerms: (d) => s.coxTerms(cox(d)),
  createRandom: ({ score }) => s.createRandom(score[0] ?? 0).normal(),
  dealFolds: (d) => s.dealFolds(random(), rows(d), 2),
  deLongAuc: ({ score, outcome }) => s.deLongAuc(score, outcome),
  deLongPaired: ({ score, other, outcome }) => s.deLongPaired(score, other, outcome),
  deLongUnpaired: ({ score, other, outcome }) =>
    s.deLongUnpaired(s.deLongAuc(score, outcome), s.deLongAuc(other, outcome)),
  decisionCurve: ({ outcome, p }) => s.decisionCurve(outcome, p, [1e-9, 0.3, 0.5, 1 - 1e-9]),
  drawRows: (d) => s.drawRows(random(), rows(d)),
  elasticNetCv: (d) => eachFamily(d, (outcome) => s.elasticNetCv(d.columns, outcome, d.folds, net)),
  elasticNetModel: (d) => s.elasticNetModel(path(d), 1),
  elasticNetPath: (d) =>
    eachFamily(d, (outcome) => [
      s.elasticNetPath(d.columns, outcome, net),
      s.elasticNetPath(d.columns, outcome, { ...s.scikitLearnSettings, count: 5, l1Ratio: 0.5 }),
    ]),
  eliminateCoxTerms: (d) => s.eliminateCoxTerms(terms(d), d.time, d.status),
  eliminateLogisticTerms: (d) => s.eliminateLogisticTerms(terms(d), d.outcome),
  equalGroups: ({ score }) => s.equalGroups(score, 3),
  exactInterval: ({ score, other }) => s.exactInterval(Math.abs(score[0] ?? 1), Math.abs(other[0] ?? 0)),
  fitCox: (d) => [cox(d), s.fitCox(d.columns, d.time, d.status, { ties: 'breslow' })],
  fitForest: (d) => forest(d),
  fitLogistic: logistic,
  fitScaling: ({ columns }) => s.fitScaling(columns),
  foldErrors: (d) =>
    eachFamily(d, (outcome) => s.foldErrors(d.columns, outcome, d.folds, 1, Float64Array.of(1, 0.1), net)),
  forestFromJson: (d) => s.forestFromJson(s.forestToJson(forest(d).forest)),
  forestImportances: (d) => s.forestImportances(forest(d).forest),
  forestProbabilities: (d) => s.forestProbabilities(forest(d).forest, d.columns),
  forestToJson: (d) => s.forestToJson(forest(d).forest),
  giniMeanDifference: ({ score }) => s.giniMeanDifference(score),
  hosmerLemeshow: ({ p, outcome }) => s.hosmerLemeshow(p, outcome, 4),
  icc: ({ columns }) =>
    (['ICC1', 'ICC2', 'ICC3'] as const).flatMap((form) =>
      (['single', 'average'] as const).map((unit) => orRefusal(() => s.icc(columns, form, unit))),
    ),
  integratedDiscrimination: ({ p, q, outcome }) => s.integratedDiscrimination(p, q, outcome),
  interventionalShap: (d) => s.interventionalShap(forest(d).forest, d.columns, 0, d.columns),
  jackknife: (d) => s.jackknife(d.score.length, scoreMean(d)),
  kaplanMeier: ({ time, status }) =>
    (['log', 'log-log', 'plain'] as const).map((interval) => s.kaplanMeier(time, status, { interval })),
  lassoAlphas: ({ columns, score }) => s.lassoAlphas(columns, score),
  lassoCv: ({ columns, score, folds }) => s.lassoCv(columns, score, folds, Float64Array.of(1, 0.1)),
  lassoPath: ({ columns, score }) => s.lassoPath(columns, score, Float64Array.of(1, 0.1)),
  likelihoodRatioTest: ({ score, other }) => s.likelihoodRatioTest(score[0] ?? 0, other[0] ?? 0, 1),
  linearAxis: ({ score }) => s.linearAxis('x', Array.from(score), 2),
  logisticIndexes: ({ score, outcome }) => s.logisticIndexes(score, outcome),
  logisticInference: (d) => s.logisticInference(logistic(d), rows(d)),
  logisticModel: (d) => s.logisticModel(d.columns, d.outcome)(d.columns),
  logisticProbability: ({ score }) => s.logisticProbability(score[0] ?? 0),
  logRank: ({ time, status, folds }) => [
    s.logRank(time, status, folds),
    orRefusal(() => s.logRank(time, status, folds, { rho: 1 })),
  ],
  lowess: ({ score, other }) => s.lowess(score, other),
  lpFromPoints: ({ score }) => s.lpFromPoints(s.nomogram([s.linearAxis('x', Array.from(score), 1)], 0), 50),
  matchPropensity: ({ p, outcome }) => s.matchPropensity(p, outcome, { width: 0.2, unit: 'sd' }),
  mean: ({ score }) => s.mean(score),
  meanSquares: ({ columns }) => s.meanSquares(columns),
  median: ({ score }) => s.median(score),
  medianSurvival: ({ time, status }) => s.medianSurvival(s.kaplanMeier(time, status)),
  netReclassification: ({ p, q, outcome }) => [
    s.netReclassification(p, q, outcome),
    s.netReclassification(p, q, outcome, [0.2]),
  ],
  nomogram: ({ columns }) =>
    s.nomogram(
      columns.map((column, j) => s.linearAxis(`x${j}`, Array.from(column), 1)),
      1,
    ),
  pathDependentShap: (d) => s.pathDependentShap(forest(d).forest, d.columns, 0),
  pearson: ({ score, other }) => s.pearson(score, other),
  percentileInterval: ({ score }) => s.percentileInterval(score),
  pointsFromLp: ({ score }) => s.pointsFromLp(s.nomogram([s.linearAxis('x', Array.from(score), 1)], 0), 1),
  populationVariance: ({ score }) => s.populationVariance(score),
  predictElasticNet: (d) => s.predictElasticNet(s.elasticNetModel(path(d), 1), d.columns),
  profileLimits: (d) => s.profileLimits(d.columns, d.outcome, logistic(d)),
  proportion: ({ folds }) => s.proportion(folds[0] ?? 0, folds.length),
  proportionalHazardsTest: (d) => s.proportionalHazardsTest(cox(d), d.columns, d.time, d.status),
  quantiles: ({ score }) => s.quantiles(score, [0, 0.3, 1]),
  randomSmoteDraws: () => s.randomSmoteDraws(random(), 3, 2)(),
  rankSumTest: ({ score, outcome }) => s.rankSumTest(score, outcome),
  recalibrate: ({ score, outcome }) => s.recalibrate(score, outcome),
  restrictedMean: ({ time, status }) => s.restrictedMean(s.kaplanMeier(time, status)),
  riskGroups: ({ p, outcome }) => s.riskGroups(p, outcome, 4),
  rocCurve: ({ score, outcome }) => s.rocCurve(score, outcome),
  selectBest: ({ columns, folds }) => s.selectBest(s.anovaF(columns, folds).f, 1),
  slopeCovariance: (d) => s.slopeCovariance(logistic(d).covariance),
  smote: ({ columns, outcome }) => s.smote(columns, outcome, 1, s.randomSmoteDraws(random(), 1, 1)),
  spearman: ({ score, other }) => [s.spearman(score, other), s.spearman(score, other, 't')],
  splitAtCutoff: ({ score, other }) => s.splitAtCutoff(score, other[0] ?? 0, '>'),
  standardise: ({ columns }) => s.standardise(columns, s.fitScaling(columns)),
  survivalAt: ({ time, status }) => [0, 1, 1e9].map((t) => s.survivalAt(s.kaplanMeier(time, status), t)),
  survivalCalibration: ({ p, time, status, folds }) => s.survivalCalibration(p, time, status, 2, folds),
  survivalDecisionCurve: ({ time, status, p }) => s.survivalDecisionCurve(time, status, p, 2, [0.1, 0.5]),
  survivalQuantile: ({ time, status }) => s.survivalQuantile(s.kaplanMeier(time, status), 0.25),
  takeRows: ({ columns }) => s.takeRows(columns, [0, 0]),
  timeDependentRoc: ({ time, status, score }) => s.timeDependentRoc(time, status, score, 2),
  treatmentContrasts: ({ folds }) => s.treatmentContrasts(Array.from(folds, String), ['0', '1']),
  uncensoredBefore: ({ time, status }) => s.uncensoredBefore(time, status),
  validateLogistic: (d) => s.validateLogistic(d.columns, d.outcome, resamples(d)),
  varianceThreshold: ({ columns }) => s.varianceThreshold(columns, 0.5),
  vif: ({ columns }) => s.vif(columns),
  vifOfCovariance: (d) => s.vifOfCovariance(s.slopeCovariance(logistic(d).covariance), [d.columns.length]),
  vifOfTerms: (d) => s.vifOfTerms(terms(d)),
  wilsonInterval: ({ score, other }) => s.wilsonInterval(Math.abs(score[0] ?? 1), Math.abs(other[0] ?? 0)),
  youdenIndex: ({ score, outcome }) => s.youdenIndex(s.rocCurve(score, outcome), 0),
};

/** Where a result is not a finite number on purpose: by function, the last name of its path. */
const defined: Record<string, readonly string[]> = {
  // Classes without any spread that differ: R and scikit-learn have it, too.
  anovaF: ['f'],
  icc: ['f', 'low'],
  covariateBalance: ['smdPooled', 'smdTreated'],
  // An estimate with a standard error of 0.
  deLongAuc: ['z'],
  deLongPaired: ['z'],
  integratedDiscrimination: ['z'],
  netReclassification: ['z'],
  // exp() of a large coefficient of a column with next to no spread.
  coxTerms: ['hazardRatio', 'upper'],
  // The ends of the curve, as in pROC.
  rocCurve: ['thresholds'],
  // A copy of what it is given.
  takeRows: [''],
};

function orRefusal(run: () => unknown): unknown {
  try {
    return run();
  } catch (error) {
    if (error instanceof StatisticsError) return error.code;
    throw error;
  }
}

/** Paths of what is no finite number in a result; NaN is none anywhere, infinity where `but` does not name the field. */
function notFinite(value: unknown, but: readonly string[], path = '', field = ''): string[] {
  if (typeof value === 'number') {
    const allowed = but.includes(field) && (!Number.isNaN(value) || field === '');
    return Number.isFinite(value) || allowed ? [] : [`${path} is ${value}`];
  }
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, child]) =>
    notFinite(child, but, `${path}.${key}`, /^\d+$/.test(key) ? field : key),
  );
}

describe('degenerate data', () => {
  test('every function of the public entry is in the list', () => {
    const functions = Object.entries(statistics).filter(
      ([name, value]) => typeof value === 'function' && name !== StatisticsError.name,
    );
    expect(Object.keys(calls).sort()).toEqual(functions.map(([name]) => name).sort());
  });

  test.each(Object.entries(calls))('%s: finite numbers, or an error with a code', (name, call) => {
    fc.assert(
      fc.property(degenerateCase, (one) => {
        expect(
          notFinite(
            orRefusal(() => call(degenerateData(one))),
            defined[name] ?? [],
          ),
        ).toEqual([]);
      }),
      { numRuns: 150 },
    );
  });
});
