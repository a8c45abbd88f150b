import { measureDiameters } from '../kernels/diameters.ts';
import { measureMesh } from '../kernels/marching-cubes.ts';
import { principalVariances } from '../kernels/principal-axes.ts';
import type { Region } from '../region.ts';
import type { Dims } from '../volume.ts';
import type { FeatureClass } from './feature-class.ts';

/** The region with one layer of outside voxels all around, which the mesh kernels need. */
function pad({ inside, dims: [nx, ny, nz] }: Region): { readonly inside: Uint8Array; readonly dims: Dims } {
  const dims: Dims = [nx + 2, ny + 2, nz + 2];
  const padded = new Uint8Array(dims[0] * dims[1] * dims[2]);
  for (let z = 0; z < nz; z++) {
    for (let y = 0; y < ny; y++) {
      const row = nx * (y + ny * z);
      padded.set(inside.subarray(row, row + nx), 1 + dims[0] * (y + 1 + dims[1] * (z + 1)));
    }
  }
  return { inside: padded, dims };
}

function compute(region: Region): Record<string, number> {
  const { spacingMm } = region;
  const padded = pad(region);
  const mesh = new Float64Array(2);
  measureMesh(padded.inside, padded.dims, spacingMm, mesh);
  const diameters = new Float64Array(4);
  measureDiameters(padded.inside, padded.dims, spacingMm, diameters);
  const variances = new Float64Array(3);
  principalVariances(region.inside, region.dims, spacingMm, variances);
  const [volume, area] = [mesh[0]!, mesh[1]!];
  const [least, minor, major] = [variances[0]!, variances[1]!, variances[2]!];
  /** Surface of the ball that has the mesh's volume. */
  const ballArea = Math.cbrt(36 * Math.PI * volume ** 2);
  return {
    Elongation: Math.sqrt(minor / major),
    Flatness: Math.sqrt(least / major),
    LeastAxisLength: 4 * Math.sqrt(least),
    MajorAxisLength: 4 * Math.sqrt(major),
    Maximum2DDiameterColumn: diameters[1]!,
    Maximum2DDiameterRow: diameters[0]!,
    Maximum2DDiameterSlice: diameters[2]!,
    Maximum3DDiameter: diameters[3]!,
    MeshVolume: volume,
    MinorAxisLength: 4 * Math.sqrt(minor),
    Sphericity: ballArea / area,
    SurfaceArea: area,
    SurfaceVolumeRatio: area / volume,
    VoxelVolume: region.values.length * spacingMm[0] * spacingMm[1] * spacingMm[2],
    Compactness1: volume / (area ** 1.5 * Math.sqrt(Math.PI)),
    Compactness2: (36 * Math.PI * volume ** 2) / area ** 3,
    SphericalDisproportion: area / ballArea,
  };
}

/**
 * Shape of the region: a triangle mesh around it, the longest distances between the mesh's vertices, and the principal
 * axes of its voxel centres. Lengths in mm, areas in mm^2, volumes in mm^3.
 *
 * The slice order is part of the result: mirrored, an ambiguous cube gets another surface (up to 0.4 % of the area).
 *
 * @see PyRadiomics, shape.py; IBSI reference manual, morphological features
 */
export const shape: FeatureClass = {
  name: 'shape',
  appliesTo: 'mask',
  features: [
    'Elongation',
    'Flatness',
    'LeastAxisLength',
    'MajorAxisLength',
    'Maximum2DDiameterColumn',
    'Maximum2DDiameterRow',
    'Maximum2DDiameterSlice',
    'Maximum3DDiameter',
    'MeshVolume',
    'MinorAxisLength',
    'Sphericity',
    'SurfaceArea',
    'SurfaceVolumeRatio',
    'VoxelVolume',
  ],
  namedOnly: ['Compactness1', 'Compactness2', 'SphericalDisproportion'],
  withdrawn: {},
  compute,
};
