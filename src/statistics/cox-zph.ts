import { factorise, solveFactorised } from './cholesky.ts';
import { type Columns, checkColumns } from './columns.ts';
import type { ChiSquareTest, CoxFit } from './cox.ts';
import { type CoxRows, coxInformation, coxRisk, coxRows, expectedEvents, riskSetMeans } from './cox-likelihood.ts';
import { chiSquareUpperTail } from './distributions.ts';
import { fitScaling, standardise } from './standardise.ts';
import { StatisticsError } from './statistics-error.ts';
import { checkEvents, mergeTimes } from './survival-outcome.ts';

const pivotTolerance = 1e-11;

export interface ProportionalHazardsTest {
  /** One test per term: one column, or all columns of a factor. */
  readonly terms: readonly ChiSquareTest[];
  /** All columns together. */
  readonly global: ChiSquareTest;
}

/**
 * Test of proportional hazards: whether a coefficient changes with time as `beta + theta g(t)`, score test of
 * `theta = 0`.
 *
 * With `s_e` the Schoenfeld residual of step `e` (covariates of the event less their mean over the risk set) and `V_e`
 * their covariance there, `g` centred over the events: `u = sum g_e s_e`, tested within the information
 * `[sum V, sum g V; sum g V, sum g^2 V]`, so that the estimation of beta is allowed for. A small p says that
 * the hazard ratio is not constant. Equals R `cox.zph(fit)` of survival 3.0 and later, which replaced the older
 * test on scaled residuals; factors are tested as a whole (`terms = TRUE`).
 *
 * @param fit From `fitCox` on these columns and outcomes.
 * @param columns As fitted.
 * @param time As fitted.
 * @param status As fitted.
 * @param options `terms`: columns of each term, each column number once, by default every column alone; `transform`:
 *   `g`, any finite function of time, by default R's `km`, `1 - S(t-)` of the Kaplan-Meier curve of all rows. Adding a
 *   constant to `g` or scaling it changes nothing.
 * @throws StatisticsError `STATISTICS_INPUT` on NaN or unequal lengths, if `terms` does not name each column once, `transform`
 *   is not finite or all events come at one value of it; `STATISTICS_SINGULAR` if there are too few event times for so many columns.
 * @see Grambsch PM, Therneau TM. Biometrika 1994;81:515-526, doi 10.1093/biomet/81.3.515
 */
export function proportionalHazardsTest(
  fit: CoxFit,
  columns: Columns,
  time: ArrayLike<number>,
  status: ArrayLike<number>,
  options: { readonly terms?: readonly (readonly number[])[]; readonly transform?: (time: number) => number } = {},
): ProportionalHazardsTest {
  checkEvents(time, status);
  checkColumns(columns, time.length);
  const { terms = columns.map((_, j) => [j]) } = options;
  const named = terms.flat().sort((a, b) => a - b);
  const once = named.length === columns.length && named.every((column, j) => column === j);
  if (!once || columns.length !== fit.coefficients.length)
    throw new StatisticsError('STATISTICS_INPUT', 'terms', `name each of the ${fit.coefficients.length} columns once`);
  const scaling = fitScaling(columns);
  const rows = coxRows(standardise(columns, scaling), mergeTimes(time), status, fit.ties);
  const g = centredTransform(rows, options.transform);
  const state = coxRisk(
    rows,
    fit.coefficients.map((value, j) => value * scaling.sds[j]!),
  );
  const means = riskSetMeans(rows, state);
  const informationWith = (weights?: Float64Array) =>
    coxInformation(rows, expectedEvents(rows, state, weights), means, weights);
  const information = { plain: informationWith(), cross: informationWith(g), squared: informationWith(g.map(square)) };
  const gradient = Float64Array.from(rows.columns, (column, j) => {
    let sum = 0;
    let e = 0;
    column.forEach((value, i) => {
      if (rows.status[i] !== 1) return;
      sum += g[e]! * (value - means[j]![e]!);
      e++;
    });
    return sum;
  });
  return {
    terms: terms.map((term) => scoreTest(information, gradient, term)),
    global: scoreTest(information, gradient, Array.from(columns.keys())),
  };
}

interface TimeInformation {
  /** `sum V`, shape `(p, p)` row-major; likewise the others. */
  readonly plain: Float64Array;
  /** `sum g V`. */
  readonly cross: Float64Array;
  /** `sum g^2 V`. */
  readonly squared: Float64Array;
}

function scoreTest({ plain, cross, squared }: TimeInformation, gradient: Float64Array, term: readonly number[]) {
  const p = gradient.length;
  const size = p + term.length;
  const whole = new Float64Array(size * size);
  for (let j = 0; j < p; j++) whole.set(plain.subarray(j * p, (j + 1) * p), j * size);
  term.forEach((j, a) => {
    whole.set(cross.subarray(j * p, (j + 1) * p), (p + a) * size);
    term.forEach((k, b) => {
      whole[(p + a) * size + p + b] = squared[j * p + k]!;
    });
  });
  // The first p elements are the gradient for beta, which is 0 at the maximum.
  const u = new Float64Array(size);
  term.forEach((j, a) => {
    u[p + a] = gradient[j]!;
  });
  const dependent = factorise(whole, size, pivotTolerance);
  if (dependent >= 0)
    throw new StatisticsError(
      'STATISTICS_SINGULAR',
      `column ${dependent < p ? dependent : term[dependent - p]}`,
      'too few event times to tell a change of its coefficient with time',
    );
  const solved = u.slice();
  solveFactorised(whole, solved);
  const statistic = solved.reduce((sum, value, k) => sum + value * u[k]!, 0);
  return { statistic, df: term.length, p: chiSquareUpperTail(statistic, term.length) };
}

/** `g` at each step, less its mean over the events. */
function centredTransform(rows: CoxRows, transform?: (time: number) => number): Float64Array {
  const g = new Float64Array(rows.fraction.length);
  let survival = 1;
  rows.ties.forEach(({ start, step }, k) => {
    const end = rows.ties[k + 1]?.step ?? g.length;
    g.fill(transform === undefined ? 1 - survival : transform(rows.time[start]!), step, end);
    survival *= 1 - (end - step) / (rows.time.length - start);
  });
  const centre = g.reduce((sum, value) => sum + value, 0) / g.length;
  if (!Number.isFinite(centre))
    throw new StatisticsError('STATISTICS_INPUT', 'transform', 'is not a finite number at every event time');
  if (g.every((value) => value === g[0]))
    throw new StatisticsError('STATISTICS_INPUT', 'time', 'all events come at one time: there is no change to test');
  return g.map((value) => value - centre);
}

function square(value: number): number {
  return value * value;
}
