import type { HookName } from './request.ts';

export interface ServiceDescription {
  readonly hook: HookName;
  readonly id: string;
  readonly title: string;
  readonly description: string;
  readonly prefetch: Readonly<Record<string, string>>;
  readonly usageRequirements: string;
}

const usageRequirements =
  'The FHIR server and the DICOMweb server of the patient are configured at the service. Answers rest on what the store holds; images are analysed in the background.';
const prefetch = { patient: 'Patient/{{context.patientId}}' };

/** The services of `GET /cds-services`: distinct ids, because clients key by id. */
export const services: readonly ServiceDescription[] = [
  {
    hook: 'patient-view',
    id: 'deltascope-patient-view',
    title: 'Lung cancer immunotherapy risk: chart',
    description:
      'Risk under immune checkpoint inhibitors for lung cancer patients, from labs, staging and CT radiomics, when the chart is opened.',
    prefetch,
    usageRequirements,
  },
  {
    hook: 'order-select',
    id: 'deltascope-order-select',
    title: 'Lung cancer immunotherapy risk: order entry',
    description: 'Risk under the immune checkpoint inhibitor that is being ordered. Silent for every other order.',
    prefetch,
    usageRequirements,
  },
  {
    hook: 'order-sign',
    id: 'deltascope-order-sign',
    title: 'Lung cancer immunotherapy risk: signing',
    description: 'Risk under the immune checkpoint inhibitor that is about to be signed. Silent for every other order.',
    prefetch,
    usageRequirements,
  },
];
