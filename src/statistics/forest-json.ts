import type { Forest } from './random-forest.ts';
import { StatisticsError } from './statistics-error.ts';
import type { Tree } from './tree.ts';

/** A tree under scikit-learn's names, as `tree_` of a fitted `DecisionTreeClassifier` lists it. */
export interface TreeJson {
  /** -1 at a leaf. */
  readonly children_left: readonly number[];
  readonly children_right: readonly number[];
  /** Any negative number at a leaf (scikit-learn: -2). */
  readonly feature: readonly number[];
  /** Ignored at a leaf, where scikit-learn has -2. */
  readonly threshold: readonly (number | null)[];
  readonly n_node_samples: readonly number[];
  readonly weighted_n_node_samples: readonly number[];
  /** Share of outcome 1 in the weight of each node. */
  readonly prob1: readonly number[];
}

export interface ForestJson {
  readonly n_features: number;
  readonly trees: readonly TreeJson[];
}

/**
 * A forest as plain data; `JSON.stringify` keeps every bit of its numbers.
 *
 * @returns Arrays under scikit-learn's names, see `forestFromJson`.
 */
export function forestToJson(forest: Forest): ForestJson {
  return {
    n_features: forest.features,
    trees: forest.trees.map((tree) => ({
      children_left: Array.from(tree.left),
      children_right: Array.from(tree.right),
      feature: Array.from(tree.feature, (feature) => (feature < 0 ? -2 : feature)),
      threshold: Array.from(tree.threshold, (threshold, node) => (tree.feature[node]! < 0 ? null : threshold)),
      n_node_samples: Array.from(tree.rows),
      weighted_n_node_samples: Array.from(tree.cover),
      prob1: Array.from(tree.value),
    })),
  };
}

/**
 * Reads a forest: one of our own, or one exported from scikit-learn. There, for each `t` of `forest.estimators_`, the
 * arrays of `t.tree_` under their own names, and `prob1 = value[:, 0, 1] / value[:, 0].sum(axis=1)`.
 *
 * @param json Checked: arrays of one length, children behind their parents and each reached once, columns in range,
 *   finite thresholds, positive weights that add up, shares in `[0, 1]`.
 * @throws StatisticsError `STATISTICS_INPUT` naming tree and array otherwise.
 */
export function forestFromJson(json: ForestJson): Forest {
  const features = json.n_features;
  if (!(Number.isInteger(features) && features >= 1))
    throw new StatisticsError('STATISTICS_INPUT', 'n_features', `got ${features}, give the number of columns`);
  if (!Array.isArray(json.trees) || json.trees.length === 0)
    throw new StatisticsError('STATISTICS_INPUT', 'trees', 'are none');
  return { features, trees: json.trees.map((tree, t) => readTree(tree, features, `trees[${t}]`)) };
}

function readTree(json: TreeJson, features: number, subject: string): Tree {
  const count = json.children_left?.length ?? 0;
  const numbers = (name: keyof TreeJson) => {
    const values = json[name];
    if (!Array.isArray(values) || values.length !== count || count === 0)
      throw new StatisticsError('STATISTICS_INPUT', `${subject}.${name}`, `is no list of ${count || 'some'} numbers`);
    return values as readonly (number | null)[];
  };
  const isLeaf = (node: number) => json.children_left[node] === -1;
  const tree = {
    left: Int32Array.from(numbers('children_left'), Number),
    right: Int32Array.from(numbers('children_right'), Number),
    feature: Int32Array.from(numbers('feature'), (value, node) => (isLeaf(node) ? -1 : Number(value))),
    threshold: Float64Array.from(numbers('threshold'), (value, node) => (isLeaf(node) ? 0 : (value ?? Number.NaN))),
    cover: Float64Array.from(numbers('weighted_n_node_samples'), (value) => value ?? Number.NaN),
    rows: Uint32Array.from(numbers('n_node_samples'), Number),
    value: Float64Array.from(numbers('prob1'), (value) => value ?? Number.NaN),
  };
  checkTree(tree, features, subject);
  return tree;
}

function checkTree(tree: Tree, features: number, subject: string): void {
  const reached = new Uint8Array(tree.left.length);
  reached[0] = 1;
  for (let node = 0; node < tree.left.length; node++) {
    const refuse = (name: keyof TreeJson) =>
      new StatisticsError('STATISTICS_INPUT', `${subject}.${name}`, `node ${node} does not fit a tree`);
    if (!(tree.cover[node]! > 0 && tree.cover[node]! < Number.POSITIVE_INFINITY))
      throw refuse('weighted_n_node_samples');
    if (!(tree.value[node]! >= 0 && tree.value[node]! <= 1)) throw refuse('prob1');
    const [left, right] = [tree.left[node]!, tree.right[node]!];
    if (reached[node] === 0 || left < 0 !== right < 0) throw refuse('children_right');
    if (left < 0) continue;
    for (const [child, name] of [[left, 'children_left'] as const, [right, 'children_right'] as const]) {
      if (!(child > node && reached[child] === 0)) throw refuse(name);
      reached[child] = 1;
    }
    if (!(tree.feature[node]! >= 0 && tree.feature[node]! < features)) throw refuse('feature');
    if (!Number.isFinite(tree.threshold[node]!)) throw refuse('threshold');
    // SHAP values weigh by these shares: without the sum they would not add up to the prediction.
    const covered = tree.cover[left]! + tree.cover[right]!;
    if (Math.abs(covered - tree.cover[node]!) > 1e-9 * tree.cover[node]!) throw refuse('weighted_n_node_samples');
  }
}
