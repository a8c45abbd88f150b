import { formatDate } from './calendar.ts';
import { fromFact, type InputAnswer } from './input-lookup.ts';
import { inputWords } from './input-words.ts';
import type { InputMissing, InputUsed, ModelData } from './model-result.ts';
import type { Clusters, Model, ModelInput } from './model-schema.ts';
import { transformed, untransformed } from './transformation.ts';

/**
 * What stands in for a missing input by the model's own policy, marked as imputed; the missing input itself where there is no policy
 * or it has nothing to offer.
 *
 * @param known Numbers of the inputs that were really found, after transformations.
 */
export function standIn(
  input: ModelInput,
  answer: { readonly missing: InputMissing },
  known: Readonly<Record<string, number>>,
  model: Model,
  data: ModelData,
): InputAnswer {
  const policy = input.whenMissing;
  if (policy === undefined) return answer;
  const { why } = answer.missing;
  if (policy === 'cluster') return model.clusters ? ofCluster(input, answer, known, model.clusters) : answer;
  if ('visits' in policy) return ofOtherVisits(input, answer, policy.visits, model, data);
  return {
    raw: policy.value,
    number: transformed(input, policy.value),
    used: imputed(input, policy.value, `${why}; ${inputWords(input, policy.value)} stands in (${policy.reason})`),
  };
}

function ofOtherVisits(
  input: ModelInput,
  answer: { readonly missing: InputMissing },
  names: readonly string[],
  model: Model,
  data: ModelData,
): InputAnswer {
  if (!('fact' in input.from)) return answer;
  for (const name of names) {
    const visit = model.visits.find((candidate) => candidate.name === name);
    if (visit === undefined) continue;
    const other = fromFact(input, data.fact(input.from.fact, visit), data);
    if ('missing' in other) continue;
    const text = `${answer.missing.why}; the value of ${visit.label} stands in`;
    const date = other.used.date === null ? '' : ` (${formatDate(other.used.date)})`;
    return { ...other, used: { ...other.used, imputed: `${text}${date}` } };
  }
  return answer;
}

/** Mean of the nearest cluster by Euclidean distance over the inputs that are known; nothing known, nothing to go by. */
function ofCluster(
  input: ModelInput,
  answer: { readonly missing: InputMissing },
  known: Readonly<Record<string, number>>,
  { inputs, centres, source }: Clusters,
): InputAnswer {
  const columns = inputs.flatMap((name, column) => (known[name] === undefined ? [] : [{ column, value: known[name] }]));
  if (columns.length === 0) return answer;
  const distance = (centre: readonly number[]) =>
    columns.reduce((sum, { column, value }) => sum + ((centre[column] ?? 0) - value) ** 2, 0);
  const nearest = centres.reduce((best, centre) => (distance(centre) < distance(best) ? centre : best));
  const number = nearest[inputs.indexOf(input.name)];
  if (number === undefined) return answer;
  const raw = untransformed(input, number);
  const basis = `chosen by ${columns.length} of ${inputs.length} known values, ${source}`;
  const text = `${answer.missing.why}; the mean of the most similar group stands in (${basis})`;
  return { raw, number, used: imputed(input, raw, text) };
}

function imputed(input: ModelInput, raw: number, text: string): InputUsed {
  return {
    name: input.name,
    label: input.label,
    value: raw,
    words: input.words !== undefined || input.format !== undefined ? inputWords(input, raw) : null,
    // A share between an indicator's 0 and 1 has no unit.
    unit: input.indicator === undefined ? input.unit : null,
    date: null,
    sources: [],
    upperLimit: null,
    derivation: null,
    contribution: null,
    imputed: text,
  };
}
