import { expect, it } from 'vitest';
import { wantedImages } from '../../../src/assessment/wanted-images.ts';
import { constructedModel } from '../../helpers/constructed-model.ts';
import { clinicalFacts, fact } from '../../helpers/facts.ts';

const wanted = (histology: string | null, synthetic = true) => {
  const timeline = histology === null ? [] : [fact('histology', histology, null, '2026-10-01')];
  const patient = { reference: 'Patient/constructed', identifiers: [], synthetic };
  return wantedImages([constructedModel], clinicalFacts(timeline, { patient })).map(({ name }) => name);
};

it('images are analysed for models that the record does not rule out', () => {
  expect(wanted('sclc')).toEqual(['baselineTumour']);
  expect(wanted(null)).toEqual(['baselineTumour']);
  expect(wanted('nsclc')).toEqual([]);
});

it('a demonstration model asks for no image of a record that is not marked as synthetic', () => {
  expect(wanted('sclc', false)).toEqual([]);
});
