import path from 'node:path';
import { type AssessOptions, assessPatient } from '../assessment/assess-patient.ts';
import type { Assessment } from '../assessment/assessment.ts';
import type { ClinicalContent } from '../assessment/clinical-content.ts';
import type { PatientCourse } from '../assessment/course-types.ts';
import { createRegionReading } from '../assessment/measured-region.ts';
import { patientOfStudy } from '../assessment/patient-of-study.ts';
import type { PublicationTarget } from '../assessment/publish-results.ts';
import {
  type AssessedCourse,
  assessWithCourse,
  type CourseOptions,
  type CourseServices,
  readCourse,
} from '../assessment/read-course.ts';
import type { MeasuredRegion, RegionAddress } from '../assessment/region-types.ts';
import { type Audit, createAudit, serviceAgent } from '../audit/audit.ts';
import { type OnBehalf, type RecordedAssessOptions, recordReading } from '../audit/recorded-assessment.ts';
import { type ReadBoardOrders, recordBoardOrders } from '../audit/recorded-board-orders.ts';
import type { Config } from '../config.ts';
import { textOf } from '../dicomweb/dataset.ts';
import type { FhirAccess } from '../fhir/auth/access.ts';
import { type BoardQuery, type FoundBoardPatient, findBoardPatients } from '../fhir/board-patients.ts';
import { resourceTypesRead } from '../fhir/prefetch.ts';
import type { Resource } from '../fhir/resources.ts';
import { writtenTypes } from '../fhir/write-back/result-bundle.ts';
import type { Logger } from '../log.ts';
import { extractorVersion } from '../radiomics/extractor.ts';
import type { BoardReport } from '../report/board-report.ts';
import { createKeySliceReader } from '../report/key-slices.ts';
import type { ReportOptions } from '../report/read-board-report.ts';
import type { DicomwebAddress, FhirAddress } from '../server-addresses.ts';
import { openDatabase } from '../store/database.ts';
import type { ImagingStatus } from '../store/records.ts';
import { createStore, type Store } from '../store/store.ts';
import { connectPublications } from './connect-publications.ts';
import { createExtractionPool } from './extraction-pool.ts';
import { analysePatientImages } from './image-analysis.ts';
import type { ImagingWatch } from './imaging-progress.ts';
import type { ImagingQueue } from './imaging-queue.ts';
import { type JobSettings, startJobs } from './jobs.ts';
import { createNetworkThread } from './network-thread.ts';
import type { Publications } from './publication.ts';
import { createReportReading } from './report-reading.ts';
import { connectServers } from './server-connections.ts';
import type { SweepReport } from './sweep.ts';

/** How long an image analysis counts as current before the PACS is asked again. */
const refreshAfterMs = 10 * 60_000;

/** The chain from record and PACS to Assessment, running: what the service and the command line stand on. */
export interface Engine {
  readonly store: Store;
  /** FHIR base of the configured server. */
  readonly fhirServer: string;
  readonly audit: Audit;
  /** Assesses a patient, and leaves audit entries for the reading and its result. */
  assess(patientId: string, options?: RecordedAssessOptions): Promise<Assessment>;
  /** Reads a patient's course on a time axis, as known then; leaves an audit entry for the reading. Stores nothing. */
  course(patientId: string, options?: CourseOptions & OnBehalf): Promise<PatientCourse>;
  /** Both from one reading of the record; the Assessment is stored where it says something new. Leaves audit entries as `assess` does. */
  assessWithCourse(patientId: string, options?: CourseOptions & OnBehalf): Promise<AssessedCourse>;
  /** All that the tumour board's page shows of a patient. Stores and leaves audit entries as `assessWithCourse` does. */
  report(patientId: string, options?: ReportOptions & CourseOptions & OnBehalf): Promise<BoardReport>;
  /** Who is on a tumour board. */
  boardPatients(query: BoardQuery): Promise<FoundBoardPatient[]>;
  /** Reads a Medication from the record: the configured server, or the one that a hook call gives access to. */
  readMedication(id: string, options: { access?: FhirAccess; signal: AbortSignal }): Promise<Resource>;
  /** Reads a patient's open referrals to the tumour board, and leaves an audit entry. */
  readonly readBoardOrders: ReadBoardOrders;
  /** Queues the image analysis if it was not done a short while ago; does not wait for it. */
  queueImaging(patientId: string): Promise<void>;
  /** Sweeps now for images to analyse ahead, and queues them; see `SweepQueue.sweepNow`. */
  sweepNow(onProgress?: (share: number) => void): Promise<SweepReport>;
  /** Queues the image analysis if needed; the returned promise ends with it. */
  requestImaging(
    patientId: string,
    onProgress?: (share: number) => void,
  ): Promise<{ finished: Promise<ImagingStatus> | undefined }>;
  /** Queues the image analysis because something new is in the archive; see `ImagingQueue.again`. */
  analyseAgain: ImagingQueue['again'];
  /** Queues the image analysis unless it was done a short while ago, for one who looks at the patient's images. */
  queueImagingForPerson(patientId: string): Promise<void>;
  readonly imagingWatch: ImagingWatch;
  /** Stores results in image archive and record, or shows what would be stored. */
  readonly publications: Publications;
  /** The Patient (logical id) whom a study shows; see `patientOfStudy`. */
  patientOfStudy(StudyInstanceUID: string): Promise<string>;
  /** The voxels that features were taken from; see `createRegionReading`. */
  measuredRegion(address: RegionAddress): Promise<MeasuredRegion>;
  /** PatientID of a study as the image archive has it; null where it has none. */
  patientIdInArchive(StudyInstanceUID: string): Promise<string | null>;
  close(): Promise<void>;
}

export interface EngineOptions {
  readonly config: Pick<Config, 'dataFolder' | 'databaseUrl' | 'patientIdSystem' | 'auditRequired'> &
    Partial<Pick<Config, 'writeBack'>>;
  readonly servers: { readonly fhir: FhirAddress; readonly dicomweb: DicomwebAddress };
  readonly content: ClinicalContent;
  readonly version: string;
  readonly logger: Logger;
  /** What the caller publishes by itself, where that is more than the configured write-back. */
  readonly publishes?: readonly PublicationTarget[];
  /** Resource types that the caller reads besides those of a patient's record: asked for by SMART Backend Services, too. */
  readonly reads?: readonly string[];
  /** The work of the queues that this process does: two analyses at a time, and no sweep by itself, where left out. */
  readonly jobs?: JobSettings;
}

/**
 * Opens the database, and connects record, PACS, store and worker threads.
 *
 * @throws StoreError `STORE_UNREACHABLE`; the servers are not asked yet.
 */
export async function openEngine(options: EngineOptions): Promise<Engine> {
  const { config, servers, content, version, logger, jobs: settings = { analyses: 2, cron: null } } = options;
  const { writeBack = [] } = config;
  const resourceTypes = [...resourceTypesRead(content.mappings), 'ImagingStudy', ...(options.reads ?? [])];
  const created = [...writeBack, ...(options.publishes ?? [])].includes('fhir') ? writtenTypes : [];
  const connections = await connectServers(servers, resourceTypes, logger, created);
  const database = await openDatabase(databaseOf(config));
  const store = createStore(database);
  const audit = createAudit(store.audit, logger, config.auditRequired);
  const { fhir, dicomweb } = connections;
  const pool = createExtractionPool(Math.max(1, settings.analyses));
  const networks = createNetworkThread();
  const noteRead = (patient: string, job: string) =>
    audit.record({
      event: 'read',
      agent: serviceAgent,
      patient,
      outcome: 'success',
      details: { fhirServer: servers.fhir.url, dicomweb: servers.dicomweb.url, job },
    });
  const readings = recordedReadings(
    {
      recordOf: connections.recordOf,
      store,
      mappings: content.mappings,
      models: content.models,
      contextFacts: content.contextFacts,
      settingsHashes: content.settingsHashes,
      unavailable: content.unavailable,
      versions: { deltascope: version, extractor: extractorVersion },
      content,
      ...(config.patientIdSystem !== undefined && { patientIdSystem: config.patientIdSystem }),
    },
    audit,
    servers.fhir.url,
  );
  const { assessWithCourse: assessCourse } = readings;
  const keySlices = createKeySliceReader(dicomweb);
  const publications = connectPublications({ connections, store, content, audit, keySlices, assessCourse });
  const jobs = await startJobs({
    database,
    store,
    logger,
    settings,
    refreshAfterMs,
    sweeps: {
      fhir,
      dicomweb,
      mappings: content.mappings,
      patientIdSystem: config.patientIdSystem,
      noteRead: (patientId) => noteRead(`Patient/${patientId}`, 'sweep'),
    },
    ...(writeBack.length > 0 && {
      publish: (patientId: string) => publications.publish(patientId, writeBack, serviceAgent),
    }),
    async analyse(patientId, onProgress) {
      const status = await analysePatientImages(
        {
          fhir,
          dicomweb,
          store,
          content,
          patientIdSystem: config.patientIdSystem,
          extract: ({ volume }, { mask }, parameters) => pool.extract({ volume, mask, parameters }),
          infer: networks.infer,
          noteRead: (patient) => noteRead(patient, 'imaging'),
        },
        patientId,
        onProgress,
      );
      if (status.state === 'ready') await jobs.publications?.add(patientId, 'analysis');
      return status;
    },
  });
  return {
    store,
    fhirServer: servers.fhir.url,
    audit,
    ...readings,
    publications,
    report: createReportReading({ fhir, mappings: content.mappings, keySlices, read: assessCourse }),
    boardPatients: (query) => findBoardPatients(fhir, content.mappings.tumourBoard, query),
    readMedication: (id, { access, signal }) => connections.recordOf(access).read('Medication', id, signal),
    readBoardOrders: recordBoardOrders(
      {
        recordOf: connections.recordOf,
        codes: content.mappings.tumourBoard,
        openForDays: content.mappings.advice.tumourBoard.openForDays,
        fhirServer: servers.fhir.url,
      },
      audit,
    ),
    queueImaging: (patientId) => jobs.imaging.addIfDue(patientId, 'hook'),
    sweepNow: jobs.sweepNow,
    requestImaging: (patientId, onProgress) => jobs.imaging.request(patientId, onProgress),
    analyseAgain: jobs.imaging.again,
    queueImagingForPerson: (patientId) => jobs.imaging.addIfDue(patientId, 'person'),
    imagingWatch: jobs.imaging.watch,
    patientOfStudy: (StudyInstanceUID) =>
      patientOfStudy({ dicomweb, fhir, store, patientIdSystem: config.patientIdSystem }, StudyInstanceUID),
    measuredRegion: createRegionReading({
      dicomweb,
      store,
      regions: content.models.flatMap(({ images }) => images.map(({ region }) => region)),
      runsOf: pool.regionRuns,
    }),
    async patientIdInArchive(StudyInstanceUID) {
      const study = await dicomweb.searchStudy(StudyInstanceUID);
      return study === undefined ? null : textOf(study, 'PatientID');
    },
    async close() {
      await jobs.close();
      // Before the threads: an analysis that was given back, and fails now, must not be noted as a failure.
      await store.close();
      await connections.close();
      await pool.close();
      await networks.close();
    },
  };
}

/** The ways to read a patient's record, each leaving audit entries. */
function recordedReadings(
  services: CourseServices,
  audit: Audit,
  fhirServer: string,
): Pick<Engine, 'assess' | 'course' | 'assessWithCourse'> {
  const recorded = <Options extends AssessOptions, Result>(
    work: (patientId: string, options?: Options) => Promise<Result>,
    assessmentOf: (result: Result) => Assessment | null,
  ) => recordReading(work, audit, fhirServer, assessmentOf);
  return {
    assess: recorded(
      (id, options: AssessOptions = {}) => assessPatient(services, id, options),
      (assessment) => assessment,
    ),
    course: recorded(
      (id, options: CourseOptions = {}) => readCourse(services, id, options),
      () => null,
    ),
    assessWithCourse: recorded(
      (id, options: CourseOptions = {}) => assessWithCourse(services, id, options),
      ({ assessment }) => assessment,
    ),
  };
}

/** Where the database of a configuration is. */
export function databaseOf({
  databaseUrl,
  dataFolder,
}: Pick<Config, 'databaseUrl' | 'dataFolder'>): Parameters<typeof openDatabase>[0] {
  return databaseUrl === undefined ? { folder: path.join(dataFolder, 'database') } : { url: databaseUrl };
}
