import { type Columns, checkBinary, checkColumns } from './columns.ts';
import type { Random } from './random.ts';
import { StatisticsError } from './statistics-error.ts';

/** What is drawn for one synthetic row. */
export interface SmoteDraw {
  /** Index of the base row among the minority rows, `0..m-1`. */
  readonly base: number;
  /** Which of its neighbours, `0..k-1`, nearest first. */
  readonly neighbour: number;
  /** How far towards it, `[0, 1)`. */
  readonly gap: number;
}

export interface Smote {
  /** Columns with the synthetic rows behind the original ones. */
  readonly columns: Float64Array[];
  /** Outcome of all rows. */
  readonly outcome: Float64Array;
  /** The rows of the rarer outcome. */
  readonly minority: Uint32Array;
  /** Per minority row, the rows of its `k` nearest neighbours, nearest first; rows as in the input. */
  readonly neighbours: readonly Uint32Array[];
}

/**
 * Balances outcomes with synthetic rows of the rarer one: each lies on the line from a row to one of its `k` nearest
 * neighbours of the same outcome, `x_new = x_base + gap (x_neighbour - x_base)`, with one gap for all columns.
 *
 * imbalanced-learn's `SMOTE(k_neighbors = k)`. Only for training rows, never before the split: synthetic rows carry
 * their neighbours into the test rows. Distances are Euclidean on the columns as given: standardise them first. Of
 * equally near rows the first counts. 0/1 columns become fractions.
 *
 * @param columns `p` columns of length `n`.
 * @param outcome 0 or 1 per row, both present.
 * @param k Number of neighbours, 1 or more; the rarer outcome needs `k + 1` rows.
 * @param draw Called once per synthetic row, e.g. `randomSmoteDraws(random, m, k)`, `m` the number of minority rows.
 * @returns The input itself, unbalanced by none, if both outcomes are equally frequent.
 * @throws StatisticsError `STATISTICS_INPUT` on NaN, unequal lengths, a single outcome, too few rows or a draw outside its
 *   range.
 * @see Chawla NV et al. J Artif Intell Res 2002;16:321-357, doi 10.1613/jair.953
 */
export function smote(columns: Columns, outcome: ArrayLike<number>, k: number, draw: () => SmoteDraw): Smote {
  const n = outcome.length;
  checkColumns(columns, n);
  checkBinary(outcome);
  const { rare, rows: minority } = rarerOutcome(outcome);
  if (!(Number.isInteger(k) && k >= 1 && minority.length > k))
    throw new StatisticsError(
      'STATISTICS_INPUT',
      'k',
      `${k} neighbours with ${minority.length} rows of outcome ${rare}`,
    );
  const neighbours = Array.from(minority, (row) => nearest(columns, minority, row, k));
  const count = n - 2 * minority.length;
  const draws = Array.from({ length: count }, () => checkDraw(draw(), minority.length, k));
  return {
    columns: columns.map((column) => {
      const longer = new Float64Array(n + count);
      longer.set(column);
      draws.forEach(({ base, neighbour, gap }, i) => {
        const from = column[minority[base]!]!;
        longer[n + i] = from + gap * (column[neighbours[base]![neighbour]!]! - from);
      });
      return longer;
    }),
    outcome: Float64Array.from({ length: n + count }, (_, i) => (i < n ? outcome[i]! : rare)),
    minority,
    neighbours,
  };
}

/**
 * Draws for `smote`: base row and neighbour uniformly, the gap uniform on `[0, 1)`.
 *
 * @param minority Number of rows of the rarer outcome, `m`.
 * @param k Number of neighbours.
 */
export function randomSmoteDraws(random: Random, minority: number, k: number): () => SmoteDraw {
  return () => ({ base: random.integer(minority), neighbour: random.integer(k), gap: random.uniform() });
}

/** The rarer outcome and its rows; of equally frequent ones 1. */
function rarerOutcome(outcome: ArrayLike<number>): { rare: number; rows: Uint32Array } {
  const rowsOf = (value: number) =>
    Uint32Array.from(Array.from({ length: outcome.length }, (_, i) => i).filter((i) => outcome[i] === value));
  const [zeros, ones] = [rowsOf(0), rowsOf(1)];
  return zeros.length < ones.length ? { rare: 0, rows: zeros } : { rare: 1, rows: ones };
}

function nearest(columns: Columns, minority: Uint32Array, row: number, k: number): Uint32Array {
  const distances = new Map(
    Array.from(minority, (other) => [
      other,
      columns.reduce((sum, column) => sum + (column[other]! - column[row]!) ** 2, 0),
    ]),
  );
  const others = minority.filter((other) => other !== row);
  return others.sort((a, b) => distances.get(a)! - distances.get(b)! || a - b).slice(0, k);
}

function checkDraw(draw: SmoteDraw, minority: number, k: number): SmoteDraw {
  const { base, neighbour, gap } = draw;
  const inRange = (value: number, below: number) => Number.isInteger(value) && value >= 0 && value < below;
  if (!(inRange(base, minority) && inRange(neighbour, k) && gap >= 0 && gap < 1))
    throw new StatisticsError('STATISTICS_INPUT', 'draw', `base ${base}, neighbour ${neighbour}, gap ${gap}`);
  return draw;
}
