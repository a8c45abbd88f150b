import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { mirror, prefilterSpline, splineReach, splineWeights } from '../../../src/radiomics/kernels/bspline.ts';
import { gradientMagnitude } from '../../../src/radiomics/kernels/gradient.ts';
import { icosphere } from '../../../src/radiomics/kernels/icosphere.ts';
import { circle, localBinaryPattern } from '../../../src/radiomics/kernels/local-binary-pattern.ts';
import { runRecursion } from '../../../src/radiomics/kernels/recursion-lines.ts';
import {
  curvatureRecursion,
  gaussianReach,
  gaussianRecursion,
  type Recursion,
} from '../../../src/radiomics/kernels/recursive-gaussian.ts';
import { roundHalfUp } from '../../../src/radiomics/kernels/sample-positions.ts';
import { sphericalHarmonics } from '../../../src/radiomics/kernels/spherical-harmonics.ts';

/** A recursion along one axis of a small box. */
function run(voxels: Float64Array, size: readonly [number, number, number], axis: 0 | 1 | 2, recursion: Recursion) {
  const out = new Float32Array(voxels.length);
  const strides = [size[0], size[0] * size[1]] as const;
  runRecursion({ voxels, convert: null, first: 0, strides, size }, axis, recursion, 0, size[axis], out);
  return out;
}

describe('recursive Gaussian', () => {
  const line = (n: number, of: (i: number) => number) => Float64Array.from({ length: n }, (_, i) => of(i));

  it.each([0.5, 1, 3, 10])('width %d: a constant stays, its curvature is 0', (sigma) => {
    const constant = line(50, () => 700);
    for (const value of run(constant, [50, 1, 1], 0, gaussianRecursion(sigma))) expect(value).toBeCloseTo(700, 3);
    for (const value of run(constant, [50, 1, 1], 0, curvatureRecursion(sigma, 1))) expect(value).toBeCloseTo(0, 3);
  });

  it('the curvature of x^2 is 2 away from the ends', () => {
    const curved = run(
      line(201, (i) => (i - 100) ** 2),
      [201, 1, 1],
      0,
      curvatureRecursion(3, 1),
    );
    expect(curved[100]).toBeCloseTo(2, 2);
  });

  it('an impulse becomes a Gaussian, to 0.4 % of its peak: the fit by four exponentials is no better', () => {
    const smooth = run(
      line(101, (i) => (i === 50 ? 1 : 0)),
      [101, 1, 1],
      0,
      gaussianRecursion(4),
    );
    for (const i of [42, 46, 50, 54, 58]) {
      const gaussian = Math.exp(-((i - 50) ** 2) / 32) / (4 * Math.sqrt(2 * Math.PI));
      expect(Math.abs(smooth[i]! - gaussian)).toBeLessThan(4e-4);
    }
  });

  it('runs the same along every axis', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: -1000, max: 3000 }), { minLength: 24, maxLength: 24 }), (values) => {
        const recursion = curvatureRecursion(1.3, 1);
        const alone = run(Float64Array.from(values), [24, 1, 1], 0, recursion);
        for (const [size, axis] of [
          [[3, 24, 2], 1],
          [[3, 2, 24], 2],
        ] as const) {
          const stride = axis === 1 ? 3 : 6;
          const voxels = new Float64Array(144);
          values.forEach((value, i) => {
            voxels[1 + i * stride] = value;
          });
          const along = run(voxels, size, axis, recursion);
          for (let i = 0; i < 24; i++) expect(along[1 + i * stride]).toBe(alone[i]);
        }
      }),
      { numRuns: 20 },
    );
  });

  it('what lies further away than the reach does not count', () => {
    const sigma = 1.5;
    const reach = Math.ceil(gaussianReach * sigma);
    const far = line(2 * reach + 1, (i) => (i === 0 ? 1 : 0));
    const [value] = run(far, [far.length, 1, 1], 0, gaussianRecursion(sigma)).slice(reach);
    expect(Math.abs(value!)).toBeLessThan(1e-13);
  });
});

describe('cubic B-spline', () => {
  it('passes through the samples', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: -1000, max: 3000 }), { minLength: 2, maxLength: 40 }), (values) => {
        const n = values.length;
        const coefficients = Float64Array.from(values);
        prefilterSpline(coefficients, [n, 1, 1], 'exact');
        const weights = new Float64Array(4);
        splineWeights(5, 4, weights, 0);
        for (let i = 0; i < n; i++) {
          const value = [0, 1, 2].reduce((sum, k) => sum + weights[k]! * coefficients[mirror(i - 1 + k, n)]!, 0);
          expect(Math.abs(value - values[i]!)).toBeLessThan(1e-9);
        }
      }),
    );
  });

  it('a cut is not felt at the reach', () => {
    const n = 3 * splineReach;
    const samples = Float64Array.from({ length: n }, (_, i) => ((i * 7919) % 4001) - 1000);
    const part = samples.slice(splineReach);
    prefilterSpline(samples, [n, 1, 1], 'itk');
    prefilterSpline(part, [n - splineReach, 1, 1], 'itk');
    for (let i = splineReach; i < part.length; i++) {
      expect(Math.abs(part[i]! - samples[i + splineReach]!)).toBeLessThan(1e-10);
    }
  });

  it('mirrors at voxel centres', () => {
    expect([-2, -1, 0, 4, 5, 6, 9].map((i) => mirror(i, 5))).toEqual([2, 1, 0, 4, 3, 2, 1]);
    expect(mirror(7, 1)).toBe(0);
  });

  it('halves go up', () => {
    expect([0.5, 1.5, -0.5, 2.4999, 0.49999999999999994].map(roundHalfUp)).toEqual([1, 2, 0, 2, 0]);
  });
});

describe('gradient', () => {
  it('of a ramp is its slope, halved on the border where it is one-sided', () => {
    const voxels = Float64Array.from({ length: 5 * 4 * 3 }, (_, i) => 6 * (i % 5));
    const out = new Float64Array(voxels.length);
    gradientMagnitude(voxels, [5, 4, 3], [2, 1, 1], [0, 0, 0], [5, 4, 3], out);
    expect([...out.slice(0, 5)]).toEqual([1.5, 3, 3, 3, 1.5]);
  });

  it('refuses a buffer of another size', () => {
    expect(() =>
      gradientMagnitude(new Int16Array(8), [2, 2, 2], [1, 1, 1], [0, 0, 0], [2, 2, 2], new Float64Array(7)),
    ).toThrow(RangeError);
  });
});

describe('local binary pattern', () => {
  const plane = (values: number[], columns: number) => ({
    voxels: Float64Array.from(values),
    first: 0,
    rows: values.length / columns,
    columns,
    rowStep: columns,
    columnStep: 1,
  });
  const peak = plane([0, 0, 0, 0, 9, 0, 0, 0, 0], 3);
  const texture = new Float64Array(4);
  const around = circle(4, 1);

  it('a peak has no brighter neighbour, a hole has only such', () => {
    expect(localBinaryPattern(peak, 1, 1, around, 'uniform', texture)).toBe(0);
    const hole = plane([9, 9, 9, 9, 0, 9, 9, 9, 9], 3);
    expect(localBinaryPattern(hole, 1, 1, around, 'uniform', texture)).toBe(4);
    expect(localBinaryPattern(hole, 1, 1, around, 'default', texture)).toBe(15);
    expect(localBinaryPattern(hole, 1, 1, around, 'var', texture)).toBeNaN();
  });

  it('counts changes from the first neighbour to the last, and rotates to the smallest number', () => {
    // Neighbours in order: right, up, left, down.
    const saddle = plane([0, 0, 0, 9, 5, 9, 0, 0, 0], 3);
    expect(localBinaryPattern(saddle, 1, 1, around, 'default', texture)).toBe(0b0101);
    expect(localBinaryPattern(saddle, 1, 1, around, 'uniform', texture)).toBe(5);
    const left = plane([0, 0, 0, 9, 5, 0, 0, 0, 0], 3);
    expect(localBinaryPattern(left, 1, 1, around, 'default', texture)).toBe(0b0100);
    expect(localBinaryPattern(left, 1, 1, around, 'ror', texture)).toBe(1);
  });

  it('sees 0 outside the plane', () => {
    expect(localBinaryPattern(plane([-1], 1), 0, 0, around, 'uniform', texture)).toBe(4);
  });
});

describe('sphere', () => {
  it.each([0, 1, 2])('%i subdivisions: 10 * 4^n + 2 vertices on the sphere, centred', (n) => {
    const vertices = icosphere(n, 2);
    expect(vertices.length / 3).toBe(10 * 4 ** n + 2);
    const total = [0, 0, 0];
    for (let v = 0; v < vertices.length; v += 3) {
      expect(Math.hypot(vertices[v]!, vertices[v + 1]!, vertices[v + 2]!)).toBeCloseTo(2, 12);
      for (const axis of [0, 1, 2]) total[axis]! += vertices[v + axis]!;
    }
    for (const sum of total) expect(sum).toBeCloseTo(0, 12);
  });

  it('harmonics: closed forms of degree 0 to 2, and the addition theorem', () => {
    const [azimuth, polar] = [Float64Array.of(0.4), Float64Array.of(1.1)];
    const of = (degree: number) => sphericalHarmonics(degree, azimuth, polar);
    expect(of(0).re[0]).toBeCloseTo(0.5 / Math.sqrt(Math.PI), 14);
    expect(of(1).re[1]).toBeCloseTo(Math.sqrt(3 / (4 * Math.PI)) * Math.cos(1.1), 14);
    expect(of(1).im[2]).toBeCloseTo(-Math.sqrt(3 / (8 * Math.PI)) * Math.sin(1.1) * Math.sin(0.4), 14);
    expect(of(2).re[4]).toBeCloseTo(Math.sqrt(15 / (32 * Math.PI)) * Math.sin(1.1) ** 2 * Math.cos(0.8), 14);
    for (const degree of [1, 2, 5, 9]) {
      const { re, im } = of(degree);
      const power = re.reduce((sum, value, m) => sum + value ** 2 + im[m]! ** 2, 0);
      expect(power).toBeCloseTo((2 * degree + 1) / (4 * Math.PI), 12);
    }
  });
});
