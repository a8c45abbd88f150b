import { z } from 'zod';
import type { Sampling } from './kernels/sample-positions.ts';
import { isWavelet, waveletNames } from './kernels/wavelet-filters.ts';

const interpolators = [
  'sitkNearestNeighbor',
  'sitkLinear',
  'sitkBSpline',
  'sitkGaussian',
  'sitkLabelGaussian',
  'sitkHammingWindowedSinc',
  'sitkCosineWindowedSinc',
  'sitkWelchWindowedSinc',
  'sitkLanczosWindowedSinc',
  'sitkBlackmanWindowedSinc',
] as const;

/** Interpolators that this extractor has, under their names and SimpleITK's numbers. */
const available: ReadonlyMap<unknown, Sampling> = new Map<unknown, Sampling>([
  ['sitkNearestNeighbor', 'nearest'],
  ['sitkLinear', 'linear'],
  ['sitkBSpline', 'spline'],
  [1, 'nearest'],
  [2, 'linear'],
  [3, 'spline'],
]);

/** Beyond these, a filter would look further than any CT reaches. */
const largestLevel = 8;
const largestRadius = 100;

/** A width in mm and how PyRadiomics would write it in a feature key: `1` or `1.0`, as the file has it. */
const sigmaSchema = z.object({ mm: z.number().positive(), text: z.string() });

/** The `setting` part of a parameter file, every key as PyRadiomics names and limits it. */
export const settingsSchema = z.object({
  minimumROIDimensions: z.int().min(1).max(3),
  /** Voxels; a region of this size or smaller is refused. */
  minimumROISize: z.int().positive().nullable(),
  /** Relative to the voxel size along x; null is SimpleITK's 1e-6. */
  geometryTolerance: z.number().positive().nullable(),
  normalize: z.boolean(),
  normalizeScale: z.number().positive(),
  /** Standard deviations beyond which normalised values are clipped. */
  removeOutliers: z.number().positive().nullable(),
  /** mm along `[x, y, z]`; 0 keeps the mask's spacing along an axis. */
  resampledPixelSpacing: z.tuple([z.number().min(0), z.number().min(0), z.number().min(0)]).nullable(),
  /** Null switches resampling off; a number is SimpleITK's. */
  interpolator: z.enum(interpolators).or(z.int().min(1).max(10)).nullable(),
  /** Cut image and mask to the region and `padDistance` around it before anything looks at them. */
  preCrop: z.boolean(),
  /** Voxels (resampled ones) kept around the region by resampling and by `preCrop`. */
  padDistance: z.int().min(0),
  /** Sample a mask of another grid onto the image's. */
  correctMask: z.boolean(),
  distances: z.array(z.int().positive()).min(1),
  force2D: z.boolean(),
  /** Axis in PyRadiomics' order: 0 is z, 1 is y, 2 is x. */
  force2Ddimension: z.literal([0, 1, 2]),
  resegmentRange: z.array(z.number()).min(1).max(2).nullable(),
  resegmentMode: z.enum(['absolute', 'relative', 'sigma']),
  resegmentShape: z.boolean(),
  label: z.int().min(1).max(255),
  /** Component of a mask of vectors; a mask of scalars, the only kind here, has no other. */
  label_channel: z.int().min(0),
  additionalInfo: z.boolean(),
  binWidth: z.number().positive(),
  binCount: z.int().positive().nullable(),
  voxelArrayShift: z.int(),
  symmetricalGLCM: z.boolean(),
  weightingNorm: z.enum(['euclidean', 'manhattan', 'infinity', 'no_weighting']).nullable(),
  /** Largest difference of two grey levels that depend on each other. */
  gldm_a: z.int().min(0),
  /** Widths of the LoG filter. */
  sigma: z.array(sigmaSchema),
  wavelet: z.string().refine(isWavelet, { error: `one of ${waveletNames.join(', ')}` }),
  /** Number of wavelet levels that features are computed on. */
  level: z.int().min(1).max(largestLevel),
  /** Wavelet levels to go down before the first that features are computed on. */
  start_level: z.int().min(0).max(largestLevel),
  /** Per mm; otherwise per voxel. */
  gradientUseSpacing: z.boolean(),
  /** Voxels. */
  lbp2DRadius: z.number().positive().max(largestRadius),
  lbp2DSamples: z.int().min(1).max(31),
  lbp2DMethod: z.enum(['default', 'ror', 'uniform', 'var']),
  lbp3DLevels: z.int().min(1).max(10),
  /** Voxels. */
  lbp3DIcosphereRadius: z.number().positive().max(largestRadius),
  lbp3DIcosphereSubdivision: z.int().min(0).max(4),
});

export type Settings = Readonly<z.infer<typeof settingsSchema>>;

/** PyRadiomics' own defaults that it reports in its diagnostics whether or not a file sets them. */
export const reportedDefaults = {
  minimumROIDimensions: 2,
  minimumROISize: null,
  normalize: false,
  normalizeScale: 1,
  removeOutliers: null,
  resampledPixelSpacing: null,
  interpolator: 'sitkBSpline',
  preCrop: false,
  padDistance: 5,
  distances: [1],
  force2D: false,
  force2Ddimension: 0,
  resegmentRange: null,
  label: 1,
  additionalInfo: true,
} as const;

/** What PyRadiomics uses for every setting that a file leaves out. */
export const defaultSettings: Settings = settingsSchema.parse({
  ...reportedDefaults,
  geometryTolerance: null,
  correctMask: false,
  label_channel: 0,
  resegmentMode: 'absolute',
  resegmentShape: false,
  binWidth: 25,
  binCount: null,
  voxelArrayShift: 0,
  symmetricalGLCM: true,
  weightingNorm: null,
  gldm_a: 0,
  sigma: [],
  wavelet: 'coif1',
  level: 1,
  start_level: 0,
  gradientUseSpacing: true,
  lbp2DRadius: 1,
  lbp2DSamples: 8,
  lbp2DMethod: 'uniform',
  lbp3DLevels: 2,
  lbp3DIcosphereRadius: 1,
  lbp3DIcosphereSubdivision: 1,
});

/** The settings that may differ from one image type to the next: those that filters and feature classes read. */
export const imageTypeSettings: readonly string[] = [
  'binWidth',
  'binCount',
  'voxelArrayShift',
  'distances',
  'force2D',
  'force2Ddimension',
  'symmetricalGLCM',
  'weightingNorm',
  'gldm_a',
  'sigma',
  'wavelet',
  'level',
  'start_level',
  'gradientUseSpacing',
  'lbp2DRadius',
  'lbp2DSamples',
  'lbp2DMethod',
  'lbp3DLevels',
  'lbp3DIcosphereRadius',
  'lbp3DIcosphereSubdivision',
];

/**
 * How to sample the image onto another grid.
 *
 * @returns Undefined for an interpolator of SimpleITK that this extractor does not have, and for null.
 */
export function samplingOf({ interpolator }: Settings): Sampling | undefined {
  return available.get(interpolator);
}

/** Whether the image is to be resampled: with a spacing and an interpolator. */
export function isResampled({ resampledPixelSpacing, interpolator }: Settings): boolean {
  return resampledPixelSpacing !== null && interpolator !== null;
}

/**
 * The axis along which textures do not look, or null for all three.
 *
 * @returns 0 x, 1 y, 2 z: PyRadiomics counts the other way round.
 */
export function planeNormal({ force2D, force2Ddimension }: Settings): 0 | 1 | 2 | null {
  if (!force2D) return null;
  return force2Ddimension === 0 ? 2 : force2Ddimension === 1 ? 1 : 0;
}
