import { anovaF } from '../statistics/anova-f.ts';
import { lassoCv } from '../statistics/lasso.ts';
import { fitScaling, mean, populationVariance, standardise } from '../statistics/standardise.ts';

/** Feature values of one image by their PyRadiomics key. */
export type Features = Readonly<Record<string, number>>;

/** `score = intercept + sum(beta * (value - mean) / sd)`. */
export interface FittedSignature {
  readonly intercept: number;
  readonly terms: readonly {
    readonly feature: string;
    readonly mean: number;
    readonly sd: number;
    readonly beta: number;
  }[];
  /** How the features were narrowed down. */
  readonly selection: {
    readonly extracted: number;
    readonly varying: number;
    readonly associated: number;
    readonly selected: number;
    /** The LASSO penalty and its mean squared error over the folds. */
    readonly alpha: number;
    readonly meanMse: number;
  };
}

/** Relative spread below which a feature counts as constant. */
const nearConstant = 1e-6;
const significance = 0.05;

/**
 * Fits a signature as the published ones were: leave out near-constant features, z-score, keep those with p < 0.05 in
 * a one-way analysis of variance over the outcome, then LASSO on the 0/1 outcome with the penalty of the smallest
 * cross-validated error.
 *
 * Scaling and selection see all rows before the folds are made, as in the publications: the cross-validated error is
 * optimistic, so that only another cohort tells how good the signature is.
 *
 * @param images One per patient, all with the same keys.
 * @param outcome 0 or 1 per patient.
 * @param folds Fold `0..k-1` per patient.
 * @throws StatisticsError if no feature is left or a value is not finite.
 */
export function fitSignature(
  images: readonly Features[],
  outcome: Float64Array,
  folds: ArrayLike<number>,
): FittedSignature {
  const names = Object.keys(images[0] ?? {});
  const columns = names.map((name) => Float64Array.from(images, (features) => features[name] ?? Number.NaN));
  const varying = names.flatMap((name, j) => {
    const values = columns[j] ?? new Float64Array();
    return Math.sqrt(populationVariance(values)) > nearConstant * Math.abs(mean(values)) ? [{ name, values }] : [];
  });
  const { p } = anovaF(
    varying.map(({ values }) => values),
    outcome,
  );
  const associated = varying.filter((_, j) => (p[j] ?? 1) < significance);
  const raw = associated.map(({ values }) => values);
  const scaling = fitScaling(raw);
  const lasso = lassoCv(standardise(raw, scaling), outcome, folds);
  const terms = associated.flatMap(({ name }, j) => {
    const [centre, sd, beta] = [scaling.means[j] ?? 0, scaling.sds[j] ?? 1, lasso.coefficients[j] ?? 0];
    return beta === 0 ? [] : [{ feature: name, mean: centre, sd, beta }];
  });
  return {
    intercept: lasso.intercept,
    terms,
    selection: {
      extracted: names.length,
      varying: varying.length,
      associated: associated.length,
      selected: terms.length,
      alpha: lasso.alpha,
      meanMse: lasso.meanMse[lasso.index] ?? Number.NaN,
    },
  };
}

/** Score of one image; NaN if it lacks a feature of the signature. */
export function signatureScore({ intercept, terms }: FittedSignature, features: Features): number {
  return terms.reduce(
    (sum, { feature, mean: centre, sd, beta }) => sum + (beta * ((features[feature] ?? Number.NaN) - centre)) / sd,
    intercept,
  );
}
