import type { AnalysisState } from '../../../src/http/api/panel-types.ts';

/** Whether an analysis has not come to its end. */
export function isUnderWay({ state }: AnalysisState): boolean {
  return state === 'pending' || state === 'running';
}
