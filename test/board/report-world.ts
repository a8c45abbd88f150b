import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { loadClinicalContent } from '../../src/assessment/clinical-content.ts';
import { readConfig } from '../../src/config.ts';
import { boardAppointments } from '../../src/demo/board-appointments.ts';
import { startDicomwebServer } from '../../src/demo/dicomweb-server.ts';
import { type FhirServer, startFhirServer } from '../../src/demo/fhir-server.ts';
import type { SyntheticPatient } from '../../src/demo/patients/plan.ts';
import { createPatient } from '../../src/demo/patients.ts';
import { createDicomwebClient } from '../../src/dicomweb/client.ts';
import { type Engine, openEngine } from '../../src/jobs/engine.ts';
import { createLogger } from '../../src/log.ts';
import type { BoardReport } from '../../src/report/board-report.ts';
import { today } from '../helpers/constructed-patients.ts';

/** Day of the board that the patients are on. */
export const boardDate = '2026-11-24';

/** Record, archive and engine with patients in them, images analysed. */
export interface ReportWorld {
  readonly fhir: FhirServer;
  readonly engine: Engine;
  report(patient: Pick<SyntheticPatient, 'id'>): Promise<BoardReport>;
  close(): Promise<void>;
}

/** Starts the embedded servers and an engine, and analyses the images of the patients. */
export async function startReportWorld(patients: readonly SyntheticPatient[]): Promise<ReportWorld> {
  const folder = await mkdtemp(path.join(tmpdir(), 'deltascope-board-'));
  const fhir = await startFhirServer();
  const dicomweb = await startDicomwebServer({ folder: path.join(folder, 'dicom') });
  const client = createDicomwebClient({ url: dicomweb.url });
  for (const patient of patients) {
    const { bundle, dicomSeries } = createPatient(patient, today);
    await fhir.load(bundle);
    for (const series of dicomSeries()) await client.storeInstances(series);
  }
  await fhir.load(boardAppointments(patients, boardDate));
  const config = readConfig({ DELTASCOPE_DATA_DIR: folder });
  const engine = await openEngine({
    config,
    servers: { fhir: { url: fhir.url }, dicomweb: { url: dicomweb.url } },
    content: loadClinicalContent(config.mappingsFolder),
    version: 'test',
    logger: createLogger('silent'),
  });
  for (const { id } of patients) {
    const { finished } = await engine.requestImaging(id);
    await finished;
  }
  return {
    fhir,
    engine,
    report: ({ id }) =>
      engine.report(id, {
        asOf: new Date(`${today}T12:00:00Z`),
        boardDate,
        viewer: 'https://viewer.example/viewer',
      }),
    async close() {
      await engine.close();
      await dicomweb.close();
      await fhir.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
