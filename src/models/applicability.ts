import { notFound } from './fact-age.ts';
import type { ModelData, ModelWarning, NamedValue } from './model-result.ts';
import type { ApplicabilityRule, Model } from './model-schema.ts';

export interface Applicability {
  /** Reasons of the rules that the patient does not meet and that forbid the model. */
  readonly unmet: readonly string[];
  /** Rules that can't be judged and demand it. */
  readonly unknown: readonly string[];
  /** Rules that only warn, when they are not met or can't be judged. */
  readonly warnings: readonly ModelWarning[];
}

/** Judges a model's population rules on what the record says; what it does not say is never taken as met. */
export function applicability(rules: readonly ApplicabilityRule[], data: ModelData): Applicability {
  const unmet: string[] = [];
  const unknown: string[] = [];
  const warnings: ModelWarning[] = [];
  for (const rule of rules) {
    const fact = data.fact(rule.fact);
    if (fact === undefined) {
      const text = `${capitalised(notFound(data))} whether this holds: ${rule.reason}`;
      if (rule.whenUnknown === 'abstain') unknown.push(text);
      else if (rule.whenUnknown === 'warn') warnings.push({ code: 'POPULATION_UNKNOWN', text });
    } else if (!holds(rule, fact)) {
      if (rule.whenNotMet === 'warn')
        warnings.push({ code: 'POPULATION_OTHER', text: `Outside the model's population: ${rule.reason}` });
      else unmet.push(rule.reason);
    }
  }
  return { unmet, unknown, warnings };
}

/**
 * Why a model may not be used on this record at all, whatever its population: a demonstration model says nothing about people.
 *
 * @returns Null when it may.
 */
export function standingForbids({ standing }: Pick<Model, 'standing'>, { synthetic }: ModelData): string | null {
  if (standing !== 'synthetic-demo' || synthetic) return null;
  return 'This is a demonstration model, fitted on made-up data: it is never used on a record that is not marked as synthetic';
}

/** Whether a model's population rules let a patient in whose record says this of a fact, as far as that alone decides. */
export function admits(rules: readonly ApplicabilityRule[], fact: string, value: NamedValue['value']): boolean {
  const about = rules.filter((rule) => rule.fact === fact && rule.whenNotMet !== 'warn');
  return about.every((rule) => holds(rule, { value }));
}

function capitalised(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}`;
}

function holds(rule: ApplicabilityRule, { value }: Pick<NamedValue, 'value'>): boolean {
  if (rule.equals !== undefined && value !== rule.equals) return false;
  if (rule.oneOf !== undefined && !rule.oneOf.includes(value)) return false;
  if (rule.minimum !== undefined && !(typeof value === 'number' && value >= rule.minimum)) return false;
  return rule.maximum === undefined || (typeof value === 'number' && value <= rule.maximum);
}
