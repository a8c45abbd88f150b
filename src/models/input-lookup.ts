import { ModelInputError } from '../errors.ts';
import { mendOf, notFound, staleness } from './fact-age.ts';
import { type FeatureSource, joinGaps, type ResolvedImages } from './images.ts';
import { inputWords } from './input-words.ts';
import type { InputMissing, InputUsed, ModelData, NamedValue } from './model-result.ts';
import type { Model, ModelInput } from './model-schema.ts';
import type { SignatureScores } from './signatures.ts';
import { asNumber, transformed } from './transformation.ts';

/** An input with its number before (`raw`) and after transformations, or what is missing. */
export type InputAnswer =
  | { readonly used: InputUsed; readonly raw: number; readonly number: number }
  | { readonly missing: InputMissing };

export interface InputSources {
  readonly model: Model;
  readonly data: ModelData;
  readonly images: ResolvedImages;
  readonly signatures: SignatureScores;
}

/** Finds one input where the model says that it is, without stand-ins. */
export function lookUp(input: ModelInput, { model, data, images, signatures }: InputSources): InputAnswer {
  const { from } = input;
  if ('unpublished' in from) return missingInput(input, from.unpublished);
  if ('fact' in from) {
    const visit = from.visit === undefined ? undefined : model.visits.find(({ name }) => name === from.visit);
    const where = visit === undefined ? '' : ` for ${visit.label}`;
    return fromFact(input, data.fact(from.fact, visit), data, notFound(data, where));
  }
  if ('signature' in from) {
    const scored = signatures.scores.get(from.signature);
    if (scored === undefined || 'gap' in scored) return missingInput(input, scored?.gap ?? 'no such signature');
    return measured(input, scored.score, scored, 'signature score of the CT features');
  }
  return fromFeature(input, from.feature, images.sources.get(from.of));
}

/**
 * Takes a fact as an input's value.
 *
 * @param whyNone Said when there is no fact.
 */
export function fromFact(
  input: ModelInput,
  fact: NamedValue | undefined,
  data: Pick<ModelData, 'asOf' | 'unread'>,
  whyNone = notFound(data),
): InputAnswer {
  const why = fact === undefined ? whyNone : staleness(fact, input.maximumAgeDays ?? null, data.asOf);
  if (fact === undefined || why !== null) {
    return missingInput({ ...input, mend: mendOf(input.mend, data) }, why ?? whyNone);
  }
  if (input.unit !== fact.unit)
    return missingInput(input, `recorded in ${fact.unit ?? 'no unit'}, the model needs ${input.unit ?? 'none'}`);
  const raw = asNumber(input, fact.value);
  if (raw === null) return missingInput(input, `recorded as "${String(fact.value)}", which the model can't take`);
  return withNumber(input, raw, describeFact(input.name, input.label, fact, wordsOf(input, raw, fact.value)));
}

/** A fact as it was used. */
export function describeFact(name: string, label: string, fact: NamedValue, words: string | null): InputUsed {
  return {
    name,
    label,
    value: fact.value,
    words,
    unit: fact.unit,
    date: fact.date,
    sources: fact.sources,
    upperLimit: fact.upperLimit ?? null,
    derivation: fact.derivation ?? null,
    contribution: null,
    imputed: null,
  };
}

function missingInput(input: ModelInput, why: string): { readonly missing: InputMissing } {
  const { from } = input;
  const fact = 'fact' in from && from.visit === undefined ? from.fact : null;
  const kind =
    'fact' in from ? 'fact' : 'feature' in from ? 'feature' : 'signature' in from ? 'signature' : 'unpublished';
  return { missing: { name: input.name, kind, label: input.label, fact, why, mend: input.mend } };
}

function fromFeature(input: ModelInput, key: string, source: FeatureSource | undefined): InputAnswer {
  if (source === undefined) return missingInput(input, 'the model does not define its image');
  if ('gap' in source) return missingInput(input, joinGaps([source]));
  const value = source.features[key];
  if (value === undefined || !Number.isFinite(value))
    return missingInput(input, `undefined for this tumour mask: ${key}`);
  return measured(input, value, source, `${key} of ${source.label}`);
}

function measured(
  input: ModelInput,
  value: number,
  { date, sources }: { readonly date: string | null; readonly sources: readonly string[] },
  derivation: string,
): InputAnswer {
  const raw = asNumber(input, value);
  if (raw === null) return missingInput(input, `measured as ${value}, which the model can't take`);
  return withNumber(input, raw, {
    name: input.name,
    label: input.label,
    value,
    words: wordsOf(input, raw, value),
    unit: input.unit,
    date,
    sources,
    upperLimit: null,
    derivation,
    contribution: null,
    imputed: null,
  });
}

/** A value whose transformation fails counts as missing: nothing may be put in its place. */
function withNumber(input: ModelInput, raw: number, used: InputUsed): InputAnswer {
  try {
    return { raw, number: transformed(input, raw), used };
  } catch (error) {
    if (!(error instanceof ModelInputError)) throw error;
    return missingInput(input, `${error.message}: the model takes its logarithm (${error.code})`);
  }
}

function wordsOf(input: ModelInput, raw: number, value: NamedValue['value']): string | null {
  if (input.words !== undefined) return inputWords(input, raw);
  return input.format === undefined ? null : input.format.replace('{}', String(value));
}
