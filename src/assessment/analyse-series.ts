import { retrieveImaging } from '../dicomweb/retrieve-imaging.ts';
import type { ImagingCandidate, SegmentMask, SeriesVolume } from '../dicomweb/types.ts';
import { type Region, regionId } from '../models/image-schema.ts';
import type { ImagePreparation } from '../models/model-result.ts';
import { prepareNetworkInput } from '../onnx/network-crop.ts';
import { extractorVersion } from '../radiomics/extractor.ts';
import { peripheralRing } from '../radiomics/regions.ts';
import type { FeatureSetIdentity, FeatureSetRecord } from '../store/records.ts';
import type { Processing } from './clinical-content.ts';
import type { ImageFeatureServices } from './image-features.ts';

/** One set of features of a series. */
export interface SeriesWork {
  readonly key: string;
  readonly processing: Processing;
  readonly region: Region;
}

/** A work with the identity of its result. */
interface IdentifiedWork extends SeriesWork {
  readonly identity: FeatureSetIdentity;
}

/**
 * Computes and stores sets of features of one series. What is stored already is not computed again, and the images are
 * retrieved only where something is lacking.
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
  let imaging: { series: SeriesVolume; segment: SegmentMask };
  try {
    imaging = await retrieveImaging(services.dicomweb, candidate);
  } catch (error) {
    for (const work of lacking) onDone(work, error);
    return;
  }
  const regionMask = createRegionMasks(imaging);
  const preparation = preparationOf(imaging);
  for (const work of lacking) {
    try {
      const features = await compute(services, imaging.series, regionMask(work.region), work.processing);
      await services.store.saveFeatureSet(
        recordOf(patient, candidate, imaging.series, work, { features, preparation }),
      );
      onDone(work, null);
    } catch (error) {
      onDone(work, error);
    }
  }
}

/** Masks of regions, each made once. */
function createRegionMasks({ series, segment }: { series: SeriesVolume; segment: SegmentMask }) {
  const masks = new Map<string, SegmentMask>();
  return (region: Region): SegmentMask => {
    const known = masks.get(regionId(region));
    if (known !== undefined) return known;
    const mask =
      region.name === 'tumour'
        ? segment.mask
        : peripheralRing(segment.mask, 1, { outsideMm: region.growMm, insideMm: region.shrinkMm }, series.volume);
    const made = { ...segment, mask };
    masks.set(regionId(region), made);
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

function identityOf(candidate: ImagingCandidate, { processing, region }: SeriesWork): FeatureSetIdentity {
  return {
    StudyInstanceUID: candidate.StudyInstanceUID,
    SeriesInstanceUID: candidate.SeriesInstanceUID,
    segSOPInstanceUID: candidate.segSOPInstanceUID,
    segmentNumber: candidate.segmentNumber,
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

function recordOf(
  patient: string,
  candidate: ImagingCandidate,
  { SliceThickness }: SeriesVolume,
  { identity, processing }: IdentifiedWork,
  { features, preparation }: Required<Pick<FeatureSetRecord, 'features' | 'preparation'>>,
): FeatureSetRecord {
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
    SliceThickness,
    mask: candidate.mask,
    preparation,
    computedAt: new Date().toISOString(),
  };
}
