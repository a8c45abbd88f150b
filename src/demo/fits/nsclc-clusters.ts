import { createRandom } from '../../statistics/random.ts';

/**
 * Means of groups of similar rows, by Lloyd's algorithm from rows drawn at random, the best of several starts.
 *
 * @param rows Complete rows of numbers on comparable scales, at least `count`.
 * @param count Number of groups.
 * @param seed Of the starts.
 * @returns `count` means, each as long as a row; an empty group keeps its start.
 * @see Lloyd SP. IEEE Trans Inf Theory 1982;28:129-137, doi 10.1109/TIT.1982.1056489
 */
export function clusterCentres(rows: readonly (readonly number[])[], count: number, seed: number): number[][] {
  if (rows.length < count) throw new RangeError(`rows: ${rows.length}, need at least ${count}`);
  const random = createRandom(seed);
  let best: { centres: number[][]; spread: number } | undefined;
  for (let start = 0; start < 10; start++) {
    const pool = rows.map((row) => [...row]);
    let centres = Array.from({ length: count }, () => pool.splice(random.integer(pool.length), 1).flat());
    let groups = '';
    for (let step = 0; step < 100; step++) {
      const nearest = rows.map((row) => nearestCentre(centres, row));
      if (nearest.join() === groups) break;
      groups = nearest.join();
      centres = centres.map((centre, k) => {
        const own = rows.filter((_, i) => nearest[i] === k);
        if (own.length === 0) return centre;
        return centre.map((_, j) => own.reduce((sum, row) => sum + (row[j] ?? 0), 0) / own.length);
      });
    }
    const spread = rows.reduce((sum, row) => sum + distance(row, centres[nearestCentre(centres, row)] ?? []), 0);
    if (best === undefined || spread < best.spread) best = { centres, spread };
  }
  return best?.centres ?? [];
}

/**
 * Number of the centre with the smallest squared distance over the values that a row has; the first of equally near ones.
 *
 * @param row Values in the order of a centre's; undefined where one is missing.
 */
export function nearestCentre(centres: readonly (readonly number[])[], row: readonly (number | undefined)[]): number {
  const distances = centres.map((centre) => distance(row, centre));
  return distances.indexOf(Math.min(...distances));
}

function distance(row: readonly (number | undefined)[], centre: readonly number[]): number {
  return row.reduce<number>((sum, value, j) => sum + (value === undefined ? 0 : (value - (centre[j] ?? 0)) ** 2), 0);
}
