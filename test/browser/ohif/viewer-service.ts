import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { loadClinicalContent } from '../../../src/assessment/clinical-content.ts';
import { packageRoot, readConfig } from '../../../src/config.ts';
import { startFhirServer } from '../../../src/demo/fhir-server.ts';
import { createPatient, type PatientData, syntheticPatients } from '../../../src/demo/patients.ts';
import { createDicomwebClient } from '../../../src/dicomweb/client.ts';
import { startService } from '../../../src/http/service.ts';
import { describeViewer, openViewer } from '../../../src/http/viewer/viewer.ts';
import { type Engine, openEngine } from '../../../src/jobs/engine.ts';
import { type Orthanc, startOrthanc } from '../../helpers/orthanc.ts';
import { keepLog } from '../../helpers/private-log.ts';

export interface ViewerService {
  readonly url: string;
  readonly engine: Engine;
  readonly orthanc: Orthanc;
  /** Everything that was logged so far. */
  log(): string;
  /** StudyInstanceUIDs of a patient, oldest first. */
  studies(patientId: string): string[];
  close(): Promise<void>;
}

/** Record and images of a patient. */
export interface ViewerPatient extends PatientData {
  readonly id: string;
}

/** A synthetic patient as of today. */
export function syntheticPatient(id: string): ViewerPatient {
  const patient = syntheticPatients.find((candidate) => candidate.id === id);
  if (patient === undefined) throw new Error(`no synthetic patient ${id}`);
  return { id, ...createPatient(patient, new Date().toISOString().slice(0, 10)) };
}

/**
 * The service with its viewer, over a real Orthanc with the images of some patients, all analysed.
 *
 * The viewer is fetched once and kept in the folder of the package manager's cache.
 *
 * @param patients Whose records and images there are.
 * @param analyse Whose images are analysed before this returns; all by default.
 */
export async function startViewerService(
  patients: readonly ViewerPatient[],
  analyse: readonly string[] = patients.map(({ id }) => id),
): Promise<ViewerService> {
  const folder = await mkdtemp(path.join(tmpdir(), 'deltascope-viewer-'));
  const [orthanc, fhirServer, viewer] = await Promise.all([startOrthanc(), startFhirServer(), cachedViewer()]);
  const archive = createDicomwebClient({ url: orthanc.url });
  for (const { bundle, dicomSeries } of patients) {
    await fhirServer.load(structuredClone(bundle));
    for (const series of dicomSeries()) await archive.storeInstances(series);
  }
  const config = readConfig({
    DELTASCOPE_DATA_DIR: folder,
    DELTASCOPE_PORT: '0',
    // A test machine may be busy.
    DELTASCOPE_DEADLINE_MS: '20000',
  });
  const content = loadClinicalContent(config.mappingsFolder);
  const { logger, text: log } = keepLog();
  const servers = { fhir: { url: fhirServer.url }, dicomweb: { url: orthanc.url } };
  const engine = await openEngine({
    config,
    servers,
    content,
    version: 'test',
    logger,
    jobs: { analyses: 2, cron: null },
  });
  await Promise.all(analyse.map(async (id) => (await engine.requestImaging(id)).finished));
  const service = await startService({
    config,
    engine,
    content,
    version: 'test',
    logger,
    viewer: { files: viewer, dicomweb: servers.dicomweb },
  });
  return {
    url: service.url,
    engine,
    orthanc,
    log,
    studies: (id) => studiesOf(patients.find((patient) => patient.id === id)),
    async close() {
      await service.close();
      await engine.close();
      await fhirServer.close();
      await orthanc.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** The viewer's files, which are fetched once and kept in the folder of the package manager's cache. */
export async function cachedViewer(): Promise<ReturnType<typeof openViewer>> {
  const viewer = openViewer(path.join(packageRoot(), 'node_modules/.cache/deltascope-viewer'));
  const state = await viewer.settled;
  if (state.kind !== 'ready') throw new Error(describeViewer(state));
  return viewer;
}

function studiesOf(patient: ViewerPatient | undefined): string[] {
  const resources = (patient?.bundle.entry ?? []).flatMap(({ resource }) => resource ?? []);
  return resources
    .flatMap((resource) => (resource.resourceType === 'ImagingStudy' ? [resource] : []))
    .sort((a, b) => ((a.started ?? '') < (b.started ?? '') ? -1 : 1))
    .map(({ identifier }) => identifier?.[0]?.value?.replace(/^urn:oid:/, '') ?? '');
}
