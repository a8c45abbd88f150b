import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { measureMesh } from '../../../src/radiomics/kernels/marching-cubes.ts';
import { cubeCorners, cubeTriangles, edgeMidpoints } from '../../../src/radiomics/kernels/triangle-table.ts';
import type { Dims } from '../../../src/radiomics/volume.ts';
import { type Sample, samples } from './random-regions.ts';

type Point = readonly [number, number, number];

/** All triangles of the mesh, vertices in half voxels. */
function buildMesh({ dims: [nx, ny, nz], inside }: Sample): [Point, Point, Point][] {
  const mesh: [Point, Point, Point][] = [];
  for (let z = 0; z < nz - 1; z++) {
    for (let y = 0; y < ny - 1; y++) {
      for (let x = 0; x < nx - 1; x++) {
        const index = cubeCorners.reduce(
          (bits, [dx, dy, dz], c) => bits | (inside[x + dx + nx * (y + dy + ny * (z + dz))]! << c),
          0,
        );
        const points = cubeTriangles(index).map((edge): Point => {
          const [ex, ey, ez] = edgeMidpoints[edge]!;
          return [2 * x + ex, 2 * y + ey, 2 * z + ez];
        });
        for (let t = 0; t < points.length; t += 3) mesh.push([points[t]!, points[t + 1]!, points[t + 2]!]);
      }
    }
  }
  return mesh;
}

function cross(a: Point, b: Point): Point {
  return [a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]];
}

/** Edges that are not used as often in one direction as in the other. */
function openEdges(sample: Sample): [Point, Point][] {
  const balance = new Map<string, { ends: [Point, Point]; count: number }>();
  for (const [p, q, r] of buildMesh(sample)) {
    for (const [from, to] of [
      [p, q],
      [q, r],
      [r, p],
    ] as const) {
      const forward = from.join() < to.join();
      const ends: [Point, Point] = forward ? [from, to] : [to, from];
      const edge = balance.get(ends.join(' ')) ?? { ends, count: 0 };
      edge.count += forward ? 1 : -1;
      balance.set(ends.join(' '), edge);
    }
  }
  return [...balance.values()].filter(({ count }) => count !== 0).map(({ ends }) => ends);
}

/** Whether two vertices lie on a face between cubes whose voxels are inside and outside by turns. */
function alternates({ dims: [nx, ny], inside }: Sample, a: Point, b: Point): boolean {
  const normal = [0, 1, 2].find((axis) => a[axis] === b[axis] && a[axis]! % 2 === 0);
  if (normal === undefined) return false;
  const base = a.map((at, axis) => Math.floor(Math.min(at, b[axis]!) / 2)) as [number, number, number];
  const step = [1, nx, nx * ny];
  const [u, v] = [0, 1, 2].filter((axis) => axis !== normal).map((axis) => step[axis]!) as [number, number];
  const at = base[0] + nx * (base[1] + ny * base[2]);
  return inside[at] === inside[at + u + v] && inside[at + u] === inside[at + v] && inside[at] !== inside[at + u];
}

describe('marching-cubes table', () => {
  it.each(Array.from({ length: 256 }, (_, index) => index))(
    'row %i uses exactly the edges that cross the surface',
    (index) => {
      const crossing = edgeMidpoints.flatMap((midpoint, edge) => {
        // An edge runs along the axis on which its midpoint is half-way.
        const axis = midpoint.indexOf(1);
        const ends = [0, 2].map((end) => midpoint.with(axis, end).map((at) => at / 2));
        const bits = ends.map((end) => (index >> cubeCorners.findIndex((corner) => corner.join() === end.join())) & 1);
        return bits[0] === bits[1] ? [] : [edge];
      });
      expect([...new Set(cubeTriangles(index))].sort((a, b) => a - b)).toEqual(crossing);
    },
  );

  it('a complement is the same surface turned inside out', () => {
    for (let index = 0; index < 256; index++) {
      expect(cubeTriangles(index ^ 0xff)).toEqual(cubeTriangles(index).toReversed());
    }
  });
});

describe('mesh of random regions', () => {
  it('is closed and oriented, except on faces whose four voxels alternate: there PyRadiomics leaves a gap', () => {
    fc.assert(
      fc.property(samples, (sample) => {
        for (const [a, b] of openEdges(sample)) expect(alternates(sample, a, b), `${a} to ${b}`).toBe(true);
      }),
    );
  });

  it('has such gaps: they are part of the published numbers', () => {
    const [sample] = fc.sample(
      samples.filter((candidate) => openEdges(candidate).length > 0),
      1,
    );
    expect(sample).toBeDefined();
  });

  it('volume and area are those of the triangles', () => {
    fc.assert(
      fc.property(samples, (sample) => {
        let [volume, area] = [0, 0];
        for (const [a, b, c] of buildMesh(sample)) {
          const ab = cross(a, b);
          volume += (ab[0] * c[0] + ab[1] * c[1] + ab[2] * c[2]) / 48;
          const normal = cross([b[0] - a[0], b[1] - a[1], b[2] - a[2]], [c[0] - a[0], c[1] - a[1], c[2] - a[2]]);
          area += Math.hypot(...normal) / 8;
        }
        const out = new Float64Array(2);
        measureMesh(sample.inside, sample.dims, [1, 1, 1], out);
        expect(out[0]).toBeCloseTo(volume, 10);
        expect(out[1]).toBeCloseTo(area, 10);
      }),
    );
  });

  it('a single voxel is an octahedron: volume 1/6, area sqrt(3)', () => {
    const dims: Dims = [3, 3, 3];
    const inside = new Uint8Array(27);
    inside[13] = 1;
    const out = new Float64Array(2);
    measureMesh(inside, dims, [1, 1, 1], out);
    expect(out[0]).toBeCloseTo(1 / 6, 12);
    expect(out[1]).toBeCloseTo(Math.sqrt(3), 12);
  });

  it('refuses a mask of another size', () => {
    expect(() => measureMesh(new Uint8Array(5), [3, 3, 3], [1, 1, 1], new Float64Array(2))).toThrow(RangeError);
  });
});
