import type { DicomwebClient } from './client.ts';
import { readSegment } from './segmentation.ts';
import { buildVolume } from './series-volume.ts';
import type { ImagingCandidate, LesionSegment, SegmentMask, SeriesVolume } from './types.ts';

type SegmentAddress = Pick<LesionSegment, 'segSeriesInstanceUID' | 'segSOPInstanceUID' | 'segmentNumber'>;

/**
 * Retrieves a CT series.
 *
 * @param onProgress Called with the share of the images retrieved, 0 to 1.
 * @throws DicomError those of the client and `buildVolume`.
 */
export async function retrieveVolume(
  client: DicomwebClient,
  { StudyInstanceUID, SeriesInstanceUID }: Pick<ImagingCandidate, 'StudyInstanceUID' | 'SeriesInstanceUID'>,
  onProgress?: (share: number) => void,
): Promise<SeriesVolume> {
  return buildVolume(await client.retrieveSeries(StudyInstanceUID, SeriesInstanceUID, onProgress));
}

/**
 * Retrieves a segment that is drawn on a series.
 *
 * The SEG is retrieved as an instance: Orthanc can't give frames of 1-bit images whose width is no multiple of 8.
 *
 * @throws DicomError those of the client and `readSegment`.
 */
export async function retrieveSegment(
  client: DicomwebClient,
  series: SeriesVolume,
  { segSeriesInstanceUID, segSOPInstanceUID, segmentNumber }: SegmentAddress,
): Promise<SegmentMask> {
  const seg = await client.retrieveInstance({
    StudyInstanceUID: series.StudyInstanceUID,
    SeriesInstanceUID: segSeriesInstanceUID,
    SOPInstanceUID: segSOPInstanceUID,
  });
  return readSegment(seg, series, segmentNumber);
}
