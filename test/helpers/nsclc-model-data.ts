import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect } from 'vitest';
import { packageRoot } from '../../src/config.ts';
import type { ImageRequirement } from '../../src/models/image-schema.ts';
import type { NamedFeatures, NamedValue } from '../../src/models/model-result.ts';
import type { Model } from '../../src/models/model-schema.ts';

export const mappingsFolder = path.join(packageRoot(), 'mappings');

/** A file of a model's folder. */
export function readModelFile(model: string, file: string): string {
  return readFileSync(path.join(mappingsFolder, 'models', model, file), 'utf8');
}

/** The patient of {@link patientFacts} is looked at then. */
export const asOf = '2026-11-21T12:00:00.000Z';

/** A value from the record. */
export const given = (value: NamedValue['value'], unit: string | null = null): NamedValue => ({
  value,
  unit,
  date: '2026-11-01',
  sources: ['Observation/constructed'],
});

/** Facts of a patient with non-small-cell lung cancer on pembrolizumab: all that the models ask for. */
export const patientFacts: Readonly<Record<string, NamedValue>> = {
  histology: given('nsclc'),
  histologySubtype: given('adenocarcinoma'),
  stageGroup: given('IVA'),
  checkpointInhibitorDose: given('pembrolizumab'),
  age: given(66, 'a'),
  sex: given('male'),
  bmi: given(25, 'kg/m2'),
  smokingStatus: given('former'),
  surgery: given(false),
  liverMetastases: given(true),
  metastases: given(true),
  nlr: given(5),
  sii: given(1500, '10*9/L'),
  haemoglobin: given(11.5, 'g/dL'),
};

/** Features of the tumour as an image of a model has them. */
export function seriesOf(image: ImageRequirement, features: Record<string, number>): NamedFeatures {
  return {
    features,
    visit: image.visit,
    phase: image.phases[0]!,
    phaseReason: null,
    studyDate: '2026-10-01',
    SeriesDescription: null,
    sliceThicknessMm: 3,
    sources: [`2.25.${image.visit.length}`],
    mask: { type: 'MANUAL', algorithm: null, author: null, date: null, segmentLabel: 'tumour' },
  } as unknown as NamedFeatures;
}

/** Model and card say first that it is a demonstration; the card has the areas of the second synthetic site as the model has them. */
export function expectDemonstration({ id, standing, standingNote, limits, performance }: Model): void {
  expect(standing).toBe('synthetic-demo');
  expect(standingNote).toMatch(/computer-made/);
  expect(limits[0]).toMatch(/^Not a clinical result/);
  const card = readModelFile(id, 'model-card.md');
  expect(card.split('\n')[2]).toMatch(/^\*\*SYNTHETIC DEMO MODEL\./);
  const own = performance.filter((line) => line.startsWith('This demonstration model'));
  expect(own).not.toHaveLength(0);
  for (const line of own) expect(card).toContain(/AUC (\d\.\d{3})/.exec(line)![1]!);
}
