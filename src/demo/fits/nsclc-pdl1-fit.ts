import { deLongAuc } from '../../statistics/delong.ts';
import { elasticNetCv, glmnetCv } from '../../statistics/elastic-net-cv.ts';
import { fitLogistic, logisticProbability } from '../../statistics/logistic.ts';
import { createRandom, dealFolds } from '../../statistics/random.ts';
import { bestThresholds, rocCurve } from '../../statistics/roc-curve.ts';
import { fitScaling, mean, populationVariance, standardise } from '../../statistics/standardise.ts';
import type { ExpressionMember } from './nsclc-pdl1-cohort.ts';
import type { ExpressionMeasurement } from './nsclc-pdl1-measure.ts';
import { candidatesOf, type FittedSignature, fittedScore } from './signature.ts';

export interface MeasuredExpressionCohort {
  readonly members: readonly ExpressionMember[];
  readonly measured: readonly ExpressionMeasurement[];
}

/** Last layer of the network. */
export interface LastLayer {
  /** Log odds per unit of each kernel's mean answer. */
  readonly weights: readonly number[];
  readonly bias: number;
}

/** `lp = intercept + sum(coefficient * (value - mean) / sd)` over the two signatures. */
export interface Fusion {
  readonly intercept: number;
  readonly members: readonly { readonly coefficient: number; readonly mean: number; readonly sd: number }[];
}

export const expressionFolds = { count: 10, seed: 11 };

/** 1 for a PD-L1 positive tumour. */
export function positives({ members }: MeasuredExpressionCohort): Float64Array {
  return Float64Array.from(members, ({ positive }) => positive);
}

/**
 * Radiomics signature: log odds by a logistic model with an L1 penalty, the penalty of the smallest cross-validated deviance.
 *
 * @throws StatisticsError what the solver refuses.
 */
export function fitRadiomics(cohort: MeasuredExpressionCohort): FittedSignature {
  const outcome = positives(cohort);
  const candidates = candidatesOf(
    cohort.measured.map(({ features }) => features),
    'baseline',
  );
  const usable = candidates.filter(
    ({ values }) =>
      values.every(Number.isFinite) && Math.sqrt(populationVariance(values)) > 1e-6 * Math.abs(mean(values)),
  );
  const raw = usable.map(({ values }) => values);
  const { means, sds } = fitScaling(raw);
  const folds = dealFolds(createRandom(expressionFolds.seed), outcome.length, expressionFolds.count);
  const { path, indexMin, lambdas, meanErrors } = elasticNetCv(
    standardise(raw, { means, sds }),
    { family: 'binomial', events: outcome },
    folds,
    glmnetCv,
  );
  const coefficients = path.coefficients[indexMin] ?? new Float64Array();
  const terms = usable.flatMap(({ feature, of }, at) => {
    const beta = coefficients[at] ?? 0;
    return beta === 0 ? [] : [{ feature, of, mean: means[at] ?? 0, sd: sds[at] ?? 1, beta }];
  });
  return {
    intercept: path.intercepts[indexMin] ?? Number.NaN,
    terms,
    selection: {
      extracted: candidates.length,
      usable: usable.length,
      selected: terms.length,
      lambda: lambdas[indexMin] ?? Number.NaN,
      meanDeviance: meanErrors[indexMin] ?? Number.NaN,
    },
  };
}

/** The network's last layer: a logistic model of the kernels' mean answers. */
export function fitLastLayer(cohort: MeasuredExpressionCohort): LastLayer {
  const kernels = cohort.measured[0]?.pooled.length ?? 0;
  const columns = Array.from({ length: kernels }, (_, k) =>
    Float64Array.from(cohort.measured, ({ pooled }) => pooled[k] ?? Number.NaN),
  );
  const { coefficients } = fitLogistic(columns, positives(cohort));
  return {
    weights: Array.from(coefficients.subarray(1), Math.fround),
    bias: Math.fround(coefficients[0] ?? Number.NaN),
  };
}

/** The two signatures of every member: radiomics, network. */
export function signatureScores(
  cohort: MeasuredExpressionCohort,
  radiomics: FittedSignature,
  { weights, bias }: LastLayer,
): readonly [Float64Array, Float64Array] {
  return [
    Float64Array.from(cohort.measured, ({ features }) => fittedScore(radiomics, features)),
    Float64Array.from(cohort.measured, ({ pooled }) =>
      weights.reduce((sum, weight, k) => sum + weight * (pooled[k] ?? Number.NaN), bias),
    ),
  ];
}

/**
 * The two signatures of every member by fits that have not seen the member. Scores of the fits' own rows are too good, the radiomics
 * signature's more than the network's few weights: a fusion of them would trust the first alone.
 */
export function unseenScores(cohort: MeasuredExpressionCohort): readonly [Float64Array, Float64Array] {
  const { members, measured } = cohort;
  const folds = dealFolds(createRandom(expressionFolds.seed + 1), members.length, expressionFolds.count);
  const [radiomics, network] = [new Float64Array(members.length), new Float64Array(members.length)];
  for (let fold = 0; fold < expressionFolds.count; fold++) {
    const rest = {
      members: members.filter((_, row) => folds[row] !== fold),
      measured: measured.filter((_, row) => folds[row] !== fold),
    };
    const [raSig, dlSig] = signatureScores(cohort, fitRadiomics(rest), fitLastLayer(rest));
    folds.forEach((own, row) => {
      if (own !== fold) return;
      radiomics[row] = raSig[row] ?? Number.NaN;
      network[row] = dlSig[row] ?? Number.NaN;
    });
  }
  return [radiomics, network];
}

/** Fuses the two signatures by a logistic model of their z-scores. */
export function fitFusion(scores: readonly Float64Array[], outcome: Float64Array): Fusion {
  const { means, sds } = fitScaling(scores);
  const { coefficients } = fitLogistic(standardise(scores, { means, sds }), outcome);
  return {
    intercept: coefficients[0] ?? Number.NaN,
    members: scores.map((_, at) => ({
      coefficient: coefficients[at + 1] ?? Number.NaN,
      mean: means[at] ?? Number.NaN,
      sd: sds[at] ?? Number.NaN,
    })),
  };
}

/** Probabilities of a PD-L1 positive tumour. */
export function fusedProbabilities({ intercept, members }: Fusion, scores: readonly Float64Array[]): Float64Array {
  return Float64Array.from(scores[0] ?? [], (_, row) =>
    logisticProbability(
      members.reduce(
        (lp, { coefficient, mean: centre, sd }, at) =>
          lp + (coefficient * ((scores[at]?.[row] ?? Number.NaN) - centre)) / sd,
        intercept,
      ),
    ),
  );
}

/** The cut-off with the largest Youden index; of several the one with the highest sensitivity. */
export function youdenCutoff(probabilities: Float64Array, outcome: Float64Array): number {
  const curve = rocCurve(probabilities, outcome);
  return curve.thresholds[bestThresholds(curve)[0] ?? -1] ?? Number.NaN;
}

/** Area under the ROC curve with its 95% interval. */
export function area(scores: Float64Array, outcome: Float64Array): { auc: number; ci95: readonly [number, number] } {
  const { auc, interval } = deLongAuc(scores, outcome);
  return { auc, ci95: [interval.low, interval.high] };
}
