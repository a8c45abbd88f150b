import { createHash } from 'node:crypto';
import { countComponents } from './kernels/components.ts';
import { mean, range } from './kernels/moments.ts';
import type { Parameters } from './parameters.ts';
import { cutRegion, findLabel } from './region.ts';
import type { Mask, Vector, Volume } from './volume.ts';

type Diagnostics = Record<string, unknown>;

/** Part of a diagnostics key that says which version of an image or mask it describes. */
type Stage = 'original' | 'resegmented';

/** SHA-1 of a voxel buffer as it lies in memory, SimpleITK's `Hash`. */
function voxelHash({ buffer, byteOffset, byteLength }: ArrayBufferView): string {
  return createHash('sha1')
    .update(new Uint8Array(buffer, byteOffset, byteLength))
    .digest('hex');
}

/** Where a continuous voxel index lies in the patient (mm). */
function positionOf({ originMm, spacingMm, direction }: Volume, index: Vector): Vector {
  const along = (row: 0 | 1 | 2) =>
    originMm[row] +
    direction[0][row] * spacingMm[0] * index[0] +
    direction[1][row] * spacingMm[1] * index[1] +
    direction[2][row] * spacingMm[2] * index[2];
  return [along(0), along(1), along(2)];
}

/**
 * Which program and which parameters made the numbers.
 *
 * @param version Version of the extractor.
 */
export function describeConfiguration(parameters: Parameters, version: string): Diagnostics {
  const { reported, imageTypes, notAvailable } = parameters;
  return {
    diagnostics_Versions_Deltascope: version,
    diagnostics_Versions_Definitions: 'PyRadiomics 3.1.0',
    diagnostics_Configuration_Settings: reported,
    diagnostics_Configuration_EnabledImageTypes: Object.fromEntries(
      imageTypes.map((type) => [type.name, type.reported]),
    ),
    ...(notAvailable.length > 0 ? { diagnostics_Configuration_FeatureClassesNotAvailable: notAvailable } : {}),
  };
}

/** Hash, grid and intensities of the loaded image. */
export function describeImage(volume: Volume): Diagnostics {
  const key = 'diagnostics_Image-original';
  const [minimum, maximum] = range(volume.voxels);
  return {
    [`${key}_Hash`]: voxelHash(volume.voxels),
    [`${key}_Dimensionality`]: '3D',
    [`${key}_Spacing`]: volume.spacingMm,
    [`${key}_Size`]: volume.dims,
    [`${key}_Mean`]: mean(volume.voxels),
    [`${key}_Minimum`]: minimum,
    [`${key}_Maximum`]: maximum,
  };
}

/**
 * Extent, parts and centre of a region, and its intensities once image and mask are known to match.
 *
 * @param mask Mask that has the label.
 * @param label 1..255.
 * @param volume Image on the same grid, or null to leave intensities out.
 * @param stage `original` adds the hash of the mask, as 32-bit labels.
 */
export function describeMask(mask: Mask, label: number, volume: Volume | null, stage: Stage): Diagnostics {
  const key = `diagnostics_Mask-${stage}`;
  const found = findLabel(mask, label);
  if (found === null) return {};
  const { lower, size } = found.box;
  const region = cutRegion(volume ?? mask, mask, label, found.box);
  const sums: [number, number, number] = [0, 0, 0];
  region.inside.forEach((inside, at) => {
    if (inside === 0) return;
    sums[0] += at % size[0];
    sums[1] += Math.trunc(at / size[0]) % size[1];
    sums[2] += Math.trunc(at / (size[0] * size[1]));
  });
  const centre: Vector = [
    lower[0] + sums[0] / found.count,
    lower[1] + sums[1] / found.count,
    lower[2] + sums[2] / found.count,
  ];
  const [minimum, maximum] = range(region.values);
  return {
    ...(stage === 'original' ? { [`${key}_Hash`]: voxelHash(new Uint32Array(mask.voxels)) } : {}),
    [`${key}_Spacing`]: mask.spacingMm,
    [`${key}_Size`]: mask.dims,
    [`${key}_BoundingBox`]: [...lower, ...size],
    [`${key}_VoxelNum`]: found.count,
    [`${key}_VolumeNum`]: countComponents(region.inside, size),
    [`${key}_CenterOfMassIndex`]: centre,
    [`${key}_CenterOfMass`]: positionOf(mask, centre),
    ...(volume === null
      ? {}
      : { [`${key}_Mean`]: mean(region.values), [`${key}_Minimum`]: minimum, [`${key}_Maximum`]: maximum }),
  };
}
