import PQueue from 'p-queue';
import type { DicomwebClient } from '../dicomweb/client.ts';
import { readStudySegmentations } from '../dicomweb/find-segmentations.ts';
import { requireImageGrid } from '../dicomweb/image-grid.ts';
import { retrieveSegment, retrieveVolume } from '../dicomweb/retrieve-imaging.ts';
import { DicomError, RequestError } from '../errors.ts';
import { type Region, regionId } from '../models/image-schema.ts';
import { extractorVersion } from '../radiomics/extractor.ts';
import type { Mask, Volume } from '../radiomics/volume.ts';
import type { Store } from '../store/store.ts';
import type { MeasuredRegion, RegionAddress } from './region-types.ts';

export interface RegionServices {
  readonly dicomweb: DicomwebClient;
  readonly store: Pick<Store, 'measuredSeries'>;
  /** Regions that models measure. */
  readonly regions: readonly Region[];
  /** Runs of the region around a segment for each slice, on a worker thread; see `maskRuns`. */
  runsOf(task: { readonly volume: Volume; readonly mask: Mask; readonly region: Region }): Promise<number[][]>;
}

/** Regions that are kept in memory; a reader looks at a few. */
const mostKept = 50;

/**
 * Makes the function that answers which voxels features were taken from: the segment read again from the archive, and the region made by
 * the function that makes it for the extraction. What was answered is kept, a request under way is shared, and one CT is in memory at
 * a time.
 *
 * @returns It throws RequestError `VIEWER_REGION_UNKNOWN` for a region that the current extractor has not measured, RadiomicsError and
 *   DicomError as reading and extraction do.
 */
export function createRegionReading(services: RegionServices): (address: RegionAddress) => Promise<MeasuredRegion> {
  const kept = new Map<string, Promise<MeasuredRegion>>();
  const turns = new PQueue({ concurrency: 1 });
  return (address) => {
    const key = regionKey(address);
    const known = kept.get(key);
    if (known !== undefined) return known;
    // No time-out is set; the library says so in its type only when it is told to throw at one.
    const reading = turns.add(() => readRegion(services, address), { throwOnTimeout: true });
    kept.set(key, reading);
    const [oldest] = kept.keys();
    if (kept.size > mostKept && oldest !== undefined) kept.delete(oldest);
    reading.catch(() => kept.delete(key));
    return reading;
  };
}

/** What tells apart all regions that there ever are: objects of an archive do not change. */
export function regionKey({ SOPInstanceUID, segmentNumber, region }: RegionAddress): string {
  return `${SOPInstanceUID}/${segmentNumber}/${region}/${extractorVersion}`;
}

async function readRegion(services: RegionServices, address: RegionAddress): Promise<MeasuredRegion> {
  const { dicomweb, store, regions, runsOf } = services;
  const { StudyInstanceUID, SOPInstanceUID, segmentNumber } = address;
  const region = regions.find((one) => regionId(one) === address.region);
  const SeriesInstanceUID = await store.measuredSeries({ ...address, extractorVersion });
  if (region === undefined || SeriesInstanceUID === undefined) {
    throw new RequestError('VIEWER_REGION_UNKNOWN', address.region, 'no features were taken from this region');
  }
  const segSeriesInstanceUID = await seriesOfSegmentation(dicomweb, address);
  const series = await retrieveVolume(dicomweb, { StudyInstanceUID, SeriesInstanceUID });
  requireImageGrid(series);
  const { mask } = await retrieveSegment(dicomweb, series, {
    segSeriesInstanceUID,
    segSOPInstanceUID: SOPInstanceUID,
    segmentNumber,
  });
  const slices = await runsOf({ volume: series.volume, mask, region });
  const [columns, rows] = mask.dims;
  return {
    ...address,
    SeriesInstanceUID,
    columns,
    rows,
    extractorVersion,
    images: series.sopInstanceUIDs.flatMap((uid, at) => {
      const runs = slices[at] ?? [];
      return runs.length === 0 ? [] : [{ SOPInstanceUID: uid, runs }];
    }),
  };
}

async function seriesOfSegmentation(
  client: DicomwebClient,
  { StudyInstanceUID, SOPInstanceUID }: RegionAddress,
): Promise<string> {
  const series = await client.searchSeries(StudyInstanceUID);
  const { segmentations } = await readStudySegmentations(client, StudyInstanceUID, series);
  const found = segmentations.find((one) => one.SOPInstanceUID === SOPInstanceUID);
  if (found !== undefined) return found.SeriesInstanceUID;
  throw new DicomError('DICOM_INVALID', SOPInstanceUID, 'the segmentation is no longer in the archive');
}
