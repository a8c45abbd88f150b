import { describe, expect, it } from 'vitest';
import { isWavelet, waveletFilter, waveletNames } from '../../../src/radiomics/kernels/wavelet-filters.ts';

const sum = (values: Float64Array) => values.reduce((total, value) => total + value, 0);

/** The filter against itself or another, `shift` taps on. */
function product(a: Float64Array, b: Float64Array, shift: number): number {
  return a.reduce((total, value, k) => total + value * (b[k + shift] ?? 0), 0);
}

/** Moment of the taps about the middle of the filter, relative to the moment of their magnitudes. */
function moment(taps: Float64Array, order: number): number {
  const middle = (taps.length - 1) / 2;
  const terms = taps.map((value, k) => value * (k - middle) ** order);
  return sum(terms) / sum(terms.map(Math.abs));
}

const orderOf = (name: string) => Number(/\d+/.exec(name)?.[0] ?? 1);
const orthogonal = waveletNames.filter((name) => /^(haar|db|sym|coif)/.test(name));
const symmetric = waveletNames.filter((name) => /^(bior|rbio)/.test(name));

describe('wavelet filters', () => {
  it('offers the families', () => {
    expect([orthogonal.length, symmetric.length]).toEqual([1 + 38 + 19 + 5, 30]);
    expect(isWavelet('coif1')).toBe(true);
    expect(isWavelet('dmey')).toBe(false);
    expect(() => waveletFilter('dmey')).toThrow(RangeError);
  });

  it.each(waveletNames)('%s: a low pass that keeps a constant, a high pass that takes it away', (name) => {
    const { low, high } = waveletFilter(name);
    expect(low.length).toBe(high.length);
    expect(low.length % 2).toBe(0);
    expect(sum(low)).toBeCloseTo(Math.SQRT2, 13);
    expect(sum(high)).toBeCloseTo(0, 13);
  });

  it.each(orthogonal)('%s: orthonormal to its even shifts, high pass too', (name) => {
    const { low, high } = waveletFilter(name);
    for (let shift = 0; shift < low.length; shift += 2) {
      expect(product(low, low, shift)).toBeCloseTo(shift === 0 ? 1 : 0, 13);
      expect(product(high, high, shift)).toBeCloseTo(shift === 0 ? 1 : 0, 13);
      expect(product(low, high, shift)).toBeCloseTo(0, 13);
      expect(product(high, low, shift)).toBeCloseTo(0, 13);
    }
  });

  it.each(orthogonal.filter((name) => orderOf(name) <= 12))('%s: the vanishing moments of its order', (name) => {
    const count = name.startsWith('coif') ? 2 * orderOf(name) : orderOf(name);
    for (let order = 0; order < count; order++) {
      expect(Math.abs(moment(waveletFilter(name).high, order))).toBeLessThan(1e-9);
    }
    expect(Math.abs(moment(waveletFilter(name).high, count))).toBeGreaterThan(1e-6);
  });

  it.each(symmetric)('%s: biorthogonal, every filter its own mirror image', (name) => {
    const { low, high } = waveletFilter(name);
    // The reconstruction low pass is the high pass with alternating signs.
    const dual = high.map((value, k) => (k % 2 === 0 ? -value : value)).toReversed();
    for (let shift = -low.length; shift < low.length; shift += 2) {
      expect(product(low, dual, shift)).toBeCloseTo(shift === 0 ? 1 : 0, 12);
    }
    const trimmed = [...low].slice(
      low.findIndex((value) => value !== 0),
      low.findLastIndex((value) => value !== 0) + 1,
    );
    trimmed.forEach((value, k) => {
      expect(value).toBeCloseTo(trimmed[trimmed.length - 1 - k]!, 13);
    });
  });

  it('closed forms: haar, db2, coif1', () => {
    const scaled = (divisor: number, ...values: number[]) => values.map((value) => value / (divisor * Math.SQRT2));
    const [r3, r7] = [Math.sqrt(3), Math.sqrt(7)];
    const forms: [string, number[]][] = [
      ['haar', scaled(1, 1, 1)],
      ['db2', scaled(4, 1 - r3, 3 - r3, 3 + r3, 1 + r3)],
      ['coif1', scaled(16, r7 - 3, 1 - r7, 14 - 2 * r7, 14 + 2 * r7, 5 + r7, 1 - r7)],
    ];
    for (const [name, form] of forms) {
      const { low } = waveletFilter(name);
      expect(low.length).toBe(form.length);
      low.forEach((value, k) => {
        expect(value).toBeCloseTo(form[k]!, 15);
      });
    }
  });

  it('the highest order of each family is a delay of the lowest pass, not of another branch of its roots', () => {
    for (const name of ['db38', 'sym20', 'coif5']) {
      const { low } = waveletFilter(name);
      expect(Math.max(...low.map(Math.abs))).toBeLessThan(1);
      expect(sum(low.map((value) => value * value))).toBeCloseTo(1, 13);
    }
  });
});
