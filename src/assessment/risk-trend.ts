import type { InputUsed, ModelResult, Outcome, RiskGroup } from '../models/model-result.ts';
import type { Assessment } from './assessment.ts';

/** A number of one model then and now. */
export interface OutcomeChange {
  readonly endpoint: Outcome['endpoint'];
  readonly kind: Outcome['kind'];
  readonly from: { readonly value: number; readonly group: RiskGroup | null };
  readonly to: { readonly value: number; readonly group: RiskGroup | null };
}

/** An input whose value is another than last time. */
export interface InputChange {
  readonly name: string;
  readonly label: string;
  readonly from: InputUsed | null;
  readonly to: InputUsed | null;
}

export interface ModelChange {
  readonly model: string;
  readonly title: string;
  readonly status: { readonly from: ModelResult['status']; readonly to: ModelResult['status'] };
  readonly outcomes: readonly OutcomeChange[];
  /** Largest effect on the result first. */
  readonly inputs: readonly InputChange[];
  /** Said when the model's own files are not those of last time: then numbers don't compare. */
  readonly modelReplaced: boolean;
}

/** What is different since the last Assessment. */
export interface RiskTrend {
  readonly previous: { readonly id: string; readonly asOf: string; readonly group: RiskGroup | null };
  /** Models of which anything changed. */
  readonly changes: readonly ModelChange[];
}

/**
 * Compares two Assessments of one patient, model by model.
 *
 * @param previous The last one of an earlier day.
 */
export function riskTrend(previous: Assessment, models: readonly ModelResult[]): RiskTrend {
  const changes = models.flatMap((result) => {
    const before = previous.models.find(({ model }) => model.id === result.model.id);
    return before === undefined ? [] : modelChange(before, result);
  });
  return {
    previous: { id: previous.id, asOf: previous.asOf, group: previous.combined.group },
    changes,
  };
}

function modelChange(before: ModelResult, now: ModelResult): ModelChange[] {
  const outcomes = now.outcomes.flatMap((outcome): OutcomeChange[] => {
    const same = before.outcomes.find(
      ({ endpoint, kind }) =>
        kind === outcome.kind &&
        endpoint.event === outcome.endpoint.event &&
        endpoint.horizonMonths === outcome.endpoint.horizonMonths,
    );
    if (same === undefined || same.value === outcome.value) return [];
    const { endpoint, kind } = outcome;
    return [
      {
        endpoint,
        kind,
        from: { value: same.value, group: same.group },
        to: { value: outcome.value, group: outcome.group },
      },
    ];
  });
  const change: ModelChange = {
    model: now.model.id,
    title: now.model.title,
    status: { from: before.status, to: now.status },
    outcomes,
    inputs: inputChanges(before.used, now.used),
    modelReplaced: before.model.hash !== now.model.hash,
  };
  const nothing = before.status === now.status && outcomes.length === 0 && change.inputs.length === 0;
  return nothing && !change.modelReplaced ? [] : [change];
}

function inputChanges(before: readonly InputUsed[], now: readonly InputUsed[]): InputChange[] {
  const names = new Set([...now, ...before].map(({ name }) => name));
  const changes = [...names].flatMap((name): InputChange[] => {
    const from = before.find((input) => input.name === name) ?? null;
    const to = now.find((input) => input.name === name) ?? null;
    if (from?.value === to?.value) return [];
    return [{ name, label: (to ?? from)?.label ?? name, from, to }];
  });
  return changes.sort((a, b) => effect(b) - effect(a));
}

function effect({ from, to }: InputChange): number {
  return Math.abs((to?.contribution ?? 0) - (from?.contribution ?? 0));
}
