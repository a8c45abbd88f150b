import { describe, expect, test } from 'vitest';
import { bcaInterval, jackknife, percentileInterval } from '../../../src/statistics/bootstrap.ts';
import { populationVariance } from '../../../src/statistics/standardise.ts';
import scipy from './bootstrap-scipy.json' with { type: 'json' };
import { expectRelative } from './oracle-table.ts';

// Both sides compute in double precision from the same replicates; only the order of additions differs.
const tolerance = 1e-12;

const statistics: Record<string, (values: Float64Array) => number> = {
  mean: (values) => values.reduce((sum, value) => sum + value, 0) / values.length,
  sd: (values) => Math.sqrt((populationVariance(values) * values.length) / (values.length - 1)),
};

describe('bootstrap intervals against scipy.stats.bootstrap', () => {
  const values = Float64Array.from(scipy.values);
  test.each(Object.entries(scipy.cases))('%s', (name, reference) => {
    const statistic = (rows: Uint32Array) => statistics[name]!(Float64Array.from(rows, (row) => values[row]!));
    const estimate = statistic(Uint32Array.from(values.keys()));
    expectRelative(estimate, reference.estimate, tolerance, 'estimate');
    const leaveOneOut = jackknife(values.length, statistic);
    expect(leaveOneOut).toHaveLength(values.length);
    leaveOneOut.forEach((value, i) => {
      expectRelative(value, reference.leave_one_out[i]!, tolerance, `without row ${i}`);
    });
    const replicates = Float64Array.from(reference.replicates);
    const percentile = percentileInterval(replicates, scipy.confidence);
    const bca = bcaInterval(replicates, estimate, leaveOneOut, scipy.confidence);
    expectRelative(percentile.low, reference.percentile[0]!, tolerance, 'percentile low');
    expectRelative(percentile.high, reference.percentile[1]!, tolerance, 'percentile high');
    expectRelative(bca.low, reference.BCa[0]!, tolerance, 'BCa low');
    expectRelative(bca.high, reference.BCa[1]!, tolerance, 'BCa high');
  });
});
