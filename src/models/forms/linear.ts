import { referenceOf } from '../explanation.ts';
import type { CoxForm, LinearForm, LogisticForm } from '../form-schema.ts';
import { linearPredictor, termContributions } from './linear-predictor.ts';
import { type FormContext, type Prediction, plain } from './prediction.ts';

/**
 * A score, `intercept + sum(coefficient * x)`.
 *
 * @throws ModelInputError naming an input that is missing or not finite.
 */
export function predictLinear(form: LinearForm, context: FormContext): Prediction {
  const value = linearPredictor(form.terms, form.intercept, context.values);
  const reference = referenceOf(namesOf(form), context.inputs);
  return {
    ...plain,
    kind: 'score',
    value,
    position: value,
    explanation: {
      scale: 'score',
      base: linearPredictor(form.terms, form.intercept, reference.values),
      reference: reference.label,
      contributions: termContributions(form.terms, context, reference),
    },
  };
}

/**
 * The probability `1 / (1 + exp(-lp))`; without an intercept the odds relative to the form's reference patient.
 *
 * @throws ModelInputError naming an input that is missing or not finite.
 */
export function predictLogistic(form: LogisticForm, context: FormContext): Prediction {
  const { terms, intercept } = form;
  const reference = referenceOf(namesOf(form), context.inputs, form.reference);
  const lp = linearPredictor(terms, intercept ?? 0, context.values);
  const lpReference = linearPredictor(terms, intercept ?? 0, reference.values);
  const value = intercept === null ? Math.exp(lp - lpReference) : 1 / (1 + Math.exp(-lp));
  return {
    ...plain,
    kind: intercept === null ? 'relative-odds' : 'probability',
    value,
    relativeTo: intercept === null ? reference.label : null,
    position: value,
    explanation: {
      scale: 'log-odds',
      base: intercept === null ? null : lpReference,
      reference: reference.label,
      contributions: termContributions(terms, context, reference),
    },
  };
}

/**
 * The relative hazard `exp(lp - lpReference)`, and by each month of the baseline survival the event's probability.
 *
 * @throws ModelInputError naming an input that is missing or not finite.
 */
export function predictCox(form: CoxForm, context: FormContext): Prediction {
  const { terms, lpReference, baselineSurvival = [] } = form;
  const logHazard = linearPredictor(terms, -lpReference, context.values);
  const reference = referenceOf(namesOf(form), context.inputs);
  return {
    ...plain,
    kind: 'relative-hazard',
    value: Math.exp(logHazard),
    relativeTo: form.lpReferenceLabel,
    risks: baselineSurvival.map(({ months, survival }) => ({
      months,
      probability: coxEventProbability(logHazard, survival),
    })),
    position: logHazard,
    explanation: {
      scale: 'log-hazard',
      base: linearPredictor(terms, -lpReference, reference.values),
      reference: reference.label,
      contributions: termContributions(terms, context, reference),
    },
  };
}

/**
 * Probability of the event, `1 - s0 ** exp(logHazard)`.
 *
 * @param logHazard `lp - lpReference`: log hazard against the patient for whom `s0` stands.
 * @param s0 Baseline survival at the time meant, in (0, 1).
 */
function coxEventProbability(logHazard: number, s0: number): number {
  // expm1 keeps the digits of a small risk that 1 - s0 ** h throws away.
  return -Math.expm1(Math.log(s0) * Math.exp(logHazard));
}

function namesOf({ terms }: { readonly terms: readonly { readonly input: string }[] }): string[] {
  return terms.map(({ input }) => input);
}
