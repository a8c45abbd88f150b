import { ModelInputError } from '../errors.ts';
import { type FeatureSource, joinGaps } from './images.ts';
import type { ModelWarning } from './model-result.ts';
import type { Signature } from './model-schema.ts';

/**
 * Standard deviations of the training cohort beyond which a feature is said to be outside: past 5 hardly any value of a training
 * cohort of some hundred lies, whatever its shape, so that the line that was fitted is being prolonged.
 */
const extrapolationSds = 5;

type Term = Signature['terms'][number];

/** A score, or why there is none. */
export type ScoredSignature =
  | { readonly score: number; readonly date: string | null; readonly sources: readonly string[] }
  | { readonly gap: string };

export interface SignatureScores {
  readonly scores: ReadonlyMap<string, ScoredSignature>;
  readonly warnings: readonly ModelWarning[];
}

/** Scores each signature whose images are there and whose features are defined. */
export function scoreSignatures(
  signatures: readonly Signature[],
  images: ReadonlyMap<string, FeatureSource>,
): SignatureScores {
  const scores = new Map<string, ScoredSignature>();
  const warnings: ModelWarning[] = [];
  for (const signature of signatures) {
    const scored = scoreOf(signature, images);
    scores.set(signature.name, scored);
    if ('gap' in scored) continue;
    const value = (term: Term) => termValue(term, images) ?? Number.NaN;
    for (const term of signature.terms.filter((one) => Math.abs(value(one) - one.mean) > extrapolationSds * one.sd)) {
      const distance = Math.round(Math.abs(value(term) - term.mean) / term.sd);
      warnings.push({
        code: 'OUTSIDE_RANGE',
        text: `${signature.label}: ${term.feature} lies ${distance} standard deviations from the mean of the model's cohort`,
      });
    }
  }
  return { scores, warnings };
}

/**
 * Signature score: `intercept + sum(beta * (x - mean) / sd)`.
 *
 * @param valueOfTerm Feature of each term, in the feature's unit.
 * @throws ModelInputError `MODEL_INPUT_MISSING` for a feature that is not there, `MODEL_INPUT_RANGE` for one that is not finite.
 */
function signatureScore(signature: Signature, valueOfTerm: (term: Term) => number | undefined): number {
  return signature.terms.reduce((score, term) => {
    const value = valueOfTerm(term);
    if (value === undefined)
      throw new ModelInputError('MODEL_INPUT_MISSING', term.feature, "extract with the model's own parameter file");
    if (!Number.isFinite(value))
      throw new ModelInputError('MODEL_INPUT_RANGE', term.feature, `got ${value}, need a finite number`);
    return score + term.beta * ((value - term.mean) / term.sd);
  }, signature.intercept);
}

function scoreOf(signature: Signature, images: ReadonlyMap<string, FeatureSource>): ScoredSignature {
  const used = [...new Set(signature.terms.map(({ of }) => of))].flatMap((name) => images.get(name) ?? []);
  const gaps = used.flatMap((source) => ('gap' in source ? [source] : []));
  if (gaps.length > 0) return { gap: joinGaps(gaps) };
  const lacking = signature.terms.filter((term) => !Number.isFinite(termValue(term, images)));
  if (lacking.length > 0) {
    const keys = [...new Set(lacking.map(({ feature }) => feature))];
    return { gap: `undefined for this tumour mask: ${keys.join(', ')}` };
  }
  const found = used.flatMap((source) => ('gap' in source ? [] : [source]));
  const dates = found.flatMap(({ date }) => date ?? []).sort();
  return {
    score: signatureScore(signature, (term) => termValue(term, images)),
    date: dates.at(-1) ?? null,
    sources: [...new Set(found.flatMap(({ sources }) => sources))],
  };
}

function termValue({ feature, of }: Term, images: ReadonlyMap<string, FeatureSource>): number | undefined {
  const source = images.get(of);
  return source === undefined || 'gap' in source ? undefined : source.features[feature];
}
