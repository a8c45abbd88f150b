import { mirror, prefilterSpline, splineReach } from '../kernels/bspline.ts';
import { icosphere } from '../kernels/icosphere.ts';
import {
  findBrighter,
  planSphere,
  roundSamples,
  type SpherePlan,
  sampleSpheres,
  sphereBuffers,
} from '../kernels/sphere-samples.ts';
import { sphericalHarmonics } from '../kernels/spherical-harmonics.ts';
import { type DegreeTable, degreeTable, excessKurtosis, patternStrength } from '../kernels/spherical-pattern.ts';
import { boxValues } from '../region.ts';
import type { Settings } from '../settings.ts';
import { type Dims, integerRange } from '../volume.ts';
import type { FilterInput, ImageType } from './image-type.ts';

type Axis = 0 | 1 | 2;

function perAxis(of: (axis: Axis) => number): [number, number, number] {
  return [of(0), of(1), of(2)];
}

/** Vertices of the sphere as PyRadiomics adds them to (z, y, x) indices: x and z change places. */
function sphereOffsets({ lbp3DIcosphereSubdivision, lbp3DIcosphereRadius }: Settings): Float64Array {
  const vertices = icosphere(lbp3DIcosphereSubdivision, lbp3DIcosphereRadius);
  return vertices.map((_, i) => vertices[i - (i % 3) + 2 - (i % 3)] ?? 0);
}

/** Harmonics of every degree at the vertices. */
function degreesOf({ lbp3DIcosphereSubdivision, lbp3DLevels }: Settings): readonly DegreeTable[] {
  const vertices = icosphere(lbp3DIcosphereSubdivision, 1);
  const count = vertices.length / 3;
  const [x, y, z] = [0, 1, 2].map((axis) =>
    Float64Array.from({ length: count }, (_, v) => vertices[3 * v + axis] ?? 0),
  );
  if (x === undefined || y === undefined || z === undefined) return [];
  // SciPy's first angle goes around the axis and its second away from it; PyRadiomics hands them over the other way.
  const azimuth = z.map((value) => Math.acos(Math.min(1, Math.max(-1, value))));
  const polar = x.map((value, v) => Math.atan2(y[v] ?? 0, value));
  return Array.from({ length: lbp3DLevels }, (_, degree) => {
    return degreeTable(sphericalHarmonics(degree, azimuth, polar), 2 * degree + 1);
  });
}

/** Spline coefficients of the box and of `reach` voxels around it; beyond the image they are mirrored. */
function coefficientsAround({ volume, box }: FilterInput, reach: number): Float64Array {
  const { dims } = volume;
  const margin = reach + splineReach;
  const lower = perAxis((axis) => Math.max(0, box.lower[axis] - margin));
  const size = perAxis((axis) => Math.min(dims[axis], box.lower[axis] + box.size[axis] + margin) - lower[axis]);
  const known = boxValues(volume, { lower, size });
  prefilterSpline(known, size, 'exact');
  const places = ([0, 1, 2] as const).map((axis) =>
    Int32Array.from(
      { length: box.size[axis] + 2 * reach },
      (_, i) => mirror(box.lower[axis] - reach + i, dims[axis]) - lower[axis],
    ),
  );
  const [px, py, pz] = places;
  if (px === undefined || py === undefined || pz === undefined) return known;
  const out = new Float64Array(px.length * py.length * pz.length);
  let at = 0;
  for (const z of pz) {
    for (const y of py) {
      const row = size[0] * (y + size[1] * z);
      for (const x of px) out[at++] = known[row + x] ?? 0;
    }
  }
  return out;
}

/** Sets the samples beyond the outermost voxel centres to 0, as SciPy has them. */
function clearOutside(samples: Float64Array, at: number, place: Dims, offsets: Float64Array, dims: Dims): void {
  for (let i = 0; i < offsets.length; i++) {
    const axis = (i % 3) as Axis;
    const position = place[axis] + (offsets[i] ?? 0);
    if (position < 0 || position > dims[axis] - 1) samples[at + Math.trunc(i / 3)] = 0;
  }
}

/** Calls `visit` with the samples around every voxel of the region; those of one voxel begin at `at`. */
function forEachSphere(
  input: FilterInput,
  offsets: Float64Array,
  plan: SpherePlan,
  visit: (voxel: number, samples: Float64Array, at: number) => void,
): void {
  const { box, inside, volume } = input;
  const [nx, ny, nz] = box.size;
  const count = offsets.length / 3;
  const { dims } = volume;
  const { lower } = box;
  const isNear = (index: number, n: number) => index < plan.reach || index >= n - plan.reach;
  const range = 'stored' in volume.voxels ? null : integerRange(volume.voxels);
  const coefficients = coefficientsAround(input, plan.reach);
  const buffers = sphereBuffers(plan, box.size);
  const samples = new Float64Array(nx * ny * count);
  for (let z = 0; z < nz; z++) {
    const slice = inside.subarray(nx * ny * z, nx * ny * (z + 1));
    sampleSpheres(coefficients, box.size, z, plan, buffers, slice, samples);
    for (let i = 0; i < slice.length; i++) {
      if (slice[i] === 0) continue;
      const [x, y] = [lower[0] + (i % nx), lower[1] + Math.trunc(i / nx)];
      if (isNear(x, dims[0]) || isNear(y, dims[1]) || isNear(lower[2] + z, dims[2])) {
        clearOutside(samples, i * count, [x, y, lower[2] + z], offsets, dims);
      }
      if (range !== null) roundSamples(samples, i * count, count, range[0], range[1]);
      visit(i + nx * ny * z, samples, i * count);
    }
  }
}

/**
 * Local binary patterns on a sphere around every voxel of the region: `lbp-3D-m1`, `m2`, ... the strength of the spherical
 * harmonics of degree 0, 1, ... in the pattern, `lbp-3D-k` the excess kurtosis of the samples. The radius is in voxels.
 *
 * `s_v = 1` where the sample `g_v` at vertex `v` of an icosphere is not below the voxel itself, else 0; `Y_m(v)` the
 * harmonics of a degree. `c_m = sum_v s_v Y_m(v)`, `f(v) = sum_m c_m Y_m(v)`, strength `Re sqrt(sum_v f(v)^2)`, complex and
 * without conjugation; `k = mean (g - mean g)^4 / (mean (g - mean g)^2)^2 - 3`. IBSI has no such filter.
 *
 * @see PyRadiomics, imageoperations.py `getLBP3DImage`; Banerjee 2013, doi:10.1007/978-3-642-37410-4_3
 */
export const lbp3d: ImageType = {
  name: 'LBP3D',
  *derive(input, settings) {
    const offsets = sphereOffsets(settings);
    const degrees = degreesOf(settings).map((table) => ({
      table,
      image: new Float64Array(input.inside.length),
      room: new Float64Array(2 * table.orders),
    }));
    const count = offsets.length / 3;
    const kurtosis = new Float64Array(input.inside.length);
    const centres = boxValues(input.volume, input.box);
    const positive = new Int32Array(count);
    forEachSphere(input, offsets, planSphere(offsets), (voxel, samples, at) => {
      const brighter = findBrighter(samples, at, count, centres[voxel] ?? 0, positive);
      for (const { table, image, room } of degrees) image[voxel] = patternStrength(positive, brighter, table, room);
      kurtosis[voxel] = excessKurtosis(samples, at, count);
    });
    for (const [degree, { image }] of degrees.entries()) yield { name: `lbp-3D-m${degree + 1}`, values: image };
    yield { name: 'lbp-3D-k', values: kurtosis };
  },
};
