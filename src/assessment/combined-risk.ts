import { endpointWords } from '../models/endpoint-words.ts';
import type { ModelResult, RiskGroup } from '../models/model-result.ts';

/** What all models together say. */
export interface CombinedRisk {
  /** Highest group that a model gives; null when none gives one. */
  readonly group: RiskGroup | null;
  /** Agreement or conflict between the models, in a sentence. */
  readonly statement: string;
  readonly conflict: boolean;
  /** True when a group comes from a demonstration model: then none of this is a clinical result. */
  readonly demonstration: boolean;
}

const order: readonly RiskGroup[] = ['low', 'intermediate', 'high'];

interface Vote {
  readonly group: RiskGroup;
  readonly demonstration: boolean;
  /** "death within 24 months: high". */
  readonly text: string;
}

/**
 * Sets the risk groups of all models that were assessed beside each other. Groups are not averaged: models have different endpoints
 * and cohorts, so that only agreement or conflict is stated and the highest group is shown.
 */
export function combineRisk(results: readonly ModelResult[]): CombinedRisk {
  const assessed = results.filter(({ status }) => status === 'assessed');
  const votes = assessed.flatMap(votesOf);
  const highest = votes.reduce<RiskGroup | null>(
    (top, { group }) => (top === null || order.indexOf(group) > order.indexOf(top) ? group : top),
    null,
  );
  const demonstration = votes.some((vote) => vote.demonstration);
  if (highest === null) {
    const statement = assessed.length > 0 ? 'No model gives a risk group' : 'No model could be assessed';
    return { group: null, conflict: false, demonstration, statement };
  }
  const conflict = votes.some(({ group }) => group !== highest);
  return { group: highest, conflict, demonstration, statement: statementOf(votes, conflict) };
}

function votesOf({ model, outcomes }: ModelResult): Vote[] {
  return outcomes.flatMap(({ group, endpoint }) =>
    group === null
      ? []
      : [{ group, demonstration: model.standing === 'synthetic-demo', text: `${endpointWords(endpoint)}: ${group}` }],
  );
}

function statementOf(votes: readonly Vote[], conflict: boolean): string {
  const each = votes.map(({ text }) => text).join('; ');
  if (votes.length === 1) return `One result gives a risk group (${each})`;
  return conflict ? `Results disagree (${each})` : `${votes.length} results agree (${each})`;
}
