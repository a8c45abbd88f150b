import type { DicomwebClient } from './client.ts';
import { readSegment } from './segmentation.ts';
import { buildVolume } from './series-volume.ts';
import type { ImagingCandidate, SegmentMask, SeriesVolume } from './types.ts';

/**
 * Retrieves a CT series and its mask.
 *
 * The SEG is retrieved as an instance: Orthanc can't give frames of 1-bit images whose width is no multiple of 8.
 *
 * @param onProgress Called with the share of the images retrieved, 0 to 1.
 * @throws DicomError those of the client, `buildVolume` and `readSegment`.
 */
export async function retrieveImaging(
  client: DicomwebClient,
  candidate: ImagingCandidate,
  onProgress?: (share: number) => void,
): Promise<{ series: SeriesVolume; segment: SegmentMask }> {
  const { StudyInstanceUID, SeriesInstanceUID } = candidate;
  const seg = await client.retrieveInstance({
    StudyInstanceUID,
    SeriesInstanceUID: candidate.segSeriesInstanceUID,
    SOPInstanceUID: candidate.segSOPInstanceUID,
  });
  const series = buildVolume(await client.retrieveSeries(StudyInstanceUID, SeriesInstanceUID, onProgress));
  return { series, segment: readSegment(seg, series, candidate.segmentNumber) };
}
