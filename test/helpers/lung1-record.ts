const subject = { reference: 'Patient/lung1' };

function daysAgo(days: number): string {
  return new Date(Date.now() - days * 86_400_000).toISOString();
}

function observation(id: string, code: string, value: Partial<fhir4.Observation>, days = 7): fhir4.Observation {
  return {
    resourceType: 'Observation',
    id: `lung1-${id}`,
    status: 'final',
    code: { coding: [{ system: 'http://loinc.org', code }] },
    subject,
    effectiveDateTime: daysAgo(days),
    ...value,
  };
}

function quantity(value: number, unit: string): Pick<fhir4.Observation, 'valueQuantity'> {
  return { valueQuantity: { value, unit, system: 'http://unitsofmeasure.org', code: unit } };
}

/** A made-up record for the public CT whose PatientID is LUNG1: extensive-stage SCLC, N3, complete labs of a week ago. */
export function lung1Bundle(): fhir4.Bundle {
  const resources: fhir4.FhirResource[] = [
    {
      resourceType: 'Patient',
      id: 'lung1',
      meta: { tag: [{ system: 'http://terminology.hl7.org/CodeSystem/v3-ActReason', code: 'HTEST' }] },
      identifier: [{ system: 'urn:example:pacs', value: 'LUNG1' }],
      gender: 'male',
      birthDate: '1955-03-01',
    },
    {
      resourceType: 'Condition',
      id: 'lung1-cancer',
      subject,
      clinicalStatus: {
        coding: [{ system: 'http://terminology.hl7.org/CodeSystem/condition-clinical', code: 'active' }],
      },
      verificationStatus: {
        coding: [{ system: 'http://terminology.hl7.org/CodeSystem/condition-ver-status', code: 'confirmed' }],
      },
      code: { coding: [{ system: 'http://snomed.info/sct', code: '683991000119103' }] },
      onsetDateTime: daysAgo(30).slice(0, 10),
    },
    {
      ...observation(
        'n',
        '',
        { valueCodeableConcept: { coding: [{ system: 'http://snomed.info/sct', code: '1229984001' }] } },
        20,
      ),
      code: { coding: [{ system: 'http://snomed.info/sct', code: '399534004' }] },
    },
    observation('ldh', '14804-9', { ...quantity(412, 'U/L'), referenceRange: [{ high: { value: 250, unit: 'U/L' } }] }),
    observation('nse', '15060-7', quantity(62.7, 'ug/L')),
    observation('progrp', '96461-9', quantity(921, 'ng/L')),
    observation('leukocytes', '6690-2', quantity(9.2, '10*3/uL')),
    observation('neutrophils', '751-8', quantity(6.9, '10*3/uL')),
    observation('lymphocytes', '731-0', quantity(1.3, '10*3/uL')),
    observation('platelets', '777-3', quantity(310, '10*3/uL')),
  ];
  return {
    resourceType: 'Bundle',
    type: 'batch',
    entry: resources.map((resource) => ({
      resource,
      request: { method: 'PUT', url: `${resource.resourceType}/${resource.id}` },
    })),
  };
}
