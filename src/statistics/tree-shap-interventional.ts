import type { Columns } from './columns.ts';
import { checkForestInput, checkRow, type Forest, forestProbabilities } from './random-forest.ts';
import { StatisticsError } from './statistics-error.ts';
import type { Tree } from './tree.ts';
import type { ShapValues } from './tree-shap.ts';

/**
 * Shapley values of a forest's prediction, interventional: unknown columns take their values from background rows,
 * `v(S) = mean over b of f(x on S, b elsewhere)`. `shap.TreeExplainer(model, data = background)`.
 *
 * For one background row only leaves whose path `x` and `b` can share between them count: with `u` columns on which the
 * path demands `x` and `w` on which it demands `b`, a leaf adds `value (u - 1)! w!/(u + w)!` to each of the former and
 * takes `value u! (w - 1)!/(u + w)!` off each of the latter. Time grows with the number of background rows.
 *
 * @param columns One column per feature of the forest.
 * @param row Row to explain.
 * @param background Rows that stand for the cohort, in the same columns; 100 are usual.
 * @returns Means over trees and background rows; `expected` is the mean prediction of the background.
 * @throws StatisticsError `STATISTICS_INPUT` as `forestProbabilities`, or without background rows, or if
 *   there is no such row.
 * @see Lundberg SM et al. Nat Mach Intell 2020;2:56-67, doi 10.1038/s42256-019-0138-9, algorithm 3
 */
export function interventionalShap(forest: Forest, columns: Columns, row: number, background: Columns): ShapValues {
  checkForestInput(forest, columns);
  checkForestInput(forest, background);
  const count = background[0]!.length;
  if (count === 0) throw new StatisticsError('STATISTICS_INPUT', 'background', 'has no rows');
  checkRow(columns, row);
  const sum = new Float64Array(forest.features);
  for (const tree of forest.trees) {
    for (let other = 0; other < count; other++) addPair(tree, columns, row, background, other, sum);
  }
  const predictions = forestProbabilities(forest, background);
  return {
    phi: sum.map((value) => value / (forest.trees.length * count)),
    expected: predictions.reduce((total, value) => total + value, 0) / count,
  };
}

/** Adds one tree's values for one background row. */
function addPair(
  tree: Tree,
  columns: Columns,
  row: number,
  background: Columns,
  other: number,
  phi: Float64Array,
): void {
  const goesLeft = (table: Columns, at: number, node: number) =>
    Math.fround(table[tree.feature[node]!]![at]!) <= tree.threshold[node]!;
  // Whose value a column has on this path: 1 the explained row's, -1 the background's, 0 not yet decided.
  const owner = new Int8Array(phi.length);

  /** Returns what the leaves below give to a column decided for the explained row, and for the background. */
  function descend(node: number, u: number, w: number): [number, number] {
    const left = tree.left[node]!;
    if (left < 0) {
      const value = tree.value[node]!;
      return [u > 0 ? value * orders(u - 1, w) : 0, w > 0 ? -value * orders(u, w - 1) : 0];
    }
    const right = tree.right[node]!;
    const feature = tree.feature[node]!;
    const ownChild = goesLeft(columns, row, node) ? left : right;
    const otherChild = goesLeft(background, other, node) ? left : right;
    if (ownChild === otherChild || owner[feature] === 1) return descend(ownChild, u, w);
    if (owner[feature] === -1) return descend(otherChild, u, w);
    owner[feature] = 1;
    const own = descend(ownChild, u + 1, w);
    owner[feature] = -1;
    const theirs = descend(otherChild, u, w + 1);
    owner[feature] = 0;
    phi[feature]! += own[0] + theirs[1];
    return [own[0] + theirs[0], own[1] + theirs[1]];
  }
  descend(0, 0, 0);
}

/** `a! b! / (a + b + 1)!`, by a product that stays within doubles. */
function orders(a: number, b: number): number {
  let result = 1 / (a + b + 1);
  for (let i = 1; i <= b; i++) result *= i / (a + i);
  return result;
}
