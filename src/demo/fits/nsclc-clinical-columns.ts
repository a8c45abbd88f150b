import type { Clusters, ModelInput } from '../../models/model-schema.ts';
import { mean, populationVariance } from '../../statistics/standardise.ts';
import { clusterCentres, nearestCentre } from './nsclc-clusters.ts';

/** Facts of one member by key, `nlr@afterCycle2` for one of a visit. */
export type MemberFacts = Readonly<Record<string, number | string | boolean>>;

/** What is known of an input, undefined where a member has no value of its own visit. */
interface KnownColumn {
  readonly input: ModelInput;
  readonly values: readonly (number | undefined)[];
}

/**
 * Fits what the clinical inputs of a model need from the training cohort: z-scores of what is no 0/1 variable, the range, and the
 * cluster means that stand in for missing values.
 *
 * @param inputs Those with `from.fact`, as a person wrote them; `transform` and `range` are replaced.
 * @param members Training cohort.
 */
export function fitClinicalInputs(
  inputs: readonly ModelInput[],
  members: readonly MemberFacts[],
  seed: number,
): { inputs: ModelInput[]; clusters: Clusters } {
  const fitted = inputs.map((input): ModelInput => {
    if (input.indicator !== undefined) return input;
    const known = members.flatMap((facts) => rawValue(input, facts) ?? []);
    const [low, high] = [Math.min(...known), Math.max(...known)];
    const zScore = { mean: mean(known), sd: Math.sqrt(populationVariance(known)) };
    return { ...input, range: [low, high], transform: [{ zScore }] };
  });
  const rows = memberRows(knownColumns(fitted, members), members.length);
  const complete = rows.flatMap((row) => {
    const known = row.filter((value) => value !== undefined);
    return known.length === row.length ? [known] : [];
  });
  const clusters = {
    inputs: fitted.map(({ name }) => name),
    centres: clusterCentres(complete, 3, seed),
    source: `k-means, k = 3, of the ${complete.length} complete members of the synthetic training cohort`,
  };
  return { inputs: fitted, clusters };
}

/**
 * Clinical columns as the model takes them: indicators, z-scores, other visits for a missing one, then the mean of the cluster that is
 * nearest by the values of the own visits.
 *
 * @throws RangeError where an input without `whenMissing: cluster` is missing: no member of these cohorts lacks one.
 */
export function clinicalColumns(
  inputs: readonly ModelInput[],
  clusters: Clusters,
  members: readonly MemberFacts[],
): { name: string; values: Float64Array }[] {
  const known = knownColumns(inputs, members);
  const nearest = memberRows(known, members.length).map((row) => nearestCentre(clusters.centres, row));
  return known.map(({ input, values }, j) => ({
    name: input.name,
    values: Float64Array.from(members, (facts, at) => {
      const found = values[at] ?? otherVisit(input, facts);
      if (found !== undefined) return found;
      const standIn = clusters.centres[nearest[at] ?? 0]?.[j];
      if (input.whenMissing !== 'cluster' || standIn === undefined) throw new RangeError(`${input.name}: missing`);
      return standIn;
    }),
  }));
}

function knownColumns(inputs: readonly ModelInput[], members: readonly MemberFacts[]): KnownColumn[] {
  return inputs.map((input) => ({
    input,
    values: members.map((facts) => transformed(input, rawValue(input, facts))),
  }));
}

function memberRows(columns: readonly KnownColumn[], members: number): (number | undefined)[][] {
  return Array.from({ length: members }, (_, at) => columns.map(({ values }) => values[at]));
}

function transformed(input: ModelInput, value: number | undefined): number | undefined {
  const [step] = input.transform ?? [];
  if (value === undefined || step === undefined || !('zScore' in step)) return value;
  return (value - step.zScore.mean) / step.zScore.sd;
}

function otherVisit(input: ModelInput, facts: MemberFacts): number | undefined {
  const { whenMissing } = input;
  if (whenMissing === undefined || whenMissing === 'cluster' || !('visits' in whenMissing)) return undefined;
  const [value] = whenMissing.visits.flatMap((visit) => rawValue(input, facts, visit) ?? []);
  return transformed(input, value);
}

/** The number of an input before its transformation, at its own or another visit. */
function rawValue({ name, from, indicator }: ModelInput, facts: MemberFacts, visit?: string): number | undefined {
  if (!('fact' in from)) throw new RangeError(`${name}: comes from no fact`);
  const at = visit ?? from.visit;
  const value = facts[at === undefined ? from.fact : `${from.fact}@${at}`];
  if (value === undefined) return undefined;
  if (indicator === undefined) return typeof value === 'number' ? value : undefined;
  if ('atLeast' in indicator) return typeof value === 'number' && value >= indicator.atLeast ? 1 : 0;
  return ('equals' in indicator ? value === indicator.equals : indicator.oneOf.includes(value)) ? 1 : 0;
}
