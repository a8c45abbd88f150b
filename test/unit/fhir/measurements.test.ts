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
  snomed,
  ucum,
  valuesOf,
} from '../../helpers/fhir-resources.ts';

const count = (code: string, value: number, fields = {}) => lab(code, value, '10*9/L', fields);

describe('haemoglobin and albumin', () => {
  test.each([
    ['g/L', '718-7', 137, 'g/L', 13.7],
    ['g/dl', '718-7', 13.5, 'g/dl', 13.5],
    // codes.md: monomer of 16114.5 g/mol, 8.5 mmol/L = 13.70 g/dL; the tetramer would give 54.8.
    ['mmol/L', '59260-0', 8.5, 'mmol/L', 13.697325],
  ])('haemoglobin in %s', (_, code, value, unit, expected) => {
    expect(Number(newest(factsOf([lab(code, value, unit)]), 'haemoglobin')?.value)).toBeCloseTo(expected, 9);
  });

  test('haemoglobin of 45 g/dL is set aside, that of urine is none', () => {
    const high = factsOf([lab('718-7', 45, 'g/dL')]);
    expect([valuesOf(high, 'haemoglobin'), problemCodes(high)]).toEqual([[], ['LAB_IMPLAUSIBLE']]);
    expect(valuesOf(factsOf([lab('5794-3', 13, 'g/dL')]), 'haemoglobin')).toEqual([]);
  });

  test.each([
    ['g/dL', '1751-7', 4.2, 'g/dL', 42],
    // codes.md: 578 umol/L = 38.4 g/L.
    ['umol/L', '54347-0', 578, 'umol/L', 38.437],
    ['µmol/L', '62235-7', 578, 'µmol/L', 38.437],
  ])('albumin in %s', (_, code, value, unit, expected) => {
    expect(Number(newest(factsOf([lab(code, value, unit)]), 'albumin')?.value)).toBeCloseTo(expected, 9);
  });

  test('albumin of urine is none, and moles without a molar mass are refused', () => {
    expect(valuesOf(factsOf([lab('1754-1', 42, 'g/L')]), 'albumin')).toEqual([]);
    expect(problemCodes(factsOf([lab('96461-9', 20, 'pmol/L')]))).toEqual(['LAB_NOT_CONVERTIBLE']);
  });
});

describe('PD-L1 TPS', () => {
  test.each([
    ['%', 80],
    ['{/100}', 80],
  ])('80 in %s is 80 percent, not 8000', (unit, expected) => {
    expect(valuesOf(factsOf([lab('83053-9', 80, unit)]), 'pdl1Tps')).toEqual([expected]);
  });

  test('a bound is no value, 120 percent is implausible, a report is no score', () => {
    const bound = observation('83053-9', { valueQuantity: { value: 1, comparator: '<', code: '%', system: ucum } });
    expect(problemCodes(factsOf([bound]))).toEqual(['LAB_COMPARATOR']);
    expect(problemCodes(factsOf([lab('83053-9', 120, '%')]))).toEqual(['LAB_IMPLAUSIBLE']);
    expect(valuesOf(factsOf([lab('85147-7', 80, '%')]), 'pdl1Tps')).toEqual([]);
  });
});

describe('body mass index', () => {
  const weight = lab('29463-7', 81, 'kg');
  const height = lab('8302-2', 180, 'cm');

  test('weight and height of the same time: 81 / 1.8^2 = 25', () => {
    expect(newest(factsOf([weight, height]), 'bmi')).toMatchObject({
      value: 25,
      unit: 'kg/m2',
      status: 'derived',
      sources: [weight, height].map(idOf),
    });
  });

  test('pounds and inches', () => {
    const facts = factsOf([lab('29463-7', 180, '[lb_av]'), lab('8302-2', 71, 'inches')]);
    // 180 lb = 81.6466 kg, 71 in = 180.34 cm.
    expect(Number(newest(facts, 'bmi')?.value)).toBeCloseTo(25.1046, 3);
  });

  test('of different times none; the recorded one comes first', () => {
    const earlier = lab('8302-2', 180, 'cm', { effectiveDateTime: '2026-01-01T08:00:00Z' });
    expect(valuesOf(factsOf([weight, earlier]), 'bmi')).toEqual([]);
    expect(valuesOf(factsOf([weight, height, lab('39156-5', 24.9, 'kg/m2')]), 'bmi')).toEqual([24.9]);
  });
});

describe('pack-years and smoking status', () => {
  test.each(['{pack-years}', '{pack-year}', '{PackYears}', '1'])('20 pack-years in %s', (code) => {
    const valueQuantity = { value: 20, unit: 'Pack-Years', system: ucum, code };
    const facts = factsOf([observation('401201003', { valueQuantity }, snomed)]);
    expect(newest(facts, 'packYears')).toMatchObject({ value: 20, unit: '{pack-years}' });
    expect(valuesOf(factsOf([observation('8664-5', { valueQuantity })]), 'packYears')).toEqual([20]);
  });

  test('a quantity without any unit is refused', () => {
    expect(problemCodes(factsOf([observation('8664-5', { valueQuantity: { value: 20 } })]))).toEqual([
      'LAB_UNIT_UNKNOWN',
    ]);
  });

  test.each([
    ['266919005', 'never'],
    ['8517006', 'former'],
    ['77176002', 'current'],
    ['449868002', 'current'],
  ])('%s is %s', (code, expected) => {
    const smoking = observation('72166-2', { valueCodeableConcept: concept(snomed, code) });
    expect(newest(factsOf([smoking]), 'smokingStatus')).toMatchObject({ value: expected, sources: [idOf(smoking)] });
  });

  test('another answer is a problem, never a guess by its display', () => {
    const value = { valueCodeableConcept: concept(snomed, '1', { display: 'Never smoker' }) };
    const facts = factsOf([observation('72166-2', value)]);
    expect([valuesOf(facts, 'smokingStatus'), problemCodes(facts)]).toEqual([[], ['FACT_UNRECOGNISED']]);
  });
});

describe('PLR and LIPI', () => {
  const limit = (value: number) => ({ referenceRange: [{ high: { value, code: 'U/L' } }] });
  const flag = (code: string) => ({
    interpretation: [concept('http://terminology.hl7.org/CodeSystem/v3-ObservationInterpretation', code)],
  });

  test('platelets / lymphocytes', () => {
    expect(newest(factsOf([count('777-3', 300), count('731-0', 1.5)]), 'plr')).toMatchObject({
      value: 200,
      unit: null,
    });
  });

  test.each([
    // dNLR of 6.3 and 8.4 is exactly 3, which is not above 3; of 6.4 and 8.4 it is 3.2.
    ['good', 6.3, 250, limit(250), 0],
    ['one for dNLR', 6.4, 250, limit(250), 1],
    ['one for LDH', 6.3, 251, limit(250), 1],
    ['poor', 6.4, 251, limit(250), 2],
    ['flagged high without a limit', 6.4, 251, flag('H'), 2],
    ['flagged normal without a limit', 6.4, 251, flag('N'), 1],
  ])('%s', (_, neutrophils, ldh, fields, expected) => {
    const resources = [count('751-8', neutrophils), count('6690-2', 8.4), lab('2532-0', ldh, 'U/L', fields)];
    const facts = factsOf(resources);
    expect(newest(facts, 'lipi')).toMatchObject({ value: expected, unit: null, sources: resources.map(idOf) });
  });

  test('the limit of the observation comes before its flag', () => {
    const ldh = lab('2532-0', 240, 'U/L', { ...limit(250), ...flag('H') });
    expect(valuesOf(factsOf([count('751-8', 6.3), count('6690-2', 8.4), ldh]), 'lipi')).toEqual([0]);
  });

  test('LDH without a limit, or of another time, makes none', () => {
    const counts = [count('751-8', 6.4), count('6690-2', 8.4)];
    expect(valuesOf(factsOf([...counts, lab('2532-0', 300, 'U/L')]), 'lipi')).toEqual([]);
    const earlier = { ...limit(250), effectiveDateTime: '2026-11-17T08:00:00Z' };
    expect(valuesOf(factsOf([...counts, lab('2532-0', 300, 'U/L', earlier)]), 'lipi')).toEqual([]);
  });
});

describe('Karnofsky performance status', () => {
  const mii =
    'https://www.medizininformatik-initiative.de/fhir/ext/modul-onko/CodeSystem/mii-cs-onko-allgemeiner-leistungszustand-karnofsky';
  test.each([
    ['mCODE integer', '89243-0', loinc, { valueInteger: 90 }, 90],
    ['LOINC answer', '89243-0', loinc, { valueCodeableConcept: concept(loinc, 'LA29177-5') }, 80],
    ['answer in the interpretation only', '89243-0', loinc, { interpretation: [concept(loinc, 'LA29176-7')] }, 90],
    ['MII code 80%', '761869008', snomed, { valueCodeableConcept: concept(mii, '80%') }, 80],
    ['text', '89243-0', loinc, { valueString: 'KPS 70%' }, 70],
  ])('%s', (_, code, system, value, expected) => {
    expect(valuesOf(factsOf([observation(code, value, system)]), 'karnofsky')).toEqual([expected]);
  });

  test('codings that disagree are a problem', () => {
    const coding = [
      { system: mii, code: '30%' },
      { system: loinc, code: 'LA29179-1' },
    ];
    const facts = factsOf([observation('761869008', { valueCodeableConcept: { coding } }, snomed)]);
    expect([valuesOf(facts, 'karnofsky'), problemCodes(facts)]).toEqual([[], ['FACT_UNRECOGNISED']]);
  });

  test('ECOG by its answer in the interpretation', () => {
    expect(
      valuesOf(factsOf([observation('89247-1', { interpretation: [concept(loinc, 'LA9623-5')] })]), 'ecog'),
    ).toEqual([1]);
  });
});
