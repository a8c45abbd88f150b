import type { DicomwebClient } from '../../src/dicomweb/client.ts';
import type { DicomDataset } from '../../src/dicomweb/dataset.ts';
import { segmentItem } from './dicom-objects.ts';

/** A series of a constructed archive. */
export interface FakeSeries {
  readonly uid: string;
  readonly row: DicomDataset;
  /** Metadata of its instances. */
  readonly instances: readonly DicomDataset[];
}
/** A study of a constructed archive. */
export interface FakeStudy {
  readonly uid: string;
  readonly PatientID: string;
  readonly StudyDate?: string;
  readonly series: readonly FakeSeries[];
}

/** A chest CT series. */
export const ct = (uid: string, row: DicomDataset = {}, image: DicomDataset = {}): FakeSeries => ({
  uid,
  row: { Modality: 'CT', SeriesDescription: 'Chest venous', BodyPartExamined: 'CHEST', ...row },
  instances: [{ SOPInstanceUID: `${uid}.1`, FrameOfReferenceUID: 'F1', ContrastBolusAgent: 'agent', ...image }],
});
/** A SEG of one primary tumour on a series. */
export const seg = (uid: string, on: string, changes: DicomDataset = {}): FakeSeries => ({
  uid,
  row: { Modality: 'SEG' },
  instances: [
    {
      SOPInstanceUID: `${uid}.1`,
      FrameOfReferenceUID: 'F1',
      ContentDate: '20260101',
      ContentTime: '100000',
      ReferencedSeriesSequence: [{ SeriesInstanceUID: on }],
      SegmentSequence: [segmentItem(1, 'Tumour', '86049000', 'Neoplasm, Primary')],
      ...changes,
    },
  ],
});
/** A study of patient P1. */
export const study = (series: FakeSeries[], changes: Partial<FakeStudy> = {}): FakeStudy => ({
  uid: '1.1',
  PatientID: 'P1',
  StudyDate: '20260102',
  series,
  ...changes,
});

/** An archive that matches PatientID without regard to case and takes `*`, as Orthanc does. */
export function fakeClient(studies: readonly FakeStudy[]): DicomwebClient & { asked: string[] } {
  const asked: string[] = [];
  const seriesOf = (uid: string) => studies.find((entry) => entry.uid === uid)?.series ?? [];
  const instancesOf = (uid: string, series: string) =>
    seriesOf(uid).find((entry) => entry.uid === series)?.instances ?? [];
  return {
    asked,
    async searchStudies({ PatientID }) {
      asked.push(PatientID);
      return studies
        .filter((entry) => PatientID === '*' || entry.PatientID.toLowerCase() === PatientID.toLowerCase())
        .map(({ uid, PatientID: id, StudyDate }) => ({ StudyInstanceUID: uid, PatientID: id, StudyDate }));
    },
    async searchStudy(uid) {
      const found = studies.find((entry) => entry.uid === uid);
      return found && { StudyInstanceUID: uid, PatientID: found.PatientID, StudyDate: found.StudyDate };
    },
    searchStudiesByDate: () => Promise.reject(new Error('not asked for')),
    searchSeriesByDate: () => Promise.reject(new Error('not asked for')),
    searchSeries: async (uid) => seriesOf(uid).map((entry) => ({ SeriesInstanceUID: entry.uid, ...entry.row })),
    searchInstances: async (uid, series) => [...instancesOf(uid, series)],
    seriesMetadata: async (uid, series) => [...instancesOf(uid, series)],
    instanceMetadata: async ({ StudyInstanceUID, SeriesInstanceUID }) =>
      instancesOf(StudyInstanceUID, SeriesInstanceUID)[0] ?? {},
    retrieveInstance: () => Promise.reject(new Error('not asked for')),
    retrieveSeries: () => Promise.reject(new Error('not asked for')),
    storeInstances: () => Promise.reject(new Error('not asked for')),
  };
}
