import type { Form } from './form-schema.ts';
import { predictMeanEnsemble } from './forms/mean-ensemble.ts';
import type { FormContext, Prediction } from './forms/prediction.ts';
import { predictScoreFusion } from './forms/score-fusion.ts';
import { predictSingle, singleFormInputs } from './forms/single-form.ts';

/**
 * Evaluates a form on numbers.
 *
 * @throws ModelInputError `MODEL_INPUT_MISSING` or `MODEL_INPUT_RANGE` naming an input that is missing or not finite.
 */
export function predict(form: Form, context: FormContext): Prediction {
  switch (form.type) {
    case 'mean-ensemble':
      return predictMeanEnsemble(form, context);
    case 'score-fusion':
      return predictScoreFusion(form, context);
    default:
      return predictSingle(form, context);
  }
}

/** All inputs of a form, each once. */
export function formInputs(form: Form): string[] {
  if (!('members' in form)) return [...new Set(singleFormInputs(form))];
  return [...new Set(form.members.flatMap((member) => singleFormInputs(member.form)))];
}

/**
 * Inputs without which a form gives no value; none when it can be evaluated. An ensemble that goes on without a member needs the
 * inputs of one of them.
 */
export function lackingInputs(form: Form, values: FormContext['values']): string[] {
  const lacking = (names: readonly string[]) => names.filter((name) => values[name] === undefined);
  if (form.type === 'mean-ensemble' && form.whenMemberMissing === 'use-others') {
    if (form.members.some((member) => lacking(singleFormInputs(member.form)).length === 0)) return [];
  }
  return lacking(formInputs(form));
}
