import { requireVoxels, type Triple } from './grid.ts';
import { cubeTriangles, edgeMidpoints } from './triangle-table.ts';

/** What the triangles of one kind of cube add up to, in voxel units. */
interface CubeSurface {
  /** Sum of the triple products of the triangles, `6 *` the signed volume towards the cube's first voxel. */
  readonly volume6: number;
  /** Sum of the triangles' normals (twice their area): what `volume6` grows by when the cube moves. */
  readonly normal2: Triple;
  /** Normal of every triangle, `[x, y, z]` after one another. */
  readonly normals2: readonly number[];
}

function cross([ax, ay, az]: Triple, [bx, by, bz]: Triple): Triple {
  return [ay * bz - az * by, az * bx - ax * bz, ax * by - ay * bx];
}

function vertex(edge: number): Triple {
  const [x, y, z] = edgeMidpoints[edge]!;
  return [x / 2, y / 2, z / 2];
}

function cubeSurface(index: number): CubeSurface {
  const edges = cubeTriangles(index);
  const normals2: number[] = [];
  const sum: [number, number, number] = [0, 0, 0];
  let volume6 = 0;
  for (let t = 0; t < edges.length; t += 3) {
    const [a, b, c] = [vertex(edges[t]!), vertex(edges[t + 1]!), vertex(edges[t + 2]!)];
    const ab = cross(a, b);
    volume6 += ab[0] * c[0] + ab[1] * c[1] + ab[2] * c[2];
    const normal = cross([b[0] - a[0], b[1] - a[1], b[2] - a[2]], [c[0] - a[0], c[1] - a[1], c[2] - a[2]]);
    normals2.push(...normal);
    for (let axis = 0; axis < 3; axis++) sum[axis]! += normal[axis]!;
  }
  return { volume6, normal2: sum, normals2 };
}

const surfaces = Array.from({ length: 256 }, (_, index) => cubeSurface(index));

/** Adds up which cubes there are: per index their count and the sums of their x, y and z; shape `(256, 4)`. */
function countCubes(inside: Uint8Array, [nx, ny, nz]: Triple, out: Float64Array): void {
  const slice = nx * ny;
  for (let z = 0; z < nz - 1; z++) {
    for (let y = 0; y < ny - 1; y++) {
      const row = nx * (y + ny * z);
      for (let x = 0; x < nx - 1; x++) {
        const at = row + x;
        const index =
          inside[at]! |
          (inside[at + 1]! << 1) |
          (inside[at + nx + 1]! << 2) |
          (inside[at + nx]! << 3) |
          (inside[at + slice]! << 4) |
          (inside[at + slice + 1]! << 5) |
          (inside[at + slice + nx + 1]! << 6) |
          (inside[at + slice + nx]! << 7);
        if (index === 0 || index === 255) continue;
        out[4 * index]! += 1;
        out[4 * index + 1]! += x;
        out[4 * index + 2]! += y;
        out[4 * index + 3]! += z;
      }
    }
  }
}

/**
 * Volume and surface area of the triangle mesh around a region, its vertices half-way between inside and outside.
 *
 * There are only 256 kinds of cubes, so it is enough to count them and to sum their positions: the volume is then an
 * exact sum of eighths of a voxel, and no triangle is ever built.
 *
 * Where two inside and two outside voxels alternate around a face, the mesh has a gap (see the table), and its volume
 * then depends on the origin. PyRadiomics' origin is the first voxel of the region's box after padding by one: pass that.
 *
 * @param inside 1 inside, 0 outside; length `nx*ny*nz`, x fastest. The outermost voxels must be 0.
 * @param size Voxel counts `[nx, ny, nz]`.
 * @param spacingMm Voxel size `[x, y, z]` (mm).
 * @param out Receives `[volume (mm^3), area (mm^2)]`.
 * @throws RangeError if a length disagrees with `size`.
 * @see Lorensen and Cline 1987; PyRadiomics, cshape.c
 */
export function measureMesh(inside: Uint8Array, size: Triple, spacingMm: Triple, out: Float64Array): void {
  requireVoxels('inside', inside.length, size);
  const cubes = new Float64Array(4 * 256);
  countCubes(inside, size, cubes);
  const [sx, sy, sz] = spacingMm;
  let volume6 = 0;
  let area2 = 0;
  for (let index = 1; index < 255; index++) {
    const count = cubes[4 * index]!;
    if (count === 0) continue;
    const surface = surfaces[index]!;
    volume6 += surface.volume6 * count;
    for (let axis = 0; axis < 3; axis++) volume6 += surface.normal2[axis]! * cubes[4 * index + 1 + axis]!;
    let cubeArea2 = 0;
    for (let t = 0; t < surface.normals2.length; t += 3) {
      cubeArea2 += Math.hypot(
        surface.normals2[t]! * sy * sz,
        surface.normals2[t + 1]! * sz * sx,
        surface.normals2[t + 2]! * sx * sy,
      );
    }
    area2 += cubeArea2 * count;
  }
  out[0] = (volume6 / 6) * sx * sy * sz;
  out[1] = area2 / 2;
}
