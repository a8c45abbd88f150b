import type { RegisteredModel } from '../../src/models/registry.ts';

/** A small nomogram whose every result can be worked out by hand: logit = -1 + 2 score + 0.1 age + 0.5 N. */
export const constructedModel: RegisteredModel = {
  id: 'constructed',
  version: '1.0.0',
  title: 'Constructed nomogram',
  standing: 'synthetic-demo',
  standingNote: 'Coefficients are made up for a test',
  source: { citation: 'Nobody, nowhere', doi: '10.0000/none', coefficients: 'made up' },
  population: 'none',
  applicability: [
    { fact: 'histology', equals: 'sclc', reason: 'small-cell lung cancer only', whenUnknown: 'abstain' },
    { fact: 'therapyLine', maximum: 1, reason: 'first line only', whenUnknown: 'warn' },
  ],
  imaging: {
    visit: 'baseline',
    phases: ['venous', 'plain', 'unknown'],
    region: 'tumour',
    processing: 'constructed.yaml',
    maximumAgeDays: 60,
    sliceThicknessMm: [1, 5],
  },
  signatures: [
    {
      name: 'before',
      label: 'before-treatment signature',
      intercept: 0.5,
      terms: [
        { feature: 'original_firstorder_Mean', mean: 10, sd: 2, beta: 1 },
        { feature: 'original_shape_MeshVolume', mean: 100, sd: 50, beta: -0.5 },
      ],
      aloneWarning: 'the signature alone did not hold up in the external test set',
    },
  ],
  inputs: [
    {
      name: 'beforeScore',
      label: 'Signature',
      from: { signature: 'before' },
      unit: null,
      range: [-3, 3],
      mend: 'segment the tumour',
    },
    { name: 'age', label: 'Age', from: { fact: 'age' }, unit: 'a', range: [38, 82], mend: 'record the birth date' },
    {
      name: 'nStage',
      label: 'N stage',
      from: { fact: 'nStage' },
      unit: null,
      range: [0, 3],
      maximumAgeDays: 365,
      format: 'N{}',
      mend: 'record the N stage',
    },
  ],
  form: {
    type: 'logistic',
    endpoint: { event: 'death', horizonMonths: 24 },
    intercept: -1,
    terms: [
      { input: 'beforeScore', coefficient: 2 },
      { input: 'age', coefficient: 0.1 },
      { input: 'nStage', coefficient: 0.5 },
    ],
    cutoff: { probability: 0.6, source: 'made up' },
  },
  context: ['ldh', 'nse'],
  performance: ['none'],
  limits: ['Not a model of anything'],
  examples: [
    { working: 'by hand', inputs: { beforeScore: 0, age: 10, nStage: 0 }, expected: [{ event: 'death', value: 0.5 }] },
  ],
  hash: 'f'.repeat(64),
};
