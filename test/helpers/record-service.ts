import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Bundle } from '@medplum/fhirtypes';
import { startDicomwebServer } from '../../src/demo/dicomweb-server.ts';
import { startFhirServer } from '../../src/demo/fhir-server.ts';
import { createPatient, syntheticPatients } from '../../src/demo/patients.ts';
import { startTestService, type TestService } from './test-service.ts';

/** The synthetic patient whose risk follows from the record alone: a published second-line model. */
export const assessablePatient = 'synthetic-elm';

export interface RecordService extends TestService {
  readonly fhirUrl: string;
  /** Record of {@link assessablePatient}. */
  readonly record: Bundle;
}

/**
 * The service over the record of one synthetic patient that needs no images, and an archive without any.
 *
 * @param environment Further configuration.
 */
export async function startRecordService(environment: Readonly<Record<string, string>> = {}): Promise<RecordService> {
  const folder = await mkdtemp(path.join(tmpdir(), 'deltascope-record-'));
  const patient = syntheticPatients.find(({ id }) => id === assessablePatient);
  if (patient === undefined) throw new Error(`no synthetic patient ${assessablePatient}`);
  const record = createPatient(patient, new Date().toISOString().slice(0, 10)).bundle;
  const fhirServer = await startFhirServer();
  await fhirServer.load(structuredClone(record));
  const dicomwebServer = await startDicomwebServer({ folder: path.join(folder, 'dicom') });
  const service = await startTestService(fhirServer.url, dicomwebServer.url, undefined, environment);
  return {
    ...service,
    fhirUrl: fhirServer.url,
    record,
    async close() {
      await service.close();
      await dicomwebServer.close();
      await fhirServer.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** The record as a client prefetches it: each template of discovery filled in, answered by the FHIR server. */
export async function prefetchOf(service: RecordService, patientId: string): Promise<Record<string, unknown>> {
  const discovery = await fetch(`${service.url}/cds-services`);
  const { services } = (await discovery.json()) as { services: { prefetch: Record<string, string> }[] };
  const filled = Object.entries(services[0]?.prefetch ?? {}).map(async ([key, template]) => {
    const query = template.replaceAll('{{context.patientId}}', patientId);
    const response = await fetch(`${service.fhirUrl}/${query}`, { headers: { Accept: 'application/fhir+json' } });
    return [key, await response.json()] as const;
  });
  return Object.fromEntries(await Promise.all(filled));
}
