import { describe, expect, test } from 'vitest';
import { newest } from '../../../src/fhir/facts.ts';
import type { Resource } from '../../../src/fhir/resources.ts';
import {
  administration,
  concept,
  condition,
  factsOf,
  idOf,
  medication,
  observation,
  order,
  problemCodes,
  sclc,
  snomed,
  statement,
  valuesOf,
} from '../../helpers/fhir-resources.ts';

const etoposide = 'L01CB01';
const atezolizumab = 'L01FF05';
const worsened = '271299001';
const status = (code: string, effectiveDateTime: string, fields: Record<string, unknown> = {}) =>
  observation('97509-4', { valueCodeableConcept: concept(snomed, code), effectiveDateTime, ...fields });
const line = (resources: readonly Resource[]) => newest(factsOf([sclc(), ...resources]), 'therapyLine')?.value;

describe('line of therapy and first-line PFS', () => {
  test('second line: 97509-4 with "worsened" after the first dose', () => {
    const first = administration(etoposide, '2026-02-01');
    const progression = status(worsened, '2026-06-16');
    const facts = factsOf([sclc(), administration(etoposide, '2026-02-22'), first, progression]);
    // 2026-02-01 to 2026-06-16 is 135 days, 135 / 30.4375 = 4.435.
    expect(newest(facts, 'firstLinePfsMonths')).toEqual({
      key: 'firstLinePfsMonths',
      value: 4.44,
      unit: 'mo',
      date: '2026-06-16',
      sources: [idOf(first), idOf(progression)],
      status: 'derived',
      derivation: 'first progression - first dose of systemic therapy',
    });
    expect(newest(facts, 'therapyLine')).toMatchObject({ value: 2, sources: [idOf(first), idOf(progression)] });
  });

  test.each([
    ['improved', '268910001'],
    ['stable', '359746009'],
    ['undetermined', '709137006'],
  ])('97509-4 with "%s" is no progression', (_, code) => {
    const facts = factsOf([sclc(), administration(etoposide, '2026-02-01'), status(code, '2026-06-16')]);
    expect([valuesOf(facts, 'therapyLine'), valuesOf(facts, 'firstLinePfsMonths')]).toEqual([[1], []]);
  });

  test.each([
    ['a progression before the first dose', [status(worsened, '2026-01-20')], 1],
    ['one progression, confirmed a month later', [status(worsened, '2026-06-16'), status(worsened, '2026-07-16')], 2],
    [
      'a second progression after second-line doses',
      [status(worsened, '2026-06-16'), administration('L01CE01', '2026-07-01'), status(worsened, '2026-09-16')],
      3,
    ],
    ['a progression later than asOf', [status(worsened, '2026-12-16')], 1],
    ['a progression entered in error', [status(worsened, '2026-06-16', { status: 'entered-in-error' })], 1],
  ])('%s', (_, resources, expected) => {
    expect(line([administration(etoposide, '2026-02-01'), ...resources])).toBe(expected);
  });

  test('progression and doses of another cancer do not count', () => {
    const prostate = condition(concept(snomed, '399068003'), { id: 'prostate', onsetDateTime: '2019-01-01' });
    const focus = { focus: [{ reference: 'Condition/prostate' }] };
    const reason = { reasonReference: [{ reference: 'Condition/prostate' }] };
    expect(line([prostate, administration(etoposide, '2026-02-01'), status(worsened, '2026-06-16', focus)])).toBe(1);
    const docetaxel = administration('L01CD02', '2026-02-01', reason);
    expect(valuesOf(factsOf([sclc(), prostate, docetaxel]), 'firstLinePfsMonths')).toEqual([]);
    const earlier = administration('L01CD02', '2019-02-01');
    const facts = factsOf([sclc(), earlier, administration(etoposide, '2026-02-01'), status(worsened, '2026-06-16')]);
    expect(newest(facts, 'firstLinePfsMonths')?.value).toBe(4.44);
  });

  test.each(['not-done', 'stopped', 'entered-in-error', 'on-hold', 'unknown'])('a dose that is %s is none', (state) => {
    expect(
      valuesOf(factsOf([sclc(), administration(etoposide, '2026-02-01', { status: state })]), 'therapyLine'),
    ).toEqual([1]);
  });

  test('no dose, order or progression: the first line is ahead', () => {
    const facts = factsOf([sclc()]);
    expect(newest(facts, 'therapyLine')).toMatchObject({
      value: 1,
      derivation: 'no dose of systemic therapy is recorded',
    });
  });

  test.each([
    [
      'a completed order',
      order(
        { medicationCodeableConcept: concept('http://www.whocc.no/atc', etoposide) },
        { status: 'completed', authoredOn: '2026-02-01' },
      ),
    ],
    ['a progression', status(worsened, '2026-06-16')],
  ])('%s without a dose: the line is unknown, and that is said', (_, resource) => {
    const facts = factsOf([sclc(), resource]);
    expect([valuesOf(facts, 'therapyLine'), problemCodes(facts)]).toEqual([[], ['FACT_UNRECOGNISED']]);
  });

  test('an active order is not given yet', () => {
    const active = order(
      { medicationCodeableConcept: concept('http://www.whocc.no/atc', etoposide) },
      { status: 'active', authoredOn: '2026-11-20' },
    );
    expect(valuesOf(factsOf([sclc(), active]), 'therapyLine')).toEqual([1]);
  });

  test('a statement that a drug was taken counts as a dose', () => {
    const taken = statement('L01EB04', { effectivePeriod: { start: '2026-02-01' } });
    expect(line([taken, status(worsened, '2026-06-16')])).toBe(2);
  });

  test.each(['MedicationAdministration', 'MedicationStatement', 'Medication', 'Observation'])(
    'nothing is concluded when %s could not be read',
    (resourceType) => {
      const resources = [sclc(), administration(atezolizumab, '2026-02-01'), status(worsened, '2026-06-16')];
      const facts = factsOf(resources, { unread: new Set([resourceType]) });
      expect(facts.timeline.map(({ key }) => key).filter((key) => /therapy|firstLine|immuno/.test(key))).toEqual([]);
    },
  );

  test('without a lung cancer there is no line', () => {
    expect(valuesOf(factsOf([]), 'therapyLine')).toEqual([]);
    const facts = factsOf([administration(etoposide, '2026-02-01'), status(worsened, '2026-06-16')]);
    expect([valuesOf(facts, 'therapyLine'), valuesOf(facts, 'firstLinePfsMonths')]).toEqual([[], []]);
  });
});

describe('start of immunotherapy', () => {
  test('the first dose of a checkpoint inhibitor', () => {
    const first = administration(atezolizumab, '2026-02-01');
    const facts = factsOf([administration(atezolizumab, '2026-02-22'), first, administration(etoposide, '2026-01-15')]);
    expect(newest(facts, 'immunotherapyStart')).toMatchObject({
      value: '2026-02-01',
      date: '2026-02-01',
      sources: [idOf(first)],
    });
  });

  test('by a referenced Medication, a contained one and an effectivePeriod', () => {
    const drug = medication({ id: 'm1', code: { text: 'Tecentriq (atezolizumab) 1200 mg' } });
    const referenced = administration('', '2026-03-01', {
      medicationCodeableConcept: undefined,
      medicationReference: { reference: 'https://fhir.example/r4/Medication/m1' },
    });
    expect(valuesOf(factsOf([drug, referenced]), 'immunotherapyStart')).toEqual(['2026-03-01']);
    const contained = administration('', '', {
      medicationCodeableConcept: undefined,
      effectiveDateTime: undefined,
      effectivePeriod: { start: '2026-02-01T09:00:00Z', end: '2026-02-01T10:00:00Z' },
      contained: [{ resourceType: 'Medication', id: 'c', code: concept('http://www.whocc.no/atc', atezolizumab) }],
      medicationReference: { reference: '#c' },
    });
    expect(valuesOf(factsOf([contained]), 'immunotherapyStart')).toEqual(['2026-02-01T09:00:00Z']);
  });

  test('orders are not doses', () => {
    const facts = factsOf([
      order({ medicationCodeableConcept: { text: 'atezolizumab' } }, { status: 'active', authoredOn: '2026-02-01' }),
    ]);
    expect(valuesOf(facts, 'immunotherapyStart')).toEqual([]);
  });
});
