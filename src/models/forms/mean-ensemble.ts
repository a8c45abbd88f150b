import { addUp, type Contribution } from '../explanation.ts';
import type { MeanEnsembleForm } from '../form-schema.ts';
import type { FormContext, Prediction } from './prediction.ts';
import { predictSingle, singleFormInputs } from './single-form.ts';

/**
 * Arithmetic mean of the members' probabilities, explained by the mean of their contributions. A member whose inputs are not all there
 * is left out of both.
 *
 * @throws ModelInputError naming an input that is missing or not finite, when no member can be evaluated.
 */
export function predictMeanEnsemble(form: MeanEnsembleForm, context: FormContext): Prediction {
  const known = ({ form: member }: MeanEnsembleForm['members'][number]) =>
    singleFormInputs(member).every((input) => context.values[input] !== undefined);
  // Without a known member all are tried, so that the error names what is missing.
  const taken =
    form.whenMemberMissing === 'use-others' && form.members.some(known) ? form.members.filter(known) : form.members;
  const predictions = taken.map((member) => ({ name: member.name, ...predictSingle(member.form, context) }));
  const share = 1 / predictions.length;
  const value = predictions.reduce((sum, prediction) => sum + share * prediction.value, 0);
  const explained = predictions.map(onProbabilityScale);
  return {
    kind: 'probability',
    value,
    relativeTo: null,
    risks: [],
    position: value,
    explanation: {
      scale: 'probability',
      base: explained.reduce((sum, { base }) => sum + share * base, 0),
      reference: [...new Set(predictions.map(({ explanation }) => explanation.reference))].join('; '),
      contributions: addUp(
        explained.flatMap(({ contributions }) =>
          contributions.map((one) => ({ ...one, contribution: share * one.contribution })),
        ),
      ),
    },
    members: form.members.map(({ name, label }) => ({
      name,
      label,
      value: predictions.find((prediction) => prediction.name === name)?.value ?? null,
    })),
  };
}

/**
 * A logistic member's contributions in probability: integrated gradients along the straight way from its reference patient, which for
 * a function of one linear predictor share out the difference of the probabilities in proportion to the log-odds.
 *
 * @see Sundararajan M et al. Proc Mach Learn Res 2017;70:3319-3328
 */
function onProbabilityScale({ value, explanation }: Prediction): {
  base: number;
  contributions: readonly Contribution[];
} {
  const base = explanation.base ?? 0;
  if (explanation.scale === 'probability') return { base, contributions: explanation.contributions };
  const logOdds = explanation.contributions.reduce((sum, { contribution }) => sum + contribution, 0);
  const before = 1 / (1 + Math.exp(-base));
  // In the limit of no difference the slope of the logistic curve.
  const slope = Math.abs(logOdds) < 1e-9 ? before * (1 - before) : (value - before) / logOdds;
  return {
    base: before,
    contributions: explanation.contributions.map((one) => ({ ...one, contribution: slope * one.contribution })),
  };
}
