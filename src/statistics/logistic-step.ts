import { fitLogistic, type LogisticFit } from './logistic.ts';
import type { ModelTerm } from './model-terms.ts';
import { StatisticsError } from './statistics-error.ts';

/** A model that an elimination step considered. */
export interface StepCandidate {
  /** The term left out; null for the model as it stands. */
  readonly without: string | null;
  /** Coefficients that this saves; 0 for the model as it stands. */
  readonly df: number;
  readonly deviance: number;
  readonly aic: number;
}

export interface LogisticStep {
  /** Terms at the start of the step. */
  readonly terms: readonly string[];
  /** The model as it stands, then without each term in turn: the rows of R's `drop1`. */
  readonly candidates: readonly StepCandidate[];
  /** The term left out, or null in the last step. */
  readonly dropped: string | null;
}

export interface LogisticElimination {
  /** Terms left, in the order given; may be none. */
  readonly kept: readonly string[];
  /** Model of the terms kept, its columns in their order. */
  readonly fit: LogisticFit;
  readonly trace: readonly LogisticStep[];
}

/**
 * Backward elimination of a logistic model by Akaike's criterion, `AIC = -2 log L + 2 k`, the intercept counted: from the
 * model of all terms, leaves out the one without which the AIC is smallest, while that is smaller than with it. On a tie
 * the model stays, and of two terms the first goes. Factors go as a whole.
 *
 * Equals R `step(glm(..., binomial), direction = "backward")`. Its p-values and intervals do not know of the selection
 * and are too optimistic.
 *
 * @param terms Each with its columns of length `n`, at least one.
 * @param outcome 0 or 1 per row.
 * @throws StatisticsError as `fitLogistic`, and `STATISTICS_INPUT` if a term has no column.
 * @see Venables WN, Ripley BD. Modern Applied Statistics with S, 4th ed., 2002, section 6.8
 */
export function eliminateLogisticTerms(terms: readonly ModelTerm[], outcome: ArrayLike<number>): LogisticElimination {
  const empty = terms.find((term) => term.columns.length === 0);
  if (empty !== undefined)
    throw new StatisticsError('STATISTICS_INPUT', `term ${empty.name}`, 'has no column: give at least one');
  const fitOf = (subset: readonly ModelTerm[]) =>
    fitLogistic(
      subset.flatMap((term) => [...term.columns]),
      outcome,
    );
  const trace: LogisticStep[] = [];
  let kept = terms;
  let fit = fitOf(kept);
  for (;;) {
    const fits = kept.map((term) => fitOf(kept.filter((other) => other !== term)));
    const candidates = [candidate(null, 0, fit), ...kept.map((t, k) => candidate(t.name, t.columns.length, fits[k]!))];
    const least = candidates.reduce((smallest, { aic }) => Math.min(smallest, aic), Number.POSITIVE_INFINITY);
    const best = candidates.findIndex(({ aic }) => aic === least) - 1;
    const names = kept.map((term) => term.name);
    trace.push({ terms: names, candidates, dropped: kept[best]?.name ?? null });
    if (best < 0) return { kept: names, fit, trace };
    kept = kept.filter((_, k) => k !== best);
    fit = fits[best]!;
  }
}

function candidate(without: string | null, df: number, { deviance, coefficients }: LogisticFit): StepCandidate {
  return { without, df, deviance, aic: deviance + 2 * coefficients.length };
}
