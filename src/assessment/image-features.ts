import type { DicomwebClient } from '../dicomweb/client.ts';
import { findImaging, type ImagingRules } from '../dicomweb/find-imaging.ts';
import type { ImagingCandidate, SegmentMask, SeriesVolume } from '../dicomweb/types.ts';
import { DeltascopeError } from '../errors.ts';
import { type ImageRequirement, type Region, regionId } from '../models/image-schema.ts';
import type { SeriesSelectionReport } from '../models/series-selection.ts';
import type { Network } from '../onnx/network.ts';
import type { NetworkInput } from '../onnx/network-crop.ts';
import type { ExtractionResult } from '../radiomics/extractor.ts';
import type { Parameters } from '../radiomics/parameters.ts';
import type { ImagingStatus } from '../store/records.ts';
import type { Store } from '../store/store.ts';
import { analyseSeries, type SeriesWork } from './analyse-series.ts';
import type { ParameterProcessing, Processing } from './clinical-content.ts';
import { type FeatureNeed, maximumStudies, planFeatures } from './feature-plan.ts';

export interface ImageFeatureServices {
  readonly dicomweb: DicomwebClient;
  readonly store: Store;
  readonly rules: ImagingRules;
  /** What the models take from CT. */
  readonly images: readonly ImageRequirement[];
  /** Parameter files and networks that are there. */
  readonly processing: readonly Processing[];
  /** How every lesion of a chosen series is measured for orientation; left out where nobody looks at that. */
  readonly lesionSize?: ParameterProcessing;
  /** Runs the extraction: on a worker thread in the service, in place in a script. */
  extract(series: SeriesVolume, segment: SegmentMask, parameters: Parameters): Promise<ExtractionResult>;
  /** Runs a network, likewise. */
  infer(network: Network, input: NetworkInput): Promise<Readonly<Record<string, number>>>;
}

/** Whose images, and what their visits are counted from. */
export interface ImagingSubject {
  /** `Patient/123`. */
  readonly patient: string;
  /** PatientIDs under which the PACS may know the patient, most specific first. */
  readonly patientIds: readonly string[];
  /** First dose of a checkpoint inhibitor, ISO date or date-time; null where none is recorded. */
  readonly firstDose: string | null;
}

/** Failures that say that there is nothing to analyse, rather than that something broke. */
const nothingThere: readonly string[] = ['IMAGING_NO_CT', 'IMAGING_NO_SEG', 'SEG_NO_PRIMARY_TUMOUR'];

/**
 * Finds a patient's chest CT with a primary-tumour mask, computes the features that the models ask for and stores them.
 * What is stored already is not computed again. Ends with an imaging status in every case.
 *
 * @param onProgress Called with the share done, 0 to 1.
 */
export async function computeImageFeatures(
  services: ImageFeatureServices,
  subject: ImagingSubject,
  onProgress: (share: number) => void = () => undefined,
): Promise<ImagingStatus> {
  const selection: SeriesSelectionReport[] = [];
  const failures: unknown[] = [];
  let ready = false;
  try {
    const { dicomweb, rules } = services;
    const found = await findImaging(dicomweb, subject.patientIds, rules, (report) => selection.push(report));
    failures.push(...found.skipped);
    const there = new Set(services.processing.map(({ name }) => name));
    const images = services.images.filter(({ processing }) => there.has(processing));
    const needs = planFeatures(found.candidates, images, subject.firstDose);
    const met = await meetNeeds(services, subject.patient, needs, failures, onProgress);
    // Images that no model asks for are no failure.
    ready = met > 0 || needs.length === 0;
    await measureLesions(services, subject.patient, found.candidates, failures);
    onProgress(1);
  } catch (error) {
    failures.push(error);
  }
  const status = statusOf(subject.patient, ready, failures, selection);
  await services.store.saveImagingStatus(status);
  return status;
}

/**
 * Computes what is needed, series by series. A series that can't be read must not hide the others: what it was to give is taken
 * from the next phase that the model allows.
 *
 * @param failures Receives what went wrong, each once.
 * @returns How many needs are met.
 */
async function meetNeeds(
  services: ImageFeatureServices,
  patient: string,
  needs: readonly FeatureNeed[],
  failures: unknown[],
  onProgress: (share: number) => void,
): Promise<number> {
  const outcomes = new Map<string, boolean>();
  const outcomeOf = ({ processing, region }: FeatureNeed, candidate: ImagingCandidate) =>
    outcomes.get(workKey(candidate, processing, region));
  const isMet = (need: FeatureNeed) => need.options.some((candidate) => outcomeOf(need, candidate) === true);
  const isGivenUp = (need: FeatureNeed) => need.options.every((candidate) => outcomeOf(need, candidate) === false);
  const rounds = Math.max(0, ...needs.map(({ options }) => options.length));
  for (let round = 0; round < rounds; round++) {
    const open = needs.filter((need) => !isMet(need));
    for (const candidate of new Set(open.flatMap(({ options }) => options[round] ?? []))) {
      const works = new Map<string, SeriesWork>();
      for (const { processing: name, region, options } of open) {
        const key = workKey(candidate, name, region);
        const processing = services.processing.find((entry) => entry.name === name);
        if (options[round] !== candidate || outcomes.has(key) || processing === undefined) continue;
        const [lesion] = candidate.lesions;
        if (lesion !== undefined) works.set(key, { key, processing, region, lesion });
      }
      // While the images are there anyway.
      for (const work of sizeWorks(services, candidate)) works.set(work.key, work);
      await analyseSeries(services, patient, candidate, [...works.values()], ({ key, processing }, failure) => {
        // Looked at again below, with all of its series.
        if (processing === services.lesionSize) return;
        outcomes.set(key, failure === null);
        noteFailure(failures, failure);
        onProgress(needs.filter((need) => isMet(need) || isGivenUp(need)).length / needs.length);
      });
    }
  }
  return needs.filter(isMet).length;
}

/** Measures the lesions of the newest studies for orientation, whatever the models ask for; what is stored is not measured again. */
async function measureLesions(
  services: ImageFeatureServices,
  patient: string,
  candidates: readonly ImagingCandidate[],
  failures: unknown[],
): Promise<void> {
  const studies = [...new Set(candidates.map(({ StudyInstanceUID }) => StudyInstanceUID))].slice(0, maximumStudies);
  for (const candidate of candidates) {
    if (!studies.includes(candidate.StudyInstanceUID)) continue;
    await analyseSeries(services, patient, candidate, sizeWorks(services, candidate), (_, failure) =>
      noteFailure(failures, failure),
    );
  }
}

function sizeWorks({ lesionSize }: ImageFeatureServices, candidate: ImagingCandidate): SeriesWork[] {
  if (lesionSize === undefined) return [];
  const region = { name: 'tumour' } as const;
  return candidate.lesions.map((lesion) => ({
    key: `${workKey(candidate, lesionSize.name, region)} ${lesion.segSOPInstanceUID} ${lesion.segmentNumber}`,
    processing: lesionSize,
    region,
    lesion,
  }));
}

/** The same failure of several works is one; one that says the same of the same thing is, too. */
function noteFailure(failures: unknown[], failure: unknown): void {
  if (failure === null) return;
  const known = failures.some(
    (other) =>
      other === failure ||
      (other instanceof DeltascopeError &&
        failure instanceof DeltascopeError &&
        other.message === failure.message &&
        other.subject === failure.subject),
  );
  if (!known) failures.push(failure);
}

function workKey({ SeriesInstanceUID }: ImagingCandidate, processing: string, region: Region): string {
  return `${SeriesInstanceUID} ${processing} ${regionId(region)}`;
}

function statusOf(
  patient: string,
  ready: boolean,
  failures: readonly unknown[],
  selection: readonly SeriesSelectionReport[],
): ImagingStatus {
  const common = { patient, selection, updatedAt: new Date().toISOString() };
  if (ready) return { ...common, state: 'ready', code: null, message: partial(failures) };
  const [error] = failures;
  if (error instanceof DeltascopeError) {
    const state = nothingThere.includes(error.code) ? 'none' : 'failed';
    return { ...common, state, code: error.code, message: error.message };
  }
  return { ...common, state: 'failed', code: 'INTERNAL', message: 'image analysis failed' };
}

function partial(failures: readonly unknown[]): string | null {
  if (failures.length === 0) return null;
  const texts = failures.map((error) =>
    error instanceof DeltascopeError ? `${error.code}: ${error.message}` : 'unexpected failure',
  );
  return `${failures.length} further series or segmentations could not be analysed (${texts.join('; ')})`;
}
