import { ModelInputError } from '../../errors.ts';
import { type Contribution, inputLabel, type Reference, strongestFirst } from '../explanation.ts';
import type { FormContext } from './prediction.ts';

/** A term of any linear form: papers give a coefficient, or the odds or hazard ratio that is its exponential. */
export type Term =
  | { readonly input: string; readonly coefficient: number }
  | { readonly input: string; readonly oddsRatio: number }
  | { readonly input: string; readonly hazardRatio: number };

/** Score, log-odds or log-hazard per unit of the input. */
export function coefficientOf(term: Term): number {
  if ('coefficient' in term) return term.coefficient;
  return Math.log('oddsRatio' in term ? term.oddsRatio : term.hazardRatio);
}

/**
 * `intercept + sum(coefficient * x)`.
 *
 * @param values Numbers by input name.
 * @throws ModelInputError `MODEL_INPUT_MISSING` or `MODEL_INPUT_RANGE` naming the input that is missing or not finite.
 */
export function linearPredictor(
  terms: readonly Term[],
  intercept: number,
  values: Readonly<Record<string, number>>,
): number {
  return terms.reduce((sum, term) => sum + coefficientOf(term) * requireInput(term.input, values), intercept);
}

/** What each term adds against the reference patient, `coefficient * (x - reference)`, strongest first. */
export function termContributions(
  terms: readonly Term[],
  { values, inputs }: FormContext,
  reference: Reference,
): Contribution[] {
  return strongestFirst(
    terms.map((term) => ({
      input: term.input,
      label: inputLabel(inputs, term.input),
      // From 0: a product may be -0, which JSON does not keep.
      contribution: 0 + coefficientOf(term) * (requireInput(term.input, values) - (reference.values[term.input] ?? 0)),
    })),
  );
}

/** @throws ModelInputError as {@link linearPredictor}. */
export function requireInput(input: string, values: Readonly<Record<string, number>>): number {
  const value = values[input];
  if (value === undefined) throw new ModelInputError('MODEL_INPUT_MISSING', input, 'the model needs this input');
  if (!Number.isFinite(value))
    throw new ModelInputError('MODEL_INPUT_RANGE', input, `got ${value}, need a finite number`);
  return value;
}
