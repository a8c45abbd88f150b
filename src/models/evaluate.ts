import { applicability } from './applicability.ts';
import { imagingWarnings } from './imaging.ts';
import { type ContextFacts, resolveContext, resolveInputs } from './inputs.ts';
import type { InputUsed, ModelData, ModelResult, NamedFeatures, Outcome } from './model-result.ts';
import type { CoxForm, ModelInput, Signature } from './model-schema.ts';
import { lackingFeatures, type Prediction, predictCox, predictLogistic, signatureScore } from './predict.ts';
import type { RegisteredModel } from './registry.ts';

/**
 * Evaluates one model on one patient. Never guesses: an input that is missing makes the result `not-assessable` and is
 * named with what would mend it; a population rule that is not met makes it `not-applicable`.
 *
 * @param contextLabels Labels and maximum ages of the facts that are shown beside the score.
 */
export function evaluateModel(model: RegisteredModel, data: ModelData, contextLabels: ContextFacts): ModelResult {
  const rules = applicability(model.applicability, data);
  const found = model.imaging !== undefined && 'found' in data.features ? data.features.found : null;
  const signatures = found === null ? [] : model.signatures.flatMap((signature) => scored(signature, found.features));
  const inputs = resolveInputs(model, data, signatures);
  const context = resolveContext(model.context, data, contextLabels);
  const base = {
    model: describeModel(model),
    signatures,
    context: context.used,
    missing: [...inputs.missing, ...context.missing],
    warnings: [...rules.warnings, ...inputs.warnings, ...imagingWarnings(model, found, data)],
    imaging: found ? withoutFeatures(found) : null,
  };
  if (rules.unmet.length > 0) {
    return {
      ...base,
      status: 'not-applicable',
      reasons: rules.unmet,
      outcomes: [],
      group: null,
      groupNote: 'not applicable',
      used: inputs.used,
    };
  }
  if (inputs.missing.length > 0 || rules.unknown.length > 0) {
    const reasons = [...rules.unknown, ...inputs.missing.map(({ label, why }) => `${label}: ${why}`)];
    const alone = model.signatures
      .filter(({ name }) => signatures.some((scored) => scored.name === name))
      .map(({ aloneWarning }) => ({ code: 'SIGNATURE_ALONE' as const, text: aloneWarning }));
    return {
      ...base,
      status: 'not-assessable',
      reasons,
      outcomes: [],
      group: null,
      groupNote: 'not assessable',
      used: inputs.used,
      warnings: [...base.warnings, ...alone],
    };
  }
  return { ...base, status: 'assessed', reasons: [], ...predict(model, inputs.values, inputs.used) };
}

/** A score, or nothing when a feature is undefined for the region (a tiny one has no neighbouring voxels, for example). */
function scored(signature: Signature, features: NamedFeatures['features']): ModelResult['signatures'] {
  if (lackingFeatures(signature, features).length > 0) return [];
  const { name, label } = signature;
  return [{ name, label, score: signatureScore(signature, features) }];
}

function predict(
  model: RegisteredModel,
  values: Readonly<Record<string, number>>,
  used: readonly InputUsed[],
): Pick<ModelResult, 'outcomes' | 'group' | 'groupNote' | 'used'> {
  if (model.form.type === 'cox') {
    const predictions = predictCox(model.form, values);
    return {
      outcomes: predictions.map((prediction) => coxOutcome(model.form as CoxForm, prediction, values, model.inputs)),
      group: null,
      groupNote: model.form.noGroupReason,
      used: withContributions(model, used, predictions[0]),
    };
  }
  const prediction = predictLogistic(model.form, values);
  const { probability, source } = model.form.cutoff;
  return {
    outcomes: [
      { endpoint: prediction.endpoint, kind: prediction.kind, value: prediction.value, observed: null, factors: [] },
    ],
    group: prediction.value >= probability ? 'high' : 'low',
    groupNote: `cut-off ${probability.toFixed(2)} (${source})`,
    used: withContributions(model, used, prediction),
  };
}

/** Relative hazard with what the study saw in the patient's strata. */
function coxOutcome(
  form: CoxForm,
  prediction: Prediction,
  values: Readonly<Record<string, number>>,
  inputs: readonly ModelInput[],
): Outcome {
  const part = form.endpoints.find(({ endpoint }) => endpoint.event === prediction.endpoint.event);
  const strata = part?.strata.filter(({ input, value }) => values[input] === value) ?? [];
  const observed = strata.map(
    ({ label, medianMonths, ci95, survival }) =>
      `${label}: median ${medianMonths} months (${ci95[0]}-${ci95[1]})` +
      survival.map(({ months, percent }) => `, ${percent}% at ${months} months`).join(''),
  );
  const factors = (part?.terms ?? []).map(({ input, hazardRatio, ci95 }) => {
    const label = inputs.find((candidate) => candidate.name === input)?.label ?? input;
    return `${label}: hazard ratio ${hazardRatio.toFixed(2)} (${ci95[0].toFixed(2)}-${ci95[1].toFixed(2)})`;
  });
  return {
    endpoint: prediction.endpoint,
    kind: prediction.kind,
    value: prediction.value,
    observed: observed.length > 0 ? observed.join('; ') : null,
    factors,
  };
}

/**
 * Gives every used input the share that it adds to the linear predictor, strongest first. An input with a cohort range is
 * counted from the middle of that range: the bare product would make any age look like a strong driver.
 */
function withContributions(
  model: RegisteredModel,
  used: readonly InputUsed[],
  prediction: Prediction | undefined,
): InputUsed[] {
  const shares = used.map((entry) => {
    const term = prediction?.contributions.find(({ input }) => input === entry.name);
    if (term === undefined) return entry;
    const range = model.inputs.find(({ name }) => name === entry.name)?.range;
    const reference = range === undefined ? 0 : (range[0] + range[1]) / 2;
    return { ...entry, contribution: term.coefficient * (term.value - reference) };
  });
  return shares.sort((a, b) => Math.abs(b.contribution ?? 0) - Math.abs(a.contribution ?? 0));
}

function describeModel(model: RegisteredModel): ModelResult['model'] {
  const { id, version, title, standing, standingNote, source, hash, performance, limits } = model;
  return { id, version, title, standing, standingNote, source, hash, performance, limits };
}

function withoutFeatures<T extends { readonly features: unknown }>({ features: _, ...rest }: T): Omit<T, 'features'> {
  return rest;
}
