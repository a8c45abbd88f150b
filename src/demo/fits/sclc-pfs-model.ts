import type { Model } from '../../models/model-schema.ts';
import { evenTicks } from './range.ts';
import { ringRegion } from './sclc-measure.ts';
import {
  firstLineExtensiveSclc,
  notClinical,
  sclcImage,
  segmentationNeeded,
  three,
  withLimits,
  workOut,
} from './sclc-model-parts.ts';
import type { PfsFit } from './sclc-pfs-fit.ts';
import { pfsObserved } from './sclc-pfs-observed.ts';

/** Name of the folder, and the model's id. */
export const pfsId = 'es-sclc-pfs-cox';

/** The model that shows the published risk model of progression end to end, with coefficients fitted on synthetic cohorts. */
export function pfsModel(fit: PfsFit): Model {
  return {
    id: pfsId,
    version: '1.1.0',
    title: 'Progression under first-line chemo-immunotherapy in extensive-stage small-cell lung cancer (demo)',
    standing: 'synthetic-demo',
    standingNote:
      'Coefficients were fitted on computer-made CT phantoms with invented times to progression, because the paper publishes its coefficients in figures and supplements only',
    source: {
      citation: 'Zhao J, He Y, Yang X, et al. J Immunother Cancer 2023;11:e007492 (n = 341, five centres)',
      doi: '10.1136/jitc-2023-007492',
      coefficients: `npm run fit:demo: ${fit.training.size} synthetic persons, ${fit.training.progressed} with progression, seed ${fit.training.seed}; fit.json`,
    },
    unpublished: [
      { what: 'the eight radiomics features and their weights', why: 'in a supplement, not in the text' },
      { what: 'coefficients of the integrated Cox model', why: 'the paper shows them in figures only' },
      { what: 'baseline survival without progression', why: 'not in the paper' },
      { what: 'the cut-off between low and high progression risk', why: 'described as the training median, not given' },
    ],
    population: `Synthetic: ${fit.training.size} invented persons, and ${fit.second.size} of a second site. The paper: extensive-stage SCLC, first-line atezolizumab or durvalumab with chemotherapy, five centres; images of 174 patients in training, 39 and 45 in external validation`,
    applicability: [
      ...firstLineExtensiveSclc,
      {
        fact: 'regimenClass',
        equals: 'chemo-immunotherapy',
        reason:
          'the model is for chemotherapy with a checkpoint inhibitor; in patients on chemotherapy alone it did not predict (6-month AUC 0.394)',
        whenUnknown: 'warn',
      },
    ],
    images: images(fit),
    deltas: [],
    signatures: [
      {
        name: 'radiomics',
        label: 'radiomics score of tumour and peripheral ring',
        intercept: fit.signature.intercept,
        terms: [...fit.signature.terms],
        aloneWarning:
          'A radiomics score alone predicted weakly in the paper (C-index 0.585 training, 0.634 and 0.617 external)',
      },
    ],
    visits: [],
    inputs: [scoreInput(fit), ...clinicalInputs],
    forms: [form(fit)],
    comparisons: [],
    context: ['ldh', 'dnlr', 'nlr', 'liverMetastases', 'brainMetastases', 'age'],
    performance: performance(fit),
    limits: [
      notClinical,
      "Only the method and the choice of predictors are the paper's: no feature, weight, baseline or cut-off is",
      'In the paper, patients of high risk did on chemo-immunotherapy as on chemotherapy alone (median PFS 5.5 and 5.9 months, HR 0.90, p = 0.547): no proof that another therapy helps them',
      'ECOG and LIPI are the newest of the last six weeks: under therapy they are no longer those of the baseline that the model means',
    ],
    examples: [workedExample(fit)],
  };
}

function images({ processing }: PfsFit): Model['images'] {
  const common = { visit: 'baseline', phases: ['venous', 'unknown'], processing, ...sclcImage } as const;
  return [
    { name: 'tumour', label: 'baseline CT, tumour', ...common, phases: [...common.phases], region: { name: 'tumour' } },
    {
      name: 'ring',
      label: "baseline CT, ring of 2 mm to either side of the tumour's border",
      ...common,
      phases: [...common.phases],
      region: ringRegion,
    },
  ];
}

function scoreInput({ scoreRange }: PfsFit): Model['inputs'][number] {
  return {
    name: 'radiomicsScore',
    label: 'Radiomics score',
    from: { signature: 'radiomics' },
    unit: null,
    range: scoreRange,
    ticks: evenTicks(scoreRange),
    mend: `a baseline chest CT, venous phase, ${segmentationNeeded}`,
  };
}

const clinicalInputs: Model['inputs'] = [
  {
    name: 'tStage',
    label: 'T stage',
    from: { fact: 'tStage' },
    unit: null,
    range: [1, 4],
    format: 'T{}',
    ticks: [1, 2, 3, 4],
    mend: 'record the primary tumour category (mCODE TNM)',
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
  {
    name: 'mStage',
    label: 'M stage',
    from: { fact: 'mStage' },
    unit: null,
    range: [0, 1],
    format: 'M{}',
    ticks: [0, 1],
    mend: 'record the distant metastasis category (mCODE TNM)',
  },
  {
    name: 'ecog',
    label: 'ECOG performance status',
    from: { fact: 'ecog' },
    unit: null,
    range: [0, 2],
    format: 'ECOG {}',
    ticks: [0, 1, 2],
    maximumAgeDays: 42,
    mend: 'record the ECOG performance status',
  },
  {
    name: 'lipi',
    label: 'Lung Immune Prognostic Index (0 good, 1 intermediate, 2 poor)',
    from: { fact: 'lipi' },
    unit: null,
    range: [0, 2],
    ticks: [0, 1, 2],
    maximumAgeDays: 42,
    mend: 'leukocytes and neutrophils of one sample, and LDH with its upper limit',
  },
];

function form({ cox, cutoff, madeBy, training }: PfsFit): Model['forms'][number] {
  return {
    type: 'cox',
    endpoint: { event: 'progression' },
    source: `${madeBy}, fit.json`,
    groups: { bounds: [cutoff], names: ['low', 'high'], source: 'median of the synthetic training cohort' },
    observed: pfsObserved,
    observedNote:
      "These are the groups of the paper's own model, seen in patients; this demonstration model only shows where such numbers stand",
    terms: cox.terms.map(({ name, coefficient, standardError }) => ({ input: name, coefficient, standardError })),
    lpReference: cox.lpReference,
    lpReferenceLabel: `the mean linear predictor of the synthetic training cohort (n = ${training.size})`,
    baselineSurvival: cox.baselineSurvival,
  };
}

function performance({ training, second, performance: measured }: PfsFit): string[] {
  const line = (site: keyof typeof measured, which: 'radiomics' | 'integrated') => {
    const { cIndex, ci95, auc } = measured[site][which];
    return `C-index ${withLimits(cIndex, ci95)}, AUC ${auc.map(({ months, auc: value }) => `${three(value)} at ${months} months`).join(', ')}`;
  };
  return [
    `This demonstration model on phantoms: training, out of fold (n = ${training.size}) ${line('training', 'integrated')}; second synthetic site (n = ${second.size}) ${line('second', 'integrated')}`,
    `Its radiomics score alone: training, out of fold ${line('training', 'radiomics')}; second site ${line('second', 'radiomics')}`,
    "The paper's own model: C-index 0.699 training, 0.688 and 0.820 external; AUC at 6 and 12 months 0.744 and 0.836, 0.820 and 0.726, 0.852 and 0.751; radiomics alone C-index 0.585, 0.634, 0.617",
  ];
}

/** A person of the synthetic cohort's middle: the log hazard is written out, so that it can be worked out by hand. */
function workedExample({ cox }: PfsFit): Model['examples'][number] {
  const values = { radiomicsScore: 0.2, tStage: 3, nStage: 2, mStage: 1, ecog: 1, lipi: 1 };
  const { written, value } = workOut(-cox.lpReference, cox.terms, values);
  const hazard = Math.exp(value);
  const risks = cox.baselineSurvival.map(({ months, survival }) => ({
    form: 0,
    months,
    value: 1 - survival ** hazard,
  }));
  return {
    working: `log hazard ${written} = ${value}; risk 1 - S0 ^ exp(log hazard)`,
    inputs: values,
    expected: [{ form: 0, value: hazard }, ...risks],
  };
}
