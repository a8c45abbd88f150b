import { answer, type WorkerAnswer } from '../jobs/extraction-worker.ts';
import { type ExtractionResult, extractFeatures } from '../radiomics/extractor.ts';
import { type ExtractionFiles, loadCase } from './extract-files.ts';

/** Result of one case, and what its reader should know. */
export interface CaseResult extends ExtractionResult {
  readonly warnings: readonly string[];
}

/** Entry of the worker thread: reads the files of one case and extracts its features. */
export function extractCaseInWorker(files: ExtractionFiles): Promise<WorkerAnswer<CaseResult>> {
  return answer(async () => {
    const { volume, mask, parameters, warnings } = await loadCase(files);
    return { ...extractFeatures(volume, mask, parameters), warnings };
  });
}
