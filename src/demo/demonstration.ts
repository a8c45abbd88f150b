import { existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { loadClinicalContent } from '../assessment/clinical-content.ts';
import type { Config } from '../config.ts';
import { createDicomwebClient } from '../dicomweb/client.ts';
import { boardPath, reportPath } from '../http/report-routes.ts';
import { type Service, startService } from '../http/service.ts';
import { describeViewer, type Viewer } from '../http/viewer/viewer.ts';
import { openEngine } from '../jobs/engine.ts';
import type { Logger } from '../log.ts';
import { boardAppointments } from './board-appointments.ts';
import { startDicomwebServer } from './dicomweb-server.ts';
import { startFhirServer } from './fhir-server.ts';
import type { DemoViewer } from './page/wire.ts';
import { createDemoPage } from './page-routes.ts';
import { demoDrugs, demoPatientRow } from './page-rows.ts';
import { createPatient, syntheticPatients } from './patients.ts';

/** Stages that a person waits for, each reported with the share done (0 to 1). */
export type DemoStage = 'patients' | 'features';

export interface DemonstrationOptions {
  readonly config: Config;
  readonly version: string;
  readonly logger: Logger;
  /** Served beside the page, and linked from it; none without it. */
  readonly viewer?: Viewer;
  readonly onProgress?: (stage: DemoStage, share: number) => void;
}

export interface Demonstration extends Service {
  readonly fhirUrl: string;
  readonly dicomwebUrl: string;
  /** Ends when the features of all synthetic patients are in the store. */
  readonly featuresReady: Promise<void>;
}

/** The embedded servers answer from this very process, beside the extraction on all cores: slower than servers of their own (ms). */
const embeddedDeadlineMs = 3000;

/**
 * Starts the whole chain on one machine with nothing configured: FHIR and DICOMweb servers on loopback, synthetic
 * patients, the service and its page. Dates are relative to today, so each day has a folder of its own and those of
 * earlier days are removed.
 */
export async function startDemonstration(options: DemonstrationOptions): Promise<Demonstration> {
  const { config, version, logger, viewer, onProgress = () => undefined } = options;
  const referenceDate = new Date().toISOString().slice(0, 10);
  const folder = freshFolder(config.dataFolder, referenceDate);
  const content = loadClinicalContent(config.mappingsFolder);
  const fhirServer = await startFhirServer();
  const dicomwebServer = await startDicomwebServer({ folder: path.join(folder, 'dicom') });
  await loadPatients(folder, referenceDate, fhirServer, dicomwebServer.url, onProgress);
  const boardDate = dayAfter(referenceDate);
  await fhirServer.load(boardAppointments(syntheticPatients, boardDate));
  const engine = await openEngine({
    config: { ...config, dataFolder: folder },
    servers: { fhir: { url: fhirServer.url }, dicomweb: { url: dicomwebServer.url } },
    content,
    version,
    logger,
  });
  const service = await startService({
    config: { ...config, deadlineMs: Math.max(config.deadlineMs, embeddedDeadlineMs) },
    engine,
    content,
    version,
    logger,
    reportPath,
    demonstration: createDemoPage({
      patients: syntheticPatients.map((patient) =>
        demoPatientRow(createPatient(patient, referenceDate).bundle, patient.historyLine, referenceDate),
      ),
      drugs: demoDrugs(content.mappings),
      assess: (patientId) => engine.assess(patientId),
      viewer: () => demoViewer(viewer),
      board: boardPath(boardDate),
    }),
    ...(viewer !== undefined && { viewer: { files: viewer, dicomweb: { url: dicomwebServer.url } } }),
  });
  return {
    url: service.url,
    fhirUrl: fhirServer.url,
    dicomwebUrl: dicomwebServer.url,
    featuresReady: extractAll(engine, onProgress).then(() => assessEarlier(engine, referenceDate)),
    async close() {
      await service.close();
      await engine.close();
      await dicomwebServer.close();
      await fhirServer.close();
    },
  };
}

function dayAfter(date: string): string {
  return new Date(Date.parse(date) + 86_400_000).toISOString().slice(0, 10);
}

function demoViewer(viewer: Viewer | undefined): DemoViewer {
  if (viewer === undefined) return { kind: 'off', text: '' };
  const state = viewer.state();
  return { kind: state.kind, text: state.kind === 'ready' ? '' : describeViewer(state) };
}

function freshFolder(dataFolder: string, referenceDate: string): string {
  const name = `demonstration-${referenceDate}`;
  mkdirSync(path.join(dataFolder, name), { recursive: true });
  for (const entry of readdirSync(dataFolder)) {
    if (/^demonstration-\d{4}-\d\d-\d\d$/.test(entry) && entry !== name) {
      rmSync(path.join(dataFolder, entry), { recursive: true, force: true });
    }
  }
  return path.join(dataFolder, name);
}

/** Loads the records (kept in memory) each time, and the images once: a marker file says that they are all there. */
async function loadPatients(
  folder: string,
  referenceDate: string,
  fhirServer: Awaited<ReturnType<typeof startFhirServer>>,
  dicomwebUrl: string,
  onProgress: (stage: DemoStage, share: number) => void,
): Promise<void> {
  const marker = path.join(folder, 'images-complete');
  const imagesThere = existsSync(marker);
  const dicomweb = createDicomwebClient({ url: dicomwebUrl });
  for (const [at, patient] of syntheticPatients.entries()) {
    const { bundle, dicomSeries } = createPatient(patient, referenceDate);
    await fhirServer.load(bundle);
    if (!imagesThere) {
      for (const series of dicomSeries()) await dicomweb.storeInstances(series);
    }
    onProgress('patients', (at + 1) / syntheticPatients.length);
  }
  if (!imagesThere) writeFileSync(marker, `${referenceDate}\n`);
}

async function extractAll(
  engine: Awaited<ReturnType<typeof openEngine>>,
  onProgress: (stage: DemoStage, share: number) => void,
): Promise<void> {
  const shares = syntheticPatients.map(() => 0);
  const report = () => onProgress('features', shares.reduce((sum, share) => sum + share, 0) / shares.length);
  await Promise.all(
    syntheticPatients.map(async ({ id }, at) => {
      const advance = (share: number) => {
        shares[at] = share;
        report();
      };
      const { finished } = await engine.requestImaging(id, advance);
      await finished;
      advance(1);
    }),
  );
}

/** Days ago as of which every patient is assessed once, so that a trend can be seen on the first day. */
const earlierDays = 30;

async function assessEarlier(engine: Awaited<ReturnType<typeof openEngine>>, referenceDate: string): Promise<void> {
  const earlier = new Date(Date.parse(`${referenceDate}T12:00:00Z`) - earlierDays * 86_400_000);
  for (const { id } of syntheticPatients) await engine.assess(id, { asOf: earlier });
}
