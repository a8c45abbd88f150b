import type { Dispatcher } from 'undici';
import { createLibrary, type Perform } from './client-library.ts';
import { type DicomDataset, numberOf, textOf } from './dataset.ts';
import { readDicomJson } from './dicom-json.ts';
import type { DicomInstance } from './instance.ts';
import { checkUid, type InstanceAddress, invalidAnswer, libraryAddress } from './instance-address.ts';
import { retrieveAll, retrieveInstance } from './retrieve-instances.ts';
import { storeInstances } from './store-instances.ts';

/** What Deltascope asks of an image archive: QIDO-RS, WADO-RS and STOW-RS. DICOM PS3.18. */
export interface DicomwebClient {
  /** Studies that QIDO-RS finds; the archive may match PatientID without regard to case, the caller compares. */
  searchStudies(query: { readonly PatientID: string }): Promise<DicomDataset[]>;
  /** Studies of any patient, by date (a day or a range `YYYYMMDD-YYYYMMDD`) and a modality that they hold. */
  searchStudiesByDate(query: {
    readonly StudyDate: string;
    readonly ModalitiesInStudy: string;
  }): Promise<DicomDataset[]>;
  /** The study with this UID; undefined where the archive has none. */
  searchStudy(StudyInstanceUID: string): Promise<DicomDataset | undefined>;
  searchSeries(StudyInstanceUID: string): Promise<DicomDataset[]>;
  /** Series of any patient and study, by date and modality; not every archive offers that search. */
  searchSeriesByDate(query: { readonly SeriesDate: string; readonly Modality: string }): Promise<DicomDataset[]>;
  searchInstances(StudyInstanceUID: string, SeriesInstanceUID: string): Promise<DicomDataset[]>;
  /** Every instance of a series without pixel data. */
  seriesMetadata(StudyInstanceUID: string, SeriesInstanceUID: string): Promise<DicomDataset[]>;
  instanceMetadata(address: InstanceAddress): Promise<DicomDataset>;
  retrieveInstance(address: InstanceAddress): Promise<DicomInstance>;
  /**
   * All instances of a series, in no order.
   *
   * @param onProgress Called with the share retrieved, 0 to 1.
   */
  retrieveSeries(
    StudyInstanceUID: string,
    SeriesInstanceUID: string,
    onProgress?: (share: number) => void,
  ): Promise<DicomInstance[]>;
  /** Stores Part 10 files. */
  storeInstances(files: readonly Uint8Array[]): Promise<void>;
}

export interface DicomwebClientOptions {
  /** DICOMweb root, such as `http://pacs/dicom-web`. */
  readonly url: string;
  /** Sent with every request, such as Authorization. */
  readonly headers?: Readonly<Record<string, string>>;
  /** For each request, answer included (ms). */
  readonly timeoutMs?: number;
  /** Connections with a client certificate or a private authority. */
  readonly dispatcher?: Dispatcher;
}

/** Matches asked for at once. */
const pageSize = 200;
/** A page of fewer matches is the last one: no archive limits its answers to less. */
const shortPage = 50;
// Attributes beyond those that QIDO-RS always returns. One each: Orthanc does not split an encoded comma.
const studyIncludefield = '00081030'; // StudyDescription
const seriesIncludefield = '00180015'; // BodyPartExamined

/**
 * Client of one DICOMweb server. Its methods throw DicomError `PACS_UNREACHABLE`, `PACS_REFUSED` or
 * `PACS_RESPONSE_INVALID`, and what `readInstance` throws. Nothing is asked until a method is called.
 */
export function createDicomwebClient(options: DicomwebClientOptions): DicomwebClient {
  const url = options.url.replace(/\/+$/, '');
  const { headers = {}, timeoutMs = 60_000, dispatcher } = options;
  const perform = createLibrary(url, { headers, timeoutMs, dispatcher });

  return {
    searchStudies: ({ PatientID }) =>
      pages('StudyInstanceUID', url, (page) =>
        perform((library, request) =>
          library.searchForStudies({ queryParams: { PatientID, includefield: studyIncludefield, ...page }, request }),
        ),
      ),
    searchStudiesByDate: (query) =>
      pages('StudyInstanceUID', url, (page) =>
        perform((library, request) => library.searchForStudies({ queryParams: { ...query, ...page }, request })),
      ),
    async searchStudy(study) {
      const queryParams = { StudyInstanceUID: checkUid(study) };
      const found = readDicomJson(
        await perform((library, request) => library.searchForStudies({ queryParams, request })),
        study,
      );
      // An archive that ignores the parameter must not make another study look like this one.
      return found.find((dataset) => textOf(dataset, 'StudyInstanceUID') === study);
    },
    searchSeriesByDate: (query) =>
      pages('SeriesInstanceUID', url, (page) =>
        perform((library, request) => library.searchForSeries({ queryParams: { ...query, ...page }, request })),
      ),
    searchSeries: (study) => searchSeries(perform, url, study),
    searchInstances: (study, series) => searchInstances(perform, url, study, series),
    async seriesMetadata(study, series) {
      const address = { studyInstanceUID: checkUid(study), seriesInstanceUID: checkUid(series) };
      return readDicomJson(
        await perform((library, request) => library.retrieveSeriesMetadata({ ...address, request })),
        series,
      );
    },
    async instanceMetadata(address) {
      const answer = await perform((library, request) =>
        library.retrieveInstanceMetadata({ ...libraryAddress(address), request }),
      );
      const [dataset] = readDicomJson(answer, address.SOPInstanceUID);
      if (dataset === undefined) throw invalidAnswer(address.SOPInstanceUID, 'no metadata came back');
      return dataset;
    },
    retrieveInstance: (address) => retrieveInstance(perform, address),
    async retrieveSeries(study, series, onProgress = () => undefined) {
      const [listed, found] = await Promise.all([
        searchInstances(perform, url, study, series),
        searchSeries(perform, url, study, { SeriesInstanceUID: checkUid(series) }),
      ]);
      const row = found.find((entry) => textOf(entry, 'SeriesInstanceUID') === series) ?? {};
      const expected = numberOf(row, 'NumberOfSeriesRelatedInstances') ?? listed.length;
      if (listed.length < expected) throw invalidAnswer(series, `${listed.length} of ${expected} instances are listed`);
      return retrieveAll(perform, study, series, listed, onProgress);
    },
    storeInstances: (files) => storeInstances(perform, files, url),
  };
}

async function searchSeries(
  perform: Perform,
  url: string,
  study: string,
  filter: Readonly<Record<string, string>> = {},
): Promise<DicomDataset[]> {
  const studyInstanceUID = checkUid(study);
  return pages('SeriesInstanceUID', url, (page) => {
    const queryParams = { ...filter, includefield: seriesIncludefield, ...page };
    return perform((library, request) => library.searchForSeries({ studyInstanceUID, queryParams, request }));
  });
}

async function searchInstances(perform: Perform, url: string, study: string, series: string): Promise<DicomDataset[]> {
  const address = { studyInstanceUID: checkUid(study), seriesInstanceUID: checkUid(series) };
  return pages('SOPInstanceUID', url, (page) =>
    perform((library, request) => library.searchForInstances({ ...address, queryParams: page, request })),
  );
}

/**
 * Asks page after page. An archive may give fewer at once than it is asked for; one that takes no offset answers the
 * same page again, which adds nothing and ends it.
 */
async function pages(
  key: string,
  subject: string,
  ask: (page: { limit: number; offset: number }) => Promise<unknown>,
): Promise<DicomDataset[]> {
  const found = new Map<string, DicomDataset>();
  for (let offset = 0; ; ) {
    const page = readDicomJson(await ask({ limit: pageSize, offset }), subject);
    const before = found.size;
    for (const dataset of page) {
      const uid = textOf(dataset, key);
      if (uid !== null && !found.has(uid)) found.set(uid, dataset);
    }
    if (page.length < shortPage || found.size === before) return [...found.values()];
    offset += page.length;
  }
}
