import type { DicomwebClient } from './client.ts';
import { type DicomDataset, itemsOf, textOf } from './dataset.ts';
import { listSegments, type Segment } from './segmentation.ts';

/** A SEG of a study, by its metadata. */
export interface StudySegmentation {
  readonly SeriesInstanceUID: string;
  readonly SOPInstanceUID: string;
  readonly FrameOfReferenceUID: string | null;
  /** Series that it was drawn on. */
  readonly referencedSeries: readonly string[];
  readonly segments: readonly Segment[];
  /** ContentDate and ContentTime, else SeriesDate and SeriesTime; sorts by time. */
  readonly time: string;
}

/**
 * Reads what the SEG objects of a study are, without pixel data.
 *
 * @param series Series of the study, as QIDO-RS gives them.
 * @throws DicomError those of the client, `DICOM_INVALID` for a segment without a number.
 */
export async function readStudySegmentations(
  client: DicomwebClient,
  StudyInstanceUID: string,
  series: readonly DicomDataset[],
): Promise<StudySegmentation[]> {
  const found: StudySegmentation[] = [];
  for (const entry of series) {
    const SeriesInstanceUID = textOf(entry, 'SeriesInstanceUID');
    if (textOf(entry, 'Modality') !== 'SEG' || SeriesInstanceUID === null) continue;
    for (const dataset of await client.seriesMetadata(StudyInstanceUID, SeriesInstanceUID)) {
      const SOPInstanceUID = textOf(dataset, 'SOPInstanceUID') ?? '';
      found.push({
        SeriesInstanceUID,
        SOPInstanceUID,
        FrameOfReferenceUID: textOf(dataset, 'FrameOfReferenceUID'),
        referencedSeries: itemsOf(dataset, 'ReferencedSeriesSequence').flatMap(
          (item) => textOf(item, 'SeriesInstanceUID') ?? [],
        ),
        segments: listSegments({ dataset, name: SOPInstanceUID }),
        time: timeOf(dataset),
      });
    }
  }
  return found;
}

function timeOf(dataset: DicomDataset): string {
  const content = textOf(dataset, 'ContentDate');
  const [date, time] =
    content === null
      ? [textOf(dataset, 'SeriesDate'), textOf(dataset, 'SeriesTime')]
      : [content, textOf(dataset, 'ContentTime')];
  return `${date ?? ''} ${time ?? ''}`;
}
