/**
 * Public entry of the package: `import ... from 'deltascope/statistics'`. Inside the project each file is imported by itself.
 */
export * from './anova-f.ts';
export {
  bcaInterval,
  bootstrapReplicates,
  drawRows,
  jackknife,
  percentileInterval,
  takeRows,
} from './bootstrap.ts';
export {
  brierScore,
  type CalibrationErrors,
  calibrationCurve,
  calibrationErrors,
  calibrationInTheLarge,
  type Recalibration,
  recalibrate,
} from './calibration.ts';
export * from './calibration-bootstrap.ts';
export type { Columns } from './columns.ts';
export * from './concordance.ts';
export * from './confusion.ts';
export * from './cox.ts';
export type { CoxTies } from './cox-likelihood.ts';
export * from './cox-prediction.ts';
export * from './cox-step.ts';
export * from './cox-zph.ts';
export * from './decision-curve.ts';
export * from './delong.ts';
export * from './elastic-net.ts';
export * from './elastic-net-cv.ts';
export * from './elastic-net-model.ts';
export * from './elastic-net-optimality.ts';
export * from './forest-json.ts';
export * from './hosmer-lemeshow.ts';
export * from './icc.ts';
export * from './idi-nri.ts';
export * from './kaplan-meier.ts';
export * from './lasso.ts';
export * from './log-rank.ts';
export { fitLogistic, type LogisticFit, logisticProbability, wald95 } from './logistic.ts';
export * from './logistic-inference.ts';
export * from './logistic-step.ts';
export { type Curve, type LowessOptions, lowess } from './lowess.ts';
export * from './median-cutoff.ts';
export * from './model-terms.ts';
export * from './nomogram.ts';
export { type FitModel, logisticModel, type PredictLinear } from './optimism.ts';
export type { PenalisedOutcome } from './penalised-outcome.ts';
export * from './propensity-match.ts';
export * from './proportion.ts';
export * from './quantile.ts';
export * from './random.ts';
export {
  type FittedForest,
  type Forest,
  type ForestOptions,
  fitForest,
  forestImportances,
  forestProbabilities,
} from './random-forest.ts';
export * from './rank-sum.ts';
export * from './roc.ts';
export * from './roc-curve.ts';
export * from './select-best.ts';
export * from './smote.ts';
export * from './spearman.ts';
export * from './standardise.ts';
export * from './statistics-error.ts';
export * from './survival-calibration.ts';
export * from './time-dependent-roc.ts';
export type { Tree } from './tree.ts';
export * from './tree-shap.ts';
export * from './tree-shap-interventional.ts';
export * from './validate-logistic.ts';
export * from './variance-threshold.ts';
export * from './vif.ts';
export type { ZTest } from './z-test.ts';
