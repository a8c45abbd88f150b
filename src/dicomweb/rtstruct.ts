import { DicomError } from '../errors.ts';
import type { Vector } from '../radiomics/volume.ts';
import { addCrossings, fillFromCrossings } from './contour-fill.ts';
import { type DicomDataset, itemsOf, numberOf, numbersOf, requireText, textOf } from './dataset.ts';
import type { DicomInstance } from './instance.ts';
import { isStructureSet, listRois, pickRoi, type Roi, type RoiChoice } from './rois.ts';
import { emptyMask } from './segment-frames.ts';
import { drawnGrid, matchSlice, positionToleranceMm, sliceOrigin } from './slice-match.ts';
import { straightenMask } from './straighten.ts';
import type { RoiMask, SeriesVolume } from './types.ts';
import { dot, subtract } from './vector.ts';

/** Contours that enclose an area. CLOSEDPLANAR_XOR says what is done with CLOSED_PLANAR, too. */
const closedTypes: readonly string[] = ['CLOSED_PLANAR', 'CLOSEDPLANAR_XOR'];

/** Where messages place a contour. */
interface Place {
  readonly name: string;
  /** `contour 3 of "GTV-1"`. */
  readonly contour: string;
}

/**
 * Reads one ROI of an RTSTRUCT onto the grid of the series that it was drawn on.
 *
 * A voxel is inside where its centre is. Contours of one slice are combined by exclusive or, so that a contour within
 * another one is a hole; contours belong to the slice on whose plane they lie.
 *
 * @param choice Which ROI; the only one where it is empty.
 * @throws DicomError `RTSTRUCT_UNSUPPORTED` (no RTSTRUCT, open contours), `MASK_LABEL_MISSING` or `RTSTRUCT_AMBIGUOUS` for
 *   the choice, `RTSTRUCT_FRAME_OF_REFERENCE`, `RTSTRUCT_GEOMETRY` for a contour between slices, across them, drawn on
 *   another slice or stored twice, `MASK_OUTSIDE_IMAGE`, `RTSTRUCT_EMPTY` if no voxel is inside, `DICOM_INVALID`.
 * @see DICOM PS3.3 section C.8.8.6
 */
export function readRoi(rtstruct: DicomInstance, series: SeriesVolume, choice: RoiChoice = {}): RoiMask {
  const { dataset, name } = rtstruct;
  if (!isStructureSet(rtstruct)) {
    throw new DicomError('RTSTRUCT_UNSUPPORTED', name, 'this is no RTSTRUCT: give a segmentation of the series');
  }
  const roi = pickRoi(listRois(rtstruct), choice, name);
  refuseOtherFrame(rtstruct, roi, series);
  const drawn = emptyMask(drawnGrid(series));
  const [nx, ny] = drawn.dims;
  const slices = crossingsBySlice(roi, series, name);
  for (const [slice, crossings] of slices) {
    fillFromCrossings(crossings, nx, ny, drawn.voxels.subarray(slice * nx * ny, (slice + 1) * nx * ny));
  }
  if (!drawn.voxels.includes(1)) {
    const text = `"${roi.ROIName}" has ${roi.contours.length} contours and no voxel: draw the tumour and store again`;
    throw new DicomError('RTSTRUCT_EMPTY', name, text);
  }
  return {
    mask: series.acquired === null ? drawn : straightenMask(drawn, series.acquired, series.volume),
    SOPInstanceUID: rtstruct.SOPInstanceUID,
    SeriesInstanceUID: requireText(dataset, 'SeriesInstanceUID', name),
    ROINumber: roi.ROINumber,
    ROIName: roi.ROIName,
    RTROIInterpretedType: roi.RTROIInterpretedType,
  };
}

function refuseOtherFrame({ name }: DicomInstance, roi: Roi, series: SeriesVolume): void {
  if (roi.ReferencedFrameOfReferenceUID === series.FrameOfReferenceUID && series.FrameOfReferenceUID !== '') return;
  const text = `"${roi.ROIName}" was drawn in another frame of reference than series ${series.SeriesInstanceUID}: draw it on that series`;
  throw new DicomError('RTSTRUCT_FRAME_OF_REFERENCE', name, text);
}

function crossingsBySlice(roi: Roi, series: SeriesVolume, name: string): Map<number, Uint8Array> {
  const [nx, ny] = drawnGrid(series).dims;
  const slices = new Map<number, Uint8Array>();
  const seen = new Set<string>();
  for (const [at, item] of roi.contours.entries()) {
    const place = { name, contour: `contour ${at + 1} of "${roi.ROIName}"` };
    const positions = contourPositions(item, place);
    const slice = sliceOfContour(positions, series, place);
    refuseOtherImage(item, series.sopInstanceUIDs, slice, place);
    const points = pixelPositions(positions, series, slice, place);
    const key = `${slice} ${points.join(' ')}`;
    // The exclusive or of a contour with its copy is nothing.
    if (seen.has(key)) throw geometryError(place, 'is stored twice');
    seen.add(key);
    const crossings = slices.get(slice) ?? new Uint8Array(ny * (nx + 1));
    slices.set(slice, crossings);
    addCrossings(points, nx, ny, crossings);
  }
  return slices;
}

function contourPositions(item: DicomDataset, { name, contour }: Place): Vector[] {
  const type = textOf(item, 'ContourGeometricType') ?? 'without a type';
  if (!closedTypes.includes(type)) {
    const text = `${contour} is ${type} and encloses nothing: export closed contours`;
    throw new DicomError('RTSTRUCT_UNSUPPORTED', name, text);
  }
  const numbers = numbersOf(item, 'ContourData');
  const count = numberOf(item, 'NumberOfContourPoints') ?? numbers.length / 3;
  if (numbers.length !== 3 * count || count < 1) {
    const text = `${contour} has ${numbers.length} coordinates for ${count} points: export the object again`;
    throw new DicomError('DICOM_INVALID', name, text);
  }
  return Array.from({ length: count }, (_, i): Vector => {
    const [x = 0, y = 0, z = 0] = numbers.slice(3 * i, 3 * i + 3);
    return [x, y, z];
  });
}

function sliceOfContour(positions: readonly Vector[], series: SeriesVolume, place: Place): number {
  const matches = positions.map((position) => matchSlice(position, series));
  const slice = matches[0]?.slice ?? 0;
  if (matches.some((match) => match.slice !== slice)) throw geometryError(place, 'runs across several slices');
  if (slice < 0 || slice >= drawnGrid(series).dims[2]) throw outside(place, 'lies beyond the first or last slice');
  if (matches.some(({ onPlane }) => !onPlane)) {
    throw geometryError(place, `lies between slices, nearest to slice ${slice + 1}`);
  }
  return slice;
}

/**
 * The images of a de-identified or cut-out series have other UIDs than those drawn on, and its frame of reference is the
 * word on position; but an image of this series must be the one at the contour's place.
 */
function refuseOtherImage(item: DicomDataset, images: readonly string[], slice: number, place: Place): void {
  const drawnOn = itemsOf(item, 'ContourImageSequence').flatMap(
    (image) => textOf(image, 'ReferencedSOPInstanceUID') ?? [],
  );
  if (drawnOn.some((uid) => images.includes(uid)) && !drawnOn.includes(images[slice] ?? '')) {
    throw geometryError(place, `lies on slice ${slice + 1} but was drawn on another one`);
  }
}

/** Points in pixels of the slice, `[x, y, ...]`. */
function pixelPositions(positions: readonly Vector[], series: SeriesVolume, slice: number, place: Place) {
  const { direction, spacingMm, dims } = drawnGrid(series);
  const origin = sliceOrigin(series, slice);
  const points = new Float64Array(2 * positions.length);
  for (const [i, position] of positions.entries()) {
    const offset = subtract(position, origin);
    for (const axis of [0, 1] as const) {
      const at = dot(offset, direction[axis]) / spacingMm[axis];
      // The image ends half a pixel beyond the centres of its outermost pixels.
      const margin = 0.5 + positionToleranceMm / spacingMm[axis];
      if (at < -margin || at > dims[axis] - 1 + margin) throw outside(place, 'reaches beyond the edge of the image');
      points[2 * i + axis] = at;
    }
  }
  return points;
}

function geometryError({ name, contour }: Place, text: string): DicomError {
  return new DicomError('RTSTRUCT_GEOMETRY', name, `${contour} ${text}: draw it on the slices of this series`);
}

function outside({ name, contour }: Place, text: string): DicomError {
  return new DicomError('MASK_OUTSIDE_IMAGE', name, `${contour} ${text}: give the series that it was drawn on`);
}
