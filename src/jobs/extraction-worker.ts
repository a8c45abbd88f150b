import { describePreparation } from '../radiomics/diagnostics.ts';
import {
  computeShare,
  type ExtractionShare,
  type ShareInput,
  type ShareResult,
} from '../radiomics/extraction-shares.ts';
import { type ExtractionResult, extractFeatures } from '../radiomics/extractor.ts';
import type { Parameters } from '../radiomics/parameters.ts';
import type { Prepared } from '../radiomics/preprocess.ts';
import type { Mask, Volume } from '../radiomics/volume.ts';

export interface ExtractionTask {
  readonly volume: Volume;
  readonly mask: Mask;
  readonly parameters: Parameters;
}

/** One share of an extraction; a function can't cross to a thread, so the largest magnitude is worked out before. */
export interface ShareTask {
  readonly input: Pick<ShareInput, 'shape'> & {
    readonly image: Omit<ShareInput['image'], 'largest'> & { readonly largest: number };
  };
  readonly share: ExtractionShare;
  readonly parameters: Parameters;
}

/** What the diagnostics of an extraction are about. */
export interface DescriptionTask extends ExtractionTask {
  readonly prepared: Prepared;
}

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

/** Entry of the worker thread: the diagnostics of image and mask, whose hashes take long on a large image. */
export function describeInWorker(task: DescriptionTask): Promise<WorkerAnswer<ExtractionResult['diagnostics']>> {
  const { volume, mask, prepared, parameters } = task;
  return answer(() => describePreparation(volume, mask, prepared, parameters.settings.label));
}
