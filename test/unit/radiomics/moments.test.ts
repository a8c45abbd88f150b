import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { exactSums, mean, range, summarise } from '../../../src/radiomics/kernels/moments.ts';

/** Longer than what is read at once. */
const long = 20_000;

describe('summary', () => {
  it('is mean, smallest and largest value, of every kind of number', () => {
    const values = Array.from({ length: long }, (_, i) => (i * 7919) % 101);
    // 198 whole rounds of 0..100, and the first two of the next: 0 and 7919 % 101.
    const sum = 198 * 5050 + (7919 % 101);
    for (const Kind of [Uint8Array, Int16Array, Int32Array, Float32Array, Float64Array]) {
      const summary = summarise(Kind.from(values));
      expect(summary).toEqual({ mean: sum / long, lowest: 0, highest: 100 });
      expect([mean(Kind.from(values)), ...range(Kind.from(values))]).toEqual(Object.values(summary));
    }
  });

  it('without values', () => {
    expect(summarise(new Int16Array())).toEqual({ mean: Number.NaN, lowest: Infinity, highest: -Infinity });
  });
});

describe('exact sums', () => {
  it('are those of whole numbers of any size', () => {
    fc.assert(
      fc.property(fc.int16Array({ maxLength: 300 }), (values) => {
        const whole = Array.from(values, BigInt);
        const sum = whole.reduce((total, value) => total + value, 0n);
        const squares = whole.reduce((total, value) => total + value * value, 0n);
        expect(exactSums(values)).toEqual({ sum: Number(sum), squares: Number(squares) });
      }),
    );
  });

  it('are refused where they could be rounded: real numbers, squares of 2^53 and more', () => {
    expect(exactSums(Float64Array.of(1, 2))).toBeNull();
    // 2^26 squared is 2^52.
    expect(exactSums(Int32Array.of(2 ** 26))).toEqual({ sum: 2 ** 26, squares: 2 ** 52 });
    expect(exactSums(Int32Array.of(2 ** 26, -(2 ** 26)))).toBeNull();
  });
});
