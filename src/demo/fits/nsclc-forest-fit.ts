import { anovaF } from '../../statistics/anova-f.ts';
import { createRandom, dealFolds, type Random } from '../../statistics/random.ts';
import { type Forest, fitForest, forestProbabilities } from '../../statistics/random-forest.ts';
import { areaUnderRoc } from '../../statistics/roc.ts';
import { randomSmoteDraws, smote } from '../../statistics/smote.ts';
import { pearson } from '../../statistics/spearman.ts';

/** Columns that are taken or left together, such as one feature at every visit; names are the model's input names. */
export interface ColumnGroup {
  readonly columns: readonly { readonly name: string; readonly values: Float64Array }[];
}

export interface ForestChoice {
  readonly trees: number;
  readonly maxDepth: number;
  readonly minSamplesLeaf: number;
  /** Groups of columns taken. */
  readonly groups: number;
}

/** What the search may choose from. */
export interface ForestSearch {
  readonly seed: number;
  /** Choices tried. */
  readonly draws: number;
  readonly folds: number;
  readonly trees: readonly number[];
  readonly maxDepth: readonly number[];
  readonly minSamplesLeaf: readonly number[];
  readonly groups: readonly number[];
  /** Neighbours of the synthetic minority rows, added to training rows only; null for none. */
  readonly smoteNeighbours: number | null;
}

export interface ChosenForest {
  readonly forest: Forest;
  /** Input names in the order of the forest's columns. */
  readonly columns: readonly string[];
  readonly choice: ForestChoice;
  /** Area under the ROC curve of the rows left out, over all folds. */
  readonly crossValidatedAuc: number;
}

/** Two groups whose first columns correlate above this say the same. */
const sameColumn = 0.9;

/**
 * Random forest whose columns and sizes are chosen by a seeded random search with stratified cross-validation. Columns are
 * ranked on the training rows of a fold only, and synthetic rows never reach the rows left out.
 *
 * @param groups Standardised columns of length `n`, without gaps.
 * @param outcome 0 or 1 per row, both present.
 * @throws StatisticsError what the forest, the analysis of variance and SMOTE refuse.
 */
export function searchForest(
  groups: readonly ColumnGroup[],
  outcome: Float64Array,
  search: ForestSearch,
): ChosenForest {
  const random = createRandom(search.seed);
  const foldOfRow = stratifiedFolds(random, outcome, search.folds);
  const rowSets = Array.from({ length: search.folds }, (_, fold) => ({
    training: rowsWhere(foldOfRow, (other) => other !== fold),
    left: rowsWhere(foldOfRow, (other) => other === fold),
  }));
  const ranked = rowSets.map(({ training }) => rankGroups(takeGroups(groups, training), take(outcome, training)));
  let best: { choice: ForestChoice; auc: number } | undefined;
  for (let draw = 0; draw < search.draws; draw++) {
    const choice = drawChoice(random, search, groups.length);
    const probabilities = new Float64Array(outcome.length);
    rowSets.forEach(({ training, left }, fold) => {
      const kept = (ranked[fold] ?? []).slice(0, choice.groups).flatMap((at) => groups[at]?.columns ?? []);
      const forest = fitOnRows(kept, outcome, training, choice, search);
      const predicted = forestProbabilities(
        forest,
        kept.map(({ values }) => take(values, left)),
      );
      left.forEach((row, i) => {
        probabilities[row] = predicted[i] ?? Number.NaN;
      });
    });
    const auc = areaUnderRoc(probabilities, outcome);
    if (best === undefined || auc > best.auc) best = { choice, auc };
  }
  if (best === undefined) throw new RangeError('draws: none, give at least 1');
  const columns = rankGroups(groups, outcome)
    .slice(0, best.choice.groups)
    .flatMap((at) => groups[at]?.columns ?? []);
  const all = Uint32Array.from(outcome.keys());
  return {
    forest: fitOnRows(columns, outcome, all, best.choice, search),
    columns: columns.map(({ name }) => name),
    choice: best.choice,
    crossValidatedAuc: best.auc,
  };
}

function drawChoice(random: Random, search: ForestSearch, available: number): ForestChoice {
  const pick = (values: readonly number[]) => values[random.integer(values.length)] ?? Number.NaN;
  return {
    trees: pick(search.trees),
    maxDepth: pick(search.maxDepth),
    minSamplesLeaf: pick(search.minSamplesLeaf),
    groups: Math.min(available, pick(search.groups)),
  };
}

function fitOnRows(
  columns: ColumnGroup['columns'],
  outcome: Float64Array,
  rows: Uint32Array,
  { trees, maxDepth, minSamplesLeaf }: ForestChoice,
  { seed, smoteNeighbours }: ForestSearch,
): Forest {
  const random = createRandom(seed + 1);
  const own = columns.map(({ values }) => take(values, rows));
  const answers = take(outcome, rows);
  const options = { trees, maxDepth, minSamplesLeaf };
  if (smoteNeighbours === null) return fitForest(own, answers, random, options).forest;
  const events = answers.reduce((sum, value) => sum + value, 0);
  const minority = Math.min(events, answers.length - events);
  const balanced = smote(own, answers, smoteNeighbours, randomSmoteDraws(random, minority, smoteNeighbours));
  return fitForest(balanced.columns, balanced.outcome, random, options).forest;
}

/** Groups by the largest F of their columns, without constant ones and those that repeat a better one. */
function rankGroups(groups: readonly ColumnGroup[], outcome: Float64Array): number[] {
  const merit = groups.map(({ columns }) => {
    const { f } = anovaF(
      columns.map(({ values }) => values),
      outcome,
    );
    return f.reduce<number>((most, value) => Math.max(most, value ?? 0), 0);
  });
  const varying = groups.map((_, at) => at).filter((at) => (merit[at] ?? 0) > 0);
  const order = varying.toSorted((a, b) => (merit[b] ?? 0) - (merit[a] ?? 0) || a - b);
  const kept: number[] = [];
  for (const at of order) {
    if (!kept.some((better) => repeats(groups[at], groups[better]))) kept.push(at);
  }
  return kept;
}

function repeats(a: ColumnGroup | undefined, b: ColumnGroup | undefined): boolean {
  const [first, second] = [a?.columns[0]?.values, b?.columns[0]?.values];
  return first !== undefined && second !== undefined && Math.abs(pearson(first, second)) > sameColumn;
}

/** Folds with equal shares of the outcome. */
function stratifiedFolds(random: Random, outcome: Float64Array, folds: number): Uint16Array {
  const foldOfRow = new Uint16Array(outcome.length);
  for (const value of [0, 1]) {
    const rows = rowsWhere(outcome, (other) => other === value);
    const dealt = dealFolds(random, rows.length, folds);
    rows.forEach((row, i) => {
      foldOfRow[row] = dealt[i] ?? 0;
    });
  }
  return foldOfRow;
}

function rowsWhere(values: ArrayLike<number>, test: (value: number) => boolean): Uint32Array {
  return Uint32Array.from(Array.from(values, (value, row) => (test(value) ? row : -1)).filter((row) => row >= 0));
}

function take(values: Float64Array, rows: Uint32Array): Float64Array {
  return Float64Array.from(rows, (row) => values[row] ?? Number.NaN);
}

function takeGroups(groups: readonly ColumnGroup[], rows: Uint32Array): ColumnGroup[] {
  return groups.map(({ columns }) => ({
    columns: columns.map(({ name, values }) => ({ name, values: take(values, rows) })),
  }));
}
