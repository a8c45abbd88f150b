import { type ExtractionResult, extractFeatures } from '../radiomics/extractor.ts';
import type { Parameters } from '../radiomics/parameters.ts';
import type { Mask, Volume } from '../radiomics/volume.ts';

export interface ExtractionTask {
  readonly volume: Volume;
  readonly mask: Mask;
  readonly parameters: Parameters;
}

/** Result of a worker: errors cross the thread as plain data, because a class instance loses its code on the way. */
export type ExtractionAnswer =
  | { readonly result: ExtractionResult }
  | { readonly failure: { readonly code: string; readonly subject: string; readonly message: string } };

/** Entry of the worker thread. */
export function extractInWorker({ volume, mask, parameters }: ExtractionTask): ExtractionAnswer {
  try {
    return { result: extractFeatures(volume, mask, parameters) };
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    const { code = 'INTERNAL', subject = '' } = error as { code?: string; subject?: string };
    return { failure: { code, subject, message: error.message } };
  }
}
