import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { countBits, laterBits, markAlike } from '../../../src/radiomics/kernels/alike-neighbours.ts';
import { neighbourOffsets } from '../../../src/radiomics/kernels/angles.ts';
import { levelsOf, samples, strideOf, voxelsOf } from './random-regions.ts';

describe('alike neighbours', () => {
  it('are marked before and after each voxel, in the order of the offsets', () => {
    const count = fc.integer({ min: 1, max: 13 });
    fc.assert(
      fc.property(samples, count, (sample, some) => {
        const levels = levelsOf(sample, 3);
        const offsets = neighbourOffsets(sample.dims, [1], null).slice(0, some);
        const alike = new Int32Array(levels.length);
        const strides = Int32Array.from(offsets, (offset) => strideOf(offset, sample.dims));
        markAlike(levels, voxelsOf(levels), strides, alike);
        for (const at of voxelsOf(levels)) {
          const isAlike = (by: number) => levels[at + by] === levels[at];
          let equal = 0;
          strides.forEach((stride, s) => {
            expect([(alike[at]! >> s) & 1, (alike[at]! >> (laterBits + s)) & 1]).toEqual([
              isAlike(-stride) ? 1 : 0,
              isAlike(stride) ? 1 : 0,
            ]);
            equal += Number(isAlike(-stride)) + Number(isAlike(stride));
          });
          expect(countBits(alike[at]!)).toBe(equal);
        }
      }),
    );
  });

  it('refuses more than 13 neighbours and marks of another length', () => {
    const mark = (neighbours: number, marks: number) => () =>
      markAlike(new Uint16Array(8), new Int32Array(0), new Int32Array(neighbours), new Int32Array(marks));
    expect(mark(13, 8)).not.toThrow();
    expect(mark(14, 8)).toThrow(RangeError);
    expect(mark(13, 7)).toThrow(RangeError);
  });
});
