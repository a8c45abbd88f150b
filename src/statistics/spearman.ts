import { checkColumns } from './columns.ts';
import { studentTwoSided } from './f-quantile.ts';
import { midRanks } from './mid-ranks.ts';
import { mean } from './standardise.ts';
import { StatisticsError } from './statistics-error.ts';

/** Largest sample whose null distribution is counted out: 12 rows take milliseconds, 16 would take minutes. */
const largestExact = 12;

export interface Spearman {
  readonly rho: number;
  /** `sum (rank x - rank y)^2` without ties; in general R's `(n^3 - n)(1 - rho)/6`. */
  readonly s: number;
  /** Two-sided. */
  readonly p: number;
  readonly method: 'exact' | 't';
}

/**
 * Pearson's product-moment correlation.
 *
 * @param x Length `n`, 2 or more, finite.
 * @param y Length `n`, finite.
 * @returns In `[-1, 1]`.
 * @throws StatisticsError `STATISTICS_INPUT` on NaN or unequal lengths, `STATISTICS_SINGULAR` if one is constant.
 */
export function pearson(x: Float64Array, y: Float64Array): number {
  checkColumns([x, y], x.length);
  [x, y].forEach((values, j) => {
    if (values.every((value) => value === values[0]))
      throw new StatisticsError('STATISTICS_SINGULAR', `column ${j}`, 'is constant: it correlates with nothing');
  });
  const [centreX, centreY] = [mean(x), mean(y)];
  let [xx, yy, xy] = [0, 0, 0];
  for (let i = 0; i < x.length; i++) {
    const [dx, dy] = [x[i]! - centreX, y[i]! - centreY];
    xx += dx * dx;
    yy += dy * dy;
    xy += dx * dy;
  }
  if (!(xx > 0 && yy > 0))
    throw new StatisticsError(
      'STATISTICS_SINGULAR',
      xx > 0 ? 'column 1' : 'column 0',
      'has a spread too small to square',
    );
  return Math.max(-1, Math.min(1, xy / (Math.sqrt(xx) * Math.sqrt(yy))));
}

/**
 * Spearman's rank correlation: Pearson's of the mid-ranks, with a test against 0. R's `cor.test(method = "spearman")`.
 *
 * Method `exact` counts the permutations with as extreme a sum of squared rank differences: twice the smaller tail, at
 * most 1. Method `t` compares `t = rho sqrt((n - 2)/(1 - rho^2))` with Student's t on `n - 2` degrees of freedom, as
 * SciPy does. `auto` is exact without ties up to 12 rows, otherwise `t`. R is exact to 9 rows and takes an Edgeworth
 * series from there to 1,290, which differs in the fourth digit.
 *
 * @param x Length `n`, 3 or more, finite.
 * @param y Length `n`, finite.
 * @throws StatisticsError `STATISTICS_INPUT` on NaN, unequal lengths, fewer than 3 rows, or `exact` with ties or more
 *   than 12 rows; `STATISTICS_SINGULAR` if one is constant.
 * @see Spearman C. Am J Psychol 1904;15:72-101; Best DJ, Roberts DE. Appl Stat 1975;24:377-379 (AS 89)
 */
export function spearman(x: Float64Array, y: Float64Array, method: 'auto' | 'exact' | 't' = 'auto'): Spearman {
  const n = x.length;
  checkColumns([x, y], n);
  if (n < 3) throw new StatisticsError('STATISTICS_INPUT', 'rows', `got ${n} rows, give at least 3`);
  const [a, b] = [midRanks(x), midRanks(y)];
  const rho = pearson(a.ranks, b.ranks);
  const s = ((n ** 3 - n) * (1 - rho)) / 6;
  const countable = n <= largestExact && a.tieSum === 0 && b.tieSum === 0;
  if (method === 'exact' && !countable)
    throw new StatisticsError('STATISTICS_INPUT', 'method', `exact needs up to ${largestExact} rows without ties`);
  if (method === 't' || !countable) {
    const t = rho * Math.sqrt((n - 2) / ((1 - rho) * (1 + rho)));
    return { rho, s, p: studentTwoSided(t, n - 2), method: 't' };
  }
  // Whole without ties; its centre, where both tails are above one half, is (n^3 - n)/6.
  return { rho, s, p: exactTwoSided(n, Math.round(s)), method: 'exact' };
}

function exactTwoSided(n: number, s: number): number {
  const counts = permutationCounts(n);
  let [below, above, all] = [0, 0, 0];
  counts.forEach((count, value) => {
    if (value <= s) below += count;
    if (value >= s) above += count;
    all += count;
  });
  return Math.min(1, (2 * Math.min(below, above)) / all);
}

/**
 * Number of permutations of `1..n` per value of `sum (i - pi_i)^2`. Built up over sets of images already given away: the
 * counts of a set follow from those of the sets with one image less.
 */
function permutationCounts(n: number): Float64Array {
  const width = (n ** 3 - n) / 3 + 1;
  const bySet: (Float64Array | undefined)[] = Array.from({ length: 2 ** n });
  bySet[0] = new Float64Array(width);
  bySet[0][0] = 1;
  for (let set = 0; set < 2 ** n - 1; set++) {
    const counts = bySet[set]!;
    let position = 0;
    for (let bits = set; bits > 0; bits &= bits - 1) position++;
    for (let image = 0; image < n; image++) {
      if (set & (1 << image)) continue;
      const larger = set | (1 << image);
      bySet[larger] ??= new Float64Array(width);
      const target = bySet[larger];
      const square = (position - image) ** 2;
      for (let value = 0; value + square < width; value++) target[value + square]! += counts[value]!;
    }
    bySet[set] = undefined;
  }
  return bySet[2 ** n - 1]!;
}
