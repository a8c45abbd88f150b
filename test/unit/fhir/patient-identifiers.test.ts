import { describe, expect, it } from 'vitest';
import { describePatient } from '../../../src/fhir/patient.ts';
import { parseResource } from '../../../src/fhir/resources.ts';

function identifiers(system?: string): readonly string[] {
  const record = {
    resourceType: 'Patient',
    id: 'p',
    identifier: [
      { system: 'urn:example:other', value: 'OTHER' },
      { system: 'urn:example:pacs', value: 'FORMER', use: 'old' },
      { system: 'urn:example:social', value: '123', type: { coding: [{ code: 'SS' }] } },
      { system: 'urn:example:pacs', value: 'CURRENT', type: { coding: [{ code: 'MR' }] } },
    ],
  };
  const patient = parseResource(record);
  if (patient === 'other' || 'wrong' in patient || patient.resourceType !== 'Patient') throw new Error('no Patient');
  return describePatient({ ...patient, id: 'p' }, system).identifiers;
}

describe('PatientIDs that the PACS is asked for', () => {
  it('are those of the configured system only, the former one last', () => {
    expect(identifiers('urn:example:pacs')).toEqual(['CURRENT', 'FORMER']);
  });

  it('are all but civil numbers without one, medical record numbers first', () => {
    expect(identifiers()).toEqual(['CURRENT', 'OTHER', 'FORMER']);
  });
});
