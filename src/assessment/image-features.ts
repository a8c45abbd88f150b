import type { DicomwebClient } from '../dicomweb/client.ts';
import { findImaging, type ImagingRules } from '../dicomweb/find-imaging.ts';
import { retrieveImaging } from '../dicomweb/retrieve-imaging.ts';
import type { ImagingCandidate, SegmentMask, SeriesVolume } from '../dicomweb/types.ts';
import { DeltascopeError } from '../errors.ts';
import { type ExtractionResult, extractorVersion } from '../radiomics/extractor.ts';
import { type Parameters, settingsHash } from '../radiomics/parameters.ts';
import type { FeatureSetIdentity, FeatureSetRecord, ImagingStatus } from '../store/records.ts';
import type { Store } from '../store/store.ts';

/** A parameter file of `mappings/processing`, read. */
export interface Processing {
  readonly name: string;
  readonly parameters: Parameters;
}

export interface ImageFeatureServices {
  readonly dicomweb: DicomwebClient;
  readonly store: Store;
  readonly rules: ImagingRules;
  /** Parameter files that the models ask for. */
  readonly processing: readonly Processing[];
  /** Runs the extraction: on a worker thread in the service, in place in a script. */
  extract(series: SeriesVolume, segment: SegmentMask, parameters: Parameters): Promise<ExtractionResult>;
}

/** Failures that say that there is nothing to analyse, rather than that something broke. */
const nothingThere: readonly string[] = ['IMAGING_NO_CT', 'IMAGING_NO_SEG', 'SEG_NO_PRIMARY_TUMOUR'];

/** Newest series with a mask that are analysed for one patient: two phases at four visits. */
const maximumSeries = 8;

/**
 * Finds a patient's chest CT with a primary-tumour mask, computes the features that the models need and stores them.
 * What is stored already is not computed again. Ends with an imaging status in every case.
 *
 * @param patient `Patient/123`.
 * @param patientIds PatientIDs under which the PACS may know the patient, most specific first.
 * @param onProgress Called with the share done, 0 to 1.
 */
export async function computeImageFeatures(
  services: ImageFeatureServices,
  patient: string,
  patientIds: readonly string[],
  onProgress: (share: number) => void = () => undefined,
): Promise<ImagingStatus> {
  const status = await attempt(services, patient, patientIds, onProgress);
  await services.store.saveImagingStatus(status);
  return status;
}

async function attempt(
  services: ImageFeatureServices,
  patient: string,
  patientIds: readonly string[],
  onProgress: (share: number) => void,
): Promise<ImagingStatus> {
  const failures: unknown[] = [];
  let stored = 0;
  try {
    const found = await findImaging(services.dicomweb, patientIds, services.rules);
    failures.push(...found.skipped);
    const candidates = found.candidates.slice(0, maximumSeries);
    for (const [at, candidate] of candidates.entries()) {
      try {
        await analyse(services, patient, candidate);
        stored += 1;
      } catch (error) {
        // One series that can't be read must not hide the others.
        failures.push(error);
      }
      onProgress((at + 1) / candidates.length);
    }
  } catch (error) {
    failures.push(error);
  }
  const updatedAt = new Date().toISOString();
  if (stored > 0) return { patient, state: 'ready', code: null, message: partial(failures), updatedAt };
  const [error] = failures;
  if (error instanceof DeltascopeError) {
    const state = nothingThere.includes(error.code) ? 'none' : 'failed';
    return { patient, state, code: error.code, message: error.message, updatedAt };
  }
  if (error !== undefined)
    return { patient, state: 'failed', code: 'INTERNAL', message: 'image analysis failed', updatedAt };
  return { patient, state: 'none', code: 'IMAGING_NO_SEG', message: 'no chest CT with a tumour mask', updatedAt };
}

function partial(failures: readonly unknown[]): string | null {
  if (failures.length === 0) return null;
  const texts = failures.map((error) =>
    error instanceof DeltascopeError ? `${error.code}: ${error.message}` : 'unexpected failure',
  );
  return `${failures.length} further series or segmentations could not be analysed (${texts.join('; ')})`;
}

async function analyse(services: ImageFeatureServices, patient: string, candidate: ImagingCandidate): Promise<void> {
  const wanted = services.processing.map(({ name, parameters }) => ({
    name,
    parameters,
    identity: identityOf(candidate, parameters),
  }));
  const found = await Promise.all(wanted.map(({ identity }) => services.store.findFeatureSet(identity)));
  const lacking = wanted.filter((_, at) => found[at] === undefined);
  if (lacking.length === 0) return;
  const { series, segment } = await retrieveImaging(services.dicomweb, candidate);
  for (const { name, parameters, identity } of lacking) {
    const { features } = await services.extract(series, segment, parameters);
    const record: FeatureSetRecord = {
      ...identity,
      patient,
      studyDate: candidate.studyDate,
      phase: candidate.phase,
      region: 'tumour',
      processing: name,
      features,
      SeriesDescription: series.SeriesDescription,
      SliceThickness: series.SliceThickness,
      SegmentLabel: segment.SegmentLabel,
      SegmentAlgorithmType: maskOrigin(segment),
      computedAt: new Date().toISOString(),
    };
    await services.store.saveFeatureSet(record);
  }
}

function identityOf(candidate: ImagingCandidate, parameters: Parameters): FeatureSetIdentity {
  return {
    StudyInstanceUID: candidate.StudyInstanceUID,
    SeriesInstanceUID: candidate.SeriesInstanceUID,
    segSOPInstanceUID: candidate.segSOPInstanceUID,
    segmentNumber: candidate.segmentNumber,
    settingsHash: settingsHash(parameters),
    extractorVersion,
  };
}

function maskOrigin({ SegmentAlgorithmType, SegmentAlgorithmName }: SegmentMask): string {
  return SegmentAlgorithmName === null ? SegmentAlgorithmType : `${SegmentAlgorithmType} (${SegmentAlgorithmName})`;
}
