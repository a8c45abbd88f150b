import { describe, expect, it } from 'vitest';
import { deltaFeatures } from '../../../src/models/deltas.ts';

const before = { mean: 10, skewness: -2, zero: 0, undefined: Number.NaN, gone: 1 };
const after = { mean: 25, skewness: 4, zero: 5, undefined: 3, added: 1 };

describe('delta features', () => {
  it('absolute: |VP - PS|', () => {
    expect(deltaFeatures('absolute', before, after)).toEqual({ mean: 15, skewness: 6, zero: 5 });
  });

  it('relative: |VP - PS| / VP, with the sign of VP', () => {
    expect(deltaFeatures('relative', before, after)).toEqual({ mean: 0.6, skewness: 1.5, zero: 1 });
    expect(deltaFeatures('relative', after, before)).toEqual({ mean: 1.5, skewness: -3 });
  });

  it('relative is left out, not infinite, where VP is 0', () => {
    expect(deltaFeatures('relative', { a: 5, b: 0 }, { a: 0, b: 0 })).toEqual({});
  });

  it('net change: (follow-up - baseline) / baseline, left out where the baseline is 0', () => {
    expect(deltaFeatures('net-change', before, after)).toEqual({ mean: 1.5, skewness: -3 });
    expect(deltaFeatures('net-change', after, before)).toEqual({ mean: -0.6, skewness: -1.5, zero: -1 });
  });

  it('a feature that one visit lacks, or has as NaN or undefined, is left out', () => {
    expect(deltaFeatures('absolute', { a: Number.NaN, b: undefined, c: 1 }, { a: 1, b: 1 })).toEqual({});
    expect(deltaFeatures('absolute', { a: 1, b: 1 }, { a: Number.NaN, b: undefined, d: 1 })).toEqual({});
  });
});
