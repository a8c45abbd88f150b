import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { startDicomwebServer } from '../../src/demo/dicomweb-server.ts';
import { startFhirServer } from '../../src/demo/fhir-server.ts';
import { createPatient, syntheticPatients } from '../../src/demo/patients.ts';
import { createDicomwebClient, type DicomwebClient } from '../../src/dicomweb/client.ts';
import { orthancAvailable, startOrthanc } from './orthanc.ts';
import { startTestService, type TestService } from './test-service.ts';

/** Today of the synthetic patients: that of the machine, because the panel assesses as of now. */
const today = new Date().toISOString().slice(0, 10);

export interface PanelService extends TestService {
  readonly dicomweb: DicomwebClient;
  /** DICOMweb root of the archive. */
  readonly archiveUrl: string;
  /** Takes the record away. */
  stopRecord(): Promise<void>;
  /** Asks the API. */
  get(path: string, headers?: Readonly<Record<string, string>>): Promise<Response>;
  post(path: string, body: unknown, headers?: Readonly<Record<string, string>>): Promise<Response>;
}

/** StudyInstanceUIDs of a synthetic patient, oldest first. */
export function studiesOf(id: string): string[] {
  const patient = syntheticPatients.find((candidate) => candidate.id === id);
  if (patient === undefined) throw new Error(`no patient ${id}`);
  return createPatient(patient, today).bundle.entry!.flatMap(({ resource }) =>
    resource?.resourceType === 'ImagingStudy' ? [resource.identifier![0]!.value!.replace('urn:oid:', '')] : [],
  );
}

/** CT series of a synthetic patient with their SEGs, as files. */
export function seriesOf(id: string): Uint8Array[][] {
  const patient = syntheticPatients.find((candidate) => candidate.id === id)!;
  return [...createPatient(patient, today).dicomSeries()];
}

/**
 * The service over records and images of synthetic patients, in a real Orthanc where there is one, else in the embedded archive.
 *
 * @param ids Patients whose records and images are there.
 * @param withoutImages Patients whose records are there.
 */
export async function startPanelService(
  ids: readonly string[],
  withoutImages: readonly string[] = [],
  environment: Readonly<Record<string, string>> = {},
): Promise<PanelService> {
  const folder = await mkdtemp(path.join(tmpdir(), 'deltascope-panel-'));
  const archive = orthancAvailable()
    ? await startOrthanc()
    : await startDicomwebServer({ folder: path.join(folder, 'dicom') });
  const fhir = await startFhirServer();
  const dicomweb = createDicomwebClient({ url: archive.url });
  for (const id of [...ids, ...withoutImages]) {
    const patient = syntheticPatients.find((candidate) => candidate.id === id);
    if (patient === undefined) throw new Error(`no patient ${id}`);
    await fhir.load(createPatient(patient, today).bundle);
  }
  for (const id of ids) for (const series of seriesOf(id)) await dicomweb.storeInstances(series);
  const service = await startTestService(fhir.url, archive.url, undefined, environment);
  let stopped: Promise<void> | undefined;
  const stopRecord = () => {
    stopped ??= fhir.close();
    return stopped;
  };
  return {
    ...service,
    dicomweb,
    archiveUrl: archive.url,
    stopRecord,
    get: (address, headers = {}) => fetch(`${service.url}${address}`, { headers }),
    post: (address, body, headers = {}) =>
      fetch(`${service.url}${address}`, {
        method: 'POST',
        headers: { 'Content-Type': 'application/json', ...headers },
        body: JSON.stringify(body),
      }),
    async close() {
      await service.close();
      await archive.close();
      await stopRecord();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
