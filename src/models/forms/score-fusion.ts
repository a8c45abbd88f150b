import { addUp, type Contribution } from '../explanation.ts';
import type { ScoreFusionForm } from '../form-schema.ts';
import type { FormContext, Prediction } from './prediction.ts';
import { predictSingle } from './single-form.ts';

/**
 * `1 / (1 + exp(-lp))` with `lp = intercept + sum(coefficient * (value - mean) / sd)` over the members' values. Explained on the
 * log-odds scale: a linear member by its inputs, any other as a whole.
 *
 * @throws ModelInputError naming an input that is missing or not finite.
 */
export function predictScoreFusion(form: ScoreFusionForm, context: FormContext): Prediction {
  const parts = form.members.map((member) => {
    const prediction = predictSingle(member.form, context);
    const weight = member.coefficient / member.sd;
    return { member, prediction, weight, logOdds: weight * (prediction.value - member.mean) };
  });
  const lp = parts.reduce((sum, { logOdds }) => sum + logOdds, form.intercept);
  const value = 1 / (1 + Math.exp(-lp));
  let base = form.intercept;
  const contributions = parts.flatMap(({ member, prediction, weight, logOdds }): Contribution[] => {
    const { explanation } = prediction;
    if (explanation.scale !== 'score') return [{ input: member.name, label: member.label, contribution: logOdds }];
    base += weight * ((explanation.base ?? 0) - member.mean);
    return explanation.contributions.map((one) => ({ ...one, contribution: weight * one.contribution }));
  });
  const linear = parts.filter(({ prediction }) => prediction.explanation.scale === 'score');
  const references = new Set(linear.map(({ prediction }) => prediction.explanation.reference));
  if (linear.length < parts.length) references.add("the mean of the other members' values in the cohort");
  return {
    kind: 'probability',
    value,
    relativeTo: null,
    risks: [],
    position: value,
    explanation: {
      scale: 'log-odds',
      base,
      reference: [...references].join('; '),
      contributions: addUp(contributions),
    },
    members: parts.map(({ member: { name, label }, prediction }) => ({ name, label, value: prediction.value })),
  };
}
