import { z } from 'zod';

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
  /** Takes effect only with resampling. */
  interpolator: z.enum(interpolators).or(z.int().min(1).max(10)).nullable(),
  /** Voxels; takes effect only with resampling. */
  padDistance: z.int().min(0),
  distances: z.array(z.int().positive()).min(1),
  force2D: z.boolean(),
  /** Axis in PyRadiomics' order: 0 is z, 1 is y, 2 is x. */
  force2Ddimension: z.literal([0, 1, 2]),
  resegmentRange: z.array(z.number()).min(1).max(2).nullable(),
  resegmentMode: z.enum(['absolute', 'relative', 'sigma']),
  resegmentShape: z.boolean(),
  label: z.int().min(1).max(255),
  additionalInfo: z.boolean(),
  binWidth: z.number().positive(),
  binCount: z.int().positive().nullable(),
  voxelArrayShift: z.int(),
  symmetricalGLCM: z.boolean(),
  weightingNorm: z.enum(['euclidean', 'manhattan', 'infinity', 'no_weighting']).nullable(),
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
  resegmentMode: 'absolute',
  resegmentShape: false,
  binWidth: 25,
  binCount: null,
  voxelArrayShift: 0,
  symmetricalGLCM: true,
  weightingNorm: null,
});

/** Settings that PyRadiomics knows and this extractor does not yet have, with the values at which they change nothing. */
export const unavailableSettings: Readonly<Record<string, readonly unknown[]>> = {
  correctMask: [false],
  preCrop: [false],
  resampledPixelSpacing: [null],
  label_channel: [0],
  gldm_a: [0],
  sigma: [],
  start_level: [0],
  level: [1],
  wavelet: ['coif1'],
  gradientUseSpacing: [true],
  lbp2DRadius: [],
  lbp2DSamples: [],
  lbp2DMethod: [],
  lbp3DLevels: [],
  lbp3DIcosphereRadius: [],
  lbp3DIcosphereSubdivision: [],
};

/** The settings that may differ from one image type to the next: those the feature classes read. */
export const imageTypeSettings: readonly string[] = [
  'binWidth',
  'binCount',
  'voxelArrayShift',
  'distances',
  'force2D',
  'force2Ddimension',
  'symmetricalGLCM',
  'weightingNorm',
];

/**
 * The axis along which textures do not look, or null for all three.
 *
 * @returns 0 x, 1 y, 2 z: PyRadiomics counts the other way round.
 */
export function planeNormal({ force2D, force2Ddimension }: Settings): 0 | 1 | 2 | null {
  if (!force2D) return null;
  return force2Ddimension === 0 ? 2 : force2Ddimension === 1 ? 1 : 0;
}
