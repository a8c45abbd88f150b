import { type Columns, checkBinary, checkColumns } from './columns.ts';
import { denseRanks } from './dense-ranks.ts';
import { createRandom, type Random } from './random.ts';
import { StatisticsError } from './statistics-error.ts';
import { addGiniDecrease, leafOf, type Tree } from './tree.ts';
import { fitTree, type TreeData, type TreeLimits } from './tree-fit.ts';

/** Classification trees whose leaf shares are averaged. */
export interface Forest {
  /** Number of columns that it was fitted on. */
  readonly features: number;
  readonly trees: readonly Tree[];
}

export interface ForestOptions {
  /** Number of trees, 1 or more; 100 by default. */
  readonly trees?: number;
  /** Splits from the root to a leaf at most; no limit by default. */
  readonly maxDepth?: number;
  /** 1 by default. */
  readonly minSamplesLeaf?: number;
  /** 2 by default. */
  readonly minSamplesSplit?: number;
  /** Columns tried per split: a number, or `sqrt` (the default) for `floor(sqrt(p))`. */
  readonly maxFeatures?: number | 'sqrt';
  /** Whether each tree sees `n` draws with replacement (the default) or all rows. */
  readonly bootstrap?: boolean;
}

export interface FittedForest {
  readonly forest: Forest;
  /** Probability of each row over the trees that did not draw it; rows drawn by all are not in it. */
  readonly outOfBag: { readonly rows: Uint32Array; readonly probabilities: Float64Array };
}

/**
 * Random forest of a binary outcome: trees on bootstrap resamples with a random choice of columns at each split. Same
 * parameters and defaults as scikit-learn's `RandomForestClassifier`, but other random numbers: a forest fitted there
 * can be imported, not fitted again.
 *
 * @param columns `p` columns of length `n`. Compared in single precision, as there: values must differ in their first
 *   7 digits to be told apart.
 * @param outcome 0 or 1 per row, both present.
 * @param random Gives one seed per tree, so that the first trees of a larger forest are those of a smaller one.
 * @throws StatisticsError `STATISTICS_INPUT` on NaN, a value too large for single precision, unequal lengths, no column,
 *   a single outcome or an option outside its range.
 * @see Breiman L. Mach Learn 2001;45:5-32, doi 10.1023/A:1010933404324
 */
export function fitForest(
  columns: Columns,
  outcome: ArrayLike<number>,
  random: Random,
  options: ForestOptions = {},
): FittedForest {
  const data = treeData(columns, outcome);
  const limits = limitsOf(options, columns.length);
  const count = options.trees ?? 100;
  checkWhole('trees', count, 1);
  const sums = new Float64Array(data.n);
  const votes = new Uint32Array(data.n);
  const trees = Array.from({ length: count }, () => {
    const own = createRandom(random.integer(2 ** 32));
    const weights = new Uint32Array(data.n);
    if (options.bootstrap === false) weights.fill(1);
    else for (let draw = 0; draw < data.n; draw++) weights[own.integer(data.n)]! += 1;
    const tree = fitTree(data, weights, limits, own);
    for (let row = 0; row < data.n; row++) {
      if (weights[row]! > 0) continue;
      sums[row]! += tree.value[leafOf(tree, columns, row)]!;
      votes[row]! += 1;
    }
    return tree;
  });
  const rows = Uint32Array.from(votes.keys()).filter((row) => votes[row]! > 0);
  const probabilities = Float64Array.from(rows, (row) => sums[row]! / votes[row]!);
  return { forest: { features: columns.length, trees }, outOfBag: { rows, probabilities } };
}

/**
 * Probabilities of outcome 1: the mean over trees of the share in the leaf (not a majority vote, as R's randomForest).
 *
 * @param columns The columns that the forest was fitted on, in their order, any number of rows.
 * @throws StatisticsError `STATISTICS_INPUT` on another number of columns, unequal lengths or NaN.
 */
export function forestProbabilities(forest: Forest, columns: Columns): Float64Array {
  checkForestInput(forest, columns);
  const sums = new Float64Array(columns[0]!.length);
  for (const tree of forest.trees)
    for (let row = 0; row < sums.length; row++) sums[row]! += tree.value[leafOf(tree, columns, row)]!;
  return sums.map((sum) => sum / forest.trees.length);
}

/**
 * Importance of each column: the decrease of Gini impurity by its splits, averaged over trees, sum 1. It favours columns
 * with many distinct values, and is no effect of a column: see the SHAP values for that.
 *
 * @returns One element per column; all 0 if no tree has a split.
 */
export function forestImportances(forest: Forest): Float64Array {
  const sums = new Float64Array(forest.features);
  for (const tree of forest.trees) addGiniDecrease(tree, sums);
  const total = sums.reduce((sum, value) => sum + value, 0);
  return total > 0 ? sums.map((value) => value / total) : sums;
}

/** Checks rows for a forest; a single row will do. */
export function checkForestInput(forest: Forest, columns: Columns): void {
  if (columns.length !== forest.features)
    throw new StatisticsError(
      'STATISTICS_INPUT',
      'columns',
      `got ${columns.length}, the forest has ${forest.features}`,
    );
  const rows = columns[0]!.length;
  columns.forEach((column, j) => {
    const bad = column.findIndex((value) => !Number.isFinite(value));
    if (bad >= 0 || column.length !== rows)
      throw new StatisticsError('STATISTICS_INPUT', `column ${j}`, bad >= 0 ? `row ${bad} is no number` : 'is shorter');
  });
}

/** Checks the number of a row. */
export function checkRow(columns: Columns, row: number): void {
  const rows = columns[0]!.length;
  if (!(Number.isInteger(row) && row >= 0 && row < rows))
    throw new StatisticsError('STATISTICS_INPUT', 'row', `got ${row} of ${rows} rows`);
}

function treeData(columns: Columns, outcome: ArrayLike<number>): TreeData {
  const n = outcome.length;
  if (columns.length === 0) throw new StatisticsError('STATISTICS_INPUT', 'columns', 'are none');
  checkBinary(outcome);
  const single = columns.map((column) => column.map(Math.fround));
  // After the cast: what overflows single precision is refused as an infinity.
  checkColumns(single, n);
  const ranked = single.map(denseRanks);
  return {
    n,
    distinct: ranked.map(({ distinct }) => Float32Array.from(distinct)),
    ranks: ranked.map(({ ranks }) => ranks),
    outcome: Uint8Array.from(outcome),
  };
}

function limitsOf(options: ForestOptions, columns: number): TreeLimits {
  const {
    maxDepth = Number.POSITIVE_INFINITY,
    minSamplesLeaf = 1,
    minSamplesSplit = 2,
    maxFeatures = 'sqrt',
  } = options;
  const tried = maxFeatures === 'sqrt' ? Math.max(1, Math.floor(Math.sqrt(columns))) : maxFeatures;
  if (maxDepth !== Number.POSITIVE_INFINITY) checkWhole('maxDepth', maxDepth, 1);
  checkWhole('minSamplesLeaf', minSamplesLeaf, 1);
  checkWhole('minSamplesSplit', minSamplesSplit, 2);
  checkWhole('maxFeatures', tried, 1);
  if (tried > columns)
    throw new StatisticsError('STATISTICS_INPUT', 'maxFeatures', `got ${tried} of ${columns} columns`);
  return { maxDepth, minSamplesLeaf, minSamplesSplit, maxFeatures: tried };
}

function checkWhole(subject: string, value: number, least: number): void {
  if (!(Number.isInteger(value) && value >= least))
    throw new StatisticsError('STATISTICS_INPUT', subject, `got ${value}, give a whole number of at least ${least}`);
}
