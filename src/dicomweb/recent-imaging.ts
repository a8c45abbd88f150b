import { DicomError } from '../errors.ts';
import type { DicomwebClient } from './client.ts';
import { type DicomDataset, textOf, textsOf } from './dataset.ts';

/** A study with CT or SEG, or a SEG series, as an archive lists it. */
export interface RecentImaging {
  readonly level: 'study' | 'series';
  readonly uid: string;
  readonly PatientID: string;
  /** Differs when instances or series were added or removed. */
  readonly fingerprint: string;
}

/** Attributes that change when something is added; those that an archive does not give are left out. */
const counted = [
  'NumberOfStudyRelatedSeries',
  'NumberOfStudyRelatedInstances',
  'NumberOfSeriesRelatedInstances',
  'ModalitiesInStudy',
];

/**
 * Lists what an archive holds of a range of days: studies with CT or SEG by StudyDate, and, where the archive searches series
 * of all studies, SEG series by SeriesDate: a segmentation is often drawn long after its study.
 *
 * @param from First day, YYYY-MM-DD.
 * @param to Last day, YYYY-MM-DD.
 * @returns One entry for each study and series; those without PatientID are left out, because nobody could be told by them.
 * @throws DicomError of the client.
 */
export async function listRecentImaging(client: DicomwebClient, from: string, to: string): Promise<RecentImaging[]> {
  const range = `${from}-${to}`.replaceAll(/(\d{4})-(\d\d)-(\d\d)/g, '$1$2$3');
  const studies: DicomDataset[] = [];
  for (const modality of ['CT', 'SEG']) {
    studies.push(...(await client.searchStudiesByDate({ StudyDate: range, ModalitiesInStudy: modality })));
  }
  const found = [
    ...studies.flatMap((row) => entryOf(row, 'study')),
    ...(await segmentationSeries(client, range)).flatMap((row) => entryOf(row, 'series')),
  ];
  return [...new Map(found.map((entry) => [entry.uid, entry])).values()];
}

async function segmentationSeries(client: DicomwebClient, range: string): Promise<DicomDataset[]> {
  try {
    const rows = await client.searchSeriesByDate({ SeriesDate: range, Modality: 'SEG' });
    // An archive that ignores a parameter must not make every series of its own look new.
    return rows.filter((row) => textOf(row, 'Modality') === 'SEG');
  } catch (error) {
    // Searching series of all studies is optional (PS3.18 section 10.6): without it their studies' date has to do.
    if (error instanceof DicomError && error.code === 'PACS_RESPONSE_INVALID') return [];
    throw error;
  }
}

function entryOf(row: DicomDataset, level: RecentImaging['level']): RecentImaging[] {
  const uid = textOf(row, level === 'study' ? 'StudyInstanceUID' : 'SeriesInstanceUID');
  const PatientID = textOf(row, 'PatientID');
  if (uid === null || PatientID === null) return [];
  const fingerprint = counted.map((name) => textsOf(row, name).sort().join(',')).join('/');
  return [{ level, uid, PatientID, fingerprint }];
}
