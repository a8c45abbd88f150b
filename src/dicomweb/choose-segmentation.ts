import { DicomError } from '../errors.ts';
import type { DescribedSeries } from './describe-series.ts';
import type { StudySegmentation } from './find-segmentations.ts';
import type { SegmentTable } from './segment-table.ts';
import { pickPrimaryTumour, type Segment } from './segments.ts';
import type { LesionSegment } from './types.ts';

/** The segment that is the tumour, and the SEG that holds it. */
export interface ChosenSegment {
  readonly segmentation: StudySegmentation;
  readonly segment: Segment;
}

/** A series' segment; or why it has none, where a segmentation is drawn on it. */
export interface SegmentChoice {
  readonly mask?: ChosenSegment;
  /** With a mask: every lesion that is outlined on the series, the primary tumour first. */
  readonly lesions?: readonly LesionSegment[];
  readonly withoutMask?: string;
}

/**
 * Newest SEG of a series that shares its frame of reference and has a primary tumour.
 *
 * @param drawn Segmentations that reference the series.
 * @returns The segment; what is wrong with newer segmentations; and the error of a newest one in which several segments
 *   fit equally: then no older one answers for it.
 */
export function choosePrimaryTumour(
  drawn: readonly StudySegmentation[],
  { SeriesInstanceUID, FrameOfReferenceUID }: DescribedSeries,
  table: SegmentTable,
): { readonly mask: ChosenSegment | null; readonly problems: DicomError[]; readonly ambiguous: DicomError | null } {
  const problems: DicomError[] = [];
  const newestFirst = [...drawn].sort(
    (a, b) => b.time.localeCompare(a.time) || a.SOPInstanceUID.localeCompare(b.SOPInstanceUID),
  );
  for (const segmentation of newestFirst) {
    if (segmentation.FrameOfReferenceUID !== FrameOfReferenceUID) {
      const text = `has another frame of reference than CT series ${SeriesInstanceUID}`;
      problems.push(otherFrame(segmentation.SOPInstanceUID, text));
      continue;
    }
    try {
      const segment = pickPrimaryTumour(segmentation.segments, table, segmentation.SOPInstanceUID);
      return { mask: { segmentation, segment }, problems, ambiguous: null };
    } catch (error) {
      if (!(error instanceof DicomError)) throw error;
      if (error.code === 'SEG_AMBIGUOUS') return { mask: null, problems, ambiguous: error };
      problems.push(error);
    }
  }
  return { mask: null, problems, ambiguous: null };
}

/** Error of a segmentation that was drawn on something else. */
export function otherFrame(subject: string, text: string): DicomError {
  return new DicomError('SEG_FRAME_OF_REFERENCE', subject, `the segmentation ${text}: draw it on the chest CT`);
}
