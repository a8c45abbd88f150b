import type { Columns } from './columns.ts';

/**
 * A binary classification tree in preorder: node 0 is the root, children come after their parent.
 *
 * At a split a row goes left when `float32(x) <= threshold`: scikit-learn casts its data to single precision before it
 * compares, so that values between a threshold and its rounding go the other way without the cast.
 */
export interface Tree {
  /** Left child per node; -1 at a leaf. */
  readonly left: Int32Array;
  /** Right child per node; -1 at a leaf. */
  readonly right: Int32Array;
  /** Column of the split per node; -1 at a leaf. */
  readonly feature: Int32Array;
  /** Border of the split per node; 0 at a leaf. */
  readonly threshold: Float64Array;
  /** Weight of the training rows in the node: with the bootstrap, the number of draws. */
  readonly cover: Float64Array;
  /** Number of distinct training rows in the node. */
  readonly rows: Uint32Array;
  /** Share of the weight with outcome 1. */
  readonly value: Float64Array;
}

/**
 * Leaf that a row falls into.
 *
 * @param columns At least as many columns as the tree splits on.
 * @param row Row number.
 * @returns Its node number.
 */
export function leafOf(tree: Tree, columns: Columns, row: number): number {
  const { left, right, feature, threshold } = tree;
  let node = 0;
  while (left[node]! >= 0) {
    const x = Math.fround(columns[feature[node]!]![row]!);
    node = x <= threshold[node]! ? left[node]! : right[node]!;
  }
  return node;
}

/**
 * Adds to `out` the decrease of Gini impurity by the splits on each column, weighted by the share of rows that a split
 * sees: with `G = 2 v (1 - v)`, `[w G - w_left G_left - w_right G_right] / w_root`, normalised to sum 1 over the tree.
 *
 * @param out One element per column; added to, never cleared. A tree without a split adds nothing.
 * @see Breiman L et al. Classification and Regression Trees, 1984, section 5.3
 */
export function addGiniDecrease(tree: Tree, out: Float64Array): void {
  const impurity = (node: number) => 2 * tree.cover[node]! * tree.value[node]! * (1 - tree.value[node]!);
  const own = new Float64Array(out.length);
  let total = 0;
  tree.feature.forEach((feature, node) => {
    if (feature < 0) return;
    const decrease = impurity(node) - impurity(tree.left[node]!) - impurity(tree.right[node]!);
    own[feature]! += decrease;
    total += decrease;
  });
  if (total > 0) for (let j = 0; j < out.length; j++) out[j]! += own[j]! / total;
}
