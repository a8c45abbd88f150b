import type { ClinicalMappings } from '../src/fhir/mappings.ts';
import { prefetchTemplates } from '../src/fhir/prefetch.ts';
import type { HookName } from './request.ts';

/** One entry of the answer to `GET /cds-services`. */
export interface ServiceDescription {
  readonly hook: HookName;
  readonly id: string;
  readonly title: string;
  readonly description: string;
  readonly prefetch: Readonly<Record<string, string>>;
  readonly usageRequirements: string;
  /** Version of the CDS Hooks specification. */
  readonly version: string;
}

/** Distinct ids, because clients key by id. */
export const serviceIds: Readonly<Record<HookName, string>> = {
  'patient-view': 'deltascope-patient-view',
  'order-select': 'deltascope-order-select',
  'order-sign': 'deltascope-order-sign',
};

const specificationVersion = '2.0.1';
const usageRequirements =
  'Needs the Patient, prefetched or readable; every other template that is not prefetched is read from the FHIR server, and what is missing is named on the card. Images come from the DICOMweb server that is configured at the service, and are analysed in the background: until then a card says that they are pending.';

/**
 * The services that are offered. The same for every call, so that clients can keep the answer: only the clinical tables, read when
 * the program starts, make a difference.
 */
export function describeServices(mappings: ClinicalMappings): ServiceDescription[] {
  const shared = { prefetch: prefetchTemplates(mappings), usageRequirements, version: specificationVersion };
  return [
    {
      hook: 'patient-view',
      id: serviceIds['patient-view'],
      title: 'Lung cancer immunotherapy risk: chart',
      description:
        'Risk under immune checkpoint inhibitors for lung cancer patients, from labs, staging and CT radiomics, when the chart is opened.',
      ...shared,
    },
    {
      hook: 'order-select',
      id: serviceIds['order-select'],
      title: 'Lung cancer immunotherapy risk: order entry',
      description: 'Risk under the immune checkpoint inhibitor that is being ordered. Silent for every other order.',
      ...shared,
    },
    {
      hook: 'order-sign',
      id: serviceIds['order-sign'],
      title: 'Lung cancer immunotherapy risk: signing',
      description:
        'Risk under the immune checkpoint inhibitor that is about to be signed, unless order entry has just said the same. Silent for every other order.',
      ...shared,
    },
  ];
}
