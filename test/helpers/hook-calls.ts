/** An `order-sign` call with one draft MedicationRequest, as an EHR sends it (CDS Hooks 2.0.1). */
export function orderSign(patientId: string, drug: string) {
  return {
    hook: 'order-sign',
    hookInstance: 'd1577c69-dfbe-44ad-ba6d-3e05e953b2ea',
    context: { userId: 'Practitioner/test', patientId, draftOrders: draft(patientId, drug) },
  };
}

/** An `order-select` call; the draft is selected unless another reference is given. */
export function orderSelect(patientId: string, drug: string, selection = 'MedicationRequest/draft-1') {
  const call = orderSign(patientId, drug);
  return { ...call, hook: 'order-select', context: { ...call.context, selections: [selection] } };
}

export function patientView(patientId: string) {
  return {
    hook: 'patient-view',
    hookInstance: 'd1577c69-dfbe-44ad-ba6d-3e05e953b2ea',
    context: { userId: 'Practitioner/test', patientId },
  };
}

function draft(patientId: string, drug: string) {
  return {
    resourceType: 'Bundle',
    type: 'collection',
    entry: [
      {
        resource: {
          resourceType: 'MedicationRequest',
          id: 'draft-1',
          status: 'draft',
          intent: 'order',
          subject: { reference: `Patient/${patientId}` },
          medicationCodeableConcept: { text: drug },
        },
      },
    ],
  };
}
