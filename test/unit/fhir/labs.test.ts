import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { newest } from '../../../src/fhir/facts.ts';
import {
  concept,
  factsOf,
  idOf,
  lab,
  loinc,
  observation,
  problemCodes,
  valuesOf,
} from '../../helpers/fhir-resources.ts';

const normal = { coding: [{ system: 'http://terminology.hl7.org/CodeSystem/referencerange-meaning', code: 'normal' }] };

describe('LDH and its upper limit', () => {
  test('value, unit, date, source and the limit of the same observation', () => {
    const ldh = lab('14804-9', 412, 'U/L', {
      referenceRange: [{ high: { value: 250, code: 'U/L' }, type: normal }],
    });
    expect(newest(factsOf([ldh]), 'ldh')).toEqual({
      key: 'ldh',
      value: 412,
      unit: 'U/L',
      date: '2026-11-18T08:00:00Z',
      sources: [idOf(ldh)],
      status: 'final',
      upperLimit: 250,
    });
  });

  test('value and limit in ukat/L: 5 is 300 U/L, 4.2 is 252 U/L', () => {
    const facts = factsOf([lab('2532-0', 5, 'ukat/L', { referenceRange: [{ high: { value: 4.2, code: 'ukat/L' } }] })]);
    expect(newest(facts, 'ldh')).toMatchObject({ value: 300, upperLimit: 252 });
  });

  test('a limit without a unit is one in the unit of the value', () => {
    const facts = factsOf([lab('2532-0', 5, 'ukat/L', { referenceRange: [{ high: { value: 4.2 } }] })]);
    expect(newest(facts, 'ldh')?.upperLimit).toBe(252);
  });

  test('the limit of another observation is never borrowed', () => {
    const facts = factsOf([
      lab('14805-6', 500, 'U/L', {
        effectiveDateTime: '2026-11-01T08:00:00Z',
        referenceRange: [{ high: { value: 460, code: 'U/L' } }],
      }),
      lab('14804-9', 300, 'U/L'),
    ]);
    expect(newest(facts, 'ldh')).not.toHaveProperty('upperLimit');
  });

  test.each([
    ['two normal ranges', [{ high: { value: 250 } }, { high: { value: 480 } }]],
    ['a range of treatment', [{ high: { value: 250 }, type: concept('x', 'therapeutic') }]],
    ['a range in words', [{ text: '< 250' }]],
    ['a limit of zero', [{ high: { value: 0, code: 'U/L' } }]],
  ])('%s gives no limit', (_, referenceRange) => {
    expect(newest(factsOf([lab('2532-0', 300, 'U/L', { referenceRange })]), 'ldh')).not.toHaveProperty('upperLimit');
  });

  test('body fluid LDH is another test, and a result that is coded as both is set aside', () => {
    expect(valuesOf(factsOf([lab('14803-1', 300, 'U/L')]), 'ldh')).toEqual([]);
    const both = {
      code: {
        coding: [
          { system: loinc, code: '14804-9' },
          { system: loinc, code: '14803-1' },
        ],
      },
    };
    const facts = factsOf([lab('14804-9', 300, 'U/L', both)]);
    expect(valuesOf(facts, 'ldh')).toEqual([]);
    expect(problemCodes(facts)).toEqual(['FACT_UNRECOGNISED']);
  });

  test('the display decides nothing: wrong, translated, with a zero-width space', () => {
    const code = { coding: [{ system: loinc, code: '14804-9', display: 'Laktat \u200bim Blut' }] };
    expect(valuesOf(factsOf([lab('14804-9', 300, 'U/L', { code })]), 'ldh')).toEqual([300]);
    const text = { coding: [{ system: 'http://lab.example', code: '1', display: 'LDH' }], text: 'LDH' };
    expect(valuesOf(factsOf([lab('1', 300, 'U/L', { code: text })]), 'ldh')).toEqual([]);
  });

  test('of two methods at one time the preferred code counts', () => {
    expect(valuesOf(factsOf([lab('14805-6', 600, 'U/L'), lab('2532-0', 300, 'U/L')]), 'ldh')).toEqual([300]);
  });
});

describe('results that are set aside, with a reason', () => {
  test.each([
    ['unknown unit', lab('2532-0', 300, 'squids'), 'LAB_UNIT_UNKNOWN', 'squids'],
    ['no unit', observation('2532-0', { valueQuantity: { value: 300 } }), 'LAB_UNIT_UNKNOWN', 'has no unit'],
    ['NSE activity', lab('2225-1', 20, 'U/L'), 'LAB_NOT_CONVERTIBLE', 'activity'],
    ['NSE mass code with U/L', lab('15060-7', 20, 'U/L'), 'LAB_NOT_CONVERTIBLE', "can't be converted to ng/mL"],
    ['ProGRP in pmol/L', lab('96461-9', 20, 'pmol/L'), 'LAB_NOT_CONVERTIBLE', "can't be converted to pg/mL"],
    ['granulocytes', lab('20482-6', 5, '10*9/L'), 'LAB_NOT_CONVERTIBLE', 'eosinophils'],
    ['1000 times too high', lab('26499-4', 3000, '10*3/uL'), 'LAB_IMPLAUSIBLE', 'range 0.01-200 10*9/L'],
    ['4 million U/L', lab('2532-0', 4_000_000, 'U/L'), 'LAB_IMPLAUSIBLE', '4000000 U/L is outside'],
    [
      'a bound',
      observation('15060-7', { valueQuantity: { value: 5, comparator: '<', code: 'ng/mL' } }),
      'LAB_COMPARATOR',
      '< 5',
    ],
    ['preliminary', lab('2532-0', 300, 'U/L', { status: 'preliminary' }), 'LAB_NOT_FINAL', 'preliminary'],
    ['no date', lab('2532-0', 300, 'U/L', { effectiveDateTime: undefined }), 'LAB_UNDATED', 'no date'],
    ['in the future', lab('2532-0', 300, 'U/L', { effectiveDateTime: '2027-01-01' }), 'LAB_FUTURE', '2027-01-01'],
    ['text', observation('2532-0', { valueString: 'haemolytic' }), 'FACT_UNRECOGNISED', 'no number'],
    ['absent', observation('2532-0', { dataAbsentReason: concept('x', 'error') }), 'FACT_UNRECOGNISED', 'no number'],
  ])('%s', (_, result, code, words) => {
    const facts = factsOf([result]);
    expect(facts.timeline.filter(({ key }) => key !== 'age' && key !== 'sex')).toEqual([]);
    expect(facts.problems).toHaveLength(1);
    expect(facts.problems[0]).toMatchObject({ code, source: idOf(result) });
    expect(facts.problems[0]?.text).toContain(words);
  });

  test.each(['entered-in-error', 'cancelled'])('%s is no result at all', (status) => {
    const facts = factsOf([lab('2532-0', 300, 'U/L', { status })]);
    expect([valuesOf(facts, 'ldh'), facts.problems]).toEqual([[], []]);
  });

  test.each(['final', 'amended', 'corrected'])('%s counts', (status) => {
    expect(valuesOf(factsOf([lab('2532-0', 300, 'U/L', { status })]), 'ldh')).toEqual([300]);
  });

  test('a result that can not be used is reported only if nothing usable is as new', () => {
    const older = { effectiveDateTime: '2026-11-01T08:00:00Z' };
    const preliminary = { status: 'preliminary' };
    const newer = factsOf([lab('2532-0', 300, 'U/L', older), lab('2532-0', 310, 'U/L', preliminary)]);
    expect([valuesOf(newer, 'ldh'), problemCodes(newer)]).toEqual([[300], ['LAB_NOT_FINAL']]);
    const made = factsOf([lab('2532-0', 300, 'U/L', { ...older, ...preliminary }), lab('2532-0', 310, 'U/L')]);
    expect([valuesOf(made, 'ldh'), made.problems]).toEqual([[310], []]);
  });

  test('a value as a string is not readable as FHIR and says where', () => {
    const facts = factsOf([observation('2532-0', { valueQuantity: { value: '300', code: 'U/L' } })]);
    expect(facts.problems[0]).toMatchObject({ code: 'FHIR_RESPONSE_INVALID' });
    expect(facts.problems[0]?.text).toContain('valueQuantity.value');
  });
});

describe('time', () => {
  test('what is later than asOf is not known yet, and no problem', () => {
    const facts = factsOf([lab('2532-0', 300, 'U/L')], { asOf: new Date('2026-11-01T00:00:00Z') });
    expect([valuesOf(facts, 'ldh'), facts.problems]).toEqual([[], []]);
  });

  test.each([
    ['effectiveDateTime', { effectiveDateTime: '2026-11-02' }, '2026-11-02'],
    ['effectiveInstant', { effectiveInstant: '2026-11-03T10:00:00+01:00' }, '2026-11-03T10:00:00+01:00'],
    ['effectivePeriod.start', { effectivePeriod: { start: '2026-11-04', end: '2026-11-05' } }, '2026-11-04'],
    ['effectivePeriod.end', { effectivePeriod: { end: '2026-11-05' } }, '2026-11-05'],
    ['issued', { issued: '2026-11-06T10:00:00Z' }, '2026-11-06T10:00:00Z'],
  ])('%s dates a result', (_, fields, date) => {
    const facts = factsOf([lab('2532-0', 300, 'U/L', { effectiveDateTime: undefined, ...fields })]);
    expect(newest(facts, 'ldh')?.date).toBe(date);
  });

  test('newest first across time zones', () => {
    const facts = factsOf([
      lab('2532-0', 1000, 'U/L', { effectiveDateTime: '2026-11-18T08:00:00+09:00' }),
      lab('2532-0', 2000, 'U/L', { effectiveDateTime: '2026-11-18T00:30:00Z' }),
      lab('2532-0', 3000, 'U/L', { effectiveDateTime: '2026-11-17' }),
    ]);
    expect(valuesOf(facts, 'ldh')).toEqual([2000, 1000, 3000]);
  });
});

describe('blood counts and their ratios', () => {
  const count = (code: string, value: number, fields = {}) => lab(code, value, '10*9/L', fields);

  test('NLR, dNLR and SII of one collection, with all sources', () => {
    // 6.3 / 0.9 = 7; 6.3 / (8.4 - 6.3) = 3; 300 x 6.3 / 0.9 = 2100.
    const resources = [count('751-8', 6.3), count('731-0', 0.9), count('6690-2', 8.4), count('777-3', 300)];
    const facts = factsOf(resources);
    expect(newest(facts, 'nlr')).toMatchObject({
      value: 7,
      unit: null,
      status: 'derived',
      derivation: 'neutrophils / lymphocytes',
      date: '2026-11-18T08:00:00Z',
      sources: resources.slice(0, 2).map(idOf),
    });
    expect(newest(facts, 'dnlr')).toMatchObject({ value: 3, derivation: 'neutrophils / (leukocytes - neutrophils)' });
    expect(newest(facts, 'sii')).toMatchObject({ value: 2100, unit: '10*9/L' });
    expect(newest(facts, 'sii')?.sources).toHaveLength(3);
  });

  test('counts of different times make no ratio, those of one specimen do', () => {
    const later = { effectiveDateTime: '2026-11-18T09:00:00Z' };
    expect(valuesOf(factsOf([count('751-8', 6.3), count('731-0', 0.9, later)]), 'nlr')).toEqual([]);
    const specimen = { specimen: { reference: 'Specimen/s1' } };
    const facts = factsOf([count('751-8', 6.3, specimen), count('731-0', 0.9, { ...later, ...specimen })]);
    expect(valuesOf(facts, 'nlr')).toEqual([7]);
  });

  test('clocks that differ by less than a minute make one collection', () => {
    const at = (effectiveDateTime: string) =>
      valuesOf(factsOf([count('751-8', 6.3), count('731-0', 0.9, { effectiveDateTime })]), 'nlr');
    expect(at('2026-11-18T08:00:59.999Z')).toEqual([7]);
    expect(at('2026-11-18T09:00:30+01:00')).toEqual([7]);
    expect(at('2026-11-18T08:01:00Z')).toEqual([]);
  });

  test('the time of the report is none of a collection', () => {
    const reported = { effectiveDateTime: undefined, issued: '2026-11-18T12:00:00Z' };
    const facts = factsOf([count('751-8', 6.3, reported), count('731-0', 0.9, reported)]);
    expect([valuesOf(facts, 'neutrophils'), valuesOf(facts, 'nlr')]).toEqual([[6.3], []]);
  });

  test('a day without a time is another collection than a time of that day', () => {
    const facts = factsOf([count('751-8', 6.3), count('731-0', 0.9, { effectiveDateTime: '2026-11-18' })]);
    expect(valuesOf(facts, 'nlr')).toEqual([]);
  });

  test('percent x leukocytes of the same collection', () => {
    const resources = [lab('770-8', 75, '%'), count('6690-2', 8.4), lab('736-9', 10, '{/100}')];
    const facts = factsOf(resources);
    expect(newest(facts, 'neutrophils')).toMatchObject({
      value: 6.3,
      status: 'derived',
      derivation: '75 % of the leukocytes',
    });
    expect(newest(facts, 'lymphocytes')).toMatchObject({
      value: 0.84,
      sources: [resources[2], resources[1]].map((each) => idOf(each!)),
    });
    expect(newest(facts, 'nlr')).toMatchObject({ value: 7.5, sources: [0, 1, 2].map((at) => idOf(resources[at]!)) });
  });

  test('percent without leukocytes of the same collection says so', () => {
    const facts = factsOf([lab('770-8', 75, '%'), count('6690-2', 8.4, { effectiveDateTime: '2026-11-17T08:00:00Z' })]);
    expect(valuesOf(facts, 'neutrophils')).toEqual([]);
    expect(facts.problems[0]?.text).toContain('without leukocytes of the same collection');
  });

  test('the absolute count is taken before the percentage', () => {
    expect(valuesOf(factsOf([lab('770-8', 50, '%'), count('6690-2', 8), count('751-8', 6.3)]), 'neutrophils')).toEqual([
      6.3,
    ]);
  });

  test('segmented and band neutrophils are added up, one alone is not neutrophils', () => {
    const facts = factsOf([count('768-2', 5.8), count('763-3', 0.5)]);
    expect(newest(facts, 'neutrophils')).toMatchObject({
      value: 6.3,
      derivation: 'segmented neutrophils + band neutrophils',
    });
    const alone = factsOf([count('768-2', 5.8)]);
    expect([valuesOf(alone, 'neutrophils'), problemCodes(alone)]).toEqual([[], ['FACT_UNRECOGNISED']]);
  });

  test('more neutrophils than leukocytes make no dNLR, as many neither', () => {
    expect(valuesOf(factsOf([count('751-8', 9), count('6690-2', 8.4)]), 'dnlr')).toEqual([]);
    expect(valuesOf(factsOf([count('751-8', 8.4), count('6690-2', 8.4)]), 'dnlr')).toEqual([]);
  });

  test('each collection has its own ratios, newest first', () => {
    const earlier = { effectiveDateTime: '2026-10-01T08:00:00Z' };
    const facts = factsOf([
      count('751-8', 4, earlier),
      count('731-0', 2, earlier),
      count('751-8', 6.3),
      count('731-0', 0.9),
    ]);
    expect(valuesOf(facts, 'nlr')).toEqual([7, 2]);
  });

  test('NLR rises with neutrophils and falls with lymphocytes', () => {
    const nlr = (neutrophils: number, lymphocytes: number) =>
      Number(valuesOf(factsOf([count('751-8', neutrophils), count('731-0', lymphocytes)]), 'nlr')[0]);
    const counts = fc.double({ min: 0.1, max: 50, noNaN: true });
    fc.assert(
      fc.property(counts, counts, (neutrophils, lymphocytes) => {
        expect(nlr(neutrophils * 1.5, lymphocytes)).toBeGreaterThan(nlr(neutrophils, lymphocytes));
        expect(nlr(neutrophils, lymphocytes * 1.5)).toBeLessThan(nlr(neutrophils, lymphocytes));
      }),
      { numRuns: 25 },
    );
  });
});
