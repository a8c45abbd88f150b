import type { IncomingMessage } from 'node:http';
import { type Answer, type FaultServer, startFaultServer } from './fhir-fault-server.ts';
import { lung1Bundle } from './lung1-record.ts';

const resources = (lung1Bundle().entry ?? []).flatMap(({ resource }) => resource ?? []);

/** Resource type that a request is about. */
function typeOf({ url = '' }: Pick<IncomingMessage, 'url'>): string {
  return /^\/fhir\/([A-Za-z]+)/.exec(url)?.[1] ?? '';
}

/** The resources of LUNG1 of one type, as a search answers them. */
export function searchset(resourceType: string, more: Readonly<Record<string, unknown>> = {}) {
  const found = resources.filter((resource) => resource.resourceType === resourceType);
  return { resourceType: 'Bundle', type: 'searchset', entry: found.map((resource) => ({ resource })), ...more };
}

export const lung1Patient = resources.find(({ resourceType }) => resourceType === 'Patient');

/**
 * A FHIR server with the record of LUNG1 alone, whatever the search asks for.
 *
 * @param fault Answers in its place where it gives an answer.
 */
export function startRecordServer(
  fault: (resourceType: string, url: string) => Answer | 'hang' | undefined = () => undefined,
): Promise<FaultServer> {
  return startFaultServer((request, _at, url) => {
    const resourceType = typeOf(request);
    const body = resourceType === 'Patient' ? lung1Patient : searchset(resourceType);
    return fault(resourceType, url) ?? { body };
  });
}

/** Everything of LUNG1 by the prefetch keys of discovery. */
export function completePrefetch(): Record<string, unknown> {
  return {
    patient: lung1Patient,
    labs: searchset('Observation'),
    observations: searchset('Observation'),
    conditions: searchset('Condition'),
    medicationAdministrations: searchset('MedicationAdministration'),
    medicationRequests: searchset('MedicationRequest'),
    medicationStatements: searchset('MedicationStatement'),
    bodyStructures: searchset('BodyStructure'),
    procedures: searchset('Procedure'),
  };
}
