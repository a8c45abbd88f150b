import type { Random } from './random.ts';
import type { Tree } from './tree.ts';

/** When a tree stops growing. */
export interface TreeLimits {
  /** Splits from the root to a leaf at most; infinite for no limit. */
  readonly maxDepth: number;
  /** Distinct rows that a leaf must keep, 1 or more. */
  readonly minSamplesLeaf: number;
  /** Distinct rows below which a node is not split, 2 or more. */
  readonly minSamplesSplit: number;
  /** Columns tried per split, `1..p`; more, until one of them is not constant in the node. */
  readonly maxFeatures: number;
}

/** Training rows in the form that splitting needs, shared by all trees of a forest. */
export interface TreeData {
  readonly n: number;
  /** Per column the distinct values in single precision, ascending. */
  readonly distinct: readonly Float32Array[];
  /** Per column the index of each row's value among them. */
  readonly ranks: readonly Uint32Array[];
  /** 0 or 1 per row. */
  readonly outcome: Uint8Array;
}

interface Split {
  readonly feature: number;
  /** Rows with a rank up to this go left. */
  readonly rank: number;
  readonly threshold: number;
}

/**
 * Grows a classification tree by Gini impurity (CART), as scikit-learn's `DecisionTreeClassifier`.
 *
 * A node takes the split, over the columns tried and all midpoints between neighbouring distinct values in it, with the
 * largest `(w1^2 + w0^2)/w` summed over both children, `w1` and `w0` their weights of each outcome: the largest decrease
 * of impurity. Of equal splits the one found first counts: columns in the random order, values ascending. Without a
 * split that leaves `minSamplesLeaf` rows on both sides, or when all rows have one outcome, the node is a leaf.
 * Deviation: scikit-learn takes values closer than 1e-7 for equal, this function only equal ones.
 *
 * @param weights Draws per row, 0 or more; rows with 0 do not take part.
 * @param random Order of the columns at each split.
 */
export function fitTree(data: TreeData, weights: Uint32Array, limits: TreeLimits, random: Random): Tree {
  const rows = Uint32Array.from({ length: data.n }, (_, i) => i).filter((row) => weights[row]! > 0);
  const nodes: Nodes = { left: [], right: [], feature: [], threshold: [], cover: [], rows: [], value: [] };
  const search = createSplitSearch(data, weights, limits, random);
  const spare = new Uint32Array(rows.length);

  // A stack of its own, not recursion: a tree that splits off one row at a time is as deep as it has rows.
  const open: OpenNode[] = [{ start: 0, end: rows.length, depth: 0, parent: -1, side: 'left' }];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const { start, end, depth, parent, side } = next;
    const node = nodes.left.length;
    if (parent >= 0) nodes[side][parent] = node;
    const { weight, events } = addLeaf(nodes, rows.subarray(start, end), data, weights);
    const size = end - start;
    const closed = depth >= limits.maxDepth || size < limits.minSamplesSplit || size < 2 * limits.minSamplesLeaf;
    if (closed || events === 0 || events === weight) continue;
    const split = search(rows.subarray(start, end), weight, events);
    if (split === undefined) continue;
    const middle = partition(rows, start, end, data.ranks[split.feature]!, split.rank, spare);
    nodes.feature[node] = split.feature;
    nodes.threshold[node] = split.threshold;
    // Last in, first out: the left child and all below it get the next numbers.
    open.push({ start: middle, end, depth: depth + 1, parent: node, side: 'right' });
    open.push({ start, end: middle, depth: depth + 1, parent: node, side: 'left' });
  }
  return {
    left: Int32Array.from(nodes.left),
    right: Int32Array.from(nodes.right),
    feature: Int32Array.from(nodes.feature),
    threshold: Float64Array.from(nodes.threshold),
    cover: Float64Array.from(nodes.cover),
    rows: Uint32Array.from(nodes.rows),
    value: Float64Array.from(nodes.value),
  };
}

/** A node yet to be made, over `rows[start..end)`. */
interface OpenNode {
  readonly start: number;
  readonly end: number;
  readonly depth: number;
  readonly parent: number;
  readonly side: 'left' | 'right';
}

function addLeaf(nodes: Nodes, rows: Uint32Array, data: TreeData, weights: Uint32Array) {
  let [weight, events] = [0, 0];
  for (const row of rows) {
    weight += weights[row]!;
    events += weights[row]! * data.outcome[row]!;
  }
  nodes.left.push(-1);
  nodes.right.push(-1);
  nodes.feature.push(-1);
  nodes.threshold.push(0);
  nodes.cover.push(weight);
  nodes.rows.push(rows.length);
  nodes.value.push(events / weight);
  return { weight, events };
}

type Nodes = Record<keyof Tree, number[]>;

/** Search for the best split of a node's rows; keeps its buffers from node to node. */
function createSplitSearch(data: TreeData, weights: Uint32Array, limits: TreeLimits, random: Random) {
  const order = Uint32Array.from(data.ranks.keys());
  const keys = new Float64Array(data.n);
  const scale = 2 ** Math.ceil(Math.log2(data.n + 1));

  /** Best split by one column; `best` is the merit to beat. Undefined if the column is constant in the node. */
  function byColumn(feature: number, rows: Uint32Array, weight: number, events: number, best: number) {
    const ranks = data.ranks[feature]!;
    const size = rows.length;
    // One number per row, so that the typed array's own sort needs no comparison function.
    for (let i = 0; i < size; i++) keys[i] = ranks[rows[i]!]! * scale + rows[i]!;
    const sorted = keys.subarray(0, size).sort();
    let rank = Math.floor(sorted[0]! / scale);
    if (rank === Math.floor(sorted[size - 1]! / scale)) return undefined;
    let [merit, lowRank, highRank] = [best, -1, -1];
    let [leftWeight, leftEvents] = [0, 0];
    for (let i = 0; i < size - 1; i++) {
      const row = sorted[i]! - rank * scale;
      leftWeight += weights[row]!;
      leftEvents += weights[row]! * data.outcome[row]!;
      const next = Math.floor(sorted[i + 1]! / scale);
      if (next === rank) continue;
      const own = rank;
      rank = next;
      if (i + 1 < limits.minSamplesLeaf || size - i - 1 < limits.minSamplesLeaf) continue;
      const here = purity(leftWeight, leftEvents) + purity(weight - leftWeight, events - leftEvents);
      if (here > merit) [merit, lowRank, highRank] = [here, own, next];
    }
    return { merit, lowRank, highRank };
  }

  return (rows: Uint32Array, weight: number, events: number): Split | undefined => {
    let found: Split | undefined;
    let merit = Number.NEGATIVE_INFINITY;
    let varying = 0;
    for (let tried = 0; tried < order.length && (tried < limits.maxFeatures || varying === 0); tried++) {
      const pick = tried + random.integer(order.length - tried);
      const feature = order[pick]!;
      order[pick] = order[tried]!;
      order[tried] = feature;
      const best = byColumn(feature, rows, weight, events, merit);
      if (best === undefined) continue;
      varying++;
      if (best.lowRank < 0) continue;
      merit = best.merit;
      const [low, high] = [data.distinct[feature]![best.lowRank]!, data.distinct[feature]![best.highRank]!];
      // In double precision, where the midpoint of two single-precision neighbours lies strictly between them.
      found = { feature, rank: best.lowRank, threshold: low / 2 + high / 2 };
    }
    return found;
  };
}

function purity(weight: number, events: number): number {
  return (events * events + (weight - events) * (weight - events)) / weight;
}

/** Moves rows up to `rank` before the others, both in their order; returns the border. */
function partition(
  rows: Uint32Array,
  start: number,
  end: number,
  ranks: Uint32Array,
  rank: number,
  spare: Uint32Array,
): number {
  let [middle, others] = [start, 0];
  for (let i = start; i < end; i++) {
    const row = rows[i]!;
    if (ranks[row]! <= rank) rows[middle++] = row;
    else spare[others++] = row;
  }
  rows.set(spare.subarray(0, others), middle);
  return middle;
}
