import { RadiomicsError } from '../../errors.ts';
import { measureDiameters } from '../kernels/diameters.ts';
import { measureOutline } from '../kernels/marching-squares.ts';
import { principalVariances } from '../kernels/principal-axes.ts';
import type { Region } from '../region.ts';
import { planeNormal, type Settings } from '../settings.ts';
import { define, type FeatureClass, type FeatureDefinition } from './feature-class.ts';
import { padMask } from './padded-mask.ts';

/**
 * `S` and `P`: area and perimeter inside the outline; `l1 >= l2`: variances of the pixel centres along the principal axes;
 * `v`: the outline's vertices, half-way between inside and outside pixels. IBSI defines none of these for a plane.
 */
const definitions: Readonly<Record<string, FeatureDefinition>> = {
  Elongation: define('sqrt(l2 / l1)', null),
  MajorAxisLength: define('4 sqrt(l1)', null, 'mm'),
  MaximumDiameter: define('max |v - w|', null, 'mm'),
  MeshSurface: define('S = sum_lines (a x b) / 2', null, 'mm2'),
  MinorAxisLength: define('4 sqrt(l2)', null, 'mm'),
  Perimeter: define('P = sum_lines |a - b|', null, 'mm'),
  PerimeterSurfaceRatio: define('P / S', null, 'mm-1'),
  PixelSurface: define('pixels * pixel area', null, 'mm2'),
  Sphericity: define('2 sqrt(pi S) / P', null),
};

const namedOnly: Readonly<Record<string, FeatureDefinition>> = {
  SphericalDisproportion: define('P / (2 sqrt(pi S))', null),
};

/** The axis across the plane of a flat region. */
function requireNormal(region: Region, settings: Settings): 0 | 1 | 2 {
  const normal = planeNormal(settings);
  if (normal === null) {
    const advice = 'shape2D needs force2D: true, and force2Ddimension for the axis across the plane (0 is z)';
    throw new RadiomicsError('PARAMS_INVALID', 'setting.force2D', advice);
  }
  if (region.dims[normal] === 1) return normal;
  const advice = `shape2D needs a region of one slice, this one has ${region.dims[normal]}; choose a slice, or use shape`;
  throw new RadiomicsError('MASK_NOT_FLAT', `label ${settings.label}`, advice);
}

function compute(region: Region, settings: Settings): Record<string, number> {
  const normal = requireNormal(region, settings);
  const { dims, inside, spacingMm } = region;
  const [u, v] = normal === 0 ? ([1, 2] as const) : normal === 1 ? ([0, 2] as const) : ([0, 1] as const);
  const outline = new Float64Array(2);
  measureOutline(inside, [dims[u], dims[v]], [spacingMm[u], spacingMm[v]], outline);
  const padded = padMask(region);
  const diameters = new Float64Array(4);
  measureDiameters(padded.inside, padded.dims, spacingMm, diameters);
  const variances = new Float64Array(3);
  principalVariances(inside, dims, spacingMm, variances);
  const [surface, perimeter] = [outline[0]!, outline[1]!];
  // The smallest of the three is across the plane, 0.
  const [minor, major] = [variances[1]!, variances[2]!];
  const circumference = 2 * Math.sqrt(Math.PI * surface);
  return {
    Elongation: Math.sqrt(minor / major),
    MajorAxisLength: 4 * Math.sqrt(major),
    MaximumDiameter: diameters[normal]!,
    MeshSurface: surface,
    MinorAxisLength: 4 * Math.sqrt(minor),
    Perimeter: perimeter,
    PerimeterSurfaceRatio: perimeter / surface,
    PixelSurface: region.values.length * spacingMm[u] * spacingMm[v],
    Sphericity: circumference / perimeter,
    SphericalDisproportion: perimeter / circumference,
  };
}

/**
 * Shape of a region of one slice: the outline around it, and the principal axes of its pixel centres. Lengths in mm, areas
 * in mm^2.
 *
 * @throws RadiomicsError `PARAMS_INVALID` without `force2D`, `MASK_NOT_FLAT` if the region has several slices.
 * @see PyRadiomics, shape2D.py
 */
export const shape2d: FeatureClass = {
  name: 'shape2D',
  appliesTo: 'mask',
  byDefault: false,
  features: Object.keys(definitions),
  definitions: { ...definitions, ...namedOnly },
  ibsiAggregation: null,
  namedOnly: Object.keys(namedOnly),
  withdrawn: {},
  compute,
};
