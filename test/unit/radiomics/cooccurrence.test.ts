import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { neighbourOffsets } from '../../../src/radiomics/kernels/angles.ts';
import { addCooccurrences, takeMatrix } from '../../../src/radiomics/kernels/cooccurrence.ts';
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

/** The matrix of each offset. */
function matricesOf(levels: Uint16Array, strides: readonly number[], n: number, symmetric = false): Float64Array[] {
  const counts = new Int32Array(strides.length * (n + 1) ** 2);
  addCooccurrences(levels, voxelsOf(levels), Int32Array.from(strides), n, counts);
  return strides.map((_, offset) => {
    const matrix = new Float64Array(n * n);
    takeMatrix(counts, offset, n, symmetric, matrix);
    return matrix;
  });
}

describe('co-occurrences', () => {
  it('symmetric matrix of the worked example in the PyRadiomics documentation, distance 1, horizontal', () => {
    const image = withMargin([1, 2, 5, 2, 3, 3, 2, 1, 3, 1, 1, 3, 5, 5, 2, 1, 1, 1, 1, 2, 1, 2, 4, 3, 5], [5, 5, 1]);
    const documented = [6, 4, 3, 0, 0, 4, 0, 2, 1, 3, 3, 2, 0, 1, 2, 0, 1, 1, 0, 0, 0, 3, 2, 0, 2];
    expect(matricesOf(image.levels, [1], 5, true).map((matrix) => [...matrix])).toEqual([documented]);
  });

  it('opposite directions give transposed matrices', () => {
    fc.assert(
      fc.property(samples, fc.nat(12), (sample, direction) => {
        const levels = levelsOf(sample, 4);
        const stride = strideOf(neighbourOffsets(sample.dims, [1], null)[direction]!, sample.dims);
        const [there, back] = matricesOf(levels, [stride, -stride], 4);
        expect(back).toEqual(there!.map((_, cell) => there![(cell % 4) * 4 + Math.trunc(cell / 4)]!));
      }),
    );
  });

  it('all 13 directions at once are the pairs that looking from voxel to voxel finds', () => {
    fc.assert(
      fc.property(samples, fc.boolean(), (sample, symmetric) => {
        const levels = levelsOf(sample, 4);
        const strides = neighbourOffsets(sample.dims, [1], null).map((offset) => strideOf(offset, sample.dims));
        const expected = strides.map((stride) => {
          const matrix = new Float64Array(16);
          for (const at of voxelsOf(levels)) {
            const [i, j] = [levels[at]! - 1, levels[at + stride]! - 1];
            if (j < 0) continue;
            matrix[4 * i + j]! += 1;
            if (symmetric) matrix[4 * j + i]! += 1;
          }
          return matrix;
        });
        expect(strides.length).toBe(13);
        expect(matricesOf(levels, strides, 4, symmetric)).toEqual(expected);
      }),
    );
  });

  it('refuses counts and a matrix of another size', () => {
    const add = (cells: number) => () =>
      addCooccurrences(new Uint16Array(8), new Int32Array(0), Int32Array.of(1, 2), 2, new Int32Array(cells));
    expect(add(18)).not.toThrow();
    expect(add(17)).toThrow(RangeError);
    expect(() => takeMatrix(new Int32Array(9), 0, 2, false, new Float64Array(5))).toThrow(RangeError);
  });
});
