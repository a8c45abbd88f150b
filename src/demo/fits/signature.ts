import { anovaF } from '../../statistics/anova-f.ts';
import { elasticNetCv, glmnetCv } from '../../statistics/elastic-net-cv.ts';
import { icc } from '../../statistics/icc.ts';
import { lassoCv } from '../../statistics/lasso.ts';
import { fitScaling, mean, populationVariance, standardise } from '../../statistics/standardise.ts';
import { StatisticsError } from '../../statistics/statistics-error.ts';
import { varianceThreshold } from '../../statistics/variance-threshold.ts';

/** One feature over the training cohort. */
export interface Candidate {
  /** PyRadiomics key. */
  readonly feature: string;
  /** Image or delta that it is taken from, by its name in the model. */
  readonly of: string;
  /** A value a person, NaN where it is missing. */
  readonly values: Float64Array;
}

/** `score = intercept + sum(beta * (value - mean) / sd)`. */
export interface FittedSignature {
  readonly intercept: number;
  readonly terms: readonly {
    readonly feature: string;
    readonly of: string;
    readonly mean: number;
    readonly sd: number;
    readonly beta: number;
  }[];
  /** Number of features that each step of the selection left, and the penalty with its cross-validated error. */
  readonly selection: Readonly<Record<string, number>>;
}

/** Feature values of one person by image or delta; a feature that is missing is absent or NaN. */
export type ImageFeatures = Readonly<Record<string, Readonly<Record<string, number | undefined>>>>;

/** Relative spread below which a feature counts as constant: the rest of a sum that ought to be 0. */
const nearConstant = 1e-6;
const significance = 0.05;
const reliability = 0.8;

/**
 * All features of one image or delta over a cohort, those that any person has, in the order of the first person that has them.
 *
 * @param keep Which keys; all by default.
 */
export function candidatesOf(
  persons: readonly ImageFeatures[],
  of: string,
  keep: (feature: string) => boolean = () => true,
): Candidate[] {
  const keys = new Set(persons.flatMap((person) => Object.keys(person[of] ?? {})));
  return [...keys].filter(keep).map((feature) => ({
    feature,
    of,
    values: Float64Array.from(persons, (person) => person[of]?.[feature] ?? Number.NaN),
  }));
}

/** Whether a feature of every person is a number, and not one and the same but for rounding. */
function isUsable({ values }: Candidate): boolean {
  return values.every(Number.isFinite) && Math.sqrt(populationVariance(values)) > nearConstant * Math.abs(mean(values));
}

/**
 * Whether two readers' outlines give about the same value: ICC(A,1) above 0.8. A feature that is missing or the same in all
 * persons has no reliability.
 */
export function isReliable(first: ArrayLike<number>, second: ArrayLike<number>): boolean {
  const ratings = [Float64Array.from(first), Float64Array.from(second)];
  if (!ratings.every((column) => column.every(Number.isFinite))) return false;
  try {
    return icc(ratings, 'ICC2', 'single').value > reliability;
  } catch (error) {
    if (error instanceof StatisticsError && error.code === 'STATISTICS_SINGULAR') return false;
    throw error;
  }
}

export interface BinarySelection {
  /** Keys that two readers agree on. */
  readonly reliable: ReadonlySet<string>;
  /** Least variance, strictly, in squared `unit`s. */
  readonly variance: number;
  /** What the variance counts in: 1 for the features' own units, 0.01 for fractions in percent. */
  readonly unit: number;
}

/**
 * Fits a signature to a 0/1 outcome as the published ones were: reliable features, variance threshold, z-score, p < 0.05 in a
 * one-way analysis of variance over the outcome, then LASSO on the outcome as a number with the penalty of the smallest
 * cross-validated mean squared error.
 *
 * Scaling and selection see all rows before the folds are made, as in the publication: the cross-validated error is optimistic,
 * so that only another cohort tells how good the signature is.
 *
 * @param folds Fold `0..k-1` per row.
 * @throws StatisticsError if no feature is left.
 */
export function fitBinarySignature(
  candidates: readonly Candidate[],
  outcome: Float64Array,
  folds: ArrayLike<number>,
  { reliable, variance, unit }: BinarySelection,
): FittedSignature {
  const usable = candidates.filter(isUsable);
  const agreed = usable.filter(({ feature }) => reliable.has(feature));
  const inUnits = agreed.map(({ values }) => values.map((value) => value / unit));
  const varying = varianceThreshold(inUnits, variance).kept.flatMap((at) => agreed[at] ?? []);
  const { p } = anovaF(
    varying.map(({ values }) => values),
    outcome,
  );
  const associated = varying.filter((_, at) => (p[at] ?? 1) < significance);
  const raw = associated.map(({ values }) => values);
  const scaling = fitScaling(raw);
  const { coefficients, intercept, alpha, meanMse, index } = lassoCv(standardise(raw, scaling), outcome, folds);
  return {
    intercept,
    terms: termsOf(associated, scaling, coefficients),
    selection: {
      extracted: candidates.length,
      usable: usable.length,
      reliable: agreed.length,
      varying: varying.length,
      associated: associated.length,
      selected: coefficients.filter((beta) => beta !== 0).length,
      alpha,
      meanMse: meanMse[index] ?? Number.NaN,
    },
  };
}

/**
 * Fits a signature to the time to an event: z-score, then the Cox model with an L1 penalty, the penalty of the smallest
 * cross-validated partial likelihood deviance.
 *
 * @param time Follow-up, months.
 * @param status 1 event, 0 censored.
 * @param folds Fold `0..k-1` per row, each with an event.
 * @throws StatisticsError if a fold has no event.
 */
export function fitSurvivalSignature(
  candidates: readonly Candidate[],
  time: Float64Array,
  status: Float64Array,
  folds: ArrayLike<number>,
): FittedSignature {
  const usable = candidates.filter(isUsable);
  const raw = usable.map(({ values }) => values);
  const scaling = fitScaling(raw);
  const outcome = { family: 'cox', times: time, events: status } as const;
  const { path, indexMin, lambdas, meanErrors } = elasticNetCv(standardise(raw, scaling), outcome, folds, glmnetCv);
  const coefficients = path.coefficients[indexMin] ?? new Float64Array();
  return {
    intercept: 0,
    terms: termsOf(usable, scaling, coefficients),
    selection: {
      extracted: candidates.length,
      usable: usable.length,
      selected: coefficients.filter((beta) => beta !== 0).length,
      lambda: lambdas[indexMin] ?? Number.NaN,
      meanDeviance: meanErrors[indexMin] ?? Number.NaN,
    },
  };
}

function termsOf(
  columns: readonly Candidate[],
  { means, sds }: { readonly means: Float64Array; readonly sds: Float64Array },
  coefficients: Float64Array,
): FittedSignature['terms'] {
  return columns.flatMap(({ feature, of }, at) => {
    const beta = coefficients[at] ?? 0;
    return beta === 0 ? [] : [{ feature, of, mean: means[at] ?? 0, sd: sds[at] ?? 1, beta }];
  });
}

/** Score of one person; NaN if a feature of the signature is missing. */
export function fittedScore({ intercept, terms }: FittedSignature, features: ImageFeatures): number {
  return terms.reduce(
    (sum, { feature, of, mean: centre, sd, beta }) =>
      sum + (beta * ((features[of]?.[feature] ?? Number.NaN) - centre)) / sd,
    intercept,
  );
}

/**
 * Scores of persons whom the signature was not fitted on: for each fold a signature is fitted without it, with its own selection
 * and inner folds. A model that combines scores is fitted on these, since scores of the persons that a signature of many candidates
 * was fitted on can tell them apart perfectly and say nothing of the next one.
 *
 * @param folds Fold `0..k-1` per row.
 * @param fitOn Fits on some rows and returns the score of any row.
 */
export function outOfFoldScores(
  folds: ArrayLike<number>,
  fitOn: (rows: readonly number[]) => (row: number) => number,
): Float64Array {
  const scores = new Float64Array(folds.length);
  const rows = Array.from(scores, (_, row) => row);
  for (const fold of new Set(Array.from(folds))) {
    const scoreOf = fitOn(rows.filter((row) => folds[row] !== fold));
    for (const row of rows) if (folds[row] === fold) scores[row] = scoreOf(row);
  }
  return scores;
}

/** The same features over some of the rows. */
export function candidatesOfRows(candidates: readonly Candidate[], rows: readonly number[]): Candidate[] {
  return candidates.map((candidate) => ({ ...candidate, values: valuesOfRows(candidate.values, rows) }));
}

/** Some rows of a column. */
export function valuesOfRows(values: Float64Array, rows: readonly number[]): Float64Array {
  return Float64Array.from(rows, (row) => values[row] ?? Number.NaN);
}
