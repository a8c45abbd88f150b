import type { DicomwebClient } from '../../dicomweb/client.ts';
import { ringSegmentationUid, ringSeriesUid, writeRingSegmentation } from '../../dicomweb/objects/ring-segmentation.ts';
import type { Origin } from '../../dicomweb/objects/source-context.ts';
import type { NewObject } from '../../dicomweb/objects/structured-report.ts';
import { readSegment } from '../../dicomweb/segmentation.ts';
import { buildVolume } from '../../dicomweb/series-volume.ts';
import type { SegmentMask, SeriesVolume } from '../../dicomweb/types.ts';
import { DicomError, RadiomicsError } from '../../errors.ts';
import { type Region, regionId } from '../../models/image-schema.ts';
import { regionMask } from '../region-mask.ts';
import type { FeatureTerms } from './feature-values.ts';
import type { MeasuredRing } from './measured-regions.ts';
import { presentInstances } from './stored-objects.ts';
import type { Evidence } from './study-evidence.ts';

export interface RingObjects {
  /** Those that the archive lacks. */
  readonly objects: readonly NewObject[];
  /** UIDs of those that are there or will be. */
  readonly available: ReadonlySet<string>;
  /** Why others can't be stored, one line each. */
  readonly notices: readonly string[];
}

export interface RingServices {
  readonly client: DicomwebClient;
  readonly evidence: Evidence;
  readonly terms: FeatureTerms;
  /** Regions that models measure. */
  readonly regions: readonly Region[];
}

/**
 * Makes the rings that the archive lacks. Images are retrieved for those only.
 *
 * @throws DicomError of the archive.
 */
export async function ringObjects(
  services: RingServices,
  rings: readonly MeasuredRing[],
  origin: Origin,
): Promise<RingObjects> {
  const { client, terms } = services;
  const objects: NewObject[] = [];
  const available = new Set<string>();
  const notices: string[] = [];
  const imaging = new Map<string, Promise<{ series: SeriesVolume; segment: SegmentMask }>>();
  for (const ring of rings) {
    const { outline } = ring;
    const uid = ringSegmentationUid({ source: outline, ...ring, extractorVersion: terms.extractorVersion });
    const present = await presentInstances(client, outline.StudyInstanceUID, ringSeriesUid(outline.SeriesInstanceUID));
    if (present.has(uid)) {
      available.add(uid);
      continue;
    }
    const key = `${outline.segSOPInstanceUID} ${outline.segmentNumber}`;
    const read = imaging.get(key) ?? imagingOf(client, ring);
    imaging.set(key, read);
    try {
      objects.push(await ringObject(services, ring, await read, origin));
      available.add(uid);
    } catch (error) {
      // What can't be drawn is said and left out; an archive that fails is not that.
      if (!isAboutThisRing(error)) throw error;
      notices.push(`${ring.region} of ${ring.lesion.label}: ${error.message}`);
    }
  }
  return { objects, available, notices };
}

async function imagingOf(
  client: DicomwebClient,
  { outline, segSeriesInstanceUID }: MeasuredRing,
): Promise<{ series: SeriesVolume; segment: SegmentMask }> {
  const { StudyInstanceUID, SeriesInstanceUID, segSOPInstanceUID: SOPInstanceUID, segmentNumber } = outline;
  const address = { StudyInstanceUID, SeriesInstanceUID: segSeriesInstanceUID, SOPInstanceUID };
  const seg = await client.retrieveInstance(address);
  const series = buildVolume(await client.retrieveSeries(StudyInstanceUID, SeriesInstanceUID));
  return { series, segment: readSegment(seg, series, segmentNumber) };
}

function isAboutThisRing(error: unknown): error is Error {
  return error instanceof RadiomicsError || (error instanceof DicomError && error.code.startsWith('SEG_'));
}

async function ringObject(
  { evidence, terms, regions }: RingServices,
  { outline, region, lesion }: MeasuredRing,
  { series, segment }: { series: SeriesVolume; segment: SegmentMask },
  origin: Origin,
): Promise<NewObject> {
  const ring = regions.find((one) => regionId(one) === region);
  if (ring === undefined || ring.name === 'tumour') {
    throw new DicomError('SEG_UNSUPPORTED', region, 'no model measures this region any more');
  }
  const { context } = await evidence.series(outline.StudyInstanceUID, outline.SeriesInstanceUID);
  return writeRingSegmentation({
    context,
    origin,
    codes: terms.codes,
    series,
    mask: regionMask(segment.mask, ring, series.volume),
    source: outline,
    region,
    lesion,
    extractorVersion: terms.extractorVersion,
  });
}
