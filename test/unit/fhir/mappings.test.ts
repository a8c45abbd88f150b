import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { ConfigError } from '../../../src/errors.ts';
import { checkClinicalMappings, isLoincCode, isSnomedCode } from '../../../src/fhir/check-digits.ts';
import { loadClinicalMappings } from '../../../src/fhir/mappings.ts';
import { mappings, mappingsFolder } from '../../helpers/fhir-resources.ts';

const folders: string[] = [];

/** A copy of the clinical tables with one file changed. */
function tablesWith(file: string, change: (text: string) => string): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'mappings-'));
  folders.push(folder);
  for (const name of ['labs.json', 'conditions.json', 'stages.json', 'drugs.json']) {
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
});
