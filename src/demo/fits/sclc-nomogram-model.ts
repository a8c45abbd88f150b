import type { Model } from '../../models/model-schema.ts';
import { evenTicks } from './range.ts';
import {
  firstLineExtensiveSclc,
  notClinical,
  sclcImage,
  segmentationNeeded,
  three,
  withLimits,
  workOut,
} from './sclc-model-parts.ts';
import type { NomogramFit } from './sclc-nomogram-fit.ts';

/** Name of the folder, and the model's id. */
export const nomogramId = 'es-sclc-os24-nomogram-demo';

/** The model that shows the published nomogram end to end, with coefficients fitted on synthetic cohorts. */
export function nomogramModel(fit: NomogramFit): Model {
  return {
    id: nomogramId,
    version: '1.1.0',
    title:
      'Death within 24 months under first-line chemo-immunotherapy in extensive-stage small-cell lung cancer (demo)',
    standing: 'synthetic-demo',
    standingNote:
      "Coefficients were fitted on computer-made CT phantoms with an invented outcome, because the paper publishes neither its signatures' weights nor its intercept",
    source: {
      citation:
        'the clinical-radiomics nomogram for response to immunotherapy in extensive-stage SCLC (age, N stage, before-treatment and relative-delta signatures; training n = 119, external test n = 40)',
      coefficients: `npm run fit:demo: ${fit.training.size} synthetic persons, ${fit.training.highRisk} with the event, seed ${fit.training.seed}; fit.json`,
    },
    unpublished: [
      { what: 'features and weights of the four signatures', why: 'the paper shows them in figures only' },
      { what: 'intercept and refitted coefficients of the four-variable model', why: 'not in the paper' },
      { what: 'scale and bin width of the image normalisation', why: 'not in the paper; chosen here' },
    ],
    population: `Synthetic: ${fit.training.size} invented persons, and ${fit.second.size} of a second site. The paper: extensive-stage SCLC, first-line chemo-immunotherapy, two centres, training n = 119, test n = 40`,
    applicability: [
      ...firstLineExtensiveSclc,
      {
        fact: 'regimenClass',
        equals: 'chemo-immunotherapy',
        reason: 'the model is for chemotherapy with a checkpoint inhibitor',
        whenUnknown: 'warn',
      },
    ],
    images: images(fit),
    deltas: [
      {
        name: 'relativeDelta',
        label: 'relative change from plain to venous phase',
        operator: 'relative',
        of: ['plain', 'venous'],
      },
      {
        name: 'absoluteDelta',
        label: 'absolute change from plain to venous phase',
        operator: 'absolute',
        of: ['plain', 'venous'],
      },
    ],
    signatures: signatures(fit),
    visits: [],
    inputs: inputs(fit),
    forms: [form(fit)],
    comparisons: [],
    context: ['ldh', 'nse', 'progrp', 'nlr', 'sii', 'dnlr', 'ecog'],
    performance: performance(fit),
    limits: [
      notClinical,
      "The features, weights, intercept and cut-off are not the paper's: only its method, and its odds ratios of age and N stage as planted effects, are",
      'LDH, NSE and ProGRP are shown because the paper found them associated; they are not in its final model either',
      "Calibration of the paper's model was reported as suboptimal",
    ],
    examples: [workedExample(fit)],
  };
}

function images({ processing }: NomogramFit): Model['images'] {
  const common = { region: { name: 'tumour' }, processing, ...sclcImage } as const;
  return [
    { name: 'plain', label: 'baseline CT, plain scan', visit: 'baseline', phases: ['plain'], ...common },
    { name: 'venous', label: 'baseline CT, venous phase', visit: 'baseline', phases: ['venous'], ...common },
    {
      name: 'venousAfter',
      label: 'CT after 2-3 cycles, venous phase',
      visit: 'first-follow-up',
      phases: ['venous'],
      daysFromFirstDose: [28, 90],
      ...common,
    },
  ];
}

function signatures({ signatures: fitted }: NomogramFit): Model['signatures'] {
  const signature = (name: keyof typeof fitted, label: string, aloneWarning: string) => {
    const { intercept, terms } = fitted[name];
    return { name, label, intercept, terms: [...terms], aloneWarning };
  };
  const paper = (which: string, test: string, training: string) =>
    `${which} alone did not hold up in the paper's external test set (AUC ${test}, training ${training})`;
  return [
    signature('before', 'before-treatment signature', paper('A before-treatment signature', '0.476', '0.882')),
    signature(
      'relative',
      'relative-delta signature',
      "A relative-delta signature alone had an AUC of 0.738 in the paper's external test set (training 0.791)",
    ),
    signature('after', 'after-treatment signature', paper('An after-treatment signature', '0.565', '0.735')),
    signature('absolute', 'absolute-delta signature', paper('An absolute-delta signature', '0.598', '0.800')),
  ];
}

function inputs({ scoreRanges, training }: NomogramFit): Model['inputs'] {
  return [
    {
      name: 'beforeScore',
      label: 'Before-treatment CT signature',
      from: { signature: 'before' },
      unit: null,
      range: scoreRanges.before,
      ticks: evenTicks(scoreRanges.before),
      mend: `a baseline chest CT, venous phase, ${segmentationNeeded}`,
    },
    {
      name: 'relativeScore',
      label: 'Relative-delta CT signature',
      from: { signature: 'relative' },
      unit: null,
      range: scoreRanges.relative,
      ticks: evenTicks(scoreRanges.relative),
      mend: `a baseline chest CT with plain scan and venous phase, both ${segmentationNeeded}`,
    },
    {
      name: 'age',
      label: 'Age',
      from: { fact: 'age' },
      unit: 'a',
      range: training.ageRange,
      ticks: [40, 50, 60, 70, 80],
      mend: 'record the date of birth',
    },
    {
      name: 'nStage',
      label: 'N stage',
      from: { fact: 'nStage' },
      unit: null,
      range: [0, 3],
      format: 'N{}',
      ticks: [0, 1, 2, 3],
      mend: 'record the regional lymph node category (mCODE TNM)',
    },
  ];
}

function form({ logistic, cutoff, madeBy }: NomogramFit): Model['forms'][number] {
  return {
    type: 'logistic',
    endpoint: { event: 'death', horizonMonths: 24 },
    source: `${madeBy}, fit.json`,
    groups: { bounds: [cutoff], names: ['low', 'high'], source: 'median of the synthetic training cohort' },
    intercept: logistic.intercept,
    terms: logistic.terms.map(({ name, coefficient, standardError }) => ({ input: name, coefficient, standardError })),
  };
}

function performance({ training, second, performance: measured }: NomogramFit): string[] {
  const alone = (name: string) => three(measured.second.signatures[name]?.auc ?? Number.NaN);
  const test = measured.second;
  return [
    `This demonstration model on phantoms: AUC ${withLimits(measured.training.combined.auc, measured.training.combined.ci95)} training, out of fold (n = ${training.size}), ${withLimits(test.combined.auc, test.combined.ci95)} second synthetic site (n = ${second.size}; sensitivity ${three(test.sensitivity)}, specificity ${three(test.specificity)}, accuracy ${three(test.accuracy)})`,
    `Its signatures alone, AUC on the second site: before ${alone('before')}, relative delta ${alone('relative')}, after ${alone('after')}, absolute delta ${alone('absolute')}`,
    "The paper's own model: AUC 0.919 training, 0.839 external test (n = 40; sensitivity 0.857, specificity 0.667, accuracy 0.800); radiomics 0.908 and 0.807, clinical 0.799 and 0.693; calibration was suboptimal",
  ];
}

/** A patient in the middle of the synthetic cohort: the logit is written out, so that it can be worked out by hand. */
function workedExample({ logistic }: NomogramFit): Model['examples'][number] {
  const values = { beforeScore: 0.7, relativeScore: 0.7, age: 60, nStage: 2 };
  const { written, value } = workOut(logistic.intercept, logistic.terms, values);
  return {
    working: `logit ${written} = ${value}; 1 / (1 + exp(-logit))`,
    inputs: values,
    expected: [{ form: 0, value: 1 / (1 + Math.exp(-value)) }],
  };
}
