import type { SingleForm } from '../form-schema.ts';
import { predictCox, predictLinear, predictLogistic } from './linear.ts';
import type { FormContext, Prediction } from './prediction.ts';
import { predictForest } from './random-forest.ts';

/** Evaluates a form that has no members. @throws ModelInputError naming an input that is missing or not finite. */
export function predictSingle(form: SingleForm, context: FormContext): Prediction {
  switch (form.type) {
    case 'linear':
      return predictLinear(form, context);
    case 'logistic':
      return predictLogistic(form, context);
    case 'cox':
      return predictCox(form, context);
    case 'random-forest':
      return predictForest(form, context);
  }
}

/** Inputs of a form that has no members. */
export function singleFormInputs(form: SingleForm): string[] {
  return form.type === 'random-forest' ? [...form.columns] : form.terms.map(({ input }) => input);
}
