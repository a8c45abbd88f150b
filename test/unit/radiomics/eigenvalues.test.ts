import fc from 'fast-check';
import { EigenvalueDecomposition, Matrix } from 'ml-matrix';
import { describe, expect, it } from 'vitest';
import { eigenvalueRealParts } from '../../../src/radiomics/kernels/eigenvalues.ts';
import { symmetricEigenvalues } from '../../../src/radiomics/kernels/symmetric-eigenvalues.ts';

const matrices = fc
  .integer({ min: 1, max: 12 })
  .chain((n) => fc.array(fc.double({ min: -1, max: 1, noNaN: true }), { minLength: n * n, maxLength: n * n }))
  .map((values) => ({ n: Math.sqrt(values.length), values: values.map((value) => Math.round(value * 1e4) / 1e4) }));

function reference(values: readonly number[], n: number, assumeSymmetric: boolean): number[] {
  const rows = Array.from({ length: n }, (_, i) => values.slice(i * n, (i + 1) * n));
  return new EigenvalueDecomposition(new Matrix(rows), { assumeSymmetric }).realEigenvalues.sort((a, b) => a - b);
}

describe('eigenvalues', () => {
  it('of symmetric matrices: as ml-matrix', () => {
    fc.assert(
      fc.property(matrices, ({ n, values }) => {
        const symmetric = values.map((value, at) => value + values[(at % n) * n + Math.trunc(at / n)]!);
        const out = new Float64Array(n);
        symmetricEigenvalues(Float64Array.from(symmetric), n, out);
        const general = new Float64Array(n);
        eigenvalueRealParts(Float64Array.from(symmetric), n, general);
        reference(symmetric, n, true).forEach((value, i) => {
          expect(out[i]).toBeCloseTo(value, 10);
          expect(general[i]).toBeCloseTo(value, 10);
        });
      }),
    );
  });

  it('of reversible stochastic matrices, as in the maximal correlation coefficient: as ml-matrix', () => {
    fc.assert(
      fc.property(matrices, ({ n, values }) => {
        const weights = values.map((value, at) => Math.abs(value + values[(at % n) * n + Math.trunc(at / n)]!) + 0.01);
        const totals = Array.from({ length: n }, (_, i) =>
          weights.slice(i * n, (i + 1) * n).reduce((a, b) => a + b, 0),
        );
        const stochastic = weights.map((weight, at) => weight / totals[Math.trunc(at / n)]!);
        const out = new Float64Array(n);
        eigenvalueRealParts(Float64Array.from(stochastic), n, out);
        expect(out[n - 1]).toBeCloseTo(1, 10);
        reference(stochastic, n, false).forEach((value, i) => {
          expect(out[i]).toBeCloseTo(value, 10);
        });
      }),
    );
  });

  it('of a rotation: the real part of a complex pair', () => {
    const out = new Float64Array(2);
    eigenvalueRealParts(Float64Array.of(0.6, -0.8, 0.8, 0.6), 2, out);
    expect([...out]).toEqual([0.6, 0.6]);
  });

  it('of many separate blocks: every eigenvalue 1 is found', () => {
    const n = 60;
    const blocks = new Float64Array(n * n);
    // Each pair of levels occurs together only, nearly evenly: eigenvalues 1 and almost 0.
    for (let i = 0; i < n; i += 2) {
      blocks.set([0.5 + 1e-13 * i, 0.5 - 1e-13 * i], i * n + i);
      blocks.set([0.5 - 1e-13 * i, 0.5 + 1e-13 * i], (i + 1) * n + i);
    }
    const out = new Float64Array(n);
    eigenvalueRealParts(blocks, n, out);
    for (const value of out.subarray(n / 2)) expect(value).toBeCloseTo(1, 12);
  });

  it('refuses a matrix of another size, and one that is not finite', () => {
    expect(() => eigenvalueRealParts(new Float64Array(3), 2, new Float64Array(2))).toThrow(RangeError);
    expect(() => eigenvalueRealParts(new Float64Array(9).fill(Number.NaN), 3, new Float64Array(3))).toThrow(Error);
  });
});
