import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { FeatureAnswer, ModelData, NamedFeatures, NamedValue } from '../../src/models/model-result.ts';
import type { Model } from '../../src/models/model-schema.ts';
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
  images: [
    {
      name: 'baselineTumour',
      label: 'baseline CT, tumour',
      visit: 'baseline',
      phases: ['venous', 'plain', 'unknown'],
      region: { name: 'tumour' },
      processing: 'constructed.yaml',
      maximumAgeDays: 60,
      sliceThicknessMm: [1, 5],
    },
  ],
  deltas: [],
  signatures: [
    {
      name: 'before',
      label: 'before-treatment signature',
      intercept: 0.5,
      terms: [
        { feature: 'original_firstorder_Mean', of: 'baselineTumour', mean: 10, sd: 2, beta: 1 },
        { feature: 'original_shape_MeshVolume', of: 'baselineTumour', mean: 100, sd: 50, beta: -0.5 },
      ],
      aloneWarning: 'the signature alone did not hold up in the external test set',
    },
  ],
  visits: [],
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
  forms: [
    {
      type: 'logistic',
      endpoint: { event: 'death', horizonMonths: 24 },
      source: 'made up',
      intercept: -1,
      terms: [
        { input: 'beforeScore', coefficient: 2 },
        { input: 'age', coefficient: 0.1 },
        { input: 'nStage', coefficient: 0.5 },
      ],
      groups: { bounds: [0.6], names: ['low', 'high'], source: 'made up' },
    },
  ],
  comparisons: [],
  context: ['ldh', 'nse'],
  performance: ['none'],
  limits: ['Not a model of anything'],
  examples: [
    { working: 'by hand', inputs: { beforeScore: 0, age: 10, nStage: 0 }, expected: [{ form: 0, value: 0.5 }] },
  ],
  hash: 'f'.repeat(64),
  forests: new Map(),
};

/** A fact of a constructed record. */
export function constructedFact(value: NamedValue['value'], rest: Partial<NamedValue> = {}): NamedValue {
  return { value, unit: null, date: '2026-10-14', sources: ['Observation/constructed'], ...rest };
}

/** Features of a constructed CT of one visit and phase. */
export function constructedFeatures(
  features: Readonly<Record<string, number>>,
  rest: Partial<NamedFeatures> = {},
): FeatureAnswer {
  return {
    found: {
      features,
      visit: 'baseline',
      phase: 'venous',
      phaseReason: 'ContrastBolusAgent present',
      studyDate: '2026-10-12',
      SeriesDescription: 'Thorax',
      sliceThicknessMm: 2,
      sources: ['1.2.3', '1.2.3.1', '1.2.3.2'],
      mask: { type: 'MANUAL', algorithm: null, author: 'Reader', date: '2026-10-13', segmentLabel: 'tumour' },
      ...rest,
    },
  };
}

/** What a model is evaluated on; facts at visits are keyed `fact@visit`. */
export function constructedData({
  facts = {},
  features = () => ({ gap: 'no CT' }),
  asOf = '2026-10-20T08:00:00Z',
  synthetic = true,
}: {
  facts?: Readonly<Record<string, NamedValue>>;
  features?: ModelData['features'];
  asOf?: string;
  synthetic?: boolean;
} = {}): ModelData {
  return {
    asOf,
    synthetic,
    fact: (key, visit) => facts[visit === undefined ? key : `${key}@${visit.name}`],
    features,
  };
}

/** Writes model folders under a new temporary mappings folder; the caller removes it. */
export function writeMappings(models: readonly { model: object; files?: Readonly<Record<string, unknown>> }[]): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'deltascope-models-'));
  mkdirSync(path.join(folder, 'processing'), { recursive: true });
  writeFileSync(path.join(folder, 'processing', 'constructed.yaml'), '');
  for (const { model, files = {} } of models) {
    const home = path.join(folder, 'models', (model as { id: string }).id);
    mkdirSync(home, { recursive: true });
    for (const [name, json] of Object.entries({ 'model.json': model, ...files }))
      writeFileSync(path.join(home, name), JSON.stringify(json));
  }
  return folder;
}

/** The contents of the constructed model's `model.json`. */
export function constructedJson(): Model {
  const { hash: _, forests: __, ...json } = constructedModel;
  return structuredClone(json);
}
