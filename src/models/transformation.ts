import { ModelInputError } from '../errors.ts';
import type { NamedValue } from './model-result.ts';
import type { ModelInput, Transformation } from './model-schema.ts';

/**
 * The number that a recorded value stands for, before transformations: an indicator gives 0 or 1.
 *
 * @returns Null where the input can't take the value: words where a number is needed, or a value of another type than the
 *   indicator's.
 */
export function asNumber({ indicator }: ModelInput, value: NamedValue['value']): number | null {
  if (indicator === undefined) return typeof value === 'number' ? value : null;
  if ('atLeast' in indicator) return typeof value === 'number' ? Number(value >= indicator.atLeast) : null;
  const categories = 'equals' in indicator ? [indicator.equals] : indicator.oneOf;
  const comparable = categories.some((category) => typeof category === typeof value);
  return comparable ? Number(categories.includes(value)) : null;
}

/**
 * Applies an input's transformations in their order.
 *
 * @param number Finite, in the input's unit; an indicator's 0 or 1.
 * @throws ModelInputError `MODEL_INPUT_RANGE` naming the input, for a logarithm of what has none and a number that is not finite.
 */
export function transformed({ name, transform }: Pick<ModelInput, 'name' | 'transform'>, number: number): number {
  const result = (transform ?? []).reduce((value, step) => applied(step, value), number);
  if (Number.isFinite(result)) return result;
  const step = (transform ?? []).some((one) => 'log' in one) ? `${number} has no logarithm` : `${number} is no number`;
  throw new ModelInputError('MODEL_INPUT_RANGE', name, step);
}

/**
 * The number in the input's unit that a transformed one came from; clipping can't be undone and is passed over.
 *
 * @param number As the forms take it.
 */
export function untransformed({ transform }: Pick<ModelInput, 'transform'>, number: number): number {
  return (transform ?? []).reduceRight((value, step) => {
    if ('zScore' in step) return step.zScore.mean + step.zScore.sd * value;
    if ('log' in step) return step.log === 'natural' ? Math.exp(value) : Math.expm1(value);
    return value;
  }, number);
}

function applied(step: Transformation, value: number): number {
  if ('clip' in step) return Math.min(step.clip[1], Math.max(step.clip[0], value));
  if ('zScore' in step) return (value - step.zScore.mean) / step.zScore.sd;
  return step.log === 'natural' ? Math.log(value) : Math.log1p(value);
}
