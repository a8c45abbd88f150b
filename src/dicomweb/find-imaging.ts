import { DicomError } from '../errors.ts';
import type { DicomwebClient } from './client.ts';
import { type DicomDataset, numberOf, textOf, textsOf } from './dataset.ts';
import { readStudySegmentations, type StudySegmentation } from './find-segmentations.ts';
import type { SegmentTable } from './segment-table.ts';
import { pickPrimaryTumour, type Segment } from './segments.ts';
import { bodyPartOf, isExcludedImageType, phaseOf, type SeriesRules } from './series-rules.ts';
import type { ImagingCandidate } from './types.ts';

/** Clinical tables that the search goes by. */
export interface ImagingRules {
  readonly seriesRules: SeriesRules;
  readonly segments: SegmentTable;
}

/** What the search found. */
export interface FoundImaging {
  /** Newest study first. */
  readonly candidates: readonly ImagingCandidate[];
  /** What could not be used and should be corrected: broken or ambiguous segmentations. */
  readonly skipped: readonly DicomError[];
}

/** What stood in the way, in the order in which it is reported when nothing was found. */
interface Obstacles {
  ctSeries: number;
  readonly problems: DicomError[];
  /** Problems that are reported also where something was found. */
  readonly skipped: DicomError[];
}

/**
 * Chest CT series of a patient with a SEG of the primary tumour.
 *
 * A series qualifies by `series-rules.json`; where nothing says what it shows, a primary-tumour SEG drawn on it does.
 * A SEG belongs to the series that its ReferencedSeriesSequence names. Of several for one series the newest by
 * ContentDate and ContentTime is taken; the candidate names it. Where several segments of that one fit equally, the
 * series is skipped: an older segmentation is not what was asked for.
 *
 * @param patientIds PatientIDs under which the archive may know the patient, most specific first. The first one with a
 *   study counts: further ones may belong to somebody else. One with `*`, `?` or `\` is passed over, because the archive
 *   would take it as a wildcard or a list.
 * @throws DicomError `IMAGING_NO_CT`, `IMAGING_NO_SEG`, `SEG_FRAME_OF_REFERENCE` (a SEG that fits no CT series),
 *   `SEG_NO_PRIMARY_TUMOUR`, `SEG_AMBIGUOUS`, `DICOM_INVALID` (broken segments only), and those of the client.
 */
export async function findImaging(
  client: DicomwebClient,
  patientIds: readonly string[],
  rules: ImagingRules,
): Promise<FoundImaging> {
  const candidates: ImagingCandidate[] = [];
  const obstacles: Obstacles = { ctSeries: 0, problems: [], skipped: [] };
  for (const study of await findStudies(client, patientIds)) {
    candidates.push(...(await findInStudy(client, study, rules, obstacles)));
  }
  if (candidates.length === 0) throw nothingFound(obstacles);
  candidates.sort(
    (a, b) =>
      (b.studyDate ?? '').localeCompare(a.studyDate ?? '') || a.SeriesInstanceUID.localeCompare(b.SeriesInstanceUID),
  );
  return { candidates, skipped: obstacles.skipped };
}

async function findStudies(client: DicomwebClient, patientIds: readonly string[]): Promise<DicomDataset[]> {
  const searchable = patientIds.filter((id) => id !== '' && !/[*?\\]/.test(id));
  for (const PatientID of searchable) {
    const studies = await client.searchStudies({ PatientID });
    // Orthanc matches without regard to case, and a patient is never matched by resemblance.
    const exact = studies.filter((study) => textOf(study, 'PatientID') === PatientID);
    if (exact.length > 0) return exact.sort((a, b) => dateOf(b).localeCompare(dateOf(a)));
  }
  return [];
}

function dateOf(study: DicomDataset): string {
  return textOf(study, 'StudyDate') ?? '';
}

async function findInStudy(
  client: DicomwebClient,
  study: DicomDataset,
  { seriesRules, segments }: ImagingRules,
  obstacles: Obstacles,
): Promise<ImagingCandidate[]> {
  const StudyInstanceUID = textOf(study, 'StudyInstanceUID') ?? '';
  const StudyDescription = textOf(study, 'StudyDescription');
  const series = await client.searchSeries(StudyInstanceUID);
  const { segmentations, problems } = await readStudySegmentations(client, StudyInstanceUID, series);
  const candidates: ImagingCandidate[] = [];
  const onOtherSeries = new Set(segmentations);
  let chestSeries = 0;
  for (const ct of series.filter((entry) => textOf(entry, 'Modality') === 'CT')) {
    const SeriesInstanceUID = textOf(ct, 'SeriesInstanceUID') ?? '';
    const drawn = segmentations.filter(({ referencedSeries }) => referencedSeries.includes(SeriesInstanceUID));
    const image = drawn.length === 0 ? {} : await firstImage(client, StudyInstanceUID, SeriesInstanceUID);
    const part = bodyPartOf(seriesRules, seriesTraits(ct, image, StudyDescription));
    if (part === 'excluded' || part === 'other' || (part === 'unknown' && drawn.length === 0)) continue;
    for (const segmentation of drawn) onOtherSeries.delete(segmentation);
    chestSeries += 1;
    if (drawn.length === 0) continue;
    if (isExcludedImageType(seriesRules, textsOf(image, 'ImageType'))) continue;
    const chosen = chooseSegmentation(drawn, image, segments, SeriesInstanceUID, obstacles);
    if (chosen === null) continue;
    const SeriesDescription = textOf(ct, 'SeriesDescription');
    candidates.push({
      StudyInstanceUID,
      SeriesInstanceUID,
      segSeriesInstanceUID: chosen.segmentation.SeriesInstanceUID,
      segSOPInstanceUID: chosen.segmentation.SOPInstanceUID,
      segmentNumber: chosen.segment.SegmentNumber,
      studyDate: isoDate(textOf(study, 'StudyDate')),
      phase: phaseOf(seriesRules, SeriesDescription, textOf(image, 'ContrastBolusAgent') !== null),
      SeriesDescription,
    });
  }
  obstacles.ctSeries += chestSeries;
  // In a study without chest CT, a SEG on something else is nothing to report.
  if (chestSeries > 0) obstacles.skipped.push(...problems);
  for (const { SOPInstanceUID } of chestSeries === 0 ? [] : onOtherSeries) {
    obstacles.problems.push(otherFrame(SOPInstanceUID, 'references no chest CT series of its study'));
  }
  return candidates;
}

function seriesTraits(ct: DicomDataset, image: DicomDataset, StudyDescription: string | null) {
  const images = numberOf(ct, 'NumberOfSeriesRelatedInstances');
  return {
    StudyDescription,
    BodyPartExamined: textOf(ct, 'BodyPartExamined'),
    SeriesDescription: textOf(ct, 'SeriesDescription'),
    // An enhanced image is a series of one.
    slices: images === null ? null : images * (numberOf(image, 'NumberOfFrames') ?? 1),
  };
}

/** Metadata of one image: it has what series queries do not return. */
async function firstImage(client: DicomwebClient, study: string, series: string): Promise<DicomDataset> {
  const [listed] = await client.searchInstances(study, series);
  const SOPInstanceUID = listed === undefined ? null : textOf(listed, 'SOPInstanceUID');
  if (SOPInstanceUID === null) throw new DicomError('SERIES_EMPTY', series, 'the series has no images: send it again');
  return client.instanceMetadata({ StudyInstanceUID: study, SeriesInstanceUID: series, SOPInstanceUID });
}

/** Newest SEG of a series that shares its frame of reference and has a primary tumour. */
function chooseSegmentation(
  drawn: readonly StudySegmentation[],
  image: DicomDataset,
  table: SegmentTable,
  series: string,
  obstacles: Obstacles,
): { segmentation: StudySegmentation; segment: Segment } | null {
  const newestFirst = [...drawn].sort(
    (a, b) => b.time.localeCompare(a.time) || a.SOPInstanceUID.localeCompare(b.SOPInstanceUID),
  );
  for (const segmentation of newestFirst) {
    if (segmentation.FrameOfReferenceUID !== textOf(image, 'FrameOfReferenceUID')) {
      const text = `has another frame of reference than CT series ${series}`;
      obstacles.problems.push(otherFrame(segmentation.SOPInstanceUID, text));
      continue;
    }
    try {
      const segment = pickPrimaryTumour(segmentation.segments, table, segmentation.SOPInstanceUID);
      return { segmentation, segment };
    } catch (error) {
      if (!(error instanceof DicomError)) throw error;
      if (error.code === 'SEG_AMBIGUOUS') {
        obstacles.skipped.push(error);
        return null;
      }
      obstacles.problems.push(error);
    }
  }
  return null;
}

function otherFrame(subject: string, text: string): DicomError {
  return new DicomError('SEG_FRAME_OF_REFERENCE', subject, `the segmentation ${text}: draw it on the chest CT`);
}

function nothingFound({ ctSeries, problems, skipped }: Obstacles): DicomError {
  // What has to be corrected comes before what is not there.
  const [first] = [...skipped, ...problems];
  if (first !== undefined) return first;
  if (ctSeries === 0) {
    return new DicomError('IMAGING_NO_CT', 'PACS', 'no chest CT is in the image archive under this patient: send one');
  }
  const text = `${ctSeries} chest CT series and no segmentation of the tumour: draw one and store it as DICOM SEG`;
  return new DicomError('IMAGING_NO_SEG', 'PACS', text);
}

/** `20261121` as `2026-11-21`; null for what is no date. */
function isoDate(date: string | null): string | null {
  const parts = /^(\d{4})\.?(\d\d)\.?(\d\d)$/.exec(date ?? '');
  return parts === null ? null : `${parts[1]}-${parts[2]}-${parts[3]}`;
}
