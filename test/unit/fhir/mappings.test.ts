import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { ConfigError } from '../../../src/errors.ts';
import { checkClinicalMappings, isLoincCode, isSnomedCode } from '../../../src/fhir/check-digits.ts';
import { newest } from '../../../src/fhir/facts.ts';
import { loadClinicalMappings } from '../../../src/fhir/mappings.ts';
import { factSearches } from '../../../src/fhir/prefetch.ts';
import { factsFromResources } from '../../../src/fhir/read-facts.ts';
import { asOf, lab, mappings, mappingsFolder, patient, patientId } from '../../helpers/fhir-resources.ts';

const tables = ['labs', 'conditions', 'stages', 'drugs', 'therapies', 'eligibility', 'tumour-board', 'advice'].map(
  (name) => `${name}.json`,
);
const folders: string[] = [];

/** A copy of the clinical tables with one file changed. */
function tablesWith(file: string, change: (text: string) => string): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'mappings-'));
  folders.push(folder);
  for (const name of tables) {
    cpSync(path.join(mappingsFolder, name), path.join(folder, name));
  }
  writeFileSync(path.join(folder, file), change(readFileSync(path.join(folder, file), 'utf8')));
  return folder;
}

function failure(work: () => unknown): ConfigError {
  try {
    work();
  } catch (error) {
    if (error instanceof ConfigError) return error;
  }
  throw new Error('no ConfigError');
}

afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true });
});

describe('check digits', () => {
  test.each(['2532-0', '14804-9', '96461-9', '89247-1', '97509-4', '85147-7'])('LOINC %s is right', (code) => {
    expect(isLoincCode(code)).toBe(true);
  });

  test.each(['85147-0', '2532-1', '14840-9', '2532', '2532-00'])('LOINC %s is wrong', (code) => {
    expect(isLoincCode(code)).toBe(false);
  });

  test.each(['254632001', '683991000119103', '271299001', '1229984001'])('SNOMED CT %s is right', (code) => {
    expect(isSnomedCode(code)).toBe(true);
  });

  test.each(['254632002', '245632001', '683991000119130', '0254632001', '12345'])('SNOMED CT %s is wrong', (code) => {
    expect(isSnomedCode(code)).toBe(false);
  });
});

describe('clinical tables', () => {
  test('the tables of the package have no finding', () => {
    expect(checkClinicalMappings(mappings)).toEqual([]);
  });

  test('every description of a fact names what would mend its absence', () => {
    expect(Object.values(mappings.facts).every(({ label, mend }) => label !== '' && mend !== '')).toBe(true);
  });

  test('checkpoint inhibitors come before chemotherapy', () => {
    const groups = mappings.drugs.map(({ group }) => group);
    expect(groups.lastIndexOf('checkpoint-inhibitor')).toBeLessThan(groups.indexOf('chemotherapy'));
  });

  test('metastasis FROM a tumour of the liver (315000005) stands nowhere', () => {
    expect(JSON.stringify(mappings)).not.toContain('315000005');
  });

  test('a wrong check digit is a finding', () => {
    const folder = tablesWith('labs.json', (text) => text.replace('"14804-9"', '"14804-8"'));
    expect(checkClinicalMappings(loadClinicalMappings(folder))).toEqual([
      'labs.ldh: 14804-8 has a wrong check digit for http://loinc.org',
    ]);
  });

  test('a code that means two tests is a finding', () => {
    const folder = tablesWith('labs.json', (text) => text.replace('"15060-7"', '"2532-0"'));
    expect(checkClinicalMappings(loadClinicalMappings(folder))).toEqual([
      'labs.nse: 2532-0 of http://loinc.org stands in labs.ldh as well',
    ]);
  });

  test('a histology code in both histologies is a finding', () => {
    const folder = tablesWith('conditions.json', (text) => text.replace('"254637007"', '"254632001"'));
    expect(checkClinicalMappings(loadClinicalMappings(folder))[0]).toContain('stands in lungCancer.sclc as well');
  });

  test('a unit that UCUM does not know is a finding', () => {
    const folder = tablesWith('labs.json', (text) => text.replace('"unit": "U/L"', '"unit": "units/L"'));
    expect(checkClinicalMappings(loadClinicalMappings(folder))).toContain('labs.ldh: units/L is no UCUM unit');
  });

  test.each([
    ['labs.json', '"plausible": [50, 20000]', '"plausible": ["50", 20000]', 'labs.ldh.plausible.0'],
    ['conditions.json', '"lungCancer"', '"lungCancers"', 'lungCancer'],
    ['stages.json', '"letter": "N"', '"letter": ""', 'categories.nStage.letter'],
    ['drugs.json', '"inn": "atezolizumab"', '"inn": "Atezolizumab"', 'drugs.0.inn'],
    ['labs.json', '{', '', 'not JSON'],
  ])('%s with %s as %s is refused with its path', (file, from, to, named) => {
    const error = failure(() => loadClinicalMappings(tablesWith(file, (text) => text.replace(from, to))));
    expect(error.code).toBe('CONFIG_INVALID');
    expect(error.subject).toBe(file);
    expect(error.message).toContain(named);
  });

  test('a table that is not there is named', () => {
    const error = failure(() => loadClinicalMappings('/nowhere'));
    expect([error.code, error.subject]).toEqual(['FILE_UNREADABLE', 'labs.json']);
  });

  test.each([
    ['labs.json', '"2532-0"', '"2532-1"', 'labs.ldh: 2532-1 has a wrong check digit'],
    ['labs.json', '"770-8"', '"770-9"', 'labs.neutrophils: 770-9 has a wrong check digit'],
    ['labs.json', '"763-3"', '"763-4"', 'labs.neutrophils (band neutrophils): 763-4 has a wrong check digit'],
    ['labs.json', '"2327-5"', '"2327-6"', 'labs.progrp: 2327-6 has a wrong check digit'],
    ['conditions.json', '"94381002"', '"94381003"', 'metastases.liver: 94381003 has a wrong check digit'],
    ['conditions.json', '"271299001"', '"271299002"', 'diseaseStatus.progression: 271299002 has a wrong check digit'],
    ['conditions.json', '"266919005"', '"266919004"', 'smoking.never: 266919004 has a wrong check digit'],
    ['stages.json', '"1229984001"', '"1229984002"', 'stages.nStage.3: 1229984002 has a wrong check digit'],
    ['stages.json', '"89247-1"', '"89247-2"', 'stages.ecog: 89247-2 has a wrong check digit'],
    ['drugs.json', '"1217123003"', '"1217123004"', 'radiotherapy: 1217123004 has a wrong check digit'],
    ['therapies.json', '"173171007"', '"173171008"', 'surgery: 173171008 has a wrong check digit'],
    ['therapies.json', '"367336001"', '"367336002"', 'systemicTherapyProcedures: 367336002 has a wrong check digit'],
    ['tumour-board.json', '"720006006"', '"720006007"', 'tumourBoard: 720006007 has a wrong check digit'],
    ['eligibility.json', '"24700007"', '"24700008"', 'autoimmuneDisease: 24700008 has a wrong check digit'],
    ['eligibility.json', '"254837009"', '"254837008"', 'otherCancer: 254837008 has a wrong check digit'],
    ['eligibility.json', '"21326004"', '"21326005"', 'combinedHistology: 21326005 has a wrong check digit'],
    ['eligibility.json', '"26643006"', '"26643007"', 'systemicRoutes: 26643007 has a wrong check digit'],
    [
      'conditions.json',
      '"94391008"',
      '"94381002"',
      'metastases.lung: 94381002 of http://snomed.info/sct stands in metastases.liver',
    ],
    [
      'stages.json',
      '"1229984001"',
      '"1229967007"',
      'stages.nStage.3: 1229967007 of http://snomed.info/sct stands in stages.nStage.0',
    ],
    [
      'drugs.json',
      '"L01FF03"',
      '"L01FF05"',
      'drugs.durvalumab: L01FF05 of http://www.whocc.no/atc stands in drugs.atezolizumab',
    ],
    ['drugs.json', '"1217123003"', '"49795001"', 'surgery: 49795001 of http://snomed.info/sct stands in radiotherapy'],
    [
      'eligibility.json',
      '"H02AB06"',
      '"H02AB07"',
      'glucocorticoids.prednisolone: H02AB07 of http://www.whocc.no/atc stands in glucocorticoids.prednisone',
    ],
    [
      'eligibility.json',
      '"399068003"',
      '"24700007"',
      'otherCancer: 24700007 of http://snomed.info/sct stands in autoimmuneDisease',
    ],
    ['labs.json', '"unit": "mm"', '"unit": "millimetre"', 'labs.tumourDiameter: millimetre is no UCUM unit'],
    ['labs.json', '"IU/L": "U/L"', '"IU/L": "units"', 'unitAliases.enzyme: IU/L stands for units'],
    ['therapies.json', '["pemetrexed"]', '["pemetrexat"]', 'therapies.lines: pemetrexat is not in drugs.json'],
  ])('planted in %s: %s as %s', (file, from, to, finding) => {
    const change = (text: string) => {
      expect(text).toContain(from);
      return text.replace(from, to);
    };
    expect(checkClinicalMappings(loadClinicalMappings(tablesWith(file, change))).join('\n')).toContain(finding);
  });

  test.each([
    ['therapies.json', '"gapDays": 120', '"gapDays": 0', 'lines.gapDays'],
    ['eligibility.json', '"equivalentMg": 0.75', '"equivalentMg": -1', 'glucocorticoids.drugs'],
    ['labs.json', '"tumourDiameter": {', '"tumour-diameter": {', 'labs'],
    ['labs.json', '"packYears": {', '"age": {', 'labs'],
  ])('%s with %s as %s is refused', (file, from, to, named) => {
    const error = failure(() => loadClinicalMappings(tablesWith(file, (text) => text.replace(from, to))));
    expect([error.code, error.subject]).toEqual(['CONFIG_INVALID', file]);
    expect(error.message).toContain(named);
  });
});

describe('a further test needs no code', () => {
  const crp = {
    label: 'CRP',
    unit: 'mg/L',
    plausible: [0, 1000],
    maximumAgeDays: 30,
    mend: 'order CRP',
    aliases: 'mass',
    include: [
      {
        system: 'http://loinc.org',
        concept: [{ code: '1988-5', display: 'C reactive protein [Mass/volume] in Serum or Plasma' }],
      },
    ],
  };
  const added = (name: string) =>
    tablesWith('labs.json', (text) => {
      const table = JSON.parse(text) as { labs: Record<string, unknown> };
      return JSON.stringify({ ...table, labs: { ...table.labs, [name]: crp } });
    });

  test('it is read with unit and range, described, searched for and checked', () => {
    const extended = loadClinicalMappings(added('crp'));
    expect(checkClinicalMappings(extended)).toEqual([]);
    expect(extended.facts.crp).toEqual({ label: 'CRP', maximumAgeDays: 30, mend: 'order CRP' });
    expect(factSearches(extended).find(({ key }) => key === 'labs')?.params.code).toContain('1988-5');
    const record = [
      patient(),
      lab('1988-5', 1.2, 'mg/dL'),
      lab('1988-5', 5000, 'mg/L', { effectiveDateTime: '2026-11-20' }),
    ];
    const facts = factsFromResources(record, patientId, { mappings: extended, asOf, now: asOf });
    expect(newest(facts, 'crp')).toMatchObject({ value: 12, unit: 'mg/L' });
    expect(facts.problems.map(({ code, key }) => [code, key])).toEqual([['LAB_IMPLAUSIBLE', 'crp']]);
  });

  test('not under the name of another fact', () => {
    const error = failure(() => loadClinicalMappings(added('histology')));
    expect(error.message).toContain('labs.histology is the name of another fact');
  });
});
