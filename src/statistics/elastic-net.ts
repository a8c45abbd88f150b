import { type Columns, checkColumns } from './columns.ts';
import { lossOf } from './loss.ts';
import { penalisedDesign } from './penalised-design.ts';
import { checkOutcome, outcomeOfRows, outcomeRows, type PenalisedOutcome } from './penalised-outcome.ts';
import { PenalisedSolver } from './penalised-solver.ts';
import { mean, populationVariance } from './standardise.ts';
import { StatisticsError } from './statistics-error.ts';
import { orderByTime } from './survival-outcome.ts';

/** How a penalised model is fitted; `glmnetSettings` and `scikitLearnSettings` are the two common sets. */
export interface ElasticNetSettings {
  /** Share of the L1 penalty, in `(0, 1]`: glmnet's `alpha`, scikit-learn's `l1_ratio`. 1 is the LASSO. */
  readonly l1Ratio: number;
  /** True to divide the columns by their standard deviation (denominator `n`) of the rows fitted. */
  readonly standardise: boolean;
  /** True to take the ridge part of a gaussian penalty in units of the outcome's standard deviation, as glmnet does. */
  readonly ridgeInOutcomeSds: boolean;
  /** Penalties to solve for, each greater than 0, descending; replaces `count`, `ratio` and `stopEarly`. */
  readonly lambdas?: Float64Array;
  /** Number of penalties of the default sequence. */
  readonly count: number;
  /** Smallest over largest penalty; `by-shape` is 1e-4 for `n >= p` rows and 1e-2 for fewer. */
  readonly ratio: number | 'by-shape';
  /** True to end the default sequence where the fit hardly improves, or is nearly perfect. */
  readonly stopEarly: boolean;
  /** Largest violation of the optimality conditions, relative to `max_j |x_j| |gradient|` without any column. */
  readonly tolerance: number;
}

/** Converged solutions with glmnet's conventions; glmnet's own default `thresh` of 1e-7 is looser. */
export const glmnetSettings: ElasticNetSettings = {
  l1Ratio: 1,
  standardise: true,
  ridgeInOutcomeSds: true,
  count: 100,
  ratio: 'by-shape',
  stopEarly: true,
  tolerance: 1e-10,
};

/** Converged solutions with the conventions of scikit-learn's `Lasso` and `ElasticNet`, whose default `tol` is looser. */
export const scikitLearnSettings: ElasticNetSettings = {
  l1Ratio: 1,
  standardise: false,
  ridgeInOutcomeSds: false,
  count: 100,
  ratio: 1e-3,
  stopEarly: false,
  tolerance: 1e-10,
};

/** Solutions along a sequence of penalties. */
export interface ElasticNetPath {
  readonly family: PenalisedOutcome['family'];
  readonly lambdas: Float64Array;
  /** Coefficients per penalty, on the scale of the columns given. */
  readonly coefficients: readonly Float64Array[];
  /** Per penalty; 0 for cox, which has none. */
  readonly intercepts: Float64Array;
  /** `1 - deviance / null deviance` per penalty. */
  readonly devianceRatios: Float64Array;
  /** Deviance without any column: gaussian sum of squares; otherwise `2 (l_saturated - l)`. */
  readonly nullDeviance: number;
  /**
   * Largest violation of the optimality conditions per penalty, on the scale of the columns as fitted, among the columns
   * that were considered; that of no other one exceeds the tolerance.
   */
  readonly residuals: Float64Array;
}

/**
 * Generalised linear model or Cox model with an elastic net penalty, for a sequence of penalties:
 * `min L(b0, b) + lambda [ l1Ratio sum |b_j| + (1 - l1Ratio)/2 sum b_j^2 ]`, with the mean loss `L`
 *
 * - gaussian: `1/(2n) sum (y_i - b0 - x_i'b)^2`,
 * - binomial: `-1/n log L`,
 * - cox: `-1/n log PL`, ties by Breslow, no `b0`.
 *
 * `lambda` is glmnet's `lambda` and scikit-learn's `alpha`. The default sequence has `count` penalties, evenly spaced in
 * the logarithm, from the smallest that leaves all columns out, `max_j |x_j' dL/deta| / l1Ratio`, down to `ratio` times
 * that. `stopEarly` ends it, not before the fifth, as glmnet does: where the deviance ratio exceeds 0.999 or has risen
 * by less than 1e-5 of itself (gaussian), 1e-5 (binomial), or 1e-3 of itself over the last 4 penalties (cox).
 *
 * The coefficients of constant columns are 0. Where columns repeat each other the fitted values are unique, the
 * coefficients are not; those found are then one solution of several.
 *
 * Equals glmnet with a tight `thresh` and, with `scikitLearnSettings`, `lasso_path` and `enet_path` with a tight `tol`.
 * Not offered: observation weights, offsets, penalty factors, intercept = FALSE, stratified or left-truncated Cox models.
 *
 * @param columns `p` columns of length `n`, finite; `p` may exceed `n`.
 * @param outcome Length `n`.
 * @param rows Rows to fit; all by default.
 * @throws StatisticsError `STATISTICS_INPUT` on NaN, unequal lengths, an outcome of one kind, a setting out of range, or
 *   if no column covaries with the outcome; `STATISTICS_NOT_CONVERGED` rather than a solution that is not one.
 * @see Friedman J et al. J Stat Softw 2010;33(1), doi 10.18637/jss.v033.i01; Simon N et al. J Stat Softw 2011;39(5),
 *   doi 10.18637/jss.v039.i05; Zou H, Hastie T. J R Stat Soc B 2005;67:301-320
 */
export function elasticNetPath(
  columns: Columns,
  outcome: PenalisedOutcome,
  settings: ElasticNetSettings = glmnetSettings,
  rows: Uint32Array = Uint32Array.from({ length: outcomeRows(outcome) }, (_, i) => i),
): ElasticNetPath {
  checkColumns(columns, outcomeRows(outcome));
  checkSettings(settings);
  const chosen = outcomeOfRows(outcome, rows);
  checkOutcome(chosen);
  const order = chosen.family === 'cox' ? orderByTime(chosen.times).map((i) => rows[i]!) : rows;
  const ordered = outcomeOfRows(outcome, order);
  const design = penalisedDesign(columns, order, settings.standardise, ordered.family === 'binomial');
  const loss = lossOf(ordered);
  const solver = new PenalisedSolver(design, loss, nullIntercept(ordered), settings.tolerance);
  const ridgeUnit = settings.ridgeInOutcomeSds && ordered.family === 'gaussian' ? sdOf(ordered.values) : 1;
  const lambdas =
    settings.lambdas ?? defaultLambdas(ordered.family, solver.largestSlope, settings, rows.length, columns.length);
  const nullLoss = loss.value(solver.eta) - loss.saturated;
  const stopsAt = settings.lambdas === undefined && settings.stopEarly ? stopRules[ordered.family] : undefined;
  const centre = ordered.family === 'gaussian' ? mean(ordered.values) : 0;

  const coefficients: Float64Array[] = [];
  const intercepts: number[] = [];
  const ratios: number[] = [];
  const residuals: number[] = [];
  for (const lambda of lambdas) {
    residuals.push(solver.solve(lambda * settings.l1Ratio, (lambda * (1 - settings.l1Ratio)) / ridgeUnit));
    const beta = solver.beta.slice(0, design.p);
    let shift = 0;
    for (let j = 0; j < design.p; j++) {
      if (beta[j] === 0) continue;
      beta[j]! /= design.scales[j]!;
      shift += beta[j]! * design.means[j]!;
    }
    coefficients.push(beta);
    intercepts.push(ordered.family === 'cox' ? 0 : centre + (solver.beta[design.p] ?? 0) - shift);
    ratios.push(1 - (loss.value(solver.eta) - loss.saturated) / nullLoss);
    if (stopsAt?.(ratios)) break;
  }
  return {
    family: ordered.family,
    lambdas: lambdas.slice(0, coefficients.length),
    coefficients,
    intercepts: Float64Array.from(intercepts),
    devianceRatios: Float64Array.from(ratios),
    nullDeviance: 2 * rows.length * nullLoss,
    residuals: Float64Array.from(residuals),
  };
}

/** Whether glmnet ends the path after the penalties whose deviance ratios are given. */
const stopRules: Readonly<Record<PenalisedOutcome['family'], (ratios: readonly number[]) => boolean>> = {
  gaussian: (ratios) => stops(ratios, (last, before) => last - before < 1e-5 * last),
  binomial: (ratios) => stops(ratios, (last, before) => last - before < 1e-5),
  cox: (ratios) => stops(ratios, (last, _, fourBefore) => last - fourBefore < 1e-3 * last),
};

function stops(
  ratios: readonly number[],
  stalls: (last: number, before: number, fourBefore: number) => boolean,
): boolean {
  const [last, before, fourBefore] = [ratios.at(-1), ratios.at(-2), ratios.at(-5)];
  if (last === undefined || before === undefined || fourBefore === undefined) return false;
  return last > 0.999 || stalls(last, before, fourBefore);
}

function defaultLambdas(
  family: PenalisedOutcome['family'],
  largestSlope: number,
  { l1Ratio, ratio, count }: ElasticNetSettings,
  n: number,
  p: number,
): Float64Array {
  if (!(largestSlope > 0))
    throw new StatisticsError('STATISTICS_INPUT', 'outcome', 'covaries with no column: there is nothing to select');
  const share = ratio === 'by-shape' ? (n < p ? 1e-2 : 1e-4) : ratio;
  const step = 1 / Math.max(count - 1, 1);
  // glmnet's Cox code takes this fraction in single precision; the penalties shall agree in more than 8 digits.
  const exponent = family === 'cox' ? Math.fround(step) : step;
  return Float64Array.from({ length: count }, (_, k) => (largestSlope / l1Ratio) * share ** (k * exponent));
}

function checkSettings({ l1Ratio, lambdas, count, ratio, tolerance }: ElasticNetSettings): void {
  const refuse = (subject: string, message: string) => new StatisticsError('STATISTICS_INPUT', subject, message);
  if (!(l1Ratio > 0 && l1Ratio <= 1)) throw refuse('l1Ratio', `got ${l1Ratio}, give more than 0 and at most 1`);
  const wrong = lambdas?.find((lambda) => !(lambda > 0 && lambda < Number.POSITIVE_INFINITY));
  if (wrong !== undefined) throw refuse('lambdas', `got ${wrong}, give more than 0`);
  if (lambdas?.length === 0) throw refuse('lambdas', 'is empty');
  if (!(Number.isInteger(count) && count >= 1)) throw refuse('count', `got ${count}, give a whole number from 1`);
  if (ratio !== 'by-shape' && !(ratio > 0 && ratio < 1)) throw refuse('ratio', `got ${ratio}, give one in (0, 1)`);
  if (!(tolerance > 0 && tolerance < 1)) throw refuse('tolerance', `got ${tolerance}, give one in (0, 1)`);
}

function nullIntercept(outcome: PenalisedOutcome): number {
  if (outcome.family !== 'binomial') return 0;
  const share = mean(outcome.events);
  return Math.log(share / (1 - share));
}

function sdOf(values: Float64Array): number {
  return Math.sqrt(populationVariance(values));
}
