import { DicomError } from '../errors.ts';
import type { Vector, Volume } from '../radiomics/volume.ts';
import { numberOf, requireNumber, requireText, textOf } from './dataset.ts';
import { type PlaneGeometry, planeGeometry, planePosition } from './image-plane.ts';
import type { DicomInstance } from './instance.ts';
import { joinSlices, readSliceValues } from './pixel-values.ts';
import { orderSlices } from './slice-order.ts';
import type { SeriesVolume } from './types.ts';
import { largestDifference } from './vector.ts';

interface Slice {
  readonly instance: DicomInstance;
  readonly position: Vector;
  readonly geometry: PlaneGeometry;
}

/** Direction cosines that differ by more are another orientation. */
const orientationTolerance = 1e-4;
/** Relative difference of PixelSpacing above which it is another spacing. */
const spacingTolerance = 1e-4;

/**
 * Builds the volume of one series of single-frame images (CT, MR).
 *
 * Slices lie along `row x column`, ascending; the direction matrix is `[row, column, normal]` and the origin the
 * position of the first slice, so that grid and voxels are those that SimpleITK reads.
 *
 * @param instances All images of the series, in any order.
 * @throws DicomError `SERIES_EMPTY`, `SERIES_DUPLICATE_SLICES`, `SERIES_MISSING_SLICES`, `SERIES_MIXED_GEOMETRY`,
 *   `SERIES_UNSUPPORTED` (multi-frame, gantry tilt, not in Hounsfield units) or `DICOM_INVALID`.
 * @see DICOM PS3.3 section C.7.6.2 (image plane)
 */
export function buildVolume(instances: readonly DicomInstance[]): SeriesVolume {
  const [first] = instances;
  if (first === undefined) {
    throw new DicomError('SERIES_EMPTY', 'series', 'there are no images: check the folder or the series');
  }
  const SeriesInstanceUID = requireText(first.dataset, 'SeriesInstanceUID', first.name);
  const unordered = instances.map(readSlice);
  refuseMixture(unordered, SeriesInstanceUID);
  const { geometry } = unordered[0] ?? readSlice(first);
  const { slices, distanceMm } = orderSlices(unordered, geometry, SeriesInstanceUID);
  const images = slices.map(({ instance }) => instance);
  return {
    volume: volumeOf(slices, geometry, distanceMm ?? singleSliceThickness(first)),
    StudyInstanceUID: requireText(first.dataset, 'StudyInstanceUID', first.name),
    SeriesInstanceUID,
    FrameOfReferenceUID: textOf(first.dataset, 'FrameOfReferenceUID') ?? '',
    PatientID: textOf(first.dataset, 'PatientID') ?? '',
    sopInstanceUIDs: images.map(({ SOPInstanceUID }) => SOPInstanceUID),
    SeriesDescription: textOf(first.dataset, 'SeriesDescription'),
    SliceThickness: numberOf(first.dataset, 'SliceThickness'),
    Modality: first.Modality,
  };
}

function readSlice(instance: DicomInstance): Slice {
  const { dataset, name } = instance;
  if ((numberOf(dataset, 'NumberOfFrames') ?? 1) > 1 || dataset.SharedFunctionalGroupsSequence !== undefined) {
    const text = 'multi-frame images are not read yet: send the series as single-frame CT images';
    throw new DicomError('SERIES_UNSUPPORTED', name, text);
  }
  return { instance, position: planePosition(dataset, name), geometry: planeGeometry(dataset, dataset, name) };
}

function volumeOf(slices: readonly Slice[], geometry: PlaneGeometry, distanceMm: number): Volume {
  const { row, column, normal, pixelSpacingMm } = geometry;
  const [lowest] = slices;
  const instance = lowest?.instance;
  if (lowest === undefined || instance === undefined) throw new RangeError('slices: none');
  return {
    dims: [
      requireNumber(instance.dataset, 'Columns', instance.name),
      requireNumber(instance.dataset, 'Rows', instance.name),
      slices.length,
    ],
    spacingMm: [...pixelSpacingMm, distanceMm],
    originMm: lowest.position,
    direction: [row, column, normal],
    voxels: joinSlices(slices.map((slice) => readSliceValues(slice.instance))),
  };
}

function singleSliceThickness({ dataset, name }: DicomInstance): number {
  const thickness = numberOf(dataset, 'SpacingBetweenSlices') ?? numberOf(dataset, 'SliceThickness');
  if (thickness === null || thickness <= 0) {
    throw new DicomError('SERIES_UNSUPPORTED', name, 'a single slice without SliceThickness: send the whole series');
  }
  return thickness;
}

/** What all slices of a volume must agree in. */
const common = ['SeriesInstanceUID', 'PatientID', 'FrameOfReferenceUID', 'Rows', 'Columns'] as const;

function refuseMixture(slices: readonly Slice[], subject: string): void {
  for (const keyword of common) {
    const values = new Set(slices.map(({ instance }) => textOf(instance.dataset, keyword) ?? ''));
    if (values.size > 1) throw mixture(subject, keyword, values.size);
  }
  const [first] = slices;
  if (first === undefined) return;
  const { geometry } = first;
  const turned = slices.filter(
    (slice) =>
      largestDifference(slice.geometry.row, geometry.row) > orientationTolerance ||
      largestDifference(slice.geometry.column, geometry.column) > orientationTolerance,
  );
  if (turned.length > 0) throw mixture(subject, 'ImageOrientationPatient', 2);
  const rescaled = slices.filter(
    ({ geometry: { pixelSpacingMm } }) =>
      largestDifference(pixelSpacingMm, geometry.pixelSpacingMm) > spacingTolerance * geometry.pixelSpacingMm[0],
  );
  if (rescaled.length > 0) throw mixture(subject, 'PixelSpacing', 2);
}

function mixture(subject: string, keyword: string, count: number): DicomError {
  const text = `${keyword} takes ${count} or more values among the slices: send each stack as a series of its own`;
  return new DicomError('SERIES_MIXED_GEOMETRY', subject, text);
}
