import { describe, expect, test } from 'vitest';
import { newest } from '../../../src/fhir/facts.ts';
import { factsFromResources } from '../../../src/fhir/read-facts.ts';
import type { Resource } from '../../../src/fhir/resources.ts';
import {
  administration,
  asOf,
  concept,
  factsOf,
  idOf,
  mappings,
  observation,
  patient,
  patientId,
  problemCodes,
  sclc,
  snomed,
  statement,
  subject,
  valuesOf,
} from '../../helpers/fhir-resources.ts';

const [etoposide, carboplatin, cisplatin, topotecan, pemetrexed, docetaxel] = [
  'L01CB01',
  'L01XA02',
  'L01XA01',
  'L01CE01',
  'L01BA04',
  'L01CD02',
] as const;
const [atezolizumab, durvalumab] = ['L01FF05', 'L01FF03'] as const;
const worsened = (date: string) =>
  observation('97509-4', { valueCodeableConcept: concept(snomed, '271299001'), effectiveDateTime: date });
const doses = (date: string, ...codes: string[]) => codes.map((code) => administration(code, date));
const read = (resources: readonly Resource[], at = asOf) => factsOf([sclc(), ...resources], { asOf: at });
/** Regimens, first line first. */
const regimens = (resources: readonly Resource[]) => valuesOf(read(resources), 'regimen').toReversed();

describe('lines of therapy (JMIR Med Inform 2021;9(10):e29017, table 5: 28 days, 120 days)', () => {
  const first = doses('2026-01-15', etoposide, carboplatin);

  test('drugs within 28 days of the first dose are the regimen, with its start and end', () => {
    const facts = read([...first, ...doses('2026-02-12', etoposide, carboplatin, atezolizumab)]);
    expect(newest(facts, 'regimen')).toMatchObject({
      value: 'atezolizumab + carboplatin + etoposide',
      date: '2026-01-15',
      end: '2026-02-12',
      line: 1,
      derivation: 'line 1, 2026-01-15 to 2026-02-12',
    });
    expect(valuesOf(facts, 'therapyLine')).toEqual([1]);
  });

  test('drug change: a new drug on day 29 begins a line', () => {
    expect(regimens([...first, ...doses('2026-02-12', topotecan)])).toEqual(['carboplatin + etoposide + topotecan']);
    expect(regimens([...first, ...doses('2026-02-13', topotecan)])).toEqual(['carboplatin + etoposide', 'topotecan']);
  });

  test('going on with fewer drugs is the same line', () => {
    const start = doses('2026-01-15', etoposide, carboplatin, atezolizumab);
    const later = ['2026-03-01', '2026-04-01', '2026-05-01'].flatMap((date) => doses(date, atezolizumab));
    expect(regimens([...start, ...later])).toHaveLength(1);
  });

  test('cisplatin for carboplatin is the same line, pemetrexed for maintenance too, docetaxel is not', () => {
    expect(regimens([...first, ...doses('2026-03-01', cisplatin)])).toHaveLength(1);
    expect(regimens([...first, ...doses('2026-03-01', pemetrexed)])).toHaveLength(1);
    expect(regimens([...first, ...doses('2026-03-01', docetaxel)])).toHaveLength(2);
  });

  test('gap: more than 120 days without a dose, the same drugs', () => {
    // 2026-01-15 and 120 days is 2026-05-15.
    expect(regimens([...first, ...doses('2026-05-15', etoposide)])).toHaveLength(1);
    const facts = read([...first, ...doses('2026-05-16', etoposide)]);
    expect(valuesOf(facts, 'regimen')).toHaveLength(2);
    expect(newest(facts, 'therapyLine')).toMatchObject({ value: 2, date: '2026-05-16' });
  });

  test('a drug that was taken without a break is no gap', () => {
    const taken = statement('L01EB04', { status: 'active', effectivePeriod: { start: '2026-01-15' } });
    expect(regimens([taken, ...doses('2026-08-01', 'L01EB04')])).toHaveLength(1);
  });

  test('progression: the same drug after it is a new line, and after the last one the next lies ahead', () => {
    const resources = [...first, worsened('2026-03-10'), ...doses('2026-03-20', etoposide), worsened('2026-06-01')];
    expect(regimens(resources)).toHaveLength(2);
    expect(newest(read(resources), 'therapyLine')).toMatchObject({
      value: 3,
      derivation: 'first dose (2026-01-15); line 2 by progression (2026-03-10); line 3 after progression (2026-06-01)',
    });
  });

  test('nothing later than asOf', () => {
    const resources = [...first, worsened('2026-03-10'), ...doses('2026-03-20', topotecan)];
    const then = read(resources, new Date('2026-03-01T00:00:00Z'));
    expect([valuesOf(then, 'therapyLine'), valuesOf(then, 'regimen')]).toEqual([[1], ['carboplatin + etoposide']]);
  });
});

describe('kind of regimen', () => {
  test.each([
    ['chemo-immunotherapy', [etoposide, atezolizumab]],
    ['chemotherapy', [etoposide, carboplatin]],
    ['immunotherapy', [durvalumab]],
    ['other', ['L01EB04']],
  ])('%s', (kind, codes) => {
    const facts = read(doses('2026-01-15', ...codes));
    expect(newest(facts, 'regimenClass')).toMatchObject({ value: kind, line: 1, date: '2026-01-15' });
    expect(newest(facts, 'firstLineRegimenClass')?.value).toBe(kind);
    expect(newest(facts, 'firstLineImmunotherapy')?.value).toBe(
      ['chemo-immunotherapy', 'immunotherapy'].includes(kind),
    );
  });

  test('chemotherapy alone is said only when no inhibitor can join the regimen any more', () => {
    const resources = doses('2026-01-15', etoposide, carboplatin);
    const within = read(resources, new Date('2026-02-12T00:00:00Z'));
    expect([valuesOf(within, 'regimenClass'), valuesOf(within, 'firstLineImmunotherapy')]).toEqual([[], []]);
    const after = read(resources, new Date('2026-02-13T00:00:00Z'));
    expect([valuesOf(after, 'regimenClass'), valuesOf(after, 'firstLineImmunotherapy')]).toEqual([
      ['chemotherapy'],
      [false],
    ]);
  });

  test('second-line immunotherapy after chemotherapy alone', () => {
    const inhibitor = doses('2026-07-01', atezolizumab);
    const facts = read([...doses('2026-01-15', etoposide, carboplatin), worsened('2026-06-16'), ...inhibitor]);
    expect(newest(facts, 'regimenClass')).toMatchObject({ value: 'immunotherapy', line: 2 });
    expect(newest(facts, 'firstLineRegimenClass')?.value).toBe('chemotherapy');
    expect(newest(facts, 'firstLineImmunotherapy')?.value).toBe(false);
    expect(newest(facts, 'checkpointInhibitorLine')).toMatchObject({
      value: 2,
      date: '2026-07-01',
      sources: inhibitor.map(idOf),
    });
  });

  test('without a dose nothing is said', () => {
    const keys = ['regimen', 'regimenClass', 'firstLineImmunotherapy', 'checkpointInhibitorLine'];
    expect(read([]).timeline.filter(({ key }) => keys.includes(key))).toEqual([]);
  });
});

describe('first-line PFS ends at progression or death', () => {
  const died = (fields: Record<string, unknown>, resources: readonly Resource[], at = asOf) =>
    factsFromResources([patient(fields), sclc(), ...resources], patientId, { mappings, asOf: at, now: asOf });
  const start = doses('2026-02-01', etoposide);

  test('death in the first line', () => {
    const facts = died({ deceasedDateTime: '2026-06-16' }, start);
    // 2026-02-01 to 2026-06-16 is 135 days, 135 / 30.4375 = 4.435.
    expect(newest(facts, 'firstLinePfsMonths')).toMatchObject({
      value: 4.44,
      date: '2026-06-16',
      sources: [idOf(start[0]!), `Patient/${patientId}`],
      derivation: 'death - first dose of systemic therapy',
    });
    expect(newest(facts, 'death')).toMatchObject({ value: true, date: '2026-06-16' });
  });

  test('progression before death ends it', () => {
    const facts = died({ deceasedDateTime: '2026-09-01' }, [...start, worsened('2026-06-16')]);
    expect(newest(facts, 'firstLinePfsMonths')).toMatchObject({ value: 4.44, date: '2026-06-16' });
  });

  test('a death later than asOf is not known yet', () => {
    const facts = died({ deceasedDateTime: '2026-06-16' }, start, new Date('2026-06-01T00:00:00Z'));
    expect([valuesOf(facts, 'firstLinePfsMonths'), valuesOf(facts, 'death')]).toEqual([[], []]);
  });

  test('a death without a date ends nothing, and that is said', () => {
    const facts = died({ deceasedBoolean: true }, start);
    expect([valuesOf(facts, 'firstLinePfsMonths'), valuesOf(facts, 'death')]).toEqual([[], []]);
    expect(facts.problems.map(({ key }) => key)).toEqual(['death', 'firstLinePfsMonths']);
  });

  test.each([
    ['a drug change', doses('2026-04-01', topotecan)],
    ['a gap', doses('2026-07-01', etoposide)],
  ])('unknown after %s without a recorded progression, whatever comes later', (_, second) => {
    const facts = read([...start, ...second, worsened('2026-09-01')]);
    expect([valuesOf(facts, 'firstLinePfsMonths'), problemCodes(facts)]).toEqual([[], ['FACT_UNRECOGNISED']]);
  });
});

test('a procedure of chemotherapy without a dose: the line is unknown, and that is said', () => {
  const procedure = {
    ...{ resourceType: 'Procedure', id: 'chemo', status: 'completed', subject },
    ...{ code: concept(snomed, '703423002'), performedPeriod: { start: '2026-03-01' } },
  };
  const facts = read([procedure]);
  expect([valuesOf(facts, 'therapyLine'), problemCodes(facts)]).toEqual([[], ['FACT_UNRECOGNISED']]);
});
