import type { DicomwebClient } from '../../dicomweb/client.ts';
import { numberOf, textOf } from '../../dicomweb/dataset.ts';
import { encapsulatedPdfStorage } from '../../dicomweb/objects/encapsulated-pdf.ts';
import {
  comprehensive3dSrStorage,
  type PlacedInstance,
  reportSeriesUid,
  reportUid,
} from '../../dicomweb/objects/structured-report.ts';

/** The structured report, or the board's page. */
export type ReportKind = 'SR' | 'PDF';

/** SOP class of each kind. */
export const SOPClassUIDs: Readonly<Record<ReportKind, string>> = {
  SR: comprehensive3dSrStorage,
  PDF: encapsulatedPdfStorage,
};

/** Where a report stands among those of its kind in its study. */
export interface ReportPlace {
  readonly SOPInstanceUID: string;
  /** True where the archive holds it: the newest report says the same. */
  readonly present: boolean;
  /** The report that it follows; null for the first one. */
  readonly predecessor: PlacedInstance | null;
  readonly InstanceNumber: number;
}

interface StoredReport extends PlacedInstance {
  readonly InstanceNumber: number;
}

/**
 * Where a report with this content belongs: it is the newest one, or it follows that one.
 *
 * Reports of a kind and study are numbered, each names the one before it as its predecessor, and its UID is made of content and
 * predecessor. So a content that comes back after another one is a new report, and not taken for one that has been replaced. A search
 * tells all that: the reports themselves are large.
 *
 * @param StudyInstanceUID Study whose reports these are.
 */
export async function placeReport(
  client: DicomwebClient,
  StudyInstanceUID: string,
  kind: ReportKind,
  contentHash: string,
): Promise<ReportPlace> {
  const [newest, before] = await storedReports(client, StudyInstanceUID, kind);
  if (newest === undefined) {
    const SOPInstanceUID = reportUid(StudyInstanceUID, kind, contentHash, null);
    return { SOPInstanceUID, present: false, predecessor: null, InstanceNumber: 1 };
  }
  const same = reportUid(StudyInstanceUID, kind, contentHash, before?.SOPInstanceUID ?? null);
  if (newest.SOPInstanceUID === same) {
    return {
      SOPInstanceUID: same,
      present: true,
      predecessor: before ?? null,
      InstanceNumber: newest.InstanceNumber,
    };
  }
  return {
    SOPInstanceUID: reportUid(StudyInstanceUID, kind, contentHash, newest.SOPInstanceUID),
    present: false,
    predecessor: newest,
    InstanceNumber: newest.InstanceNumber + 1,
  };
}

/** Newest first. */
async function storedReports(
  client: DicomwebClient,
  StudyInstanceUID: string,
  kind: ReportKind,
): Promise<StoredReport[]> {
  const SeriesInstanceUID = reportSeriesUid(StudyInstanceUID, kind);
  const rows = await client.searchSeries(StudyInstanceUID);
  if (!rows.some((row) => textOf(row, 'SeriesInstanceUID') === SeriesInstanceUID)) return [];
  const stored = await client.searchInstances(StudyInstanceUID, SeriesInstanceUID);
  return stored
    .map((row) => ({
      StudyInstanceUID,
      SeriesInstanceUID,
      SOPClassUID: SOPClassUIDs[kind],
      SOPInstanceUID: textOf(row, 'SOPInstanceUID') ?? '',
      InstanceNumber: numberOf(row, 'InstanceNumber') ?? 1,
    }))
    .sort((a, b) => b.InstanceNumber - a.InstanceNumber || (a.SOPInstanceUID < b.SOPInstanceUID ? -1 : 1));
}
