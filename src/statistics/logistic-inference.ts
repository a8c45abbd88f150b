import { type Columns, checkBinary, checkColumns } from './columns.ts';
import { criticalValue } from './confidence.ts';
import { chiSquareUpperTail } from './distributions.ts';
import { type LogisticFit, maximiseLogistic } from './logistic.ts';
import { StatisticsError } from './statistics-error.ts';
import { zTest } from './z-test.ts';

/** What `summary(glm)` prints beside the coefficients; arrays in the order of the coefficients, intercept first. */
export interface LogisticInference {
  /** Wald statistics, coefficient over standard error. */
  readonly z: Float64Array;
  /** Two-sided. */
  readonly p: Float64Array;
  /** Limits of the Wald intervals of the coefficients; their exponentials are those of the odds ratios. */
  readonly low: Float64Array;
  readonly high: Float64Array;
  readonly logLikelihood: number;
  /** `-2 log L + 2 k` with `k` coefficients, the intercept among them. */
  readonly aic: number;
  /** `-2 log L + k log n`. */
  readonly bic: number;
  /** `n - k` and `n - 1`. */
  readonly dfResidual: number;
  readonly dfNull: number;
  /** `[1 - exp((D - D0)/n)] / [1 - exp(-D0/n)]` with the deviance `D` and that of the intercept alone `D0`. */
  readonly nagelkerkeR2: number;
  /** All columns against the intercept alone. */
  readonly likelihoodRatio: LikelihoodRatioTest;
}

export interface LikelihoodRatioTest {
  readonly chiSquare: number;
  readonly df: number;
  readonly p: number;
}

export interface ProfileLimits {
  /** Limits per coefficient, intercept first. */
  readonly low: Float64Array;
  readonly high: Float64Array;
}

/**
 * Wald tests and intervals, likelihood-ratio test, information criteria and R2 of a logistic fit.
 *
 * Equals R `summary`, `confint.default`, `AIC`, `BIC`.
 *
 * @param fit Made by `fitLogistic`.
 * @param rows Number of rows it was made from.
 * @param confidence Of the intervals, in `(0, 1)`.
 * @throws StatisticsError `STATISTICS_INPUT` if `confidence` is outside, or there are fewer rows than
 *   coefficients.
 * @see Hosmer DW, Lemeshow S, Sturdivant RX. Applied Logistic Regression, 3rd ed., 2013, chapter 2; Nagelkerke NJD.
 *   Biometrika 1991;78:691-692
 */
export function logisticInference(fit: LogisticFit, rows: number, confidence = 0.95): LogisticInference {
  const { coefficients, standardErrors, deviance, nullDeviance } = fit;
  const half = criticalValue(confidence);
  const k = coefficients.length;
  if (!(Number.isInteger(rows) && rows >= Math.max(k, 2)))
    throw new StatisticsError('STATISTICS_INPUT', 'rows', `got ${rows} for ${k} coefficients`);
  const tests = Array.from(coefficients, (beta, j) => zTest(beta, standardErrors[j]!));
  return {
    z: Float64Array.from(tests, (test) => test.z),
    p: Float64Array.from(tests, (test) => test.p),
    low: coefficients.map((beta, j) => beta - half * standardErrors[j]!),
    high: coefficients.map((beta, j) => beta + half * standardErrors[j]!),
    logLikelihood: -deviance / 2,
    aic: deviance + 2 * k,
    bic: deviance + k * Math.log(rows),
    dfResidual: rows - k,
    dfNull: rows - 1,
    nagelkerkeR2: Math.expm1((deviance - nullDeviance) / rows) / Math.expm1(-nullDeviance / rows),
    likelihoodRatio: likelihoodRatioTest(nullDeviance, deviance, k - 1),
  };
}

/**
 * Test of a model against one nested in it, `chi2 = D_smaller - D_larger` on `df` degrees of freedom: R's
 * `anova(smaller, larger, test = "Chisq")`.
 *
 * @param smaller Deviance (`-2 log L`) of the model with fewer coefficients.
 * @param larger Deviance of the other, fitted to the same rows.
 * @param df Difference in the number of coefficients, 0 or more; 0 gives p = 1.
 * @throws StatisticsError `STATISTICS_INPUT` if a deviance is not finite or `df` is no such number.
 */
export function likelihoodRatioTest(smaller: number, larger: number, df: number): LikelihoodRatioTest {
  if (!(Number.isFinite(smaller - larger) && Number.isInteger(df) && df >= 0))
    throw new StatisticsError('STATISTICS_INPUT', 'deviances, df', `got ${smaller}, ${larger} and ${df}`);
  const chiSquare = Math.max(smaller - larger, 0);
  return { chiSquare, df, p: df === 0 ? 1 : chiSquareUpperTail(chiSquare, df) };
}

/**
 * Profile-likelihood intervals: the values `b` of a coefficient where the deviance, minimised over all others, lies
 * `z^2` above its minimum, `D(b) - D = z^2`.
 *
 * They are the limits to quote where a Wald interval misleads, in small samples and for large coefficients. The limits
 * are roots found to 10 digits; R's `confint` (MASS) puts a spline through the profile and is good to 3 or 4.
 *
 * @param columns Of the fit, `p` columns of length `n`.
 * @param outcome Of the fit, 0 or 1 per row.
 * @param fit Made by `fitLogistic` from these.
 * @param confidence In `(0, 1)`.
 * @throws StatisticsError `STATISTICS_INPUT` if the arguments do not belong together; `STATISTICS_NOT_CONVERGED` if the
 *   likelihood is too flat to find a limit.
 * @see Venables WN, Ripley BD. Modern Applied Statistics with S, 4th ed., 2002, section 8.4
 */
export function profileLimits(
  columns: Columns,
  outcome: ArrayLike<number>,
  fit: LogisticFit,
  confidence = 0.95,
): ProfileLimits {
  const n = outcome.length;
  checkColumns(columns, n);
  checkBinary(outcome);
  if (fit.coefficients.length !== columns.length + 1)
    throw new StatisticsError('STATISTICS_INPUT', 'fit', `${fit.coefficients.length} coefficients do not fit columns`);
  const z = criticalValue(confidence);
  const design = [new Float64Array(n).fill(1), ...columns];
  const limit = (j: number, side: 1 | -1) => {
    const others = design.filter((_, k) => k !== j);
    let start: Float64Array = fit.coefficients.filter((_, k) => k !== j);
    // Close to linear in b, as the deviance is close to a parabola.
    const excess = (distance: number) => {
      const b = fit.coefficients[j]! + side * distance;
      const offset = design[j]!.map((x) => b * x);
      const profile = maximiseLogistic(others, outcome, offset, start);
      start = profile.coefficients;
      return Math.sqrt(Math.max(profile.deviance - fit.deviance, 0)) - z;
    };
    return fit.coefficients[j]! + side * findRise(excess, -z, z * fit.standardErrors[j]!);
  };
  return {
    low: Float64Array.from(design, (_, j) => limit(j, -1)),
    high: Float64Array.from(design, (_, j) => limit(j, 1)),
  };
}

/**
 * Root of a rising function by false position with the Illinois rule.
 *
 * @param atZero Its value at 0, negative.
 * @param guess Positive; the search goes outwards from there.
 */
function findRise(rise: (x: number) => number, atZero: number, guess: number): number {
  let [low, atLow] = [0, atZero];
  let high = guess;
  let atHigh = rise(high);
  for (let steps = 0; atHigh < 0; steps++) {
    if (steps === 60) throw flat();
    [low, atLow] = [high, atHigh];
    high *= 1.4;
    atHigh = rise(high);
  }
  let moved = 0;
  for (let steps = 0; steps < 100; steps++) {
    const x = high - (atHigh * (high - low)) / (atHigh - atLow);
    const value = rise(x);
    if (Math.abs(value) < 1e-10 || high - low < 1e-12 * high) return x;
    if (value < 0) {
      [low, atLow] = [x, value];
      if (moved === -1) atHigh /= 2;
      moved = -1;
    } else {
      [high, atHigh] = [x, value];
      if (moved === 1) atLow /= 2;
      moved = 1;
    }
  }
  throw flat();
}

function flat(): StatisticsError {
  return new StatisticsError(
    'STATISTICS_NOT_CONVERGED',
    'columns',
    'the likelihood is too flat for a profile interval: use fewer columns',
  );
}
