import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { neighbourOffsets } from '../../../src/radiomics/kernels/angles.ts';
import { addCooccurrences, addTranspose } from '../../../src/radiomics/kernels/cooccurrence.ts';
import type { Dims } from '../../../src/radiomics/volume.ts';
import { levelsOf, samples, strideOf, voxelsOf, withMargin } from './random-regions.ts';

describe('neighbour offsets', () => {
  const roomy: Dims = [9, 9, 9];

  it('13 directions at distance 1, 49 at distance 2, 109 at distance 3', () => {
    expect(neighbourOffsets(roomy, [1], null).length).toBe(13);
    expect(neighbourOffsets(roomy, [2], null).length).toBe(49);
    expect(neighbourOffsets(roomy, [1, 2, 3], null).length).toBe(13 + 49 + 109);
  });

  it('4 directions in a plane', () => {
    expect(neighbourOffsets(roomy, [1], 2).map((offset) => offset.join())).toEqual([
      '1,1,0',
      '0,1,0',
      '-1,1,0',
      '1,0,0',
    ]);
    expect(neighbourOffsets(roomy, [1], 0).every(([dx]) => dx === 0)).toBe(true);
  });

  it('none that is longer than the region', () => {
    expect(neighbourOffsets([4, 1, 1], [1, 3, 4], null)).toEqual([
      [3, 0, 0],
      [1, 0, 0],
    ]);
  });

  it('never both of two opposite ones', () => {
    const offsets = neighbourOffsets(roomy, [1, 2], null).map((offset) => offset.join());
    const opposite = neighbourOffsets(roomy, [1, 2], null).map((offset) => offset.map((step) => -step || 0).join());
    expect(offsets.filter((offset) => opposite.includes(offset))).toEqual([]);
  });
});

describe('co-occurrences', () => {
  it('symmetric matrix of the worked example in the PyRadiomics documentation, distance 1, horizontal', () => {
    const image = withMargin([1, 2, 5, 2, 3, 3, 2, 1, 3, 1, 1, 3, 5, 5, 2, 1, 1, 1, 1, 2, 1, 2, 4, 3, 5], [5, 5, 1]);
    const counts = new Float64Array(25);
    addCooccurrences(image.levels, voxelsOf(image.levels), 1, 5, counts);
    addTranspose(counts, 5);
    const documented = [6, 4, 3, 0, 0, 4, 0, 2, 1, 3, 3, 2, 0, 1, 2, 0, 1, 1, 0, 0, 0, 3, 2, 0, 2];
    expect([...counts]).toEqual(documented);
  });

  it('opposite directions give transposed matrices', () => {
    fc.assert(
      fc.property(samples, fc.nat(12), (sample, direction) => {
        const levels = levelsOf(sample, 4);
        const stride = strideOf(neighbourOffsets(sample.dims, [1], null)[direction]!, sample.dims);
        const there = new Float64Array(16);
        const back = new Float64Array(16);
        addCooccurrences(levels, voxelsOf(levels), stride, 4, there);
        addCooccurrences(levels, voxelsOf(levels), -stride, 4, back);
        expect(back).toEqual(there.map((_, cell) => there[(cell % 4) * 4 + Math.trunc(cell / 4)]!));
      }),
    );
  });

  it('refuses a matrix of another size', () => {
    expect(() => addCooccurrences(new Uint16Array(8), new Int32Array(0), 1, 2, new Float64Array(1))).toThrow(
      RangeError,
    );
  });
});
