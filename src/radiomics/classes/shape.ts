import { measureDiameters } from '../kernels/diameters.ts';
import { measureMesh } from '../kernels/marching-cubes.ts';
import { principalVariances } from '../kernels/principal-axes.ts';
import type { Region } from '../region.ts';
import { define, type FeatureClass, type FeatureDefinition } from './feature-class.ts';
import { padMask } from './padded-mask.ts';

const axes = 'the covariance of the voxel centres is divided by N; the reference values fit N - 1';

/**
 * `V` and `A`: volume and area of the triangle mesh; `l1 >= l2 >= l3`: variances of the voxel centres along the principal
 * axes; `v`: the mesh's vertices, half-way between inside and outside voxels.
 */
const definitions: Readonly<Record<string, FeatureDefinition>> = {
  Elongation: define('sqrt(l2 / l1)', ['Q3CK', 'morph_pca_elongation']),
  Flatness: define('sqrt(l3 / l1)', ['N17B', 'morph_pca_flatness']),
  LeastAxisLength: define('4 sqrt(l3)', ['7J51', 'morph_pca_least_axis'], 'mm', axes),
  MajorAxisLength: define('4 sqrt(l1)', ['TDIC', 'morph_pca_maj_axis'], 'mm', axes),
  Maximum2DDiameterColumn: define('max |v - w|, v and w at equal y', null, 'mm'),
  Maximum2DDiameterRow: define('max |v - w|, v and w at equal x', null, 'mm'),
  Maximum2DDiameterSlice: define('max |v - w|, v and w at equal z', null, 'mm'),
  Maximum3DDiameter: define('max |v - w|', ['L0JK', 'morph_diam'], 'mm'),
  MeshVolume: define('V = sum_triangles a . (b x c) / 6', ['RNU0', 'morph_volume'], 'mm3'),
  MinorAxisLength: define('4 sqrt(l2)', ['P9VJ', 'morph_pca_min_axis'], 'mm', axes),
  Sphericity: define('(36 pi V^2)^(1/3) / A', ['QCFX', 'morph_sphericity']),
  SurfaceArea: define('A = sum_triangles |(b - a) x (c - a)| / 2', ['C0JK', 'morph_area_mesh'], 'mm2'),
  SurfaceVolumeRatio: define('A / V', ['2PR5', 'morph_av'], 'mm-1'),
  VoxelVolume: define('voxels * voxel volume', ['YEKZ', 'morph_vol_approx'], 'mm3'),
};

const namedOnly: Readonly<Record<string, FeatureDefinition>> = {
  Compactness1: define('V / (sqrt(pi) A^(3/2))', ['SKGS', 'morph_comp_1']),
  Compactness2: define('36 pi V^2 / A^3', ['BQWJ', 'morph_comp_2']),
  SphericalDisproportion: define('A / (36 pi V^2)^(1/3)', ['KRCK', 'morph_sph_dispr']),
};

function compute(region: Region): Record<string, number> {
  const { spacingMm } = region;
  const padded = padMask(region);
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
  byDefault: true,
  features: Object.keys(definitions),
  definitions: { ...definitions, ...namedOnly },
  ibsiAggregation: null,
  namedOnly: Object.keys(namedOnly),
  withdrawn: {},
  compute,
};
