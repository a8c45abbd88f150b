import { ModelInputError } from '../errors.ts';
import type { CoxForm, Endpoint, LogisticForm, Signature } from './model-schema.ts';

/** What one input adds to the linear predictor (log-odds or log-hazard). */
export interface Contribution {
  readonly input: string;
  readonly value: number;
  /** Log-odds or log-hazard per unit of the input. */
  readonly coefficient: number;
  readonly contribution: number;
}

/** One predicted quantity. */
export interface Prediction {
  readonly endpoint: Endpoint;
  readonly kind: 'probability' | 'relative-hazard';
  readonly value: number;
  readonly contributions: readonly Contribution[];
}

/** Features of a signature that a feature set lacks or in which they are undefined, by key. */
export function lackingFeatures(signature: Signature, features: Readonly<Record<string, number>>): string[] {
  return signature.terms.flatMap(({ feature }) => (Number.isFinite(features[feature]) ? [] : [feature]));
}

/**
 * Signature score: `intercept + sum(beta * (x - mean) / sd)`.
 *
 * @param features Values by PyRadiomics key.
 * @throws ModelInputError `MODEL_INPUT_MISSING` for a feature that is not there, `MODEL_INPUT_RANGE` for one that
 *   is not finite.
 */
export function signatureScore(signature: Signature, features: Readonly<Record<string, number>>): number {
  let score = signature.intercept;
  for (const { feature, mean, sd, beta } of signature.terms) {
    const value = features[feature];
    if (value === undefined) {
      throw new ModelInputError(
        'MODEL_INPUT_MISSING',
        feature,
        "the feature set lacks it: extract with the model's own parameter file",
      );
    }
    score += beta * ((requireFinite(feature, value) - mean) / sd);
  }
  return score;
}

/**
 * Probability of the event: `1 / (1 + exp(-(intercept + sum(coefficient * x))))`.
 *
 * @param values Inputs by name, in the units that the model states.
 * @throws ModelInputError as {@link signatureScore}.
 */
export function predictLogistic(form: LogisticForm, values: Readonly<Record<string, number>>): Prediction {
  const contributions = form.terms.map(({ input, coefficient }) => contributionOf(input, coefficient, values));
  const linearPredictor = contributions.reduce((sum, { contribution }) => sum + contribution, form.intercept);
  return { endpoint: form.endpoint, kind: 'probability', value: 1 / (1 + Math.exp(-linearPredictor)), contributions };
}

/**
 * Hazard relative to a patient in whom every indicator is 0: `exp(sum(log(HR) * x))`, one prediction an endpoint.
 * No interval: the papers give one for each factor, and their covariance is not published.
 *
 * @param values Indicators (0 or 1) by input name.
 * @throws ModelInputError as {@link signatureScore}.
 */
export function predictCox(form: CoxForm, values: Readonly<Record<string, number>>): Prediction[] {
  return form.endpoints.map(({ endpoint, terms }) => {
    const contributions = terms.map(({ input, hazardRatio }) => contributionOf(input, Math.log(hazardRatio), values));
    const logHazardRatio = contributions.reduce((sum, { contribution }) => sum + contribution, 0);
    return { endpoint, kind: 'relative-hazard', value: Math.exp(logHazardRatio), contributions };
  });
}

function contributionOf(input: string, coefficient: number, values: Readonly<Record<string, number>>): Contribution {
  const value = values[input];
  if (value === undefined) throw new ModelInputError('MODEL_INPUT_MISSING', input, 'the model needs this input');
  return { input, value: requireFinite(input, value), coefficient, contribution: coefficient * value };
}

function requireFinite(subject: string, value: number): number {
  if (!Number.isFinite(value))
    throw new ModelInputError('MODEL_INPUT_RANGE', subject, `got ${value}, need a finite number`);
  return value;
}
