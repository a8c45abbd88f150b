/**
 * Turns `fit.json` of the demonstration model, as `fit-demo-model.ts` wrote it, into its `model.json`.
 * Run by `npm run fit:demo`.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { packageRoot } from '../config.ts';
import { type Model, modelSchema } from '../models/model-schema.ts';

interface Fit {
  readonly processing: string;
  readonly training: {
    readonly size: number;
    readonly seed: number;
    readonly highRisk: number;
    readonly ageRange: [number, number];
  };
  readonly test: { readonly size: number };
  readonly signature: { readonly intercept: number; readonly terms: Model['signatures'][number]['terms'] };
  readonly beforeScoreRange: [number, number];
  readonly logistic: {
    readonly intercept: number;
    readonly terms: readonly { readonly name: string; readonly coefficient: number; readonly standardError: number }[];
  };
  readonly cutoff: number;
  readonly performance: Readonly<
    Record<'training' | 'test', { readonly aucCombined: number; readonly aucBeforeScore: number }>
  >;
}

const folder = path.join(packageRoot(), 'mappings', 'models', 'es-sclc-os24-nomogram');
const fit = JSON.parse(readFileSync(path.join(folder, 'fit.json'), 'utf8')) as Fit;

/** A patient in the middle of the synthetic cohort: the logit is written out, so that it can be worked out by hand. */
function workedExample(): Model['examples'][number] {
  const inputs: Record<string, number> = { beforeScore: 0.7, age: 60, nStage: 2 };
  const terms = fit.logistic.terms.map(({ name, coefficient }) => ({ coefficient, value: inputs[name] ?? Number.NaN }));
  const logit = terms.reduce((sum, { coefficient, value }) => sum + coefficient * value, fit.logistic.intercept);
  const written = terms.map(({ coefficient, value }) => `${coefficient} x ${value}`).join(' + ');
  return {
    working: `logit ${fit.logistic.intercept} + ${written} = ${logit}`,
    inputs,
    expected: [{ event: 'death', value: 1 / (1 + Math.exp(-logit)) }],
  };
}

function auc(value: number): string {
  return value.toFixed(3);
}

const { training, test } = fit.performance;
const model: Model = {
  id: 'es-sclc-os24-nomogram',
  version: '0.1.0',
  title: 'Overall survival under first-line chemo-immunotherapy in extensive-stage small-cell lung cancer',
  standing: 'synthetic-demo',
  standingNote:
    "Coefficients were fitted on computer-made CT phantoms with an invented outcome, because the paper publishes neither its signatures' weights nor its intercept",
  source: {
    citation:
      'the clinical-radiomics nomogram for response to immunotherapy in extensive-stage SCLC (age, N stage, before-treatment and relative-delta signatures; training n = 119, external test n = 40)',
    coefficients: `npm run fit:demo: ${fit.training.size} phantoms, ${fit.training.highRisk} with the event, seed ${fit.training.seed}`,
  },
  population:
    'Synthetic. The paper: extensive-stage SCLC, first-line chemo-immunotherapy, two centres, training n = 119, test n = 40',
  applicability: [
    {
      fact: 'histology',
      equals: 'sclc',
      reason: 'the model is for small-cell lung cancer only',
      whenUnknown: 'abstain',
    },
    {
      fact: 'extent',
      equals: 'extensive',
      reason: 'the model is for extensive-stage disease only',
      whenUnknown: 'abstain',
    },
    { fact: 'therapyLine', maximum: 1, reason: 'the model is for first-line therapy only', whenUnknown: 'warn' },
    { fact: 'age', minimum: 18, reason: 'the model is for adults only', whenUnknown: 'warn' },
  ],
  imaging: {
    visit: 'baseline',
    phases: ['venous', 'plain', 'unknown'],
    region: 'tumour',
    processing: fit.processing,
    maximumAgeDays: 60,
    sliceThicknessMm: [1, 5],
  },
  signatures: [
    {
      name: 'before',
      label: 'before-treatment signature',
      intercept: fit.signature.intercept,
      terms: fit.signature.terms,
      aloneWarning:
        "A before-treatment signature alone did not hold up in the paper's external test set (AUC 0.476, training 0.882)",
    },
  ],
  inputs: [
    {
      name: 'beforeScore',
      label: 'Before-treatment CT signature',
      from: { signature: 'before' },
      unit: null,
      range: fit.beforeScoreRange,
      mend: 'a baseline chest CT, venous phase, with the primary tumour segmented (DICOM SEG)',
    },
    {
      name: 'age',
      label: 'Age',
      from: { fact: 'age' },
      unit: 'a',
      range: fit.training.ageRange,
      mend: 'record the date of birth',
    },
    {
      name: 'nStage',
      label: 'N stage',
      from: { fact: 'nStage' },
      unit: null,
      range: [0, 3],
      format: 'N{}',
      mend: 'record the regional lymph node category (mCODE TNM)',
    },
  ],
  form: {
    type: 'logistic',
    endpoint: { event: 'death', horizonMonths: 24 },
    intercept: fit.logistic.intercept,
    terms: fit.logistic.terms.map(({ name, coefficient, standardError }) => ({
      input: name,
      coefficient,
      standardError,
    })),
    cutoff: { probability: fit.cutoff, source: 'median of the synthetic training cohort' },
  },
  context: ['ldh', 'nse', 'progrp', 'nlr', 'sii', 'dnlr', 'ecog'],
  performance: [
    `This demonstration model on phantoms: AUC ${auc(training.aucCombined)} training (n = ${fit.training.size}), ${auc(test.aucCombined)} second synthetic site (n = ${fit.test.size}); signature alone ${auc(training.aucBeforeScore)} and ${auc(test.aucBeforeScore)}`,
    "The paper's own model, which also has a relative-delta signature: AUC 0.919 training, 0.839 external test (n = 40); calibration was suboptimal",
  ],
  limits: [
    'Not a clinical result: no coefficient comes from patients',
    "The paper's relative-delta signature and its normalisation of the images are not part of this model yet",
    'LDH, NSE and ProGRP are shown because the paper found them associated; they are not in its final model either',
  ],
  examples: [workedExample()],
};

const file = path.join(folder, 'model.json');
writeFileSync(file, `${JSON.stringify(modelSchema.parse(model), null, 2)}\n`);
console.error(`wrote ${path.relative(packageRoot(), file)}`);
