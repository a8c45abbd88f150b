import type { Assessment } from '../src/assessment/assessment.ts';
import type { AdviceTable } from '../src/fhir/advice-schema.ts';
import { admits } from '../src/models/applicability.ts';
import type { ModelResult, ModelWarning } from '../src/models/model-result.ts';
import type { Model } from '../src/models/model-schema.ts';
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

/** As much of a model as says whom it is made for. */
export type ModelPopulation = Pick<Model, 'id' | 'applicability'>;

/**
 * Whether the record shows that the patient is outside the population of every model for the patient's kind of lung cancer: each is
 * ruled out by something that is known, and nothing was left unread that could say otherwise. What is merely missing rules out nothing.
 *
 * Where there is no model for a kind of cancer, every order would be a warning and nobody would read them: that is no warning. For the
 * same reason demonstration models count for synthetic patients only.
 *
 * @param populations The registered models.
 */
export function isOutsideEveryPopulation(
  {
    models,
    histology,
    synthetic,
    unread,
  }: Pick<Assessment, 'histology' | 'synthetic' | 'unread'> & {
    readonly models: readonly (Pick<ModelResult, 'status'> & {
      readonly model: Pick<ModelResult['model'], 'id' | 'standing'>;
    })[];
  },
  populations: readonly ModelPopulation[],
): boolean {
  if (histology === null || unread.length > 0) return false;
  const sameCancer = populations.filter(({ applicability }) => admits(applicability, 'histology', histology));
  const meant = models.filter(
    ({ model }) => sameCancer.some(({ id }) => id === model.id) && (synthetic || model.standing !== 'synthetic-demo'),
  );
  return meant.length > 0 && meant.every(({ status }) => status === 'not-applicable');
}
