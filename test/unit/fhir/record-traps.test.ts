import { describe, expect, test } from 'vitest';
import { newest } from '../../../src/fhir/facts.ts';
import { factsFromResources } from '../../../src/fhir/read-facts.ts';
import {
  administration,
  asOf,
  concept,
  condition,
  factsOf,
  lab,
  loinc,
  mappings,
  medication,
  observation,
  order,
  patient,
  patientId,
  problemCodes,
  sclc,
  snomed,
  statement,
  subject,
  valuesOf,
} from '../../helpers/fhir-resources.ts';

const none = (key: string, facts: ReturnType<typeof factsOf>, code?: string) => {
  expect(valuesOf(facts, key)).toEqual([]);
  if (code !== undefined) expect(problemCodes(facts)).toContain(code);
};
const progression = (fields: Record<string, unknown> = {}) =>
  observation('97509-4', {
    valueCodeableConcept: concept(snomed, '271299001'),
    effectiveDateTime: '2026-06-16',
    ...fields,
  });

describe('traps of values and units', () => {
  test('trap: neutrophils 3000 in 10*3/uL (1000 times too many) are set aside, with NLR and SII', () => {
    const facts = factsOf([lab('751-8', 3000, '10*3/uL'), lab('731-0', 1, '10*9/L'), lab('777-3', 250, '10*9/L')]);
    none('neutrophils', facts, 'LAB_IMPLAUSIBLE');
    expect([valuesOf(facts, 'nlr'), valuesOf(facts, 'sii')]).toEqual([[], []]);
  });

  test('trap: haemoglobin 45 g/dL is set aside', () =>
    none('haemoglobin', factsOf([lab('718-7', 45, 'g/dL')]), 'LAB_IMPLAUSIBLE'));

  test('trap: PD-L1 80 {/100} is 80 %, not 8000 %', () => {
    expect(valuesOf(factsOf([lab('83053-9', 80, '{/100}')]), 'pdl1Tps')).toEqual([80]);
  });

  test('trap: K/uL is thousands, not kelvin; G/L is thousands, not gauss', () => {
    const values = ['K/uL', 'G/L'].map((unit) => valuesOf(factsOf([lab('751-8', 6.1, unit)]), 'neutrophils'));
    expect(values).toEqual([[6.1], [6.1]]);
  });

  test('trap: floats of a conversion are rounded, 6100 /uL is 6.1', () => {
    expect(valuesOf(factsOf([lab('751-8', 6100, '/uL')]), 'neutrophils')).toEqual([6.1]);
  });

  test('trap: a blood count as components of one panel', () => {
    const count = (code: string, value: number) => ({
      code: concept(loinc, code),
      valueQuantity: { value, code: '10*9/L' },
    });
    const panel = observation('58410-2', { component: [count('751-8', 6), count('731-0', 1.5)] });
    expect(valuesOf(factsOf([panel]), 'nlr')).toEqual([4]);
  });

  test('trap: NSE in U/L and granulocytes are no NSE and no neutrophils', () => {
    none('nse', factsOf([lab('2225-1', 20, 'U/L')]), 'LAB_NOT_CONVERTIBLE');
    none('neutrophils', factsOf([lab('20482-6', 6, '10*9/L')]), 'LAB_NOT_CONVERTIBLE');
  });

  test('trap: GRP is no ProGRP, LDH of a body fluid no LDH, haemoglobin of a urine strip none', () => {
    const facts = factsOf([lab('2327-5', 50, 'pg/mL'), lab('14803-1', 300, 'U/L'), lab('5794-3', 14, 'g/dL')]);
    expect(
      facts.timeline.map(({ key }) => key).filter((key) => ['progrp', 'ldh', 'haemoglobin'].includes(key)),
    ).toEqual([]);
  });
});

describe('traps of the upper limit and of collections', () => {
  test('trap: the upper limit of LDH is only that of the same observation', () => {
    const older = {
      effectiveDateTime: '2026-11-01T08:00:00Z',
      referenceRange: [{ high: { value: 250, code: 'U/L' } }],
    };
    const facts = factsOf([lab('14804-9', 200, 'U/L', older), lab('14805-6', 300, 'U/L')]);
    expect(newest(facts, 'ldh')).not.toHaveProperty('upperLimit');
  });

  test('trap: a High flag without a range proves more than the limit, but gives no ratio', () => {
    const flag = concept('http://terminology.hl7.org/CodeSystem/v3-ObservationInterpretation', 'H');
    const ldh = newest(factsOf([lab('2532-0', 300, 'U/L', { interpretation: [flag] })]), 'ldh');
    expect([ldh?.flaggedHigh, ldh?.upperLimit]).toEqual([true, undefined]);
  });

  test('trap: NLR from counts of one collection only', () => {
    const later = lab('731-0', 1.5, '10*9/L', { effectiveDateTime: '2026-11-18T09:00:00Z' });
    none('nlr', factsOf([lab('751-8', 6, '10*9/L'), later]));
  });

  test('trap: 770-8 is a percentage, 751-8 a count', () => {
    expect(valuesOf(factsOf([lab('770-8', 75, '%'), lab('6690-2', 8, '10*9/L')]), 'neutrophils')).toEqual([6]);
    none('neutrophils', factsOf([lab('770-8', 75, '%')]), 'FACT_UNRECOGNISED');
  });

  test('trap: a dNLR whose denominator is zero or less is none', () => {
    none('dnlr', factsOf([lab('751-8', 8.4, '10*9/L'), lab('6690-2', 8.4, '10*9/L')]));
  });
});

describe('traps of status and time', () => {
  test('trap: preliminary is reported, entered-in-error is nothing', () => {
    none('ldh', factsOf([lab('2532-0', 300, 'U/L', { status: 'preliminary' })]), 'LAB_NOT_FINAL');
    expect(factsOf([lab('2532-0', 300, 'U/L', { status: 'entered-in-error' })]).problems).toEqual([]);
  });

  test('trap: a comparator is a bound, a missing value is none', () => {
    const below = { valueQuantity: { value: 100, comparator: '<', code: 'U/L' } };
    none('ldh', factsOf([observation('2532-0', below)]), 'LAB_COMPARATOR');
    const absent = concept('http://terminology.hl7.org/CodeSystem/data-absent-reason', 'unknown');
    none('ldh', factsOf([observation('2532-0', { dataAbsentReason: absent })]), 'FACT_UNRECOGNISED');
  });

  test('trap: a date in the future', () => {
    none('ldh', factsOf([lab('2532-0', 300, 'U/L', { effectiveDateTime: '2027-01-01' })]), 'LAB_FUTURE');
  });

  test('trap: only an effectivePeriod, only issued', () => {
    const period = { effectiveDateTime: undefined, effectivePeriod: { start: '2026-11-02', end: '2026-11-03' } };
    expect(newest(factsOf([lab('2532-0', 300, 'U/L', period)]), 'ldh')?.date).toBe('2026-11-02');
    const issued = { effectiveDateTime: undefined, issued: '2026-11-04T10:00:00Z' };
    expect(newest(factsOf([lab('2532-0', 300, 'U/L', issued)]), 'ldh')?.date).toBe('2026-11-04T10:00:00Z');
  });
});

describe('traps of displays and Conditions', () => {
  test('trap: displays decide nothing, with a zero-width space, in German or wrong', () => {
    const lactate = { coding: [{ system: loinc, code: '14804-9', display: 'Lactate in [#/\u200bvolume] Blut' }] };
    expect(valuesOf(factsOf([lab('14804-9', 300, 'U/L', { code: lactate })]), 'ldh')).toEqual([300]);
    const liver = condition(concept(snomed, '94381002', { display: 'Secondary malignant neoplasm of bone' }));
    const facts = factsOf([sclc(), liver]);
    expect([newest(facts, 'liverMetastases')?.value, newest(facts, 'boneMetastases')?.value]).toEqual([true, false]);
  });

  test('trap: "suspected lung cancer" is none', () =>
    none('histology', factsOf([condition(concept(snomed, '162573006'))])));

  test.each(['refuted', 'unconfirmed', 'provisional', 'differential', 'entered-in-error'])(
    'trap: a cancer that is %s',
    (code) => {
      none('histology', factsOf([sclc({ verificationStatus: { coding: [{ code }] } })]));
    },
  );

  test('trap: an inactive cancer counts only where no other is left', () => {
    const inactive = { clinicalStatus: { coding: [{ code: 'inactive' }] } };
    const facts = factsOf([sclc(), condition(concept(snomed, '254637007'), inactive)]);
    expect(valuesOf(facts, 'histology')).toEqual(['sclc']);
  });

  test('trap: docetaxel for a second cancer of the prostate is no line of the lung cancer', () => {
    const prostate = condition(concept(snomed, '399068003'), { id: 'prostate', onsetDateTime: '2019-01-01' });
    const docetaxel = administration('L01CD02', '2026-02-01', {
      reasonReference: [{ reference: 'Condition/prostate' }],
    });
    const facts = factsOf([sclc(), prostate, docetaxel]);
    expect(newest(facts, 'therapyLine')?.derivation).toBe('no dose of systemic therapy is recorded');
  });

  test('trap: the stage is a second Condition', () => {
    expect(valuesOf(factsOf([sclc(), condition(concept(snomed, '67841000119103'))]), 'stageGroup')).toEqual(['IV']);
  });

  test('trap: 315000005 is a metastasis FROM the liver', () => {
    none('liverMetastases', factsOf([sclc(), condition(concept(snomed, '315000005'))]));
  });

  test('trap: "small cell" inside "non-small cell" and inside squamous 707408006', () => {
    const values = ['254637007', '707408006'].map((code) =>
      valuesOf(factsOf([condition(concept(snomed, code))]), 'histology'),
    );
    expect(values).toEqual([['nsclc'], ['nsclc']]);
  });

  test('trap: small-cell carcinoma of another organ, and its morphology alone', () => {
    none('histology', factsOf([condition(concept(snomed, '396198006'))]));
    const morphology = concept('http://terminology.hl7.org/CodeSystem/icd-o-3', '8041/3');
    none('histology', factsOf([observation('31206-6', { valueCodeableConcept: morphology })]));
  });

  test('trap: 21902-2 is the pathological stage group, 21908-9 the clinical one; the clinical comes first', () => {
    const group = (code: string, text: string) => observation(code, { valueString: text });
    expect(newest(factsOf([group('21902-2', 'IIIA'), group('21908-9', 'IV')]), 'stageGroup')?.value).toBe('IV');
  });

  test('trap: C34 says nothing about the histology', () => {
    none('histology', factsOf([condition(concept('http://fhir.de/CodeSystem/bfarm/icd-10-gm', 'C34.1'))]));
  });
});

describe('traps of progression and therapy', () => {
  test('trap: 97509-4 is named "progression" whatever its answer', () => {
    const stable = progression({ valueCodeableConcept: concept(snomed, '359746009', { display: 'Progression' }) });
    expect(valuesOf(factsOf([sclc(), administration('L01CB01', '2026-02-01'), stable]), 'therapyLine')).toEqual([1]);
  });

  test('trap: a drug by contained and by referenced Medication, by a statement, by the name of a product', () => {
    const start = (...resources: Parameters<typeof factsOf>[0]) =>
      newest(factsOf(resources), 'immunotherapyStart')?.value;
    const other = { medicationCodeableConcept: undefined };
    const contained = [{ resourceType: 'Medication', id: 'c', code: { text: 'Atezolizumab 1200 mg/20 mL' } }];
    expect(
      start(administration('', '2026-02-01', { ...other, contained, medicationReference: { reference: '#c' } })),
    ).toBe('2026-02-01');
    const drug = medication({ id: 'm1', code: concept('http://www.whocc.no/atc', 'L01FF05') });
    expect(
      start(drug, administration('', '2026-02-02', { ...other, medicationReference: { reference: 'Medication/m1' } })),
    ).toBe('2026-02-02');
    expect(start(statement('L01FF05', { effectivePeriod: { start: '2026-02-03' } }))).toBe('2026-02-03');
    const brand = {
      coding: [
        { system: 'http://www.nlm.nih.gov/research/umls/rxnorm', code: '0', display: 'tislelizumab-jsgr 100 MG' },
      ],
    };
    expect(start(administration('', '2026-02-04', { medicationCodeableConcept: brand }))).toBe('2026-02-04');
  });

  test.each(['stopped', 'not-done', 'on-hold', 'entered-in-error'])(
    'trap: an administration that is %s was not given',
    (status) => {
      none('immunotherapyStart', factsOf([administration('L01FF05', '2026-02-01', { status })]));
    },
  );

  test('trap: a draft order is not given', () => {
    const draft = order(
      { medicationCodeableConcept: concept('http://www.whocc.no/atc', 'L01FF05') },
      { authoredOn: '2026-02-01' },
    );
    const facts = factsOf([sclc(), draft]);
    expect([valuesOf(facts, 'immunotherapyStart'), valuesOf(facts, 'therapyLine')]).toEqual([[], [1]]);
  });
});

describe('traps of the subject', () => {
  test('trap: two patients in one bundle never mix', () => {
    const stranger = lab('2532-0', 900, 'U/L', { subject: { reference: 'Patient/other' } });
    const facts = factsOf([lab('2532-0', 300, 'U/L'), stranger]);
    expect([valuesOf(facts, 'ldh'), problemCodes(facts)]).toEqual([[300], ['FHIR_SUBJECT_MISMATCH']]);
  });

  test('trap: gender "other" is neither male nor female', () => {
    const resources = [patient({ gender: 'other' }), lab('2532-0', 300, 'U/L', { subject })];
    const facts = factsFromResources(resources, patientId, { mappings, asOf, now: asOf });
    expect(valuesOf(facts, 'sex')).toEqual(['other']);
  });
});
