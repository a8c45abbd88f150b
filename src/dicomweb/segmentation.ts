import { DicomError } from '../errors.ts';
import type { Volume } from '../radiomics/volume.ts';
import {
  type Code,
  codeOf,
  type DicomDataset,
  itemsOf,
  numberOf,
  requireNumber,
  requireText,
  textOf,
} from './dataset.ts';
import type { DicomInstance } from './instance.ts';
import { emptyMask, type SegmentFrame, segmentFrames, unpackFrame } from './segment-frames.ts';
import { isThoracic, primaryTumourRank, type SegmentTable } from './segment-table.ts';
import type { SegmentMask, SeriesVolume } from './types.ts';
import { dot, largestDifference, subtract } from './vector.ts';

/** One entry of a SegmentSequence. DICOM PS3.3 section C.8.20.4. */
export interface Segment {
  readonly SegmentNumber: number;
  readonly SegmentLabel: string;
  readonly SegmentAlgorithmType: string;
  readonly SegmentAlgorithmName: string | null;
  /** SegmentedPropertyTypeCodeSequence: what it is. */
  readonly type: Code | null;
  /** AnatomicRegionSequence: where it is. */
  readonly region: Code | null;
}

const segmentationStorage = '1.2.840.10008.5.1.4.1.1.66.4';

/** How far a frame may lie off its slice, and the grids' corners apart (mm). */
const positionToleranceMm = 0.1;
/** Largest difference of a direction cosine, and relative difference of PixelSpacing. */
const geometryTolerance = 1e-4;

/**
 * Segments that a SEG describes.
 *
 * @param seg The object, or its metadata alone.
 * @throws DicomError `DICOM_INVALID` if a segment has no number.
 */
export function listSegments({ dataset, name }: Pick<DicomInstance, 'dataset' | 'name'>): Segment[] {
  return itemsOf(dataset, 'SegmentSequence').map((item: DicomDataset) => ({
    SegmentNumber: requireNumber(item, 'SegmentNumber', name),
    SegmentLabel: textOf(item, 'SegmentLabel') ?? '',
    SegmentAlgorithmType: textOf(item, 'SegmentAlgorithmType') ?? '',
    SegmentAlgorithmName: textOf(item, 'SegmentAlgorithmName'),
    type: codeOf(item, 'SegmentedPropertyTypeCodeSequence'),
    region: codeOf(item, 'AnatomicRegionSequence'),
  }));
}

/**
 * The segment that is the primary lung tumour by its coded meaning; labels are free text and not looked at.
 *
 * @param table Codes in order of preference. Of several segments with the same code the lowest number is taken.
 * @param subject SOPInstanceUID or file name, for the message.
 * @throws DicomError `SEG_NO_PRIMARY_TUMOUR` listing what segments there are.
 */
export function pickPrimaryTumour(segments: readonly Segment[], table: SegmentTable, subject = 'SEG'): Segment {
  const [best] = segments
    .flatMap((segment) => {
      const rank = isThoracic(table, segment.region) ? primaryTumourRank(table, segment.type) : null;
      return rank === null ? [] : { segment, rank };
    })
    .sort((a, b) => a.rank - b.rank || a.segment.SegmentNumber - b.segment.SegmentNumber);
  if (best !== undefined) return best.segment;
  const text = `no segment is coded as primary tumour (there are: ${describeSegments(segments)}): code it SCT 86049000`;
  throw new DicomError('SEG_NO_PRIMARY_TUMOUR', subject, text);
}

function describeSegments(segments: readonly Segment[]): string {
  if (segments.length === 0) return 'none';
  return segments
    .map(({ SegmentNumber, SegmentLabel, type, region }) => {
      const what = type === null ? 'uncoded' : `${type.scheme} ${type.value} ${type.meaning}`;
      return `${SegmentNumber} "${SegmentLabel}" ${what}${region === null ? '' : ` of ${region.meaning}`}`;
    })
    .join('; ');
}

/**
 * Reads one segment of a binary SEG onto the grid of the series that it was drawn on. Slices without a frame are empty.
 *
 * @param segmentNumber SegmentNumber, from 1.
 * @throws DicomError `SEG_UNSUPPORTED` (fractional, no SEG), `SEG_FRAME_OF_REFERENCE`, `SEG_GEOMETRY` (other grid, or a
 *   frame that lies on no slice), `SEG_EMPTY`, `MASK_LABEL_MISSING` for a number that is not there, `DICOM_INVALID`.
 */
export function readSegment(seg: DicomInstance, series: SeriesVolume, segmentNumber: number): SegmentMask {
  refuseOtherThanBinary(seg);
  const segments = listSegments(seg);
  const segment = segments.find(({ SegmentNumber }) => SegmentNumber === segmentNumber);
  if (segment === undefined) {
    const text = `there is no segment ${segmentNumber} (there are: ${describeSegments(segments)}): choose one of these`;
    throw new DicomError('MASK_LABEL_MISSING', seg.name, text);
  }
  if (requireText(seg.dataset, 'FrameOfReferenceUID', seg.name) !== series.FrameOfReferenceUID) {
    const text = `the segmentation was drawn in another frame of reference than series ${series.SeriesInstanceUID}: draw it on that series`;
    throw new DicomError('SEG_FRAME_OF_REFERENCE', seg.name, text);
  }
  const mask = emptyMask(series.volume);
  const used = new Set<number>();
  for (const frame of segmentFrames(seg, segmentNumber)) {
    refuseOtherGrid(seg, frame, series.volume);
    const slice = sliceOf(seg, frame, series);
    if (used.has(slice)) throw geometryError(seg, `two frames of segment ${segmentNumber} lie on slice ${slice + 1}`);
    used.add(slice);
    unpackFrame(seg, frame.index, mask.voxels, slice);
  }
  if (!mask.voxels.includes(1)) {
    throw new DicomError(
      'SEG_EMPTY',
      seg.name,
      `segment ${segmentNumber} has no voxel: draw the tumour and store again`,
    );
  }
  return {
    mask,
    SOPInstanceUID: seg.SOPInstanceUID,
    SeriesInstanceUID: requireText(seg.dataset, 'SeriesInstanceUID', seg.name),
    SegmentNumber: segmentNumber,
    SegmentLabel: segment.SegmentLabel,
    SegmentAlgorithmType: segment.SegmentAlgorithmType,
    SegmentAlgorithmName: segment.SegmentAlgorithmName,
  };
}

function refuseOtherThanBinary({ SOPClassUID, dataset, name }: DicomInstance): void {
  const kind = textOf(dataset, 'SegmentationType');
  if (SOPClassUID === segmentationStorage && kind === 'BINARY' && numberOf(dataset, 'BitsAllocated') === 1) return;
  const found = SOPClassUID === segmentationStorage ? `SegmentationType is ${kind ?? 'not given'}` : 'this is no SEG';
  throw new DicomError('SEG_UNSUPPORTED', name, `${found}: export the mask as a binary DICOM segmentation`);
}

function refuseOtherGrid(seg: DicomInstance, { geometry, index }: SegmentFrame, volume: Volume): void {
  const [nx, ny] = volume.dims;
  if (numberOf(seg.dataset, 'Columns') !== nx || numberOf(seg.dataset, 'Rows') !== ny) {
    const size = `${numberOf(seg.dataset, 'Columns')} x ${numberOf(seg.dataset, 'Rows')}`;
    throw geometryError(seg, `frames have ${size} pixels, the images ${nx} x ${ny}`);
  }
  const [row, column] = volume.direction;
  const turned = Math.max(largestDifference(geometry.row, row), largestDifference(geometry.column, column));
  if (turned > geometryTolerance)
    throw geometryError(seg, `frame ${index + 1} has another orientation than the images`);
  const spacing = volume.spacingMm.slice(0, 2);
  if (largestDifference(geometry.pixelSpacingMm, spacing) > geometryTolerance * volume.spacingMm[0]) {
    throw geometryError(seg, `frame ${index + 1} has another pixel spacing than the images`);
  }
}

/** Slice on which a frame lies: by position, and the images it says it was drawn on must agree. */
function sliceOf(seg: DicomInstance, frame: SegmentFrame, { volume, sopInstanceUIDs }: SeriesVolume): number {
  const [row, column, normal] = volume.direction;
  const offset = subtract(frame.position, volume.originMm);
  const along = dot(offset, normal);
  const slice = Math.round(along / volume.spacingMm[2]);
  const off = Math.max(
    Math.abs(dot(offset, row)),
    Math.abs(dot(offset, column)),
    Math.abs(along - slice * volume.spacingMm[2]),
  );
  if (!(off <= positionToleranceMm) || slice < 0 || slice >= volume.dims[2]) {
    throw geometryError(seg, `frame ${frame.index + 1} lies on no slice of the series`);
  }
  const expected = sopInstanceUIDs[slice] ?? '';
  if (frame.sourceInstanceUIDs.length > 0 && !frame.sourceInstanceUIDs.includes(expected)) {
    throw geometryError(seg, `frame ${frame.index + 1} lies on slice ${slice + 1} but was drawn on another image`);
  }
  return slice;
}

function geometryError(seg: DicomInstance, text: string): DicomError {
  return new DicomError('SEG_GEOMETRY', seg.name, `${text}: draw the segmentation on this series`);
}
