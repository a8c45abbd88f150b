import { readdirSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { type ClinicalFacts, type FactKey, newest } from '../../../src/fhir/facts.ts';
import { factsFromResources } from '../../../src/fhir/read-facts.ts';
import { type Bundle, bundleResources, type Resource } from '../../../src/fhir/resources.ts';
import { mappings } from '../../helpers/fhir-resources.ts';
import { hasOracles, oracleJson, oraclePath, oracleSkipReason } from '../../helpers/oracles.ts';

const now = new Date('2026-11-21T12:00:00Z');

function resourcesOf(file: string): readonly Resource[] {
  const content = oracleJson<Resource>(`fhir/${file}`);
  return content.resourceType === 'Bundle' ? bundleResources(content as Bundle) : [content];
}

function patientIds(resources: readonly Resource[]): string[] {
  return resources.flatMap((each) => (each.resourceType === 'Patient' ? [(each as unknown as { id: string }).id] : []));
}

function read(resources: readonly Resource[], patientId: string, asOf = now): ClinicalFacts {
  return factsFromResources(resources, patientId, { mappings, asOf, now });
}

function value(facts: ClinicalFacts, key: FactKey): unknown {
  return newest(facts, key)?.value;
}

function files(folder: string): string[] {
  return readdirSync(oraclePath(`fhir/${folder}`))
    .filter((name) => name.endsWith('.json') && !name.startsWith('_'))
    .map((name) => `${folder}/${name}`);
}

const title = hasOracles ? 'bundles made by others' : `bundles made by others (skipped: ${oracleSkipReason})`;

describe.skipIf(!hasOracles)(title, () => {
  const mcode = () => files('mcode-stu4-examples').flatMap(resourcesOf);
  const synthea = (name: string) => {
    const file = files('synthea').find((each) => each.includes(name)) ?? name;
    const resources = resourcesOf(file);
    return read(resources, patientIds(resources)[0] ?? '', new Date('2010-01-01T00:00:00Z'));
  };
  const mii = (name: string) => {
    const resources = resourcesOf(`mii/Bundle-mii-exa-test-data-bundle-${name}.json`);
    return read(resources, patientIds(resources)[0] ?? '');
  };

  test('every patient of every bundle is read without an exception', () => {
    const bundles = [...files('synthea'), ...files('mii'), ...files('mcode-stu4-examples')].map(resourcesOf);
    const all = bundles.flatMap((resources) => patientIds(resources).map((id) => read(resources, id)));
    expect(all.length).toBeGreaterThanOrEqual(13);
    for (const facts of all) expect(value(facts, 'age')).toBeTypeOf('number');
  });

  test('Synthea, Sherman McGlynn: small-cell (254632001, stage as a second Condition), references by urn:uuid', () => {
    const facts = synthea('Sherman');
    expect(facts.patient).toMatchObject({
      identifiers: ['8ef2ef98-48c5-427e-80d4-5e8f30ac8bf5'],
      birthDate: '1936-10-06',
      sex: 'male',
      synthetic: true,
    });
    expect([value(facts, 'histology'), value(facts, 'extent'), value(facts, 'age')]).toEqual(['sclc', undefined, 73]);
    expect(newest(facts, 'leukocytes')).toMatchObject({ unit: '10*9/L' });
    expect(value(facts, 'leukocytes')).toBeCloseTo(6.273337, 5);
    expect([value(facts, 'neutrophils'), value(facts, 'nlr')]).toEqual([undefined, undefined]);
  });

  test('Synthea, Sherman McGlynn: before July 2009 the cancer is only suspected', () => {
    const resources = resourcesOf(files('synthea').find((each) => each.includes('Sherman')) ?? '');
    const facts = read(resources, patientIds(resources)[0] ?? '', new Date('2009-07-28T00:00:00Z'));
    expect(value(facts, 'histology')).toBeUndefined();
  });

  test('Synthea: stopped orders without a dose leave the line of therapy open', () => {
    const facts = synthea('Sherman');
    expect(value(facts, 'therapyLine')).toBeUndefined();
    expect(facts.problems.map(({ key }) => key)).toEqual(['therapyLine']);
  });

  test('Synthea, Gilbert Wunsch: non-small-cell', () => {
    expect(value(synthea('Gilbert'), 'histology')).toBe('nsclc');
  });

  test('mCODE, John Anyperson: NSCLC, cT3 cN3 cM0, ECOG 0, brain metastasis a month later', () => {
    const facts = read(mcode(), 'cancer-patient-john-anyperson');
    expect(['histology', 'tStage', 'nStage', 'mStage', 'ecog'].map((key) => value(facts, key as FactKey))).toEqual([
      'nsclc',
      3,
      3,
      0,
      0,
    ]);
    expect(newest(facts, 'brainMetastases')).toMatchObject({ value: true, date: '2019-05-01' });
    expect(value(facts, 'liverMetastases')).toBe(false);
    expect(value(facts, 'extent')).toBeUndefined();
    expect(value(facts, 'firstLinePfsMonths')).toBeUndefined();
  });

  test('mCODE, Jenny M: neutrophils of 3000 10*3/uL are set aside', () => {
    const facts = read(mcode(), 'cancer-patient-jenny-m');
    expect(value(facts, 'neutrophils')).toBeUndefined();
    expect(facts.problems).toContainEqual({
      code: 'LAB_IMPLAUSIBLE',
      key: 'neutrophils',
      source: 'Observation/us-core-observation-lab-neutrophils-jenny-m',
      text: 'Neutrophils 3000 10*3/uL is outside the plausible range 0.01-200 10*9/L and was set aside',
    });
  });

  test('mCODE, all examples at once: other patients are left out and reported once', () => {
    const mismatches = read(mcode(), 'cancer-patient-john-anyperson').problems.filter(
      ({ code }) => code === 'FHIR_SUBJECT_MISMATCH',
    );
    expect(mismatches).toHaveLength(1);
  });

  test('MII, molecular tumour board: C34.1 leaves the histology open, draft orders are no therapy, HTEST is synthetic', () => {
    const facts = mii('mtb-1');
    expect(facts.patient.synthetic).toBe(true);
    expect(value(facts, 'histology')).toBeUndefined();
    expect(value(facts, 'immunotherapyStart')).toBeUndefined();
    expect(newest(facts, 'therapyLine')).toMatchObject({ value: 1, date: '2024-04-15' });
    expect(facts.problems.map(({ code, key }) => [code, key])).toEqual([['FACT_UNRECOGNISED', 'ecog']]);
  });

  test('MII, patient 1: counts in /nL with the upper limit of the same observation', () => {
    const facts = mii('pat-1');
    expect(newest(facts, 'leukocytes')).toMatchObject({ value: 17, unit: '10*9/L', upperLimit: 10.5 });
    expect(newest(facts, 'platelets')).toMatchObject({ value: 355, upperLimit: 370 });
  });
});
