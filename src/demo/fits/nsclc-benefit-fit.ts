import type { Clusters, ModelInput } from '../../models/model-schema.ts';
import { type Forest, forestProbabilities } from '../../statistics/random-forest.ts';
import { type BenefitMember, progressedWithin } from './nsclc-benefit-cohort.ts';
import { clinicalColumns, fitClinicalInputs } from './nsclc-clinical-columns.ts';
import { type ChosenForest, type ColumnGroup, type ForestSearch, searchForest } from './nsclc-forest-fit.ts';
import { type ImageTable, imageColumn, imageGroups } from './nsclc-image-columns.ts';

/** A cohort with its measured images. */
export interface MeasuredBenefitCohort {
  readonly members: readonly BenefitMember[];
  readonly tables: readonly ImageTable[];
}

/** The members of the ensembles, in the model's order. */
const memberNames = ['imagingLongitudinal', 'imagingDelta', 'clinical'] as const;
export type MemberName = (typeof memberNames)[number];

/** Endpoints of the model (months), in the order of its forms. */
export const horizons = [6, 9] as const;

export interface FittedBenefit {
  /** Of both horizons together, without those that no forest uses. */
  readonly inputs: readonly ModelInput[];
  readonly clusters: Clusters;
  readonly forests: readonly { readonly months: number; readonly member: MemberName; readonly fit: ChosenForest }[];
}

const sizes = { trees: [40, 50, 60], maxDepth: [3, 4], minSamplesLeaf: [3, 5, 8] };
/** Groups of columns that a search may take: a feature at three visits, a change, a clinical input. */
const groupCounts: Readonly<Record<MemberName, readonly number[]>> = {
  imagingLongitudinal: [1, 2, 3, 4],
  imagingDelta: [2, 3, 4, 6],
  clinical: [8, 12, 18],
};

/** How the hyperparameters are searched; the 9-month outcome is balanced as in the paper, with five neighbours. */
export function benefitSearch(member: MemberName, months: number): ForestSearch {
  return {
    seed: 1000 * months + memberNames.indexOf(member),
    ...{ draws: 24, folds: 3, ...sizes, groups: groupCounts[member] },
    smoteNeighbours: months === 9 ? 5 : null,
  };
}

/**
 * Fits six forests, three members for each horizon, and what their inputs need.
 *
 * @param clinicalInputs As a person wrote them in the model's folder.
 * @param cohort Training cohort.
 * @param units UCUM unit by feature key.
 */
export function fitBenefit(
  clinicalInputs: readonly ModelInput[],
  cohort: MeasuredBenefitCohort,
  units: (feature: string) => string | null,
): FittedBenefit {
  const facts = cohort.members.map((member) => member.facts);
  const clinical = fitClinicalInputs(clinicalInputs, facts, 4242);
  const longitudinal = imageGroups(cohort.tables, ['baseline', 'firstFollowUp', 'secondFollowUp'], units);
  const delta = imageGroups(cohort.tables, ['change'], units);
  const groups: Readonly<Record<MemberName, readonly ColumnGroup[]>> = {
    imagingLongitudinal: longitudinal.groups,
    imagingDelta: delta.groups,
    clinical: clinicalColumns(clinical.inputs, clinical.clusters, facts).map((column) => ({ columns: [column] })),
  };
  const forests = horizons.flatMap((months) =>
    memberNames.map((member) => {
      const fit = searchForest(groups[member], outcomesWithin(months, cohort), benefitSearch(member, months));
      return { months, member, fit };
    }),
  );
  const used = new Set(forests.flatMap(({ fit }) => fit.columns));
  const images = [...longitudinal.inputs, ...delta.inputs].filter(({ name }) => used.has(name));
  return { inputs: [...clinical.inputs, ...images], clusters: clinical.clusters, forests };
}

/** 1 for progression within so many months. */
export function outcomesWithin(months: number, { members }: MeasuredBenefitCohort): Float64Array {
  return Float64Array.from(members, (member) => progressedWithin(months, member));
}

/**
 * Every input of a fitted model for a cohort, as its forests take them.
 *
 * @returns Columns by input name.
 */
export function inputColumns(
  { inputs, clusters }: Pick<FittedBenefit, 'inputs' | 'clusters'>,
  { members, tables }: MeasuredBenefitCohort,
): ReadonlyMap<string, Float64Array> {
  const clinical = inputs.filter(({ from }) => 'fact' in from);
  const images = inputs.filter(({ from }) => 'feature' in from);
  return new Map([
    ...clinicalColumns(
      clinical,
      clusters,
      members.map(({ facts }) => facts),
    ).map(({ name, values }) => [name, values] as const),
    ...images.map((input) => [input.name, imageColumn(input, tables)] as const),
  ]);
}

/** Probabilities of a forest for a cohort. */
export function memberProbabilities(
  forest: Forest,
  columns: readonly string[],
  values: ReadonlyMap<string, Float64Array>,
): Float64Array {
  return forestProbabilities(
    forest,
    columns.map((name) => values.get(name) ?? new Float64Array()),
  );
}
