import { describe, expect, it } from 'vitest';
import { absoluteDelta, netChange, relativeDelta } from '../../../src/radiomics/delta.ts';

const before = { mean: 10, skewness: -2, zero: 0, undefined: Number.NaN, gone: 1 };
const after = { mean: 25, skewness: 4, zero: 5, undefined: 3, added: 1 };

describe('delta features', () => {
  it('absolute: |VP - PS|', () => {
    expect(absoluteDelta(before, after)).toEqual({
      mean: 15,
      skewness: 6,
      zero: 5,
      undefined: undefined,
      gone: undefined,
      added: undefined,
    });
  });

  it('relative: |VP - PS| / VP, with the sign of VP', () => {
    expect(relativeDelta(before, after)).toMatchObject({ mean: 0.6, skewness: 1.5, zero: 1 });
    expect(relativeDelta(after, before)).toMatchObject({ mean: 1.5, skewness: -3 });
  });

  it('relative is missing, not infinite, where VP is 0', () => {
    expect(relativeDelta(after, before).zero).toBeUndefined();
    expect(relativeDelta({ a: 0 }, { a: 0 }).a).toBeUndefined();
  });

  it('net change: (follow-up - baseline) / baseline, missing where the baseline is 0', () => {
    expect(netChange(before, after)).toMatchObject({ mean: 1.5, skewness: -3, zero: undefined });
    expect(netChange(after, before)).toMatchObject({ mean: -0.6, zero: -1 });
  });

  it('a feature that one visit lacks is named and missing', () => {
    const change = netChange(before, after);
    expect(Object.keys(change)).toEqual(['mean', 'skewness', 'zero', 'undefined', 'gone', 'added']);
    expect([change.gone, change.added, change.undefined]).toEqual([undefined, undefined, undefined]);
  });
});
