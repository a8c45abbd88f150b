import { gunzipSync } from 'node:zlib';
import { expect } from 'vitest';
import { readNrrdMask, readNrrdVolume } from '../../../src/nrrd/nrrd.ts';
import { type Parameters, parseParameters } from '../../../src/radiomics/parameters.ts';
import type { Dims, Grid, Mask, Vector, Volume } from '../../../src/radiomics/volume.ts';
import { oracleBytes, oracleJson } from '../../helpers/oracles.ts';

export interface ImageAndMask {
  readonly volume: Volume;
  readonly mask: Mask;
}

/** Reference values of PyRadiomics with the parameters that made them. */
export interface ReferenceValues {
  readonly settings: {
    readonly setting: Readonly<Record<string, unknown>>;
    readonly imageType: Readonly<Record<string, unknown>>;
    readonly featureClass: Readonly<Record<string, readonly string[]>>;
  };
  readonly diagnostics: Readonly<Record<string, unknown>>;
  readonly features: Readonly<Record<string, number>>;
}

/** Image and label of each case, as NRRD. */
export const nrrdFiles: Readonly<Record<string, readonly [string, string]>> = {
  brain1: ['brain1/brain1_image.nrrd', 'brain1/brain1_label.nrrd'],
  breast1: ['breast1/breast1_image.nrrd', 'breast1/breast1_label.nrrd'],
  'lung-pat1': ['lung-pat1/lung1_image.nrrd', 'lung-pat1/lung1_label.nrrd'],
  'sts001-ct': ['sts001-ct/sts001ct_image.nrrd', 'sts001-ct/sts001ct_label.nrrd'],
};

export function readNrrdCase(name: string): ImageAndMask {
  const [image, label] = nrrdFiles[name]!;
  return {
    volume: readNrrdVolume(oracleBytes(`radiomics/${image}`), image),
    mask: readNrrdMask(oracleBytes(`radiomics/${label}`), label),
  };
}

export function readReference(path: string): ReferenceValues {
  return oracleJson<ReferenceValues>(`radiomics/${path}`);
}

/** The reference's own parameters, reduced to the original image. */
export function parametersOf({ settings }: ReferenceValues): Parameters {
  return parseParameters(JSON.stringify({ ...settings, imageType: { Original: {} } }), 'reference');
}

/** The reference's features of the original image, in their order. */
export function originalFeatures({ features }: ReferenceValues): [string, number][] {
  return Object.entries(features).filter(([key]) => key.startsWith('original_'));
}

/** Relative 1e-9; values below 1e-12 are rounding residues of an exact 0 and compared absolutely. */
export function expectClose(actual: number | undefined, expected: number, key: string): void {
  const allowed = Math.abs(expected) < 1e-12 ? 1e-12 : 1e-9 * Math.abs(expected);
  const message = `${key}: ${actual}, expected ${expected}`;
  expect(Math.abs((actual ?? Number.NaN) - expected), message).toBeLessThanOrEqual(allowed);
}

/** The same image and mask with the slices in opposite order, at the same place in the patient. */
export function reverseSlices({ volume, mask }: ImageAndMask): ImageAndMask {
  const [nx, ny, nz] = volume.dims;
  const slice = nx * ny;
  const flip = <T extends { set(a: ArrayLike<number>, at: number): void; subarray(a: number, b: number): T }>(
    from: T,
    to: T,
  ): T => {
    for (let z = 0; z < nz; z++) {
      to.set(from.subarray(z * slice, (z + 1) * slice) as unknown as ArrayLike<number>, (nz - 1 - z) * slice);
    }
    return to;
  };
  const [dx, dy, dz] = volume.direction;
  const length = volume.spacingMm[2] * (nz - 1);
  const along = (axis: 0 | 1 | 2) => volume.originMm[axis] + dz[axis] * length;
  const grid: Grid = {
    ...volume,
    originMm: [along(0), along(1), along(2)],
    direction: [dx, dy, [-dz[0], -dz[1], -dz[2]]],
  };
  const voxels = volume.voxels as Int16Array;
  return {
    volume: { ...grid, voxels: flip(voxels, new Int16Array(voxels.length)) },
    mask: { ...grid, voxels: flip(mask.voxels, new Uint8Array(voxels.length)) },
  };
}

/** Rows of a published baseline file: row name to column name to text. */
export function readBaseline(path: string): Map<string, Map<string, string>> {
  const lines = oracleBytes(`radiomics/${path}`).toString('utf8').trim().split(/\r?\n/);
  const rows = lines.map((line) =>
    [...line.matchAll(/(?:^|,)(?:"([^"]*)"|([^,]*))/g)].map(([, quoted, plain]) => quoted ?? plain ?? ''),
  );
  const columns = rows[0]!;
  return new Map(rows.slice(1).map((row) => [row[0]!, new Map(columns.map((column, i) => [column, row[i] ?? '']))]));
}

/** A Python literal of the baseline files (dict, list, tuple, True, None) as JavaScript values. */
export function parsePython(text: string): unknown {
  const json = text
    .replaceAll("'", '"')
    .replaceAll('True', 'true')
    .replaceAll('False', 'false')
    .replaceAll('None', 'null')
    .replaceAll('(', '[')
    .replaceAll(')', ']');
  return JSON.parse(json);
}

/** A numpy array of doubles, in row-major order whatever the order in the file. */
export function readNpy(path: string): { readonly shape: readonly number[]; readonly values: Float64Array } {
  const bytes = oracleBytes(`radiomics/${path}`);
  const end = 10 + bytes.readUInt16LE(8);
  const header = bytes.toString('latin1', 10, end);
  expect(header).toContain("'descr': '<f8'");
  const shape = /'shape': \(([^)]*)\)/.exec(header)![1]!.split(',').map(Number);
  const stored = new Float64Array(new Uint8Array(bytes.subarray(end)).buffer);
  if (header.includes("'fortran_order': False")) return { shape, values: stored };
  const [rows, columns] = [shape[0]!, shape[1]!];
  expect(shape.length, 'dimensions of a Fortran array').toBe(2);
  return { shape, values: stored.map((_, at) => stored[(at % columns) * rows + Math.trunc(at / columns)]!) };
}

/** A gzipped NIfTI-1 image of 16-bit integers with an identity orientation, as the IBSI phantom is stored. */
export function readPhantomNifti(path: string): Volume {
  const bytes = gunzipSync(oracleBytes(`radiomics/${path}`));
  const number = (at: number) => bytes.readFloatLE(at);
  const dims: Dims = [bytes.readInt16LE(42), bytes.readInt16LE(44), bytes.readInt16LE(46)];
  const spacingMm: Vector = [number(80), number(84), number(88)];
  const count = dims[0] * dims[1] * dims[2];
  expect(bytes.readInt16LE(70), 'NIfTI data type int16').toBe(4);
  const start = number(108);
  const voxels = Int16Array.from({ length: count }, (_, i) => bytes.readInt16LE(start + 2 * i));
  const direction = [
    [1, 0, 0],
    [0, 1, 0],
    [0, 0, 1],
  ] as const;
  return { dims, spacingMm, originMm: [0, 0, 0], direction, voxels };
}
