import { DicomError } from '../errors.ts';
import type { SeriesSelectionReport } from '../models/series-selection.ts';
import { choosePrimaryTumour, otherFrame, type SegmentChoice } from './choose-segmentation.ts';
import type { DicomwebClient } from './client.ts';
import { phaseOf } from './contrast-phase.ts';
import { type DicomDataset, isoDate, textOf } from './dataset.ts';
import { type DescribedSeries, describeSeries, firstImage } from './describe-series.ts';
import { readStudySegmentations } from './find-segmentations.ts';
import { lesionSegments } from './lesion-segments.ts';
import type { SegmentTable } from './segment-table.ts';
import { selectSeries, type ThicknessRange } from './select-series.ts';
import type { SeriesRules } from './series-rules.ts';
import { reportStudy, type StudyEntry } from './study-report.ts';
import type { ImagingCandidate } from './types.ts';

/** Clinical tables that the search goes by. */
export interface ImagingRules {
  readonly seriesRules: SeriesRules;
  readonly segments: SegmentTable;
  /** Slice thicknesses (mm) that the models were made on. */
  readonly sliceThicknessMm?: readonly ThicknessRange[];
}

/** What the search found. */
export interface FoundImaging {
  /** Newest study first; one series for each contrast phase of a study. */
  readonly candidates: readonly ImagingCandidate[];
  /** What could not be used and should be corrected: broken or ambiguous segmentations, ambiguous series. */
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
 * Chest CT series of a patient with a SEG of the primary tumour, one for each contrast phase of a study.
 *
 * A series qualifies by `series-rules.json`; where nothing says what it shows, a primary-tumour SEG drawn on it does.
 * A SEG belongs to the series that its ReferencedSeriesSequence names. Of several for one series the newest by
 * ContentDate and ContentTime is taken; the candidate names it. Where several segments of that one fit equally, the
 * series is skipped: an older segmentation is not what was asked for. Of several series with a SEG in one phase the best
 * is taken (`selectSeries`); equally good ones are skipped with `SERIES_AMBIGUOUS`.
 *
 * @param patientIds PatientIDs under which the archive may know the patient, most specific first. The first one with a
 *   study counts: further ones may belong to somebody else. One with `*`, `?` or `\` is passed over, because the archive
 *   would take it as a wildcard or a list.
 * @param onStudy Called for every study with CT, newest first, also where nothing was found: what was chosen and why.
 * @throws DicomError `IMAGING_NO_CT`, `IMAGING_NO_SEG`, `SEG_FRAME_OF_REFERENCE` (a SEG that fits no CT series),
 *   `SEG_NO_PRIMARY_TUMOUR`, `SEG_AMBIGUOUS`, `SERIES_AMBIGUOUS`, `DICOM_INVALID` (broken segments only), and those of the
 *   client.
 */
export async function findImaging(
  client: DicomwebClient,
  patientIds: readonly string[],
  rules: ImagingRules,
  onStudy: (report: SeriesSelectionReport) => void = () => undefined,
): Promise<FoundImaging> {
  const candidates: ImagingCandidate[] = [];
  const obstacles: Obstacles = { ctSeries: 0, problems: [], skipped: [] };
  for (const study of await findStudies(client, patientIds)) {
    const { report, found } = await searchStudy(client, study, rules, obstacles);
    if (report.series.length > 0) onStudy(report);
    candidates.push(...found);
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

async function searchStudy(
  client: DicomwebClient,
  study: DicomDataset,
  rules: ImagingRules,
  obstacles: Obstacles,
): Promise<{ report: SeriesSelectionReport; found: ImagingCandidate[] }> {
  const StudyInstanceUID = textOf(study, 'StudyInstanceUID') ?? '';
  const rows = await client.searchSeries(StudyInstanceUID);
  const { segmentations, problems } = await readStudySegmentations(client, StudyInstanceUID, rows);
  const described = await describeStudy(client, study, rows, segmentations.length > 0, rules.seriesRules);
  const contrasts = described.map(({ contrast }) => contrast);
  const onChest = new Set<unknown>();
  const entries = described.map((series): StudyEntry => {
    const drawn = segmentations.filter(({ referencedSeries }) => referencedSeries.includes(series.SeriesInstanceUID));
    const chest = !series.special && (series.part === 'chest' || (series.part === 'unknown' && drawn.length > 0));
    if (chest) for (const segmentation of drawn) onChest.add(segmentation);
    const choice: SegmentChoice = !chest || drawn.length === 0 ? {} : chooseSegment(series, drawn, rules, obstacles);
    return { series, chest, phase: phaseOf(rules.seriesRules, series.contrast, contrasts), ...choice };
  });
  const chestSeries = entries.filter(({ chest }) => chest).length;
  obstacles.ctSeries += chestSeries;
  // In a study without chest CT, a SEG on something else is nothing to report.
  if (chestSeries > 0) {
    obstacles.skipped.push(...problems);
    const elsewhere = segmentations.filter((segmentation) => !onChest.has(segmentation));
    const text = 'references no chest CT series of its study';
    obstacles.problems.push(...elsewhere.map(({ SOPInstanceUID }) => otherFrame(SOPInstanceUID, text)));
  }
  const withMask = entries.filter(({ mask }) => mask !== undefined);
  const choice = selectSeries(withMask, rules.sliceThicknessMm ?? [], StudyInstanceUID);
  obstacles.skipped.push(...choice.ambiguous);
  return {
    report: reportStudy(study, entries, choice, rows.filter((row) => textOf(row, 'Modality') === 'RTSTRUCT').length),
    found: withMask.filter((entry) => choice.chosen.has(entry)).map((entry) => candidateOf(study, entry)),
  };
}

/** Describes the CT series of a study; images are asked for only where a segmentation makes them matter. */
async function describeStudy(
  client: DicomwebClient,
  study: DicomDataset,
  rows: readonly DicomDataset[],
  withImages: boolean,
  rules: SeriesRules,
): Promise<DescribedSeries[]> {
  const StudyInstanceUID = textOf(study, 'StudyInstanceUID') ?? '';
  const described: DescribedSeries[] = [];
  for (const row of rows.filter((entry) => textOf(entry, 'Modality') === 'CT')) {
    const { image, problem } = withImages
      ? await firstImage(client, StudyInstanceUID, textOf(row, 'SeriesInstanceUID') ?? '')
      : { image: {}, problem: null };
    described.push(describeSeries(rules, row, textOf(study, 'StudyDescription'), image, problem));
  }
  return described;
}

function chooseSegment(
  series: DescribedSeries,
  drawn: Parameters<typeof choosePrimaryTumour>[0],
  { segments }: ImagingRules,
  obstacles: Obstacles,
): SegmentChoice {
  if (series.problem !== null) {
    obstacles.skipped.push(series.problem);
    return { withoutMask: series.problem.message };
  }
  if (series.excluded !== null) return {};
  const { problems, ambiguous, mask } = choosePrimaryTumour(drawn, series, segments);
  obstacles.problems.push(...problems);
  if (ambiguous !== null) obstacles.skipped.push(ambiguous);
  const [error] = ambiguous === null ? problems : [ambiguous];
  if (mask === null) return { withoutMask: error?.message ?? 'its segmentation can not be used' };
  return { mask, lesions: lesionSegments(drawn, mask, series, segments) };
}

function candidateOf(study: DicomDataset, { series, phase, lesions = [] }: StudyEntry): ImagingCandidate {
  const [primary] = lesions;
  if (primary === undefined) throw new RangeError('candidate: a series without a segmentation');
  const { segSeriesInstanceUID, segSOPInstanceUID, segmentNumber, mask } = primary;
  return {
    StudyInstanceUID: textOf(study, 'StudyInstanceUID') ?? '',
    SeriesInstanceUID: series.SeriesInstanceUID,
    segSeriesInstanceUID,
    segSOPInstanceUID,
    segmentNumber,
    studyDate: isoDate(textOf(study, 'StudyDate')),
    phase: phase.phase,
    phaseReason: phase.reason,
    SeriesDescription: series.SeriesDescription,
    ConvolutionKernel: series.ConvolutionKernel,
    mask,
    lesions,
  };
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
