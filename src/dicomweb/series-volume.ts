import { DicomError } from '../errors.ts';
import type { LossyCompression } from '../models/model-result.ts';
import type { Grid, Vector, Volume } from '../radiomics/volume.ts';
import { type DicomDataset, numberOf, numbersOf, requireText, textOf, textsOf } from './dataset.ts';
import { functionalGroups, hasFunctionalGroups } from './functional-groups.ts';
import { type PlaneGeometry, planeGeometry, planePosition } from './image-plane.ts';
import type { DicomInstance } from './instance.ts';
import type { PixelLayout } from './pixel-layout.ts';
import { imageLayout, joinSlices, readFrameValues } from './pixel-values.ts';
import { orderSlices } from './slice-order.ts';
import { type AcquiredStack, straightenVolume, straightGrid } from './straighten.ts';
import type { SeriesVolume } from './types.ts';
import { largestDifference } from './vector.ts';

/** One plane of the volume: a single-frame image, or a frame of an enhanced one. */
interface Slice {
  readonly instance: DicomInstance;
  /** Frame of the instance, from 0. */
  readonly frame: number;
  readonly position: Vector;
  readonly geometry: PlaneGeometry;
  /** Data set with SliceThickness. */
  readonly measures: DicomDataset;
  /** Data set with RescaleSlope and RescaleIntercept. */
  readonly transformation: DicomDataset;
}

/** Direction cosines that differ by more are another orientation. */
const orientationTolerance = 1e-4;
/** Relative difference of PixelSpacing above which it is another spacing. */
const spacingTolerance = 1e-4;

/**
 * Builds the volume of one series of CT or MR images, single-frame or enhanced multi-frame.
 *
 * Slices lie along `row x column`, ascending; the direction matrix is `[row, column, normal]` and the origin the
 * position of the first slice, so that grid and voxels are those that SimpleITK reads.
 *
 * @param instances All images of the series, in any order.
 * @param options `straighten` resamples slices of a tilted gantry or at uneven distances linearly to a straight grid;
 *   without it they are refused. Missing slices are refused in any case.
 * @throws DicomError `SERIES_EMPTY`, `SERIES_DUPLICATE_SLICES`, `SERIES_MISSING_SLICES`, `SERIES_MIXED_GEOMETRY`,
 *   `SERIES_UNEVEN_SPACING`, `SERIES_GANTRY_TILT`, `SERIES_UNSUPPORTED` (colour, not in Hounsfield units) or
 *   `DICOM_INVALID`.
 * @see DICOM PS3.3 sections C.7.6.2 (image plane) and C.7.6.16 (functional groups)
 */
export function buildVolume(
  instances: readonly DicomInstance[],
  { straighten = false }: { readonly straighten?: boolean } = {},
): SeriesVolume {
  const [first] = instances;
  if (first === undefined) {
    throw new DicomError('SERIES_EMPTY', 'series', 'there are no images: check the folder or the series');
  }
  const SeriesInstanceUID = requireText(first.dataset, 'SeriesInstanceUID', first.name);
  const unordered = instances.flatMap(readSlices);
  const [some] = unordered;
  if (some === undefined)
    throw new DicomError('SERIES_EMPTY', SeriesInstanceUID, 'the image has no frames: send it again');
  refuseMixture(unordered, some.geometry, SeriesInstanceUID);
  const ordered = orderSlices(unordered, some.geometry, SeriesInstanceUID, straighten);
  const { slices, distanceMm, irregular } = ordered;
  const stacked = volumeOf(slices, some.geometry, distanceMm ?? singleSliceThickness(some));
  const positions = slices.map(({ position }) => position);
  const acquired = irregular === null ? null : { grid: gridOf(stacked), positions, description: irregular };
  return {
    volume: acquired === null ? stacked : straightened(stacked, acquired, SeriesInstanceUID),
    acquired,
    StudyInstanceUID: requireText(first.dataset, 'StudyInstanceUID', first.name),
    SeriesInstanceUID,
    FrameOfReferenceUID: textOf(first.dataset, 'FrameOfReferenceUID') ?? '',
    PatientID: textOf(first.dataset, 'PatientID') ?? '',
    sopInstanceUIDs: slices.map(({ instance }) => instance.SOPInstanceUID),
    SeriesDescription: textOf(first.dataset, 'SeriesDescription'),
    SliceThickness: numberOf(some.measures, 'SliceThickness'),
    Modality: first.Modality,
    lossyCompression: lossyCompressionOf(instances),
  };
}

function lossyCompressionOf(instances: readonly DicomInstance[]): LossyCompression | null {
  const lossy = instances.filter((instance) => instance.lossy);
  if (lossy.length === 0) return null;
  const methods = lossy.flatMap(({ dataset }) => textsOf(dataset, 'LossyImageCompressionMethod'));
  const ratios = lossy.flatMap(({ dataset }) => numbersOf(dataset, 'LossyImageCompressionRatio'));
  const highest = ratios.reduce((high, ratio) => Math.max(high, ratio), 0);
  return { methods: [...new Set(methods)], ratio: highest > 0 ? highest : null };
}

function readSlices(instance: DicomInstance): Slice[] {
  const { dataset, name } = instance;
  const frames = numberOf(dataset, 'NumberOfFrames') ?? 1;
  if (hasFunctionalGroups(dataset)) return readFrames(instance, frames);
  if (frames !== 1) {
    const text = `${frames} frames without functional groups: send the series as CT or enhanced CT images`;
    throw new DicomError('SERIES_UNSUPPORTED', name, text);
  }
  const geometry = planeGeometry(dataset, dataset, name);
  const position = planePosition(dataset, name);
  return [{ instance, frame: 0, position, geometry, measures: dataset, transformation: dataset }];
}

function readFrames(instance: DicomInstance, frames: number): Slice[] {
  const { dataset, name } = instance;
  const groups = functionalGroups(dataset);
  if (groups.length !== frames) {
    const text = `there are functional groups of ${groups.length} frames, not ${frames}: export the object again`;
    throw new DicomError('DICOM_INVALID', name, text);
  }
  return groups.map((group, frame) => {
    const measures = group.one('PixelMeasuresSequence');
    return {
      instance,
      frame,
      position: planePosition(group.one('PlanePositionSequence'), name),
      geometry: planeGeometry(group.one('PlaneOrientationSequence'), measures, name),
      measures,
      transformation: group.one('PixelValueTransformationSequence'),
    };
  });
}

function volumeOf(slices: readonly Slice[], geometry: PlaneGeometry, distanceMm: number): Volume {
  const { row, column, normal, pixelSpacingMm } = geometry;
  const layouts = new Map<DicomInstance, PixelLayout>();
  for (const { instance } of slices) if (!layouts.has(instance)) layouts.set(instance, imageLayout(instance));
  const [lowest] = slices;
  const layout = lowest === undefined ? undefined : layouts.get(lowest.instance);
  if (lowest === undefined || layout === undefined) throw new RangeError('slices: none');
  return {
    dims: [layout.columns, layout.rows, slices.length],
    spacingMm: [...pixelSpacingMm, distanceMm],
    originMm: lowest.position,
    direction: [row, column, normal],
    voxels: joinSlices(
      slices.map(({ instance, frame, transformation }) =>
        readFrameValues(instance, layouts.get(instance) ?? layout, frame, transformation),
      ),
    ),
  };
}

function gridOf({ dims, spacingMm, originMm, direction }: Volume): Grid {
  return { dims, spacingMm, originMm, direction };
}

/** A stack may lean over by its own width; more is no gantry. */
const largestGrowth = 2;

function straightened(stacked: Volume, acquired: AcquiredStack, subject: string): Volume {
  const grid = straightGrid(acquired);
  if (grid.dims[0] > largestGrowth * stacked.dims[0] || grid.dims[1] > largestGrowth * stacked.dims[1]) {
    const text = `${acquired.description}, farther than an image is wide: send each stack as a series of its own`;
    throw new DicomError('SERIES_GANTRY_TILT', subject, text);
  }
  return straightenVolume(stacked.voxels, acquired, grid);
}

function singleSliceThickness({ instance, measures }: Slice): number {
  const thickness = numberOf(measures, 'SpacingBetweenSlices') ?? numberOf(measures, 'SliceThickness');
  if (thickness === null || thickness <= 0) {
    const text = 'a single slice without SliceThickness: send the whole series';
    throw new DicomError('SERIES_UNSUPPORTED', instance.name, text);
  }
  return thickness;
}

/** What all slices of a volume must agree in. */
const common = ['SeriesInstanceUID', 'PatientID', 'FrameOfReferenceUID', 'Rows', 'Columns'] as const;

function refuseMixture(slices: readonly Slice[], geometry: PlaneGeometry, subject: string): void {
  for (const keyword of common) {
    const values = new Set(slices.map(({ instance }) => textOf(instance.dataset, keyword) ?? ''));
    if (values.size > 1) throw mixture(subject, keyword, values.size);
  }
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
