import type { MedicationAdministration, MedicationRequest } from '@medplum/fhirtypes';
import { subjectOf } from './clinical-resources.ts';
import { concept, drugs, meta, snomed, ucum } from './fhir-codes.ts';
import type { SyntheticPatient } from './plan.ts';
import { dateBefore } from './relative-date.ts';

const intravenous = concept(snomed, '47625008', 'Intravenous route');

/** mCODE CancerRelatedMedicationRequest: what is ordered and active. */
export function orderResources(patient: SyntheticPatient, referenceDate: string): MedicationRequest[] {
  return patient.orders.map(
    ({ drug, daysBefore }): MedicationRequest => ({
      resourceType: 'MedicationRequest',
      id: `${patient.id}-order-${drug}`,
      meta: meta('mcode-cancer-related-medication-request'),
      status: 'active',
      intent: 'order',
      medicationCodeableConcept: drugs[drug].concept,
      subject: subjectOf(patient),
      authoredOn: dateBefore(referenceDate, daysBefore),
      reasonReference: [{ reference: `Condition/${patient.id}-primary` }],
      dosageInstruction: [{ route: intravenous, doseAndRate: [{ doseQuantity: doseOf(drug) }] }],
    }),
  );
}

/** mCODE CancerRelatedMedicationAdministration: what was given, one per drug and day. */
export function administrationResources(patient: SyntheticPatient, referenceDate: string): MedicationAdministration[] {
  return patient.cycles.flatMap(({ daysBefore, drugs: given }) => {
    const date = dateBefore(referenceDate, daysBefore);
    return given.map(
      (drug): MedicationAdministration => ({
        resourceType: 'MedicationAdministration',
        id: `${patient.id}-given-${drug}-${date}`,
        meta: meta('mcode-cancer-related-medication-administration'),
        status: 'completed',
        medicationCodeableConcept: drugs[drug].concept,
        subject: subjectOf(patient),
        effectiveDateTime: date,
        reasonReference: [{ reference: `Condition/${patient.id}-primary` }],
        dosage: { route: intravenous, dose: doseOf(drug) },
      }),
    );
  });
}

function doseOf(drug: keyof typeof drugs) {
  const { dose, unit } = drugs[drug];
  return { value: dose, unit, system: ucum, code: unit };
}
