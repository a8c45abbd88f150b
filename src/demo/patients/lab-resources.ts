import type { Observation } from '@medplum/fhirtypes';
import { subjectOf } from './clinical-resources.ts';
import { concept, loinc, meta, ucum } from './fhir-codes.ts';
import type { LabDraw, SyntheticPatient } from './plan.ts';
import { dateBefore } from './relative-date.ts';

interface Analyte {
  readonly code: string;
  readonly display: string;
  readonly unit: string;
  readonly low?: number;
  readonly high: number;
  readonly profile: 'mcode-tumor-marker-test' | 'us-core-observation-lab';
}

/** Methods, units and reference ranges of the synthetic laboratory. */
const analytes = {
  ldh: {
    code: '14804-9',
    display: 'Lactate dehydrogenase [Enzymatic activity/volume] in Serum or Plasma by Lactate to pyruvate reaction',
    unit: 'U/L',
    low: 120,
    high: 250,
    profile: 'mcode-tumor-marker-test',
  },
  nse: {
    code: '15060-7',
    display: 'Enolase.neuron specific [Mass/volume] in Serum or Plasma',
    unit: 'ng/mL',
    high: 16.3,
    profile: 'mcode-tumor-marker-test',
  },
  progrp: {
    code: '96461-9',
    display: 'Gastrin releasing polypeptide prohormone [Mass/volume] in Serum or Plasma by Immunoassay',
    unit: 'pg/mL',
    high: 69,
    profile: 'mcode-tumor-marker-test',
  },
  leukocytes: {
    code: '6690-2',
    display: 'Leukocytes [#/volume] in Blood by Automated count',
    unit: '10*9/L',
    low: 4,
    high: 10,
    profile: 'us-core-observation-lab',
  },
  neutrophils: {
    code: '751-8',
    display: 'Neutrophils [#/volume] in Blood by Automated count',
    unit: '10*9/L',
    low: 1.8,
    high: 7.5,
    profile: 'us-core-observation-lab',
  },
  lymphocytes: {
    code: '731-0',
    display: 'Lymphocytes [#/volume] in Blood by Automated count',
    unit: '10*9/L',
    low: 1,
    high: 4,
    profile: 'us-core-observation-lab',
  },
  platelets: {
    code: '777-3',
    display: 'Platelets [#/volume] in Blood by Automated count',
    unit: '10*9/L',
    low: 150,
    high: 400,
    profile: 'us-core-observation-lab',
  },
  haemoglobin: {
    code: '718-7',
    display: 'Hemoglobin [Mass/volume] in Blood',
    unit: 'g/dL',
    low: 12,
    high: 17,
    profile: 'us-core-observation-lab',
  },
} as const satisfies Record<string, Analyte>;

/** Laboratory observations; all values of one draw carry the same time. */
export function labResources(patient: SyntheticPatient, referenceDate: string): Observation[] {
  return patient.labs.flatMap((draw) => {
    const date = dateBefore(referenceDate, draw.daysBefore);
    return Object.entries(measured(draw)).map(
      ([name, value]): Observation => labObservation(patient, name as keyof typeof analytes, value, date),
    );
  });
}

function measured({ ldh, nse, progrp, bloodCount }: LabDraw): Partial<Record<keyof typeof analytes, number>> {
  return {
    ...(ldh !== undefined && { ldh }),
    ...(nse !== undefined && { nse }),
    ...(progrp !== undefined && { progrp }),
    ...bloodCount,
  };
}

function labObservation(
  patient: SyntheticPatient,
  name: keyof typeof analytes,
  value: number,
  date: string,
): Observation {
  const { code, display, unit, high, profile, ...rest }: Analyte = analytes[name];
  const quantity = (amount: number) => ({ value: amount, unit, system: ucum, code: unit });
  return {
    resourceType: 'Observation',
    id: `${patient.id}-${name}-${date}`,
    meta: meta(profile),
    status: 'final',
    category: [concept('http://terminology.hl7.org/CodeSystem/observation-category', 'laboratory', 'Laboratory')],
    code: concept(loinc, code, display),
    subject: subjectOf(patient),
    effectiveDateTime: `${date}T07:40:00Z`,
    issued: `${date}T11:15:00Z`,
    valueQuantity: quantity(value),
    referenceRange: [{ ...(rest.low !== undefined && { low: quantity(rest.low) }), high: quantity(high) }],
  };
}
