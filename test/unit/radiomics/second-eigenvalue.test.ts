import fc from 'fast-check';
import { EigenvalueDecomposition, Matrix } from 'ml-matrix';
import { describe, expect, it } from 'vitest';
import { type SparseFactors, secondEigenvalue } from '../../../src/radiomics/kernels/second-eigenvalue.ts';

/** Factors of the matrix that the maximal correlation coefficient is taken from, scaled to be nearly symmetric. */
function factorsOf(counts: readonly number[], n: number): { factors: SparseFactors; start: Float64Array } {
  const total = counts.reduce((sum, count) => sum + count, 0);
  const p = counts.map((count) => count / total);
  const px = Array.from({ length: n }, (_, i) => p.slice(i * n, (i + 1) * n).reduce((sum, cell) => sum + cell, 0));
  const py = Array.from({ length: n }, (_, k) => px.reduce((sum, _cell, i) => sum + p[i * n + k]!, 0));
  const rows = [...px.keys()].filter((i) => px[i]! > 0);
  const cells = rows.map((i) => [...py.keys()].filter((k) => p[i * n + k]! > 0).map((k) => ({ i, k })));
  const flat = cells.flat();
  const starts = Int32Array.from([0, ...cells.map((_, r) => cells.slice(0, r + 1).flat().length)]);
  return {
    factors: {
      starts,
      columns: Int32Array.from(flat, ({ k }) => k),
      left: Float64Array.from(flat, ({ i, k }) => p[i * n + k]! / (Math.sqrt(px[i]!) * py[k]!)),
      right: Float64Array.from(flat, ({ i, k }) => p[i * n + k]! / Math.sqrt(px[i]!)),
    },
    start: Float64Array.from(rows, (i) => Math.sqrt(px[i]!) * (i - Math.trunc(n / 2))),
  };
}

/** The second largest eigenvalue of all. */
function reference({ starts, columns, left, right }: SparseFactors, n: number): number {
  const rows = starts.length - 1;
  if (rows < 2) return 0;
  const dense = (values: Float64Array) => {
    const matrix = Matrix.zeros(rows, n);
    for (let r = 0; r < rows; r++) {
      for (let cell = starts[r]!; cell < starts[r + 1]!; cell++) matrix.set(r, columns[cell]!, values[cell]!);
    }
    return matrix;
  };
  const product = dense(left).mmul(dense(right).transpose());
  return new EigenvalueDecomposition(product).realEigenvalues.sort((a, b) => b - a)[1]!;
}

/** Counts of pairs of neighbouring levels: near the diagonal, as in an image, or anywhere. */
const matrices = fc
  .tuple(fc.integer({ min: 2, max: 40 }), fc.integer({ min: 1, max: 40 }), fc.integer({ min: 1, max: 100_000 }))
  .chain(([n, width, most]) =>
    fc.record({
      n: fc.constant(n),
      pairs: fc.array(fc.tuple(fc.nat(n - 1), fc.nat(width), fc.integer({ min: 1, max: most })), {
        minLength: 1,
        maxLength: 6 * n,
      }),
      isSymmetric: fc.boolean(),
    }),
  )
  .map(({ n, pairs, isSymmetric }) => {
    const counts = new Array<number>(n * n).fill(0);
    for (const [i, away, count] of pairs) {
      const k = (i + away) % n;
      counts[i * n + k]! += count;
      if (isSymmetric) counts[k * n + i]! += count;
    }
    return { n, counts };
  });

describe('second largest eigenvalue', () => {
  it('as ml-matrix, which finds them all', () => {
    fc.assert(
      fc.property(matrices, ({ n, counts }) => {
        const { factors, start } = factorsOf(counts, n);
        expect(secondEigenvalue(factors, n, start)).toBeCloseTo(reference(factors, n), 10);
      }),
      { numRuns: 500 },
    );
  });

  it('of levels that never meet: 1, however many there are', () => {
    for (const n of [2, 3, 30]) {
      const counts = Array.from({ length: n * n }, (_, cell) => (cell % (n + 1) === 0 ? 1 + cell : 0));
      const { factors, start } = factorsOf(counts, n);
      expect(secondEigenvalue(factors, n, start)).toBeCloseTo(1, 12);
    }
  });

  it('where the start is an eigenvector itself', () => {
    const { factors } = factorsOf([12, 3, 3, 0], 2);
    // Eigenvalues 1 and 0.04; eigenvectors (sqrt 5, 1) and (-1, sqrt 5).
    for (const start of [Float64Array.of(-1, Math.sqrt(5)), Float64Array.of(Math.sqrt(5), 1), new Float64Array(2)]) {
      expect(secondEigenvalue(factors, 2, start)).toBeCloseTo(0.04, 14);
    }
  });

  it('of a single row: 0', () => {
    const { factors, start } = factorsOf([3, 4, 0, 0], 2);
    expect(secondEigenvalue(factors, 2, start)).toBe(0);
  });
});
