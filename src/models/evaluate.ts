import { applicability, standingForbids } from './applicability.ts';
import { endpointWords } from './endpoint-words.ts';
import { inputLabel } from './explanation.ts';
import type { Form } from './form-schema.ts';
import type { FormContext } from './forms/prediction.ts';
import { resolveImages } from './images.ts';
import { type ContextFacts, type ResolvedInputs, resolveContext, resolveInputs } from './inputs.ts';
import type { InputUsed, ModelData, ModelResult, ModelWarning, Outcome } from './model-result.ts';
import type { Comparison, Model } from './model-schema.ts';
import { nomogramReading } from './nomogram-reading.ts';
import { outcomeOf } from './outcome.ts';
import { formInputs, lackingInputs } from './predict.ts';
import type { RegisteredModel } from './registry.ts';
import { type SignatureScores, scoreSignatures } from './signatures.ts';

/**
 * Evaluates one model on one patient. Never guesses: a population rule that is not met makes it `not-applicable`; a form whose input
 * is missing abstains, and where no form is left the result is `not-assessable` and names what would mend it.
 *
 * @param contextLabels Labels and maximum ages of the facts that are shown beside the score.
 */
export function evaluateModel(model: RegisteredModel, data: ModelData, contextLabels: ContextFacts): ModelResult {
  const forbidden = standingForbids(model, data);
  if (forbidden !== null) return { ...nothing(model), status: 'not-applicable', reasons: [forbidden] };
  const rules = applicability(model.applicability, data);
  const images = resolveImages(model, data);
  const signatures = scoreSignatures(model.signatures, images.sources);
  const inputs = resolveInputs(model, data, images, signatures);
  const context = resolveContext(model.context, data, contextLabels);
  const base: ModelResult = {
    ...nothing(model),
    status: 'not-applicable',
    reasons: rules.unmet,
    signatures: scoresOf(model, signatures),
    used: inputs.used,
    context: context.used,
    missing: [...inputs.missing, ...context.missing],
    warnings: [...rules.warnings, ...inputs.warnings, ...signatures.warnings, ...images.warnings],
    imaging: images.imaging,
  };
  if (rules.unmet.length > 0) return base;
  const abstained: ModelResult = {
    ...base,
    status: 'not-assessable',
    groupNote: 'not assessable',
    warnings: [...base.warnings, ...standingAlone(model, signatures, [])],
  };
  const missing = inputs.missing.map(({ label, why }) => `${label}: ${why}`);
  if (rules.unknown.length > 0) return { ...abstained, reasons: [...rules.unknown, ...missing] };
  const read = { comparisons: comparisonsOf(model, data), nomograms: nomogramsOf(model, inputs) };
  const forms = model.forms.filter((form) => lackingInputs(form, inputs.values).length === 0);
  if (forms.length === 0) return { ...abstained, ...read, reasons: missing };
  return { ...base, ...read, ...assessed(model, forms, inputs, signatures, base.warnings) };
}

/** A result in which nothing has been looked at. */
function nothing(model: RegisteredModel): Omit<ModelResult, 'status' | 'reasons'> {
  const { id, version, title, standing, standingNote, source, hash, performance, limits } = model;
  return {
    model: { id, version, title, standing, standingNote, source, hash, performance, limits },
    signatures: [],
    outcomes: [],
    group: null,
    groupNote: 'not applicable',
    used: [],
    context: [],
    missing: [],
    warnings: [],
    nomograms: [],
    comparisons: [],
    imaging: [],
  };
}

function assessed(
  model: RegisteredModel,
  forms: readonly Form[],
  inputs: ResolvedInputs,
  signatures: SignatureScores,
  warnings: readonly ModelWarning[],
): Pick<ModelResult, 'status' | 'reasons' | 'outcomes' | 'group' | 'groupNote' | 'used' | 'warnings'> {
  const context: FormContext = { values: inputs.values, inputs: model.inputs, forests: model.forests };
  const outcomes = forms.map((form) => outcomeOf(form, context));
  const decisive = outcomes.find(({ group }) => group !== null) ?? outcomes[0];
  return {
    status: 'assessed',
    reasons: [],
    outcomes,
    group: decisive?.group ?? null,
    groupNote: decisive?.groupNote ?? 'not assessable',
    used: withContributions(inputs.used, outcomes[0]),
    warnings: [
      ...warnings,
      ...partialWarnings(model, forms, inputs, outcomes),
      ...standingAlone(model, signatures, forms),
    ],
  };
}

/** Which endpoints, and which members of ensembles, are left out, and what they lack. */
function partialWarnings(
  model: Model,
  evaluated: readonly Form[],
  { values, missing }: ResolvedInputs,
  outcomes: readonly Outcome[],
): ModelWarning[] {
  const lacking = (names: readonly string[]) =>
    names
      .filter((name) => values[name] === undefined)
      .map(
        (name) => `${inputLabel(model.inputs, name)} (${missing.find((one) => one.name === name)?.why ?? 'missing'})`,
      )
      .join(', ');
  const leftOut = model.forms
    .filter((form) => !evaluated.includes(form))
    .map((form) => `No result for ${endpointWords(form.endpoint)}: it needs ${lacking(lackingInputs(form, values))}`);
  const members = evaluated.flatMap((form, at) =>
    (outcomes[at]?.members ?? [])
      .filter(({ value }) => value === null)
      .map(({ name, label }) => {
        const member = 'members' in form ? form.members.find((one) => one.name === name) : undefined;
        const what = member === undefined ? '' : `: it needs ${lacking(formInputs(member.form))}`;
        return `The result for ${endpointWords(form.endpoint)} leaves out ${label}${what}`;
      }),
  );
  return [...leftOut, ...members].map((text) => ({ code: 'PARTIAL', text }));
}

/** Scores that no result rests on: they must not be read as one. */
function standingAlone(model: Model, { scores }: SignatureScores, evaluated: readonly Form[]): ModelWarning[] {
  const inputs = new Set(evaluated.flatMap(formInputs));
  const supported = new Set(
    model.inputs.flatMap(({ name, from }) => ('signature' in from && inputs.has(name) ? [from.signature] : [])),
  );
  return model.signatures.flatMap(({ name, aloneWarning }) => {
    const scored = scores.get(name);
    const alone = scored !== undefined && 'score' in scored && !supported.has(name);
    return alone ? [{ code: 'SIGNATURE_ALONE' as const, text: aloneWarning }] : [];
  });
}

function scoresOf(model: Model, { scores }: SignatureScores): ModelResult['signatures'] {
  return model.signatures.flatMap(({ name, label }) => {
    const scored = scores.get(name);
    return scored !== undefined && 'score' in scored ? [{ name, label, score: scored.score }] : [];
  });
}

function nomogramsOf(model: Model, inputs: ResolvedInputs): ModelResult['nomograms'] {
  return model.forms.flatMap((form) => {
    const reading = nomogramReading(form, model.inputs, inputs);
    return reading === null ? [] : [{ endpoint: form.endpoint, reading }];
  });
}

/** Of a part of the cohort only where the record says that the patient belongs to it. */
function comparisonsOf({ comparisons }: Model, data: ModelData): Comparison[] {
  return comparisons.filter(({ when }) => when === undefined || data.fact(when.fact)?.value === when.equals);
}

/** Gives every input what it adds to the first outcome, strongest first; those that are not part of it come last. */
function withContributions(used: readonly InputUsed[], outcome: Outcome | undefined): InputUsed[] {
  const shares = used.map((entry) => {
    const share = outcome?.explanation.contributions.find(({ input }) => input === entry.name);
    return share === undefined ? entry : { ...entry, contribution: share.contribution };
  });
  return shares.toSorted((a, b) => Math.abs(b.contribution ?? 0) - Math.abs(a.contribution ?? 0));
}
