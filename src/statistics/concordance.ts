import { criticalValue } from './confidence.ts';
import { denseRanks } from './dense-ranks.ts';
import { StatisticsError } from './statistics-error.ts';
import { checkSurvival, mergeTimes, orderByTime } from './survival-outcome.ts';

export interface Concordance {
  /** `(concordant + tiedRisk / 2) / (concordant + discordant + tiedRisk)`. */
  readonly c: number;
  /** Infinitesimal jackknife standard error. */
  readonly standardError: number;
  /** `c -+ z standardError`, kept in `[0, 1]`. */
  readonly lower: number;
  readonly upper: number;
  /** Comparable pairs in which the row with the earlier event has the higher risk. */
  readonly concordant: number;
  readonly discordant: number;
  /** Comparable pairs with equal risk: R's `tied.x`. */
  readonly tiedRisk: number;
  /** Pairs of events at one time, with different risk: not comparable, R's `tied.y`. */
  readonly tiedTime: number;
  /** Pairs of events at one time and of equal risk: R's `tied.xy`. */
  readonly tiedBoth: number;
}

/**
 * Harrell's C: of two patients, how often the one with the higher risk score has the event first; a tie in the score
 * counts one half.
 *
 * A pair is comparable if the earlier of the two times is an event; an event and a censoring at the same time are (the
 * event came first), two events at the same time are not. Higher scores mean higher risk: R's equivalent is
 * `concordance(Surv(time, status) ~ risk, reverse = TRUE)`; without `reverse` R gives `1 - C` for a risk score.
 *
 * Standard error: each row gets the weight `w_i`; with `N` comparable pairs, of which `n_i` involve row `i` and score
 * `c_i` together, `dC/dw_i = (c_i - C n_i) / N` and `se^2 = sum_i (dC/dw_i)^2`.
 * `Hmisc::rcorr.cens` prints the error of `Dxy = 2 C - 1`, twice this, and counts each pair twice.
 * Counting trees make it `O(n log n)`.
 *
 * @param time Follow-up times, length `n`.
 * @param status 1 event, 0 censored.
 * @param risk Score per row, finite, higher for an earlier event.
 * @param options `confidence`, a share, 0.95 by default.
 * @throws StatisticsError `STATISTICS_INPUT` on NaN, unequal lengths, or no comparable pair (as with every row censored).
 * @see Harrell FE et al. Stat Med 1996;15:361-387; Therneau TM, Watson DA. Mayo Clinic technical report 85, 2015
 */
export function concordance(
  time: ArrayLike<number>,
  status: ArrayLike<number>,
  risk: ArrayLike<number>,
  options: { readonly confidence?: number } = {},
): Concordance {
  checkSurvival(time, status);
  checkRisk(risk, time.length);
  const z = criticalValue(options.confidence ?? 0.95);
  const merged = mergeTimes(time);
  const order = orderByTime(merged);
  const { ranks, distinct } = denseRanks(risk);
  const pairs: PairSums = {
    score: new Float64Array(time.length),
    comparable: new Float64Array(time.length),
    totals: { concordant: 0, discordant: 0, tiedRisk: 0, tiedTime: 0, tiedBoth: 0 },
  };
  countAsEarlier(order, merged, status, ranks, distinct.length, pairs);
  countAsLater(order, merged, status, ranks, distinct.length, pairs);
  const { concordant, discordant, tiedRisk } = pairs.totals;
  const total = concordant + discordant + tiedRisk;
  if (total === 0)
    throw new StatisticsError(
      'STATISTICS_INPUT',
      'status',
      'no two rows can be compared: no event comes before the end of follow-up of another row',
    );
  const c = (concordant + tiedRisk / 2) / total;
  let variance = 0;
  for (let i = 0; i < time.length; i++) variance += ((pairs.score[i]! - c * pairs.comparable[i]!) / total) ** 2;
  const standardError = Math.sqrt(variance);
  const [lower, upper] = [Math.max(0, c - z * standardError), Math.min(1, c + z * standardError)];
  return { c, standardError, lower, upper, ...pairs.totals };
}

/** Per row, its comparable pairs and their score (1, 1/2 or 0 each); `totals` count each pair once. */
interface PairSums {
  readonly score: Float64Array;
  readonly comparable: Float64Array;
  readonly totals: { concordant: number; discordant: number; tiedRisk: number; tiedTime: number; tiedBoth: number };
}

/** Pairs of each event with the rows followed longer; counts the totals. */
function countAsEarlier(
  order: Uint32Array,
  time: Float64Array,
  status: ArrayLike<number>,
  ranks: Uint32Array,
  rankCount: number,
  { score, comparable, totals }: PairSums,
): void {
  const later = new RankCounts(rankCount);
  for (let end = order.length; end > 0; ) {
    let start = end;
    while (start > 0 && time[order[start - 1]!] === time[order[end - 1]!]) start--;
    const here = order.subarray(start, end);
    const events = here.filter((row) => status[row] === 1);
    for (const row of here) if (status[row] !== 1) later.add(ranks[row]!);
    const atThisTime = new Map<number, number>();
    events.forEach((row, earlierHere) => {
      const rank = ranks[row]!;
      const below = later.below(rank);
      const equal = later.at(rank);
      totals.concordant += below;
      totals.tiedRisk += equal;
      totals.discordant += later.total - below - equal;
      score[row]! += below + equal / 2;
      comparable[row]! += later.total;
      const same = atThisTime.get(rank) ?? 0;
      totals.tiedBoth += same;
      totals.tiedTime += earlierHere - same;
      atThisTime.set(rank, same + 1);
    });
    for (const row of events) later.add(ranks[row]!);
    end = start;
  }
}

/** Pairs of each row with the events that came before its time, or at its time if it is censored then. */
function countAsLater(
  order: Uint32Array,
  time: Float64Array,
  status: ArrayLike<number>,
  ranks: Uint32Array,
  rankCount: number,
  { score, comparable }: PairSums,
): void {
  const earlier = new RankCounts(rankCount);
  const count = (row: number): void => {
    const rank = ranks[row]!;
    const equal = earlier.at(rank);
    score[row]! += earlier.total - earlier.below(rank) - equal / 2;
    comparable[row]! += earlier.total;
  };
  for (let start = 0; start < order.length; ) {
    let end = start;
    while (end < order.length && time[order[end]!] === time[order[start]!]) end++;
    const here = order.subarray(start, end);
    for (const row of here) if (status[row] === 1) count(row);
    for (const row of here) if (status[row] === 1) earlier.add(ranks[row]!);
    for (const row of here) if (status[row] !== 1) count(row);
    start = end;
  }
}

/** Counts per rank with sums over all lower ranks in `O(log n)` (Fenwick P. Softw Pract Exp 1994;24:327-336). */
class RankCounts {
  total = 0;
  readonly #counts: Uint32Array;
  readonly #tree: Uint32Array;

  constructor(ranks: number) {
    this.#counts = new Uint32Array(ranks);
    this.#tree = new Uint32Array(ranks + 1);
  }

  add(rank: number): void {
    this.total += 1;
    this.#counts[rank]! += 1;
    for (let k = rank + 1; k < this.#tree.length; k += k & -k) this.#tree[k]! += 1;
  }

  at(rank: number): number {
    return this.#counts[rank]!;
  }

  below(rank: number): number {
    let sum = 0;
    for (let k = rank; k > 0; k -= k & -k) sum += this.#tree[k]!;
    return sum;
  }
}

function checkRisk(risk: ArrayLike<number>, rows: number): void {
  if (risk.length !== rows)
    throw new StatisticsError('STATISTICS_INPUT', 'risk', `${risk.length} rows where time has ${rows}`);
  for (let i = 0; i < rows; i++)
    if (!Number.isFinite(risk[i]))
      throw new StatisticsError('STATISTICS_INPUT', 'risk', `row ${i} is ${risk[i]}, give a number`);
}
