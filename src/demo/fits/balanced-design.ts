import { factorise } from '../../statistics/cholesky.ts';
import { normalQuantile } from '../../statistics/distributions.ts';
import type { Random } from '../../statistics/random.ts';
import { pearson } from '../../statistics/spearman.ts';

/** Rounds of ordering, each of which leaves less correlation. */
const rounds = 3;

/**
 * Levels of several traits over a cohort, balanced: each trait takes the middle of every `size`-th part of `(0, 1)` once, and the traits
 * hardly correlate. Levels drawn one by one would leave a hundred persons with correlations of 0.2, and the effect of one trait in
 * that of another.
 *
 * @param size Number of persons, more than `traits`.
 * @param traits Number of traits, 2 or more.
 * @returns A column of `size` levels a trait.
 * @see McKay MD, Beckman RJ, Conover WJ. Technometrics 1979;21:239-245, doi 10.1080/00401706.1979.10489755 (Latin hypercube);
 * Iman RL, Conover WJ. Commun Stat Simul Comput 1982;11:311-334, doi 10.1080/03610918208812265 (ordering by correlation)
 */
export function balancedDesign(random: Random, size: number, traits: number): Float64Array[] {
  const levels = Float64Array.from({ length: size }, (_, k) => (k + 0.5) / size);
  const scores = levels.map(normalQuantile);
  let columns = Array.from({ length: traits }, () => shuffled(random, scores));
  for (let round = 0; round < rounds; round++) columns = uncorrelated(columns).map((column) => ordered(scores, column));
  return columns.map((column) => ordered(levels, column));
}

function shuffled(random: Random, values: Float64Array): Float64Array {
  const out = Float64Array.from(values);
  for (let i = out.length - 1; i > 0; i--) {
    const j = random.integer(i + 1);
    [out[i], out[j]] = [out[j] ?? 0, out[i] ?? 0];
  }
  return out;
}

/** Takes out of each column what it shares with those before it: `X (L^-1)'` for a correlation of `L L'`. */
function uncorrelated(columns: readonly Float64Array[]): Float64Array[] {
  const p = columns.length;
  const lower = Float64Array.from(columns.flatMap((a) => columns.map((b) => pearson(a, b))));
  factorise(lower, p, 1e-12);
  const out: Float64Array[] = [];
  columns.forEach((column, j) => {
    const rest = Float64Array.from(column);
    for (const [k, before] of out.entries()) {
      const shared = lower[j * p + k] ?? 0;
      before.forEach((value, row) => {
        rest[row] = (rest[row] ?? 0) - shared * value;
      });
    }
    out.push(rest.map((value) => value / (lower[j * p + j] ?? 1)));
  });
  return out;
}

/** Ascending values, put into the order of a column. */
function ordered(ascending: Float64Array, column: Float64Array): Float64Array {
  const rows = Array.from(column.keys()).sort((a, b) => (column[a] ?? 0) - (column[b] ?? 0));
  const out = new Float64Array(column.length);
  rows.forEach((row, rank) => {
    out[row] = ascending[rank] ?? 0;
  });
  return out;
}
