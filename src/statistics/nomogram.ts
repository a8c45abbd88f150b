import { checkNumbers, isUsable } from './columns.ts';
import { StatisticsError } from './statistics-error.ts';

/** Points of the variable whose contribution varies most. */
const fullScale = 100;

/** The scale of one variable: labels (values or factor levels) and what each adds to the linear predictor. */
export interface NomogramAxis {
  readonly name: string;
  readonly values: readonly (number | string)[];
  /** `x_j beta_j` per value; for the reference level of a factor 0. */
  readonly contributions: readonly number[];
}

/** A nomogram: points per value of each variable, and from their sum to the linear predictor. Survives JSON. */
export interface Nomogram {
  readonly axes: readonly (NomogramAxis & { readonly points: readonly number[] })[];
  /** Points for one unit of the linear predictor. */
  readonly pointsPerUnit: number;
  /** Linear predictor at 0 points. */
  readonly lpAtZero: number;
}

/**
 * Scale of a numeric variable.
 *
 * @param values Ticks that cover the variable's range, as read from the figure or, in R, from `pretty()`; at least 2. The
 *   points depend on where the scale begins and ends.
 * @param coefficient `beta_j`.
 * @throws StatisticsError `STATISTICS_INPUT` if a number is not finite, or there is no value.
 */
export function linearAxis(name: string, values: readonly number[], coefficient: number): NomogramAxis {
  checkNumbers(`axis ${name}`, [...values, coefficient], 2);
  return { name, values, contributions: values.map((value) => value * coefficient) };
}

/**
 * Points of a nomogram, `100 (c - min c) / max_j (max c_j - min c_j)` for the contributions `c` of each variable: every
 * scale begins at 0 points and the widest ends at 100. A negative coefficient gives a scale that falls.
 *
 * Equals R `rms::nomogram` of `lrm` and `cph` fits without interactions, given its axes. The scales themselves
 * (`pretty()` ranges of `datadist`) are the caller's.
 *
 * @param axes At least one, each with as many contributions as values.
 * @param intercept Added to the contributions to give the linear predictor: a logistic model's intercept; for a Cox
 *   model minus the centre of the linear predictor at which its baseline survival stands.
 * @throws StatisticsError `STATISTICS_INPUT` on NaN, unequal lengths, an empty scale, or if no variable changes anything.
 * @see Banks J. Nomograms, Encyclopedia of Statistical Sciences, 1985; Iasonos A et al. J Clin Oncol 2008;26:1364-1370
 */
export function nomogram(axes: readonly NomogramAxis[], intercept: number): Nomogram {
  if (!isUsable(intercept))
    throw new StatisticsError('STATISTICS_INPUT', 'intercept', `got ${intercept}, give a number`);
  for (const { name, values, contributions } of axes) {
    if (values.length === 0 || contributions.length !== values.length || !contributions.every(isUsable))
      throw new StatisticsError('STATISTICS_INPUT', `axis ${name}`, 'give one finite contribution per value');
  }
  const least = axes.map(({ contributions }) => Math.min(...contributions));
  const ranges = axes.map(({ contributions }, j) => Math.max(...contributions) - least[j]!);
  const widest = Math.max(0, ...ranges);
  if (!(Number.isFinite(fullScale / widest) && widest > 0))
    throw new StatisticsError('STATISTICS_INPUT', 'axes', 'no variable changes the linear predictor: nothing to draw');
  return {
    axes: axes.map((axis, j) => ({
      ...axis,
      points: axis.contributions.map((value) => (fullScale * (value - least[j]!)) / widest),
    })),
    pointsPerUnit: fullScale / widest,
    lpAtZero: least.reduce((sum, value) => sum + value, intercept),
  };
}

/**
 * Linear predictor of a total of points, `lpAtZero + points / pointsPerUnit`.
 *
 * Points read off a printed figure are uncertain by about 1 per variable: pass both ends of that.
 *
 * @param points Sum over the variables; finite.
 */
export function lpFromPoints({ lpAtZero, pointsPerUnit }: Nomogram, points: number): number {
  return lpAtZero + points / pointsPerUnit;
}

/**
 * Total of points of a linear predictor: the place of a tick on a result scale. For a probability `p` pass
 * `log(p / (1 - p))`, for a survival `s` at a time with baseline survival `s0` `log(log(s) / log(s0))`.
 *
 * @param lp Finite.
 */
export function pointsFromLp({ lpAtZero, pointsPerUnit }: Nomogram, lp: number): number {
  return (lp - lpAtZero) * pointsPerUnit;
}
