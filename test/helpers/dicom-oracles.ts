import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { readNrrdMask, readNrrdVolume } from '../../src/nrrd/nrrd.ts';
import type { Mask, Volume } from '../../src/radiomics/volume.ts';
import { oracleBytes, oraclePath } from './oracles.ts';

/** Cases of the reference data that are there as NRRD and as DICOM. */
export const dicomCases = [
  { name: 'lung-pat1', images: 'lung-pat1/dicom/ct', seg: 'lung-pat1/dicom/seg.dcm', nrrd: 'lung-pat1/lung1' },
  {
    name: 'lung-pat1 as published (implicit VR, 12 bits)',
    images: 'lung-pat1/original-dicom',
    seg: 'lung-pat1/original-dicom/seg.dcm',
    nrrd: 'lung-pat1/lung1',
  },
  { name: 'brain1 (MR, reversed)', images: 'brain1/dicom/mr', seg: 'brain1/dicom/seg.dcm', nrrd: 'brain1/brain1' },
  { name: 'breast1 (MR)', images: 'breast1/dicom/mr', seg: 'breast1/dicom/seg.dcm', nrrd: 'breast1/breast1' },
  {
    name: 'sts001 (implicit VR, signed)',
    images: 'sts001-ct/dicom/ct',
    seg: 'sts001-ct/dicom/seg.dcm',
    nrrd: 'sts001-ct/sts001ct',
  },
] as const;

export type DicomCase = (typeof dicomCases)[number];

/** Part 10 files of the images of a case. */
export function imageFiles({ images }: DicomCase): Buffer[] {
  const folder = oraclePath(`radiomics/${images}`);
  return readdirSync(folder)
    .filter((file) => /^(CT|MR|DCM_IMG|\d)/.test(file))
    .map((file) => readFileSync(path.join(folder, file)));
}

/** Part 10 file of the segmentation of a case. */
export function segFile({ seg }: DicomCase): Buffer {
  return oracleBytes(`radiomics/${seg}`);
}

/** Volume and mask of a case from its NRRD files. */
export function nrrdOf({ nrrd }: DicomCase): { volume: Volume; mask: Mask } {
  return {
    volume: readNrrdVolume(oracleBytes(`radiomics/${nrrd}_image.nrrd`), nrrd),
    mask: readNrrdMask(oracleBytes(`radiomics/${nrrd}_label.nrrd`), nrrd),
  };
}

/**
 * Largest difference of two images voxel by voxel, matched by where the voxels lie in the patient: the slice axis of
 * the second may run the other way.
 */
export function largestVoxelDifference(found: Volume | Mask, expected: Volume | Mask): number {
  const [nx, ny, nz] = expected.dims;
  const reversed = found.direction[2][2] * expected.direction[2][2] < 0;
  let largest = found.voxels.length === expected.voxels.length ? 0 : Number.POSITIVE_INFINITY;
  for (let z = 0; z < nz; z++) {
    const other = nx * ny * (reversed ? nz - 1 - z : z);
    for (let i = 0; i < nx * ny; i++) {
      const difference = Math.abs((found.voxels[nx * ny * z + i] ?? Number.NaN) - (expected.voxels[other + i] ?? 0));
      if (!(difference <= largest)) largest = difference;
    }
  }
  return largest;
}
