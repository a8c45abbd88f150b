import { DicomError } from '../errors.ts';
import type { DicomwebClient } from './client.ts';
import { type DicomDataset, isoDate, itemsOf, personOf, textOf } from './dataset.ts';
import { listSegments, type Segment } from './segments.ts';

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
  /** Who made it: ContentCreatorName, else OperatorsName, else ReviewerName. */
  readonly author: string | null;
  /** Date of `time`, YYYY-MM-DD; null where the object has none. */
  readonly date: string | null;
}

/**
 * Reads what the SEG objects of a study are, without pixel data.
 *
 * @param series Series of the study, as QIDO-RS gives them.
 * @returns The segmentations, and what is wrong with segments or objects that had to be left out: `DICOM_INVALID` or
 *   `PACS_RESPONSE_INVALID`.
 * @throws DicomError `PACS_UNREACHABLE` or `PACS_REFUSED`.
 */
export async function readStudySegmentations(
  client: DicomwebClient,
  StudyInstanceUID: string,
  series: readonly DicomDataset[],
): Promise<{ segmentations: StudySegmentation[]; problems: DicomError[] }> {
  const segmentations: StudySegmentation[] = [];
  const problems: DicomError[] = [];
  for (const entry of series) {
    const SeriesInstanceUID = textOf(entry, 'SeriesInstanceUID');
    if (textOf(entry, 'Modality') !== 'SEG' || SeriesInstanceUID === null) continue;
    for (const dataset of await metadataOf(client, StudyInstanceUID, SeriesInstanceUID, problems)) {
      const SOPInstanceUID = textOf(dataset, 'SOPInstanceUID') ?? '';
      const listed = listSegments({ dataset, name: SOPInstanceUID });
      problems.push(...listed.problems);
      segmentations.push({
        SeriesInstanceUID,
        SOPInstanceUID,
        FrameOfReferenceUID: textOf(dataset, 'FrameOfReferenceUID'),
        referencedSeries: itemsOf(dataset, 'ReferencedSeriesSequence').flatMap(
          (item) => textOf(item, 'SeriesInstanceUID') ?? [],
        ),
        segments: listed.segments,
        time: timeOf(dataset),
        author:
          personOf(dataset, 'ContentCreatorName') ??
          personOf(dataset, 'OperatorsName') ??
          personOf(dataset, 'ReviewerName'),
        date: isoDate(timeOf(dataset).split(' ')[0] ?? null),
      });
    }
  }
  return { segmentations, problems };
}

/** Metadata of a series; one that the archive can't give is a problem of that series alone. */
async function metadataOf(
  client: DicomwebClient,
  study: string,
  series: string,
  problems: DicomError[],
): Promise<DicomDataset[]> {
  try {
    return await client.seriesMetadata(study, series);
  } catch (error) {
    if (!(error instanceof DicomError) || error.code !== 'PACS_RESPONSE_INVALID') throw error;
    problems.push(error);
    return [];
  }
}

function timeOf(dataset: DicomDataset): string {
  const content = textOf(dataset, 'ContentDate');
  const [date, time] =
    content === null
      ? [textOf(dataset, 'SeriesDate'), textOf(dataset, 'SeriesTime')]
      : [content, textOf(dataset, 'ContentTime')];
  return `${date ?? ''} ${time ?? ''}`;
}
