import path from 'node:path';
import { type AssessmentServices, assessPatient } from '../assessment/assess-patient.ts';
import type { Assessment } from '../assessment/assessment.ts';
import type { ClinicalContent } from '../assessment/clinical-content.ts';
import { computeImageFeatures } from '../assessment/image-features.ts';
import { wantedImages } from '../assessment/wanted-images.ts';
import type { Config, ServerAddress } from '../config.ts';
import { createDicomwebClient } from '../dicomweb/client.ts';
import { createFhirClient } from '../fhir/client.ts';
import { newest } from '../fhir/facts.ts';
import { readPatient } from '../fhir/patient.ts';
import { readClinicalFacts } from '../fhir/read-facts.ts';
import type { Logger } from '../log.ts';
import { extractorVersion } from '../radiomics/extractor.ts';
import { openDatabase } from '../store/database.ts';
import type { ImagingStatus } from '../store/records.ts';
import { createStore, type Store } from '../store/store.ts';
import { createExtractionPool } from './extraction-pool.ts';
import { createImagingQueue } from './imaging-queue.ts';
import { createNetworkThread } from './network-thread.ts';

/** Patients whose images are analysed at the same time; each one's extraction has a worker thread. */
const concurrency = 2;
/** How long an image analysis counts as current before the PACS is asked again. */
const refreshAfterMs = 10 * 60_000;

/** The chain from record and PACS to Assessment, running: what the service and the command line stand on. */
export interface Engine {
  readonly store: Store;
  assess(patientId: string, asOf?: Date): Promise<Assessment>;
  /** Queues the image analysis if needed; the returned promise ends with it. */
  requestImaging(
    patientId: string,
    onProgress?: (share: number) => void,
  ): Promise<{ finished: Promise<ImagingStatus> | undefined }>;
  close(): Promise<void>;
}

export interface EngineOptions {
  readonly config: Pick<Config, 'dataFolder' | 'databaseUrl' | 'patientIdSystem'>;
  readonly servers: { readonly fhir: ServerAddress; readonly dicomweb: ServerAddress };
  readonly content: ClinicalContent;
  readonly version: string;
  readonly logger: Logger;
}

/**
 * Opens the database, and connects record, PACS, store and worker threads.
 *
 * @throws StoreError `STORE_UNREACHABLE`; the servers are not asked yet.
 */
export async function openEngine({ config, servers, content, version, logger }: EngineOptions): Promise<Engine> {
  const store = createStore(
    await openDatabase(
      config.databaseUrl === undefined
        ? { folder: path.join(config.dataFolder, 'database') }
        : { url: config.databaseUrl },
    ),
  );
  const fhir = createFhirClient({
    baseUrl: servers.fhir.url,
    ...(servers.fhir.token !== undefined && { token: servers.fhir.token }),
  });
  const dicomweb = createDicomwebClient({
    url: servers.dicomweb.url,
    ...(servers.dicomweb.token !== undefined && { headers: { Authorization: `Bearer ${servers.dicomweb.token}` } }),
  });
  const pool = createExtractionPool(concurrency);
  const networks = createNetworkThread();
  const queue = createImagingQueue({
    store,
    logger,
    concurrency,
    refreshAfterMs,
    async analyse(patientId, onProgress) {
      const patient = await readPatient(fhir, patientId, config.patientIdSystem);
      const facts = await readClinicalFacts(fhir, patientId, { mappings: content.mappings, asOf: new Date() });
      const firstDose = newest(facts, 'immunotherapyStart')?.value;
      return computeImageFeatures(
        {
          dicomweb,
          store,
          rules: content.rules,
          images: wantedImages(content.models, facts),
          processing: content.processing,
          extract: ({ volume }, { mask }, parameters) => pool.extract({ volume, mask, parameters }),
          infer: networks.infer,
        },
        {
          patient: patient.reference,
          patientIds: patient.identifiers,
          firstDose: typeof firstDose === 'string' ? firstDose : null,
        },
        onProgress,
      );
    },
  });
  const services: AssessmentServices = {
    fhir,
    store,
    mappings: content.mappings,
    models: content.models,
    contextFacts: content.contextFacts,
    settingsHashes: content.settingsHashes,
    unavailable: content.unavailable,
    versions: { deltascope: version, extractor: extractorVersion },
  };
  return {
    store,
    assess: (patientId, asOf = new Date()) => assessPatient(services, patientId, asOf),
    requestImaging: (patientId, onProgress) => queue.request(patientId, onProgress),
    async close() {
      await queue.close();
      await pool.close();
      await networks.close();
      await store.close();
    },
  };
}
