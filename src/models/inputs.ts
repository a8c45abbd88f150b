import { daysBetween, formatDate } from './calendar.ts';
import type { InputMissing, InputUsed, ModelData, ModelResult, ModelWarning, NamedValue } from './model-result.ts';
import type { Model, ModelInput } from './model-schema.ts';
import { lackingFeatures } from './predict.ts';

/** Labels, ages and remedies of the facts that may stand beside a score; from the clinical tables. */
export type ContextFacts = Readonly<
  Record<string, { readonly label: string; readonly maximumAgeDays: number | null; readonly mend: string }>
>;

export interface ResolvedInputs {
  /** Numbers by input name, indicators already 0 or 1. */
  readonly values: Readonly<Record<string, number>>;
  readonly used: readonly InputUsed[];
  readonly missing: readonly InputMissing[];
  readonly warnings: readonly ModelWarning[];
}

type Resolution = { readonly used: InputUsed; readonly number: number } | { readonly missing: InputMissing };

/** Finds each input of a model among facts and signature scores; what is missing is named with what would mend it. */
export function resolveInputs(model: Model, data: ModelData, signatures: ModelResult['signatures']): ResolvedInputs {
  const values: Record<string, number> = {};
  const used: InputUsed[] = [];
  const missing: InputMissing[] = [];
  const warnings: ModelWarning[] = [];
  for (const input of model.inputs) {
    const resolution =
      'signature' in input.from
        ? fromSignature(input, model, input.from.signature, data, signatures)
        : fromFact(input, input.from.fact, data);
    if ('missing' in resolution) {
      missing.push(resolution.missing);
      continue;
    }
    values[input.name] = resolution.number;
    used.push(resolution.used);
    const outside = outsideRange(input, resolution.number);
    if (outside !== null) warnings.push({ code: 'OUTSIDE_RANGE', text: outside });
  }
  return { values, used, missing, warnings };
}

/** Facts shown beside the score: not part of it, so that missing ones do not stop it, but they are named. */
export function resolveContext(
  keys: readonly string[],
  data: ModelData,
  labels: ContextFacts,
): { used: InputUsed[]; missing: InputMissing[] } {
  const used: InputUsed[] = [];
  const missing: InputMissing[] = [];
  for (const key of keys) {
    const { label, maximumAgeDays, mend } = labels[key] ?? { label: key, maximumAgeDays: null, mend: 'record it' };
    const fact = data.fact(key);
    const why = absence(fact, maximumAgeDays, data.asOf);
    if (fact === undefined || why !== null)
      missing.push({ name: key, kind: 'context', label, why: why ?? 'not in the record', mend });
    else used.push(describe(key, label, fact, null));
  }
  return { used, missing };
}

function fromFact(input: ModelInput, key: string, data: ModelData): Resolution {
  const fact = data.fact(key);
  const why = absence(fact, input.maximumAgeDays ?? null, data.asOf);
  if (fact === undefined || why !== null) return missing(input, why ?? 'not in the record');
  if (input.unit !== fact.unit)
    return missing(input, `recorded in ${fact.unit ?? 'no unit'}, the model needs ${input.unit ?? 'none'}`);
  const number = asNumber(input, fact.value);
  if (number === null) return missing(input, `recorded as "${String(fact.value)}", which the model can't take`);
  return { number, used: describe(input.name, input.label, fact, wordsOf(input, number, fact.value)) };
}

function wordsOf({ words, format }: ModelInput, number: number, value: NamedValue['value']): string | null {
  if (words !== undefined) return number === 1 ? words.yes : words.no;
  return format === undefined ? null : format.replace('{}', String(value));
}

function fromSignature(
  input: ModelInput,
  model: Model,
  name: string,
  data: ModelData,
  signatures: ModelResult['signatures'],
): Resolution {
  if ('gap' in data.features) return missing(input, data.features.gap);
  const signature = signatures.find((candidate) => candidate.name === name);
  if (signature === undefined) {
    const definition = model.signatures.find((candidate) => candidate.name === name);
    const lacking = definition === undefined ? [] : lackingFeatures(definition, data.features.found.features);
    return missing(input, `undefined for this tumour mask: ${lacking.join(', ')}`);
  }
  const { studyDate, sources } = data.features.found;
  return {
    number: signature.score,
    used: {
      name: input.name,
      label: input.label,
      value: signature.score,
      words: null,
      unit: null,
      date: studyDate,
      sources,
      upperLimit: null,
      derivation: 'signature score of the CT features',
      contribution: null,
    },
  };
}

function missing(input: ModelInput, why: string): Resolution {
  return {
    missing: {
      name: input.name,
      kind: 'signature' in input.from ? 'signature' : 'fact',
      label: input.label,
      why,
      mend: input.mend,
    },
  };
}

function absence(fact: NamedValue | undefined, maximumAgeDays: number | null, asOf: string): string | null {
  if (fact === undefined) return 'not in the record';
  if (maximumAgeDays === null || daysBetween(fact.date, asOf) <= maximumAgeDays) return null;
  return `older than ${maximumAgeDays} days (${formatDate(fact.date)})`;
}

function asNumber(input: ModelInput, value: NamedValue['value']): number | null {
  if (input.indicator !== undefined) {
    if ('equals' in input.indicator)
      return typeof value === 'boolean' ? Number(value === input.indicator.equals) : null;
    return typeof value === 'number' ? Number(value >= input.indicator.atLeast) : null;
  }
  return typeof value === 'number' ? value : null;
}

function outsideRange({ label, range, unit }: ModelInput, number: number): string | null {
  if (range === undefined || (number >= range[0] && number <= range[1])) return null;
  const shown = unit === null || unit === 'a' ? '' : ` ${unit}`;
  return `${label} ${round(number)}${shown} is outside the range of the model's cohort (${round(range[0])}-${round(range[1])}${shown})`;
}

function describe(name: string, label: string, fact: NamedValue, words: string | null): InputUsed {
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
  };
}

function round(value: number): number {
  return Number(value.toPrecision(3));
}
