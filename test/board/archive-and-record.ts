import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { startDicomwebServer } from '../../src/demo/dicomweb-server.ts';
import { type FhirServer, startFhirServer } from '../../src/demo/fhir-server.ts';
import { createPatient, syntheticPatients } from '../../src/demo/patients.ts';
import { createDicomwebClient, type DicomwebClient } from '../../src/dicomweb/client.ts';
import { type DicomDataset, numberOf, textOf } from '../../src/dicomweb/dataset.ts';
import { createFhirClient } from '../../src/fhir/client.ts';
import { writtenTypes } from '../../src/fhir/write-back/result-bundle.ts';
import { type Orthanc, startOrthanc } from '../helpers/orthanc.ts';

/** An object that Deltascope has stored, as QIDO-RS tells. */
export interface StoredObject {
  readonly Modality: string;
  readonly StudyInstanceUID: string;
  readonly SeriesInstanceUID: string;
  readonly SOPInstanceUID: string;
}

/** Image archive and record with one synthetic patient, and what has been published into them. */
export interface ArchiveAndRecord {
  readonly fhir: FhirServer;
  readonly dicomwebUrl: string;
  readonly client: DicomwebClient;
  /** An empty folder for a program's data. */
  readonly folder: string;
  /** Objects of the patient's studies with the series numbers of results, in the order of series numbers. */
  storedObjects(): Promise<StoredObject[]>;
  /** How many resources of each type say that they were made by an algorithm. */
  writtenResources(): Promise<Record<string, number>>;
  close(): Promise<void>;
}

/** The archive of the demonstration, as a server like any other. */
export async function startEmbeddedArchive(): Promise<Pick<Orthanc, 'url' | 'close'>> {
  const folder = await mkdtemp(path.join(tmpdir(), 'deltascope-archive-'));
  const { url, close } = await startDicomwebServer({ folder });
  return {
    url,
    async close() {
      await close();
      await rm(folder, { recursive: true });
    },
  };
}

/** Loads a synthetic patient as of today into an empty record and an archive. */
export async function startArchiveAndRecord(
  patientId: string,
  startArchive: () => Promise<Pick<Orthanc, 'url' | 'close'>> = startOrthanc,
): Promise<ArchiveAndRecord> {
  const patient = syntheticPatients.find(({ id }) => id === patientId);
  if (patient === undefined) throw new Error(`no patient ${patientId}`);
  const { bundle, dicomSeries } = createPatient(patient, new Date().toISOString().slice(0, 10));
  const studies = (bundle.entry ?? []).flatMap(({ resource }) =>
    resource?.resourceType === 'ImagingStudy' ? [resource.identifier?.[0]?.value?.replace(/^urn:oid:/, '') ?? ''] : [],
  );
  const folder = await mkdtemp(path.join(tmpdir(), 'deltascope-publish-'));
  const [archive, fhir] = await Promise.all([startArchive(), startFhirServer()]);
  const client = createDicomwebClient({ url: archive.url });
  await fhir.load(structuredClone(bundle));
  for (const series of dicomSeries()) await client.storeInstances(series);
  const source = createFhirClient({ baseUrl: fhir.url });
  return {
    fhir,
    dicomwebUrl: archive.url,
    client,
    folder,
    storedObjects: async () => (await Promise.all(studies.map((study) => resultsOf(client, study)))).flat(),
    async writtenResources() {
      const counts: Record<string, number> = {};
      for (const type of writtenTypes) {
        const all = (await source.search(type, { _count: 500 })) as readonly fhir4.Resource[];
        counts[type] = all.filter(({ meta }) => meta?.security?.some(({ code }) => code === 'AIAST')).length;
      }
      return counts;
    },
    async close() {
      await archive.close();
      await fhir.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function resultsOf(client: DicomwebClient, StudyInstanceUID: string): Promise<StoredObject[]> {
  const series = (await client.searchSeries(StudyInstanceUID))
    .filter((row) => (numberOf(row, 'SeriesNumber') ?? 0) >= 9700)
    .toSorted((a, b) => (numberOf(a, 'SeriesNumber') ?? 0) - (numberOf(b, 'SeriesNumber') ?? 0));
  const objects = series.map(async (row): Promise<StoredObject[]> => {
    const SeriesInstanceUID = text(row, 'SeriesInstanceUID');
    const instances = await client.searchInstances(StudyInstanceUID, SeriesInstanceUID);
    return instances.map((instance) => ({
      Modality: text(row, 'Modality'),
      StudyInstanceUID,
      SeriesInstanceUID,
      SOPInstanceUID: text(instance, 'SOPInstanceUID'),
    }));
  });
  return (await Promise.all(objects)).flat();
}

function text(row: DicomDataset, name: string): string {
  return textOf(row, name) ?? '';
}
