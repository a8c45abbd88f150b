import { type CoxFit, coxNullLogLikelihood, fitCox } from './cox.ts';
import type { CoxTies } from './cox-likelihood.ts';
import type { ModelTerm } from './model-terms.ts';
import { StatisticsError } from './statistics-error.ts';

/** One round of an elimination. */
export interface EliminationStep {
  /** Terms in the model at the start of the round. */
  readonly terms: readonly string[];
  /** AIC of that model. */
  readonly aic: number;
  /** AIC without each of the terms, in their order. */
  readonly aicWithout: readonly number[];
  /** The term left out, or null in the last round. */
  readonly dropped: string | null;
}

export interface CoxElimination {
  /** Terms left, in the order given; may be none. */
  readonly kept: readonly string[];
  readonly aic: number;
  /** Model of the terms kept, its columns in their order; null if none is left. */
  readonly fit: CoxFit | null;
  readonly trace: readonly EliminationStep[];
}

/**
 * Backward elimination of a Cox model by Akaike's criterion, `AIC = -2 log L + 2 p`: from the model of all terms, leaves
 * out the one without which the AIC is smallest, while that is smaller than with it. On a tie the model stays, and of
 * two terms the first goes. Factors go as a whole.
 *
 * Equals R `step(coxph(...), direction = 'backward')`. Its p-values and limits do not know of the selection and are too
 * optimistic.
 *
 * @param terms Each with its columns of length `n`; at least one term, each with at least one column.
 * @param time Follow-up times, length `n`.
 * @param status 1 event, 0 censored.
 * @param options `ties`, `efron` by default.
 * @throws StatisticsError as `fitCox`, and `STATISTICS_INPUT` if a term has no column.
 * @see Venables WN, Ripley BD. Modern Applied Statistics with S, 4th ed., 2002, section 6.8
 */
export function eliminateCoxTerms(
  terms: readonly ModelTerm[],
  time: ArrayLike<number>,
  status: ArrayLike<number>,
  options: { readonly ties?: CoxTies } = {},
): CoxElimination {
  const empty = terms.find((term) => term.columns.length === 0);
  if (empty !== undefined)
    throw new StatisticsError('STATISTICS_INPUT', `term ${empty.name}`, 'has no column: give at least one');
  const fitOf = (subset: readonly ModelTerm[]) =>
    fitCox(
      subset.flatMap((term) => [...term.columns]),
      time,
      status,
      options,
    );
  const nullAic = -2 * coxNullLogLikelihood(time, status, options.ties);
  const trace: EliminationStep[] = [];
  let kept = terms;
  let fit: CoxFit | null = fitOf(kept);
  for (;;) {
    const candidates = kept.map((term) => {
      const others = kept.filter((other) => other !== term);
      return { others, fit: others.length === 0 ? null : fitOf(others) };
    });
    const aic: number = fit?.aic ?? nullAic;
    const aicWithout = candidates.map((candidate) => candidate.fit?.aic ?? nullAic);
    const least = aicWithout.reduce((smallest, value) => Math.min(smallest, value), aic);
    const best = least < aic ? aicWithout.indexOf(least) : -1;
    trace.push({ terms: kept.map((term) => term.name), aic, aicWithout, dropped: kept[best]?.name ?? null });
    if (best < 0) return { kept: kept.map((term) => term.name), aic, fit, trace };
    kept = candidates[best]!.others;
    fit = candidates[best]!.fit;
  }
}
