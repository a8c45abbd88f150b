import { ModelInputError } from '../../errors.ts';
import { type Forest, forestProbabilities } from '../../statistics/random-forest.ts';
import { pathDependentShap } from '../../statistics/tree-shap.ts';
import { inputLabel, strongestFirst } from '../explanation.ts';
import type { RandomForestForm } from '../form-schema.ts';
import { requireInput } from './linear-predictor.ts';
import { type FormContext, type Prediction, plain } from './prediction.ts';

/**
 * Mean share of the event in the leaves that the patient falls into, with path-dependent SHAP values that add up to it.
 *
 * @throws ModelInputError naming an input that is missing or not finite, or the forest's file if it was not read.
 */
export function predictForest(form: RandomForestForm, context: FormContext): Prediction {
  const forest = requireForest(form.file, context.forests);
  const columns = form.columns.map((input) => Float64Array.of(requireInput(input, context.values)));
  const value = forestProbabilities(forest, columns)[0] ?? Number.NaN;
  const { phi, expected } = pathDependentShap(forest, columns, 0);
  return {
    ...plain,
    kind: 'probability',
    value,
    position: value,
    explanation: {
      scale: 'probability',
      base: expected,
      reference: "the average patient of the forest's training cohort",
      contributions: strongestFirst(
        form.columns.map((input, column) => ({
          input,
          label: inputLabel(context.inputs, input),
          contribution: phi[column] ?? Number.NaN,
        })),
      ),
    },
  };
}

function requireForest(file: string, forests: ReadonlyMap<string, Forest>): Forest {
  const forest = forests.get(file);
  if (forest === undefined) throw new ModelInputError('MODEL_INPUT_MISSING', file, 'the forest was not read');
  return forest;
}
