import type { Form } from '../../models/form-schema.ts';
import type { Model } from '../../models/model-schema.ts';
import { benefitSites } from './nsclc-benefit-cohort.ts';
import {
  type FittedBenefit,
  horizons,
  inputColumns,
  type MeasuredBenefitCohort,
  type MemberName,
} from './nsclc-benefit-fit.ts';
import { type benefitPerformance, ensembleProbabilities } from './nsclc-benefit-report.ts';

/** Name of a forest's file in the model's folder. */
export function forestFile(months: number, member: string): string {
  return `forest-${months}-months-${member.replace(/^imaging/, '').toLowerCase()}.json`;
}

/**
 * The model as a person wrote it with everything that was fitted: inputs, cluster means, the forests' columns, worked examples and
 * the performance on the synthetic cohorts.
 *
 * @param training Its first member is the worked example.
 */
export function fittedModel(
  written: Model,
  fitted: FittedBenefit,
  training: MeasuredBenefitCohort,
  performance: ReturnType<typeof benefitPerformance>,
): Model {
  return {
    ...written,
    inputs: [...fitted.inputs],
    clusters: fitted.clusters,
    forms: written.forms.map((form, at) => withForests(form, horizons[at] ?? Number.NaN, fitted)),
    performance: [
      ...performance.map((entry) => performanceLine(entry)),
      ...written.performance.filter((line) => !line.startsWith(demonstration)),
    ],
    examples: [workedExample(fitted, training)],
  };
}

const demonstration = 'This demonstration model';

const memberWords: Readonly<Record<MemberName, string>> = {
  imagingLongitudinal: 'CT of all visits',
  imagingDelta: 'change of CT',
  clinical: 'clinical',
};

function performanceLine({ months, ensemble, members, atThreshold }: ReturnType<typeof benefitPerformance>[number]) {
  const { size } = benefitSites.second;
  const area = ({ auc, ci95 }: typeof ensemble) => `${auc.toFixed(3)} (${ci95.map((x) => x.toFixed(3)).join('-')})`;
  const parts = members.map(({ member, auc }) => `${memberWords[member]} ${auc.toFixed(3)}`).join(', ');
  return `${demonstration} on the second synthetic site (n = ${size}), progression within ${months} months: AUC ${area(ensemble)}, accuracy ${atThreshold.accuracy.toFixed(3)}; forests alone: ${parts}`;
}

function withForests(form: Form, months: number, { forests }: FittedBenefit): Form {
  if (form.type !== 'mean-ensemble') throw new RangeError(`forms: ${form.type}, expected a mean ensemble`);
  return {
    ...form,
    members: form.members.map((member) => {
      const own = forests.find((forest) => forest.months === months && forest.member === member.name);
      if (own === undefined || member.form.type !== 'random-forest') throw new RangeError(`${member.name}: no forest`);
      return {
        ...member,
        form: { ...member.form, file: forestFile(months, member.name), columns: [...own.fit.columns] },
      };
    }),
  };
}

/** The first member of the training cohort: the trees are in the files, the mean of three is written out. */
function workedExample(fitted: FittedBenefit, training: MeasuredBenefitCohort): Model['examples'][number] {
  const first = { members: training.members.slice(0, 1), tables: training.tables.slice(0, 1) };
  const inputs = Object.fromEntries(
    [...inputColumns(fitted, first)].map(([name, values]) => [name, values[0] ?? Number.NaN]),
  );
  const results = ensembleProbabilities(fitted, first);
  const working = results.map(({ months, members, ensemble }) => {
    const parts = members.map(({ probabilities }) => probabilities[0]);
    return `within ${months} months: (${parts.join(' + ')}) / ${parts.length} = ${ensemble[0]}`;
  });
  return {
    working: `First member of the synthetic training cohort, each forest the mean of its leaves; ${working.join('; ')}`,
    inputs,
    expected: results.map(({ ensemble }, form) => ({ form, value: ensemble[0] ?? Number.NaN })),
  };
}
