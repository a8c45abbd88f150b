import { describe, expect, test } from 'vitest';
import { areaUnderRoc } from '../../../src/statistics/roc.ts';
import { hasOracles, oracleSkipReason } from '../../helpers/oracles.ts';
import { readCases, readTable } from './oracle-table.ts';

interface RocResult {
  direction: '<' | '>';
  auc: number;
}

// The reference's tolerance: 1e-12.
describe.skipIf(!hasOracles)(`area under the ROC curve against pROC (${oracleSkipReason})`, () => {
  const results = hasOracles
    ? readCases<{ results: Record<string, RocResult> }>('roc_delong').markers!.results
    : ({} as Record<string, RocResult>);
  test.each(Object.entries(results))('aSAH %s', (marker, { direction, auc }) => {
    const table = readTable('statistics/roc_delong/input.csv');
    // pROC's direction '>' means that low values go with the event.
    const scores = table.column(marker).map((value) => (direction === '<' ? value : -value));
    expect(Math.abs(areaUnderRoc(scores, table.column('y')) - auc)).toBeLessThanOrEqual(1e-12);
  });
});
