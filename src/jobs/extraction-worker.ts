import { regionMask } from '../assessment/region-mask.ts';
import type { Region } from '../models/image-schema.ts';
import { describeImage, describeMask, describePreparation } from '../radiomics/diagnostics.ts';
import {
  computeShare,
  type ExtractionShare,
  type ShareInput,
  type ShareResult,
} from '../radiomics/extraction-shares.ts';
import { type ExtractionResult, extractFeatures } from '../radiomics/extractor.ts';
import { maskRuns } from '../radiomics/mask-runs.ts';
import type { Parameters } from '../radiomics/parameters.ts';
import type { Prepared } from '../radiomics/preprocess.ts';
import type { Mask, Volume } from '../radiomics/volume.ts';

export interface ExtractionTask {
  readonly volume: Volume;
  readonly mask: Mask;
  readonly parameters: Parameters;
}

/** One share of an extraction. */
export interface ShareTask {
  readonly input: Pick<ShareInput, 'shape'> & {
    /** A function can't cross to a thread: the largest magnitude is worked out before, for the shares that ask for it. */
    readonly image: Omit<ShareInput['image'], 'largest'> & { readonly largest: number };
  };
  readonly share: ExtractionShare;
  readonly parameters: Parameters;
}

/** A label map as loaded. */
export interface MaskTask {
  readonly mask: Mask;
  readonly label: number;
}

/** A segment and the region of it that is asked for. */
export interface RegionTask {
  readonly volume: Volume;
  readonly mask: Mask;
  readonly region: Region;
}

/** What became of image and mask. */
export interface PreparationTask {
  readonly prepared: Prepared;
  readonly label: number;
}

type Diagnostics = ExtractionResult['diagnostics'];

/** Result of a worker: errors cross the thread as plain data, because a class instance loses its code on the way. */
export type WorkerAnswer<T> =
  | { readonly result: T }
  | { readonly failure: { readonly code: string; readonly subject: string; readonly message: string } };

/** Runs the work of a worker thread and answers with its result or its failure. */
export async function answer<T>(compute: () => T | Promise<T>): Promise<WorkerAnswer<T>> {
  try {
    return { result: await compute() };
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    const { code = 'INTERNAL', subject = '' } = error as { code?: string; subject?: string };
    return { failure: { code, subject, message: error.message } };
  }
}

/** Entry of the worker thread: a whole extraction. */
export function extractInWorker({ volume, mask, parameters }: ExtractionTask): Promise<WorkerAnswer<ExtractionResult>> {
  return answer(() => extractFeatures(volume, mask, parameters));
}

/** Entry of the worker thread: one share of an extraction. */
export function computeShareInWorker({ input, share, parameters }: ShareTask): Promise<WorkerAnswer<ShareResult[]>> {
  const { shape, image } = input;
  return answer(() => computeShare({ shape, image: { ...image, largest: () => image.largest } }, share, parameters));
}

/** Entry of the worker thread: the voxels of a region, as runs for each slice. */
export function regionRunsInWorker({ volume, mask, region }: RegionTask): Promise<WorkerAnswer<number[][]>> {
  return answer(() => maskRuns(regionMask(mask, region, volume)));
}

/** Entry of the worker thread: the diagnostics of an image as loaded, whose hash takes long for a large one. */
export function describeImageInWorker({ volume }: { readonly volume: Volume }): Promise<WorkerAnswer<Diagnostics>> {
  return answer(() => describeImage(volume, 'original'));
}

/** Entry of the worker thread: the diagnostics of a label map as loaded. */
export function describeMaskInWorker({ mask, label }: MaskTask): Promise<WorkerAnswer<Diagnostics>> {
  return answer(() => describeMask(mask, label, null, 'original'));
}

/** Entry of the worker thread: all other diagnostics. */
export function describePreparationInWorker({ prepared, label }: PreparationTask): Promise<WorkerAnswer<Diagnostics>> {
  return answer(() => describePreparation(prepared, label));
}
