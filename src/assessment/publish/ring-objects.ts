import type { DicomwebClient } from '../../dicomweb/client.ts';
import { ringSegmentationUid, ringSeriesUid, writeRingSegmentation } from '../../dicomweb/objects/ring-segmentation.ts';
import type { Origin } from '../../dicomweb/objects/source-context.ts';
import type { NewObject } from '../../dicomweb/objects/structured-report.ts';
import { DicomError } from '../../errors.ts';
import { type Region, regionId } from '../../models/image-schema.ts';
import type { Mask } from '../../radiomics/volume.ts';
import { regionMask } from '../region-mask.ts';
import type { FeatureTerms } from './feature-values.ts';
import type { MeasuredRing } from './measured-regions.ts';
import { isAboutTheRegion, type OutlinedSeries, type OutlineImaging } from './outline-imaging.ts';
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
  readonly imaging: OutlineImaging;
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
  const { client, imaging, terms } = services;
  const objects: NewObject[] = [];
  const available = new Set<string>();
  const notices: string[] = [];
  for (const ring of rings) {
    const { outline } = ring;
    const uid = ringSegmentationUid({ source: outline, ...ring, extractorVersion: terms.extractorVersion });
    const present = await presentInstances(client, outline.StudyInstanceUID, ringSeriesUid(outline.SeriesInstanceUID));
    if (present.has(uid)) {
      available.add(uid);
      continue;
    }
    try {
      const outlined = await imaging(outline, ring.segSeriesInstanceUID);
      objects.push(await ringObject(services, ring, outlined, origin));
      available.add(uid);
    } catch (error) {
      // What can't be drawn is said and left out.
      if (!isAboutTheRegion(error)) throw error;
      notices.push(`${ring.region} of ${ring.lesion.label}: ${error.message}`);
    }
  }
  return { objects, available, notices };
}

async function ringObject(
  { evidence, terms, regions }: RingServices,
  { outline, region, lesion }: MeasuredRing,
  outlined: OutlinedSeries,
  origin: Origin,
): Promise<NewObject> {
  const { context } = await evidence.series(outline.StudyInstanceUID, outline.SeriesInstanceUID);
  return writeRingSegmentation({
    context,
    origin,
    codes: terms.codes,
    series: outlined.series,
    mask: ringMask(regions, region, outlined),
    source: outline,
    region,
    lesion,
    extractorVersion: terms.extractorVersion,
  });
}

/**
 * The ring around an outline.
 *
 * @param regions Those that models measure.
 * @param region `ring-2-2`.
 * @throws DicomError `SEG_UNSUPPORTED` where no model measures it any more; RadiomicsError as `peripheralRing`.
 */
export function ringMask(regions: readonly Region[], region: string, { series, segment }: OutlinedSeries): Mask {
  const ring = regions.find((one) => regionId(one) === region);
  if (ring === undefined || ring.name === 'tumour') {
    throw new DicomError('SEG_UNSUPPORTED', region, 'no model measures this region any more');
  }
  return regionMask(segment.mask, ring, series.volume);
}
