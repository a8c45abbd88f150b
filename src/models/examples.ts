import type { Forest } from '../statistics/random-forest.ts';
import type { Model } from './model-schema.ts';
import { predict } from './predict.ts';

/**
 * Largest difference between a worked example and the model, relative to the example: what the roundings of some dozen terms in double
 * precision can add up to, with room. Examples are therefore written with all their digits.
 */
const exampleTolerance = 1e-9;

/**
 * Works a model's examples.
 *
 * @returns One line an expected value that the model does not give.
 */
export function failedExamples(model: Model, forests: ReadonlyMap<string, Forest>): string[] {
  return model.examples.flatMap((example, at) =>
    example.expected.flatMap(({ form: position, months, value }) => {
      const form = model.forms[position];
      if (form === undefined) return [`examples.${at}: no form ${position}`];
      const got = worked(() => predict(form, { values: example.inputs, inputs: model.inputs, forests }), months);
      if (typeof got === 'number' && Math.abs(got - value) <= exampleTolerance * Math.abs(value)) return [];
      const which = months === undefined ? `form ${position}` : `form ${position} by ${months} months`;
      return [`examples.${at}: ${which} should give ${value}, the model gives ${got}`];
    }),
  );
}

function worked(prediction: () => ReturnType<typeof predict>, months: number | undefined): number | string {
  try {
    const { value, risks } = prediction();
    if (months === undefined) return value;
    return risks.find((risk) => risk.months === months)?.probability ?? 'no risk by that month';
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
