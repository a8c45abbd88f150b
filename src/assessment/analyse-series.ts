import type { DicomwebClient } from '../dicomweb/client.ts';
import { retrieveSegment, retrieveVolume } from '../dicomweb/retrieve-imaging.ts';
import type { ImagingCandidate, LesionSegment, SegmentMask, SeriesVolume } from '../dicomweb/types.ts';
import { type Region, regionId } from '../models/image-schema.ts';
import type { ImagePreparation } from '../models/model-result.ts';
import { prepareNetworkInput } from '../onnx/network-crop.ts';
import { extractorVersion } from '../radiomics/extractor.ts';
import type { FeatureSetIdentity, FeatureSetRecord } from '../store/records.ts';
import type { Processing } from './clinical-content.ts';
import type { ImageFeatureServices } from './image-features.ts';
import { regionMask } from './region-mask.ts';

/** One set of features of a series. */
export interface SeriesWork {
  readonly key: string;
  readonly processing: Processing;
  readonly region: Region;
  /** One of the candidate's. */
  readonly lesion: LesionSegment;
}

/** A work with the identity of its result. */
interface IdentifiedWork extends SeriesWork {
  readonly identity: FeatureSetIdentity;
}

/**
 * Computes and stores sets of features of one series. What is stored already is not computed again, and the images are
 * retrieved only where something is lacking. A segmentation that can't be read does not hide the others.
 *
 * @param patient `Patient/123`.
 * @param onDone Called once for each work, with what went wrong or null.
 */
export async function analyseSeries(
  services: ImageFeatureServices,
  patient: string,
  candidate: ImagingCandidate,
  works: readonly SeriesWork[],
  onDone: (work: SeriesWork, failure: unknown) => void,
): Promise<void> {
  const lacking: IdentifiedWork[] = [];
  for (const work of works) {
    const identity = identityOf(candidate, work);
    if ((await services.store.findFeatureSet(identity)) === undefined) lacking.push({ ...work, identity });
    else onDone(work, null);
  }
  if (lacking.length === 0) return;
  let series: SeriesVolume;
  try {
    series = await retrieveVolume(services.dicomweb, candidate);
  } catch (error) {
    for (const work of lacking) onDone(work, error);
    return;
  }
  const masks = createMasks(services.dicomweb, series);
  for (const work of lacking) {
    try {
      const segment = await masks(work.lesion, work.region);
      const features = await compute(services, series, segment, work.processing);
      await services.store.saveFeatureSet(recordOf(patient, candidate, { series, segment, work, features }));
      onDone(work, null);
    } catch (error) {
      onDone(work, error);
    }
  }
}

/** Masks of lesions and the regions around them, each retrieved and made once. */
function createMasks(client: DicomwebClient, series: SeriesVolume) {
  const segments = new Map<string, Promise<SegmentMask>>();
  const regions = new Map<string, SegmentMask>();
  return async (lesion: LesionSegment, region: Region): Promise<SegmentMask> => {
    const of = `${lesion.segSOPInstanceUID} ${lesion.segmentNumber}`;
    const retrieved = segments.get(of) ?? retrieveSegment(client, series, lesion);
    segments.set(of, retrieved);
    const segment = await retrieved;
    if (region.name === 'tumour') return segment;
    const name = `${of} ${regionId(region)}`;
    const made = regions.get(name) ?? { ...segment, mask: regionMask(segment.mask, region, series.volume) };
    regions.set(name, made);
    return made;
  };
}

function compute(
  services: ImageFeatureServices,
  series: SeriesVolume,
  segment: SegmentMask,
  processing: Processing,
): Promise<Readonly<Record<string, number>>> {
  if ('network' in processing) {
    const { network } = processing;
    return services.infer(network, prepareNetworkInput(series.volume, segment.mask, network.declaration));
  }
  return services.extract(series, segment, processing.parameters).then(({ features }) => features);
}

function identityOf(candidate: ImagingCandidate, { processing, region, lesion }: SeriesWork): FeatureSetIdentity {
  return {
    StudyInstanceUID: candidate.StudyInstanceUID,
    SeriesInstanceUID: candidate.SeriesInstanceUID,
    segSOPInstanceUID: lesion.segSOPInstanceUID,
    segmentNumber: lesion.segmentNumber,
    region: regionId(region),
    settingsHash: processing.settingsHash,
    extractorVersion,
  };
}

/** What had been done to the images and the mask before they came here, or while they were read. */
function preparationOf({ series, segment }: { series: SeriesVolume; segment: SegmentMask }): ImagePreparation {
  return {
    lossyCompression: series.lossyCompression,
    straightened: series.acquired?.description ?? null,
    maskThreshold: segment.threshold,
  };
}

interface Computed {
  readonly series: SeriesVolume;
  readonly segment: SegmentMask;
  readonly work: IdentifiedWork;
  readonly features: Readonly<Record<string, number>>;
}

function recordOf(
  patient: string,
  candidate: ImagingCandidate,
  { series, segment, work: { identity, processing, lesion }, features }: Computed,
): FeatureSetRecord {
  const { primary, kind, TrackingID, TrackingUID, type, site, mask } = lesion;
  return {
    ...identity,
    patient,
    studyDate: candidate.studyDate,
    phase: candidate.phase,
    phaseReason: candidate.phaseReason,
    processing: processing.name,
    // What is undefined on this region is missing, and JSON has no NaN.
    features: Object.fromEntries(Object.entries(features).filter(([, value]) => Number.isFinite(value))),
    SeriesDescription: candidate.SeriesDescription,
    ConvolutionKernel: candidate.ConvolutionKernel,
    SliceThickness: series.SliceThickness,
    mask,
    preparation: preparationOf({ series, segment }),
    lesion: { primary, kind, TrackingID, TrackingUID, type, site, keySOPInstanceUID: segment.keySOPInstanceUID },
    computedAt: new Date().toISOString(),
  };
}
