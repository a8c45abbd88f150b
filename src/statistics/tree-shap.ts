import type { Columns } from './columns.ts';
import { checkForestInput, checkRow, type Forest } from './random-forest.ts';
import type { Tree } from './tree.ts';

/** Contribution of each column to one prediction: `expected + sum(phi)` is the probability of the row. */
export interface ShapValues {
  /** One per column. */
  readonly phi: Float64Array;
  /** Prediction when nothing is known. */
  readonly expected: number;
}

/**
 * Columns met on the way to a node, with what is needed to average over all orders in which they become known. Element 0
 * is no column but the start.
 */
interface Path {
  readonly feature: Int32Array;
  /** Share of training weight that flows this way while the column is unknown. */
  readonly unknown: Float64Array;
  /** 1 if the row flows this way once the column is known, otherwise 0. */
  readonly known: Float64Array;
  /** By number of known columns: summed share of the orders, `|S|! (m - |S|)! / (m + 1)!` at first. */
  readonly weight: Float64Array;
}

/**
 * Shapley values of a forest's prediction, path-dependent: while a column is unknown, a split on it sends a row both
 * ways, weighted by the training rows (bootstrap draws) that went there. `shap.TreeExplainer(model)` without background
 * data.
 *
 * `phi_j = sum over sets S without j of |S|! (M - |S| - 1)!/M! [v(S + j) - v(S)]`, exactly, in time proportional to
 * leaves times depth squared. Not the same numbers as the interventional values: state which are shown.
 *
 * @param columns One column per feature of the forest.
 * @param row Row to explain.
 * @returns Means over trees.
 * @throws StatisticsError `STATISTICS_INPUT` as `forestProbabilities`, or if there is no such row.
 * @see Lundberg SM et al. Nat Mach Intell 2020;2:56-67, doi 10.1038/s42256-019-0138-9, algorithm 2
 */
export function pathDependentShap(forest: Forest, columns: Columns, row: number): ShapValues {
  checkForestInput(forest, columns);
  checkRow(columns, row);
  const phi = new Float64Array(forest.features);
  let expected = 0;
  for (const tree of forest.trees) {
    addTree(tree, columns, row, phi);
    expected += expectedValue(tree);
  }
  const count = forest.trees.length;
  return { phi: phi.map((value) => value / count), expected: expected / count };
}

/** Mean of the leaves by their training weight. */
function expectedValue(tree: Tree): number {
  let sum = 0;
  for (let node = 0; node < tree.left.length; node++)
    if (tree.left[node]! < 0) sum += tree.cover[node]! * tree.value[node]!;
  return sum / tree.cover[0]!;
}

function addTree(tree: Tree, columns: Columns, row: number, phi: Float64Array): void {
  /** Walks the subtree below `node`, which is reached over the split on `feature` after the path of `parent`. */
  function descend(node: number, parent: Path, length: number, feature: number, unknown: number, known: number): void {
    const path = copyPath(parent, length);
    extend(path, length, feature, unknown, known);
    const left = tree.left[node]!;
    if (left < 0) {
      for (let i = 1; i <= length; i++) {
        const gain = path.known[i]! - path.unknown[i]!;
        phi[path.feature[i]!]! += unwoundWeight(path, length, i) * gain * tree.value[node]!;
      }
      return;
    }
    const right = tree.right[node]!;
    const column = tree.feature[node]!;
    const taken = Math.fround(columns[column]![row]!) <= tree.threshold[node]! ? left : right;
    let [priorUnknown, priorKnown, end] = [1, 1, length];
    // A column counts once on a path: a second split on it takes over its shares.
    const earlier = path.feature.subarray(1, length + 1).indexOf(column) + 1;
    if (earlier > 0) {
      priorUnknown = path.unknown[earlier]!;
      priorKnown = path.known[earlier]!;
      unwind(path, length, earlier);
      end--;
    }
    for (const child of [left, right]) {
      const share = tree.cover[child]! / tree.cover[node]!;
      descend(child, path, end + 1, column, priorUnknown * share, child === taken ? priorKnown : 0);
    }
  }
  const empty = { feature: new Int32Array(0), unknown: none, known: none, weight: none };
  descend(0, empty, 0, -1, 1, 1);
}

const none = new Float64Array(0);

function copyPath(path: Path, length: number): Path {
  const copy = {
    feature: new Int32Array(length + 1),
    unknown: new Float64Array(length + 1),
    known: new Float64Array(length + 1),
    weight: new Float64Array(length + 1),
  };
  copy.feature.set(path.feature.subarray(0, length));
  copy.unknown.set(path.unknown.subarray(0, length));
  copy.known.set(path.known.subarray(0, length));
  copy.weight.set(path.weight.subarray(0, length));
  return copy;
}

/** Adds a column as element `at`; weights go over to orders of one column more. */
function extend(path: Path, at: number, feature: number, unknown: number, known: number): void {
  const { weight } = path;
  path.feature[at] = feature;
  path.unknown[at] = unknown;
  path.known[at] = known;
  weight[at] = at === 0 ? 1 : 0;
  for (let i = at - 1; i >= 0; i--) {
    weight[i + 1]! += (known * weight[i]! * (i + 1)) / (at + 1);
    weight[i] = (unknown * weight[i]! * (at - i)) / (at + 1);
  }
}

/** Takes element `index` out of a path whose last element is `last`: the inverse of `extend`. */
function unwind(path: Path, last: number, index: number): void {
  const { weight, feature } = path;
  const [known, unknown] = [path.known[index]!, path.unknown[index]!];
  let next = weight[last]!;
  for (let i = last - 1; i >= 0; i--) {
    if (known !== 0) {
      const kept = weight[i]!;
      weight[i] = (next * (last + 1)) / ((i + 1) * known);
      next = kept - (weight[i]! * unknown * (last - i)) / (last + 1);
    } else weight[i] = (weight[i]! * (last + 1)) / (unknown * (last - i));
  }
  for (let i = index; i < last; i++) {
    feature[i] = feature[i + 1]!;
    path.unknown[i] = path.unknown[i + 1]!;
    path.known[i] = path.known[i + 1]!;
  }
}

/** Sum of the weights after taking out element `index`, without changing the path. */
function unwoundWeight(path: Path, last: number, index: number): number {
  const { weight } = path;
  const [known, unknown] = [path.known[index]!, path.unknown[index]!];
  let next = weight[last]!;
  let total = 0;
  for (let i = last - 1; i >= 0; i--) {
    if (known !== 0) {
      const share = (next * (last + 1)) / ((i + 1) * known);
      total += share;
      next = weight[i]! - (share * unknown * (last - i)) / (last + 1);
    } else total += (weight[i]! * (last + 1)) / (unknown * (last - i));
  }
  return total;
}
