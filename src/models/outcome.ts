import { criticalValue } from '../statistics/confidence.ts';
import { inputLabel } from './explanation.ts';
import type { CoxForm, Form, LogisticForm, Observed, RiskGroup } from './form-schema.ts';
import type { FormContext, Prediction } from './forms/prediction.ts';
import type { ObservedOutcome, Outcome } from './model-result.ts';
import type { ModelInput } from './model-schema.ts';
import { predict } from './predict.ts';

/**
 * What a form says, with its risk group or class, and what the study saw in the patient's part of the cohort.
 *
 * @throws ModelInputError naming an input that is missing or not finite.
 */
export function outcomeOf(form: Form, context: FormContext): Outcome {
  const prediction = predict(form, context);
  const { kind, value, relativeTo, risks, explanation, members } = prediction;
  const group = groupOf(form, prediction);
  return {
    endpoint: form.endpoint,
    kind,
    value,
    relativeTo,
    risks,
    group,
    classification: classOf(form, prediction),
    groupNote: groupNote(form, kind),
    observed: (form.observed ?? []).map((part) => observedOutcome(part, group, context)),
    observedNote: form.observedNote ?? null,
    factors: form.type === 'cox' || form.type === 'logistic' ? factors(form, context.inputs) : [],
    explanation,
    members,
  };
}

/** A value at a bound belongs to the group above it. */
function groupOf({ groups }: Form, { position }: Prediction): RiskGroup | null {
  if (groups === undefined) return null;
  return groups.names[groups.bounds.filter((bound) => position >= bound).length] ?? null;
}

function classOf({ classification }: Form, { position }: Prediction): string | null {
  if (classification === undefined) return null;
  return position >= classification.cutoff ? classification.atOrAbove : classification.below;
}

function groupNote({ groups, classification, noGroupReason }: Form, kind: Outcome['kind']): string {
  const scale = kind === 'relative-hazard' ? ' on the log-hazard scale' : '';
  const shown = (bounds: readonly number[]) => bounds.map((bound) => bound.toFixed(2)).join(' and ');
  if (groups !== undefined)
    return `cut-off${groups.bounds.length > 1 ? 's' : ''} ${shown(groups.bounds)}${scale} (${groups.source})`;
  if (classification !== undefined)
    return `cut-off ${shown([classification.cutoff])}${scale} for "${classification.atOrAbove}" (${classification.source})`;
  return noGroupReason ?? 'the model defines no risk groups';
}

function observedOutcome(part: Observed, group: RiskGroup | null, { values }: FormContext): ObservedOutcome {
  const { when } = part;
  const patients = when === 'always' || ('group' in when ? when.group === group : values[when.input] === when.value);
  return { ...part, patients };
}

/** Factors with their effect and its 95% interval, where source or fit give one. */
function factors(form: CoxForm | LogisticForm, inputs: readonly ModelInput[]): string[] {
  const effect = form.type === 'cox' ? 'hazard ratio' : 'odds ratio';
  const z = criticalValue(0.95);
  return form.terms.flatMap((term) => {
    const label = inputLabel(inputs, term.input);
    const line = (ratio: number, [lower, upper]: readonly [number, number]) => [
      `${label}: ${effect} ${ratio.toFixed(2)} (${lower.toFixed(2)}-${upper.toFixed(2)})`,
    ];
    if ('oddsRatio' in term) return line(term.oddsRatio, term.ci95);
    if ('hazardRatio' in term) return line(term.hazardRatio, term.ci95);
    if (term.standardError === undefined) return [];
    const { coefficient, standardError: error } = term;
    return line(Math.exp(coefficient), [Math.exp(coefficient - z * error), Math.exp(coefficient + z * error)]);
  });
}
