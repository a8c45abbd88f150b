/**
 * Hook calls in the shapes in which real clients send them. All data are made up.
 */
import { orderSign } from './hook-calls.ts';

const rxnorm = 'http://www.nlm.nih.gov/research/umls/rxnorm';
const atezolizumab = {
  coding: [{ system: rxnorm, code: '1792776', display: 'atezolizumab' }],
  text: 'atezolizumab 1200 mg',
};

/** Epic: absolute references, the Medication in an entry of its own, one order twice, an empty search as an outcome. */
export function epicOrderSign(patientId: string) {
  const base = 'https://epic.example/interconnect/api/FHIR/R4';
  const order = {
    fullUrl: `${base}/MedicationRequest/e.draft-order-1`,
    resource: {
      resourceType: 'MedicationRequest',
      id: 'e.draft-order-1',
      status: 'draft',
      intent: 'order',
      medicationReference: { reference: `${base}/Medication/e.med-1`, display: 'TECENTRIQ IV' },
      subject: { reference: `${base}/Patient/${patientId}` },
      requester: {
        extension: [{ url: 'http://hl7.org/fhir/StructureDefinition/data-absent-reason', valueCode: 'unknown' }],
      },
    },
  };
  return {
    hook: 'order-sign',
    // Version 1, as it is really sent.
    hookInstance: 'F0C1D2E4-9D6B-11EE-8C90-0242AC120002',
    context: {
      userId: `PractitionerRole/e${'x'.repeat(190)}`,
      patientId,
      encounterId: 'e.enc-1',
      draftOrders: {
        resourceType: 'Bundle',
        type: 'collection',
        entry: [
          order,
          order,
          {
            fullUrl: `${base}/Medication/e.med-1`,
            resource: { resourceType: 'Medication', id: 'e.med-1', code: atezolizumab },
          },
        ],
      },
    },
    prefetch: {
      bodyStructures: {
        resourceType: 'Bundle',
        type: 'searchset',
        total: 0,
        link: [{ relation: 'self', url: `${base}/BodyStructure?patient=${patientId}` }],
        entry: [
          {
            search: { mode: 'outcome' },
            resource: {
              resourceType: 'OperationOutcome',
              issue: [{ severity: 'warning', code: 'processing', diagnostics: 'Resource request returns no results.' }],
            },
          },
        ],
      },
    },
  };
}

/** CDS Hooks sandbox: no Bundle.type, category as an object, no encounter; first without a medication. */
export function sandboxOrderSelect(patientId: string, medication: boolean) {
  return {
    hook: 'order-select',
    hookInstance: '3f2b9c6e-5a6e-4d5b-9a0e-1c2d3e4f5a6b',
    fhirServer: 'https://launch.smarthealthit.example/v/r4/fhir',
    context: {
      patientId,
      userId: 'Practitioner/COREPRACTITIONER1',
      selections: ['MedicationRequest/request-123'],
      draftOrders: {
        resourceType: 'Bundle',
        entry: [
          {
            resource: {
              resourceType: 'MedicationRequest',
              id: 'request-123',
              status: 'draft',
              intent: 'order',
              category: {
                coding: [
                  { system: 'http://terminology.hl7.org/CodeSystem/medicationrequest-category', code: 'outpatient' },
                ],
              },
              subject: { reference: `Patient/${patientId}` },
              authoredOn: '2026-11-02',
              ...(medication && {
                medicationCodeableConcept: { text: 'atezolizumab Injectable Solution', coding: atezolizumab.coding },
              }),
            },
          },
        ],
      },
    },
  };
}

/** Da Vinci CRD request generator: a constant hookInstance, an empty access token, keys of its own, an unrelated user. */
export function crdOrderSign(patientId: string) {
  const { context } = orderSign(patientId, 'atezolizumab');
  return {
    hookInstance: 'd1577c69-dfbe-44ad-ba6d-3e05e953b2ea',
    fhirServer: 'http://localhost:8080/fhir',
    hook: 'order-sign',
    fhirAuthorization: {
      access_token: '',
      token_type: 'Bearer',
      expires_in: 300,
      scope: 'patient/Patient.read patient/Observation.read',
      subject: 'cds-service4',
    },
    context: { ...context, userId: 'Practitioner/1234' },
    prefetch: {
      coverageBundle: { resourceType: 'Bundle', type: 'collection', entry: [] },
      deviceRequestBundle: null,
    },
    extension: { 'davinci-crd.configuration': { 'alt-drug': true } },
  };
}

/** Oracle Health's draft: patient-view and nothing else. */
export function oraclePatientView(patientId: string) {
  return {
    hook: 'patient-view',
    hookInstance: '09c2e5a0-7d8e-4e2f-b1de-6a6e27a7d1c4',
    fhirServer: 'https://fhir-ehr.cerner.example/r4/ec2458f2-1e24-41c8-b71b-0e701af7583d',
    fhirAuthorization: {
      access_token: 'opaque',
      token_type: 'Bearer',
      expires_in: 570,
      scope: 'user/Patient.read user/Observation.read',
      subject: '54ae7d1b-98c4-4b3a-9e6c-9d1b8e8c0f10',
    },
    context: { userId: 'Practitioner/593923', patientId, encounterId: '97953477' },
    prefetch: {},
  };
}
