import { DicomError } from '../errors.ts';
import type { Grid, Mask } from '../radiomics/volume.ts';
import { numberOf, requireText } from './dataset.ts';
import type { DicomInstance } from './instance.ts';
import { emptyMask, type SegmentFrame, segmentFrames, unpackFrame } from './segment-frames.ts';
import { segmentKind } from './segment-kind.ts';
import { describeSegments, listSegments, type Segment } from './segments.ts';
import { drawnGrid, matchSlice, positionToleranceMm, sliceOrigin } from './slice-match.ts';
import { straightenMask } from './straighten.ts';
import type { SegmentMask, SeriesVolume } from './types.ts';
import { dot, largestDifference, subtract } from './vector.ts';

/** Largest difference of a direction cosine, and relative difference of PixelSpacing. */
const geometryTolerance = 1e-4;
/** Half of MaximumFractionalValue: more likely inside than not, or filled by half. */
const defaultThreshold = 0.5;

/**
 * Reads one segment of a SEG onto the grid of the series that it was drawn on; see `readSegments`.
 *
 * @param segmentNumber SegmentNumber, from 1.
 */
export function readSegment(
  seg: DicomInstance,
  series: SeriesVolume,
  segmentNumber: number,
  threshold = defaultThreshold,
): SegmentMask {
  return readSegments(seg, series, [segmentNumber], threshold);
}

/**
 * Reads the union of segments of a SEG onto the grid of the series that they were drawn on. Slices without a frame are
 * empty; segments may overlap.
 *
 * @param segmentNumbers SegmentNumbers, at least one.
 * @param threshold Share of MaximumFractionalValue from which on a voxel of a fractional SEG is inside, above 0 to 1.
 * @throws DicomError `SEG_UNSUPPORTED` (no binary, fractional or label map SEG), `SEG_FRAME_OF_REFERENCE`, `SEG_GEOMETRY`
 *   (other grid, or a frame that lies on no slice), `SEG_EMPTY` for a segment without a voxel, `MASK_LABEL_MISSING` for a
 *   number that is not there, `DICOM_INVALID`.
 */
export function readSegments(
  seg: DicomInstance,
  series: SeriesVolume,
  segmentNumbers: readonly number[],
  threshold = defaultThreshold,
): SegmentMask {
  if (!(threshold > 0 && threshold <= 1)) throw new RangeError(`threshold: ${threshold}, need above 0 to 1`);
  const kind = segmentKind(seg, threshold);
  const chosen = chooseSegments(seg, segmentNumbers);
  if (requireText(seg.dataset, 'FrameOfReferenceUID', seg.name) !== series.FrameOfReferenceUID) {
    const text = `the segmentation was drawn in another frame of reference than series ${series.SeriesInstanceUID}: draw it on that series`;
    throw new DicomError('SEG_FRAME_OF_REFERENCE', seg.name, text);
  }
  const grid = drawnGrid(series);
  const drawn = emptyMask(grid);
  for (const { SegmentNumber } of chosen) {
    const used = new Set<number>();
    let inside = 0;
    for (const frame of segmentFrames(seg, SegmentNumber, kind)) {
      refuseOtherGrid(seg, frame, grid);
      const slice = sliceOf(seg, frame, series);
      if (used.has(slice)) throw geometryError(seg, `two frames of segment ${SegmentNumber} lie on slice ${slice + 1}`);
      used.add(slice);
      inside += unpackFrame(seg, kind, SegmentNumber, frame.index, drawn, slice);
    }
    if (inside === 0) {
      const text = `segment ${SegmentNumber} has no voxel: draw the tumour and store again`;
      throw new DicomError('SEG_EMPTY', seg.name, text);
    }
  }
  return {
    mask: series.acquired === null ? drawn : straightenMask(drawn, series.acquired, series.volume),
    SOPInstanceUID: seg.SOPInstanceUID,
    SeriesInstanceUID: requireText(seg.dataset, 'SeriesInstanceUID', seg.name),
    segmentNumbers: chosen.map(({ SegmentNumber }) => SegmentNumber),
    SegmentLabel: joined(chosen.map(({ SegmentLabel }) => SegmentLabel)) ?? '',
    SegmentAlgorithmType: joined(chosen.map(({ SegmentAlgorithmType }) => SegmentAlgorithmType)) ?? '',
    SegmentAlgorithmName: joined(chosen.map(({ SegmentAlgorithmName }) => SegmentAlgorithmName)),
    threshold: kind.threshold,
    keySOPInstanceUID: series.sopInstanceUIDs[largestSlice(drawn)] ?? '',
  };
}

/** Slice with the most voxels, the first of equal ones. */
function largestSlice({ dims: [nx, ny, nz], voxels }: Mask): number {
  const plane = nx * ny;
  const areas = Array.from({ length: nz }, (_, slice) =>
    voxels.subarray(slice * plane, (slice + 1) * plane).reduce((sum, inside) => sum + inside, 0),
  );
  return areas.indexOf(Math.max(...areas));
}

function chooseSegments(seg: DicomInstance, segmentNumbers: readonly number[]): Segment[] {
  const { segments } = listSegments(seg);
  const wanted = [...new Set(segmentNumbers)].sort((a, b) => a - b);
  const missing = wanted.filter((number) => !segments.some(({ SegmentNumber }) => SegmentNumber === number));
  if (wanted.length === 0 || missing.length > 0) {
    const text = `there is no segment ${missing.join(', ')} (there are: ${describeSegments(segments)}): choose one of these`;
    throw new DicomError('MASK_LABEL_MISSING', seg.name, text);
  }
  return segments
    .filter(({ SegmentNumber }) => wanted.includes(SegmentNumber))
    .sort((a, b) => a.SegmentNumber - b.SegmentNumber);
}

/** Different values joined; null where there is none. */
function joined(values: readonly (string | null)[]): string | null {
  const given = new Set(values.filter((value) => value !== null && value !== ''));
  return given.size === 0 ? null : [...given].join(' + ');
}

function refuseOtherGrid(seg: DicomInstance, { geometry, index }: SegmentFrame, grid: Grid): void {
  const [nx, ny] = grid.dims;
  if (numberOf(seg.dataset, 'Columns') !== nx || numberOf(seg.dataset, 'Rows') !== ny) {
    const size = `${numberOf(seg.dataset, 'Columns')} x ${numberOf(seg.dataset, 'Rows')}`;
    throw geometryError(seg, `frames have ${size} pixels, the images ${nx} x ${ny}`);
  }
  const [row, column] = grid.direction;
  const turned = Math.max(largestDifference(geometry.row, row), largestDifference(geometry.column, column));
  if (turned > geometryTolerance)
    throw geometryError(seg, `frame ${index + 1} has another orientation than the images`);
  const spacing = grid.spacingMm.slice(0, 2);
  if (largestDifference(geometry.pixelSpacingMm, spacing) > geometryTolerance * grid.spacingMm[0]) {
    throw geometryError(seg, `frame ${index + 1} has another pixel spacing than the images`);
  }
}

/** Slice on which a frame lies: by position, and the images it says it was drawn on must agree. */
function sliceOf(seg: DicomInstance, frame: SegmentFrame, series: SeriesVolume): number {
  const { direction, dims } = drawnGrid(series);
  const { slice, onPlane } = matchSlice(frame.position, series);
  const offset = subtract(frame.position, sliceOrigin(series, slice));
  const aside = Math.max(Math.abs(dot(offset, direction[0])), Math.abs(dot(offset, direction[1])));
  if (!(onPlane && aside <= positionToleranceMm) || slice < 0 || slice >= dims[2]) {
    throw geometryError(seg, `frame ${frame.index + 1} lies on no slice of the series`);
  }
  const expected = series.sopInstanceUIDs[slice] ?? '';
  if (frame.sourceInstanceUIDs.length > 0 && !frame.sourceInstanceUIDs.includes(expected)) {
    throw geometryError(seg, `frame ${frame.index + 1} lies on slice ${slice + 1} but was drawn on another image`);
  }
  return slice;
}

function geometryError(seg: DicomInstance, text: string): DicomError {
  return new DicomError('SEG_GEOMETRY', seg.name, `${text}: draw the segmentation on this series`);
}
