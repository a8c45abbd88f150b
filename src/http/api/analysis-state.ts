import type { Engine } from '../../jobs/engine.ts';
import type { AnalysisState } from './panel-types.ts';

/** What is known of the analysis of a patient's images: of the job while there is one, else of the last one that ended. */
export async function analysisState(
  { store, imagingWatch }: Pick<Engine, 'store' | 'imagingWatch'>,
  patientId: string,
): Promise<AnalysisState> {
  const [job, status] = await Promise.all([
    imagingWatch.progressOf(patientId),
    store.imagingStatusOf(`Patient/${patientId}`),
  ]);
  return {
    state: job.state ?? status?.state ?? 'pending',
    share: job.share,
    code: status?.code ?? null,
    message: status?.message ?? null,
    updatedAt: status?.updatedAt ?? null,
  };
}
