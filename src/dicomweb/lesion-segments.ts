import type { ChosenSegment } from './choose-segmentation.ts';
import type { DescribedSeries } from './describe-series.ts';
import type { StudySegmentation } from './find-segmentations.ts';
import { otherLesionKind, primaryTumourRank, type SegmentTable } from './segment-table.ts';
import type { Segment } from './segments.ts';
import type { LesionSegment } from './types.ts';

/** Kind of the lesion that models are computed on. */
const primaryTumour = 'primary-tumour';

/**
 * Every lesion that is outlined on a series: the primary tumour, then the others.
 *
 * A lesion may stand in several SEGs. One that is tracked is taken from the newest of them. Without a TrackingUID nothing
 * says whether an older SEG shows another lesion or an earlier outline of the same, so only the SEG of the primary tumour
 * and newer ones are looked at.
 *
 * @param drawn Segmentations that reference the series.
 * @param primary The segment that is the primary tumour.
 */
export function lesionSegments(
  drawn: readonly StudySegmentation[],
  primary: ChosenSegment,
  { FrameOfReferenceUID }: Pick<DescribedSeries, 'FrameOfReferenceUID'>,
  table: SegmentTable,
): LesionSegment[] {
  const first = lesionOf(primary.segmentation, primary.segment, primaryTumour);
  const seen = new Set(first.TrackingUID === null ? [] : [first.TrackingUID]);
  const newestFirst = drawn
    .filter((segmentation) => segmentation.FrameOfReferenceUID === FrameOfReferenceUID)
    .toSorted((a, b) => b.time.localeCompare(a.time) || a.SOPInstanceUID.localeCompare(b.SOPInstanceUID));
  const chosenAt = newestFirst.findIndex(
    ({ SOPInstanceUID }) => SOPInstanceUID === primary.segmentation.SOPInstanceUID,
  );
  const others = newestFirst.flatMap((segmentation, at) =>
    segmentation.segments.flatMap((segment): LesionSegment[] => {
      const kind = otherKind(segmentation, segment, primary, table);
      if (kind === null) return [];
      const { TrackingUID } = segment;
      if (TrackingUID === null) return at <= chosenAt ? [lesionOf(segmentation, segment, kind)] : [];
      if (seen.has(TrackingUID)) return [];
      seen.add(TrackingUID);
      return [lesionOf(segmentation, segment, kind)];
    }),
  );
  return [first, ...others];
}

/** Kind of a lesion beside the primary tumour; null for that one, for another reader's of it, and for what is no lesion. */
function otherKind(
  segmentation: StudySegmentation,
  segment: Segment,
  primary: ChosenSegment,
  table: SegmentTable,
): string | null {
  const sameSeg = segmentation.SOPInstanceUID === primary.segmentation.SOPInstanceUID;
  if (sameSeg && segment.SegmentNumber === primary.segment.SegmentNumber) return null;
  // Of another SEG, what could be the primary tumour there is most likely that, drawn another time.
  if (!sameSeg && primaryTumourRank(table, segment.type) !== null) return null;
  return otherLesionKind(table, segment.type);
}

function lesionOf(segmentation: StudySegmentation, segment: Segment, kind: string): LesionSegment {
  return {
    primary: kind === primaryTumour,
    kind,
    TrackingID: segment.TrackingID,
    TrackingUID: segment.TrackingUID,
    type: segment.type,
    site: segment.region,
    segSeriesInstanceUID: segmentation.SeriesInstanceUID,
    segSOPInstanceUID: segmentation.SOPInstanceUID,
    segmentNumber: segment.SegmentNumber,
    mask: {
      type: segment.SegmentAlgorithmType === '' ? 'UNKNOWN' : segment.SegmentAlgorithmType,
      algorithm: segment.SegmentAlgorithmName,
      author: segmentation.author,
      date: segmentation.date,
      segmentLabel: segment.SegmentLabel,
    },
  };
}
