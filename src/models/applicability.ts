import type { ModelData, ModelWarning, NamedValue } from './model-result.ts';
import type { ApplicabilityRule } from './model-schema.ts';

export interface Applicability {
  /** Reasons of the rules that the patient does not meet. */
  readonly unmet: readonly string[];
  /** Rules that can't be judged and demand it. */
  readonly unknown: readonly string[];
  /** Rules that can't be judged and only warn. */
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
      const text = `Not in the record whether this holds: ${rule.reason}`;
      if (rule.whenUnknown === 'abstain') unknown.push(text);
      else warnings.push({ code: 'POPULATION_UNKNOWN', text });
    } else if (!holds(rule, fact)) {
      unmet.push(rule.reason);
    }
  }
  return { unmet, unknown, warnings };
}

function holds(rule: ApplicabilityRule, { value }: NamedValue): boolean {
  if (rule.equals !== undefined && value !== rule.equals) return false;
  if (rule.minimum !== undefined && !(typeof value === 'number' && value >= rule.minimum)) return false;
  return rule.maximum === undefined || (typeof value === 'number' && value <= rule.maximum);
}
