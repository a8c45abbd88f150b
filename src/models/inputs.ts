import { mendOf, notFound, staleness } from './fact-age.ts';
import type { ResolvedImages } from './images.ts';
import { describeFact, type InputAnswer, lookUp } from './input-lookup.ts';
import { roundedNumber, unitSuffix } from './input-words.ts';
import { standIn } from './missing-policy.ts';
import type { InputMissing, InputUsed, ModelData, ModelWarning } from './model-result.ts';
import type { Model, ModelInput } from './model-schema.ts';
import type { SignatureScores } from './signatures.ts';

/** Labels, ages and remedies of the facts that may stand beside a score; from the clinical tables. */
export type ContextFacts = Readonly<
  Record<string, { readonly label: string; readonly maximumAgeDays: number | null; readonly mend: string }>
>;

export interface ResolvedInputs {
  /** Numbers by input name as the forms take them: after indicator and transformations. */
  readonly values: Readonly<Record<string, number>>;
  /** The same before transformations, in the inputs' units. */
  readonly raw: Readonly<Record<string, number>>;
  readonly used: readonly InputUsed[];
  readonly missing: readonly InputMissing[];
  readonly warnings: readonly ModelWarning[];
}

/**
 * Finds each input of a model among facts, signature scores and features. What is missing takes the stand-in that the model declares,
 * with a warning, or is named with what would mend it.
 */
export function resolveInputs(
  model: Model,
  data: ModelData,
  images: ResolvedImages,
  signatures: SignatureScores,
): ResolvedInputs {
  const answers = new Map(
    model.inputs.map((input) => [input.name, lookUp(input, { model, data, images, signatures })] as const),
  );
  const known: Record<string, number> = {};
  for (const [name, answer] of answers) if ('used' in answer) known[name] = answer.number;

  const values: Record<string, number> = {};
  const raw: Record<string, number> = {};
  const used: InputUsed[] = [];
  const missing: InputMissing[] = [];
  const warnings: ModelWarning[] = [];
  for (const input of model.inputs) {
    const found = answers.get(input.name);
    const answer = found !== undefined && 'missing' in found ? standIn(input, found, known, model, data) : found;
    if (answer === undefined) continue;
    if ('missing' in answer) {
      missing.push(answer.missing);
      continue;
    }
    values[input.name] = answer.number;
    raw[input.name] = answer.raw;
    used.push(answer.used);
    warnings.push(...inputWarnings(input, answer));
  }
  return { values, raw, used, missing, warnings };
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
    const why = fact === undefined ? notFound(data) : staleness(fact, maximumAgeDays, data.asOf);
    if (fact === undefined || why !== null)
      missing.push({
        name: key,
        kind: 'context',
        label,
        fact: key,
        why: why ?? notFound(data),
        mend: mendOf(mend, data),
      });
    else used.push(describeFact(key, label, fact, null));
  }
  return { used, missing };
}

function inputWarnings(input: ModelInput, { raw, used }: Extract<InputAnswer, { used: InputUsed }>): ModelWarning[] {
  const { label, range, unit } = input;
  const warnings: ModelWarning[] = [];
  if (used.imputed !== null) warnings.push({ code: 'INPUT_IMPUTED', text: `${label}: ${used.imputed}` });
  if (range !== undefined && (raw < range[0] || raw > range[1])) {
    const [least, most] = range.map(roundedNumber);
    const suffix = unitSuffix(unit);
    warnings.push({
      code: 'OUTSIDE_RANGE',
      text: `${label} ${roundedNumber(raw)}${suffix} is outside the range of the model's cohort (${least}-${most}${suffix})`,
    });
  }
  return warnings;
}
