import { normalQuantile } from './distributions.ts';
import { StatisticsError } from './statistics-error.ts';

/**
 * Half width of a two-sided normal interval in standard errors, `z` with `P(|Z| <= z) = confidence`.
 *
 * @param confidence In `(0, 1)`; 0.95 gives 1.95996.
 * @throws StatisticsError `STATISTICS_INPUT` if `confidence` is outside.
 */
export function criticalValue(confidence: number): number {
  if (!(confidence > 0 && confidence < 1))
    throw new StatisticsError('STATISTICS_INPUT', 'confidence', `got ${confidence}, give a share in (0, 1), as 0.95`);
  return -normalQuantile((1 - confidence) / 2);
}
