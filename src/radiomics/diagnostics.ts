import { createHash } from 'node:crypto';
import { positionOf } from './geometry.ts';
import { countComponents } from './kernels/components.ts';
import { summarise } from './kernels/moments.ts';
import type { Parameters } from './parameters.ts';
import type { Prepared } from './preprocess.ts';
import { cutRegion, findLabel } from './region.ts';
import type { Image, Mask, Vector, Volume } from './volume.ts';

type Diagnostics = Record<string, unknown>;

/** Part of a diagnostics key that says which version of an image or mask it describes. */
type Stage = 'original' | 'interpolated' | 'corrected' | 'resegmented';

/** SHA-1 of a voxel buffer as it lies in memory, SimpleITK's `Hash`. */
function voxelHash({ buffer, byteOffset, byteLength }: ArrayBufferView): string {
  return createHash('sha1')
    .update(new Uint8Array(buffer, byteOffset, byteLength))
    .digest('hex');
}

/** Voxels widened at a time: the whole mask of a chest CT would take 300 MiB. */
const hashedAtOnce = 2 ** 16;

/** SHA-1 of a label map with 32 bits per voxel, as PyRadiomics casts every mask. */
function maskHash({ voxels }: Mask): string {
  const hash = createHash('sha1');
  const wide = new Uint32Array(Math.min(hashedAtOnce, voxels.length));
  for (let at = 0; at < voxels.length; at += hashedAtOnce) {
    const some = voxels.subarray(at, at + hashedAtOnce);
    wide.set(some);
    hash.update(new Uint8Array(wide.buffer, 0, some.length * wide.BYTES_PER_ELEMENT));
  }
  return hash.digest('hex');
}

/**
 * Which program and which parameters made the numbers.
 *
 * @param version Version of the extractor.
 */
export function describeConfiguration(parameters: Parameters, version: string): Diagnostics {
  const { reported, imageTypes } = parameters;
  return {
    diagnostics_Versions_Deltascope: version,
    diagnostics_Versions_Definitions: 'PyRadiomics 3.1.0',
    diagnostics_Configuration_Settings: reported,
    diagnostics_Configuration_EnabledImageTypes: Object.fromEntries(
      imageTypes.map((type) => [type.name, type.reported]),
    ),
  };
}

/**
 * Grid and intensities of an image.
 *
 * @param stage `original` adds the hash of the voxels.
 */
export function describeImage(volume: Volume, stage: Stage): Diagnostics {
  const key = `diagnostics_Image-${stage}`;
  const { mean, lowest, highest } = summarise(volume.voxels);
  return {
    ...(stage === 'original' ? { [`${key}_Hash`]: voxelHash(volume.voxels), [`${key}_Dimensionality`]: '3D' } : {}),
    [`${key}_Spacing`]: volume.spacingMm,
    [`${key}_Size`]: volume.dims,
    [`${key}_Mean`]: mean,
    [`${key}_Minimum`]: lowest,
    [`${key}_Maximum`]: highest,
  };
}

/**
 * What an extraction did to an image and a mask after they were loaded, before it computed features.
 *
 * @param prepared What became of them.
 * @param label 1..255.
 */
export function describePreparation(prepared: Prepared, label: number): Diagnostics {
  const { image, interpolated, corrected, resegmented } = prepared;
  return {
    ...(interpolated === null
      ? {}
      : {
          ...describeImage(interpolated.image, 'interpolated'),
          ...describeMask(interpolated.mask, label, interpolated.image, 'interpolated'),
        }),
    ...(corrected === null ? {} : describeMask(corrected, label, image, 'corrected')),
    ...(resegmented === null ? {} : describeMask(resegmented, label, image, 'resegmented')),
  };
}

/**
 * Extent, parts and centre of a region, and its intensities once image and mask are known to match.
 *
 * @param mask Mask that has the label.
 * @param label 1..255.
 * @param image Image on the same grid, or null to leave intensities out.
 * @param stage `original` adds the hash of the mask, as 32-bit labels.
 */
export function describeMask(mask: Mask, label: number, image: Image | null, stage: Stage): Diagnostics {
  const key = `diagnostics_Mask-${stage}`;
  const found = findLabel(mask, label);
  if (found === null) return {};
  const { lower, size } = found.box;
  const region = cutRegion(image ?? mask, mask, label, found.box);
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
  const { mean, lowest, highest } = summarise(region.values);
  return {
    ...(stage === 'original' ? { [`${key}_Hash`]: maskHash(mask) } : {}),
    [`${key}_Spacing`]: mask.spacingMm,
    [`${key}_Size`]: mask.dims,
    [`${key}_BoundingBox`]: [...lower, ...size],
    [`${key}_VoxelNum`]: found.count,
    [`${key}_VolumeNum`]: countComponents(region.inside, size),
    [`${key}_CenterOfMassIndex`]: centre,
    [`${key}_CenterOfMass`]: positionOf(mask, centre),
    ...(image === null ? {} : { [`${key}_Mean`]: mean, [`${key}_Minimum`]: lowest, [`${key}_Maximum`]: highest }),
  };
}
