import { describe, expect, test } from 'vitest';
import { factAtVisit, type Visit } from '../../../src/fhir/visits.ts';
import { clinicalFacts, fact } from '../../helpers/facts.ts';
import { administration, factsOf, lab, sclc } from '../../helpers/fhir-resources.ts';

const dose = (date: string) => fact('checkpointInhibitorDose', 'atezolizumab', null, date);
const nlr = (value: number, date: string) => fact('nlr', value, null, date);
const window = { windowDays: 10, cycleDays: 21 };
const doses = ['2026-02-01', '2026-02-22', '2026-03-15', '2026-04-05'].map(dose);
const at = (visit: Visit, values: readonly ReturnType<typeof fact>[], given = doses) =>
  factAtVisit(clinicalFacts([...given, ...values]), 'nlr', visit, window)?.value;

describe('assignment of facts to visits', () => {
  test('baseline: the last before the first dose', () => {
    expect(at('baseline', [nlr(1, '2026-01-25'), nlr(2, '2026-01-30'), nlr(3, '2026-02-02')])).toBe(2);
  });

  test('baseline: the day of the dose counts, unless the times say that it was after', () => {
    expect(at('baseline', [nlr(2, '2026-02-01')])).toBe(2);
    const timed = [dose('2026-02-01T10:00:00Z')];
    expect(at('baseline', [nlr(2, '2026-02-01T08:00:00Z')], timed)).toBe(2);
    expect(at('baseline', [nlr(2, '2026-02-01T12:00:00Z')], timed)).toBeUndefined();
  });

  test('nothing outside the window, nothing without a dose', () => {
    expect(at('baseline', [nlr(1, '2026-01-21')])).toBeUndefined();
    expect(at('baseline', [nlr(1, '2026-01-22')])).toBe(1);
    expect(at('baseline', [nlr(1, '2026-01-30')], [])).toBeUndefined();
  });

  test('after a cycle: nearest to the dose of the next, on its day at the latest', () => {
    const values = [nlr(1, '2026-02-22'), nlr(2, '2026-03-07'), nlr(3, '2026-03-14'), nlr(4, '2026-03-16')];
    expect(at('after-cycle-2', values)).toBe(3);
    expect(at('after-cycle-2', [nlr(5, '2026-03-15')])).toBe(5);
    expect(at('after-cycle-3', [nlr(6, '2026-04-02')])).toBe(6);
  });

  test('the last cycle so far ends after the length of a cycle', () => {
    const two = doses.slice(0, 2);
    expect(at('after-cycle-2', [nlr(1, '2026-03-01'), nlr(2, '2026-03-16')], two)).toBe(2);
    expect(at('after-cycle-3', [nlr(2, '2026-03-16')], two)).toBeUndefined();
  });

  test('two drugs or two days of one cycle are one cycle', () => {
    const doubled = [...doses, dose('2026-02-01'), dose('2026-02-03')];
    expect(at('after-cycle-2', [nlr(3, '2026-03-14')], doubled)).toBe(3);
  });
});

describe('facts of a visit from a record', () => {
  const count = (code: string, value: number, effectiveDateTime: string) =>
    lab(code, value, '10*9/L', { effectiveDateTime });

  test('a ratio is that of one blood sample, not of two near the visit', () => {
    const facts = factsOf([
      sclc(),
      administration('L01FF05', '2026-02-01'),
      count('751-8', 6, '2026-01-31T08:00:00Z'),
      count('751-8', 9, '2026-01-29T08:00:00Z'),
      count('731-0', 3, '2026-01-29T08:00:00Z'),
    ]);
    expect(factAtVisit(facts, 'neutrophils', 'baseline', window)?.value).toBe(6);
    expect(factAtVisit(facts, 'nlr', 'baseline', window)).toMatchObject({ value: 3, date: '2026-01-29T08:00:00Z' });
  });

  test('after cycle 2: blood of the day of cycle 3, before its infusion', () => {
    const doses = ['2026-02-01', '2026-02-22', '2026-03-15'].map((date) => administration('L01FF05', date));
    const samples = [count('751-8', 4, '2026-02-22T08:00:00Z'), count('751-8', 5, '2026-03-15T08:00:00Z')];
    const facts = factsOf([sclc(), ...doses, ...samples]);
    expect(factAtVisit(facts, 'neutrophils', 'after-cycle-2', window)?.value).toBe(5);
    expect(factAtVisit(facts, 'neutrophils', 'after-cycle-3', window)).toBeUndefined();
  });

  test('nothing that was not known: the sample of a visit after asOf', () => {
    const record = [
      sclc(),
      administration('L01FF05', '2026-02-01'),
      administration('L01FF05', '2026-02-22'),
      count('751-8', 5, '2026-03-14T08:00:00Z'),
    ];
    const at = (asOf: string) =>
      factAtVisit(factsOf(record, { asOf: new Date(asOf) }), 'neutrophils', 'after-cycle-2', window);
    expect([at('2026-03-13T00:00:00Z'), at('2026-03-15T00:00:00Z')?.value]).toEqual([undefined, 5]);
  });
});
