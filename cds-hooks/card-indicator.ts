import type { AdviceTable } from '../src/fhir/advice-schema.ts';
import type { ModelResult, ModelWarning } from '../src/models/model-result.ts';
import type { JudgedOrders } from './orders.ts';

export type Indicator = 'info' | 'warning' | 'critical';

export interface IndicatorDecision {
  readonly indicator: Indicator;
  /** Sentences without full stop, first the weightiest; empty for `info`. Not escaped. */
  readonly why: readonly string[];
}

/** What takes a patient or the images out of the population that a model's numbers hold for. */
const outsidePopulation = new Set<ModelWarning['code']>([
  'OUTSIDE_RANGE',
  'OTHER_PHASE',
  'OTHER_SLICE_THICKNESS',
  'POPULATION_OTHER',
]);

/**
 * How loud the card of an assessed model is.
 *
 * `warning` only where order and risk disagree: a checkpoint inhibitor is being ordered, and either a risk group speaks against it
 * (`disagreements` of `mappings/advice.json`, a model's own words), or the number shown was made outside the model's population, so
 * that it must not support the order. A chart that is opened orders nothing, and is `info`; so is a model that does not apply,
 * because it shows no number.
 *
 * `critical` is reserved for what harms if it is not acted on at once. No risk model says that, so nothing here gives it.
 *
 * @param result An assessed model.
 * @param orders Null when the chart was opened.
 */
export function decideIndicator(
  {
    model,
    outcomes,
    warnings,
  }: Pick<ModelResult, 'outcomes' | 'warnings'> & { readonly model: { readonly id: string } },
  orders: JudgedOrders | null,
  { disagreements }: Pick<AdviceTable, 'disagreements'>,
): IndicatorDecision {
  if (orders === null) return { indicator: 'info', why: [] };
  const against = disagreements
    .filter((rule) => rule.model === model.id)
    .filter((rule) => outcomes.some(({ endpoint, group }) => endpoint.event === rule.event && group === rule.group))
    .map(({ because }) => because);
  const outside = warnings.filter(({ code }) => outsidePopulation.has(code)).map(({ text }) => text);
  const why = [...against, ...outside];
  return { indicator: why.length > 0 ? 'warning' : 'info', why };
}
