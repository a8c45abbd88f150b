import { DicomError } from '../errors.ts';
import type { Vector, Volume } from '../radiomics/volume.ts';
import { type DicomDataset, itemsOf, numberOf, requireNumber, textOf } from './dataset.ts';
import { type PlaneGeometry, planeGeometry, planePosition } from './image-plane.ts';
import type { DicomInstance } from './instance.ts';

/** One frame of a segmentation and where it lies. */
export interface SegmentFrame {
  /** Place of the frame in PixelData, from 0. */
  readonly index: number;
  readonly position: Vector;
  readonly geometry: PlaneGeometry;
  /** Images that the frame was drawn on, as far as it says. */
  readonly sourceInstanceUIDs: readonly string[];
}

/**
 * Frames of one segment, from the per-frame functional groups, falling back on the shared ones.
 *
 * @throws DicomError `DICOM_INVALID` if a frame does not say where it lies.
 * @see DICOM PS3.3 sections A.51 and C.7.6.16
 */
export function segmentFrames({ dataset, name }: DicomInstance, segmentNumber: number): SegmentFrame[] {
  const [shared = {}] = itemsOf(dataset, 'SharedFunctionalGroupsSequence');
  const perFrame = itemsOf(dataset, 'PerFrameFunctionalGroupsSequence');
  return perFrame.flatMap((own, index) => {
    const group = (keyword: string): DicomDataset => itemsOf(own, keyword)[0] ?? itemsOf(shared, keyword)[0] ?? noGroup;
    if (numberOf(group('SegmentIdentificationSequence'), 'ReferencedSegmentNumber') !== segmentNumber) return [];
    return {
      index,
      position: planePosition(group('PlanePositionSequence'), name),
      geometry: planeGeometry(group('PlaneOrientationSequence'), group('PixelMeasuresSequence'), name),
      sourceInstanceUIDs: itemsOf(own, 'DerivationImageSequence')
        .flatMap((derivation) => itemsOf(derivation, 'SourceImageSequence'))
        .flatMap((source) => textOf(source, 'ReferencedSOPInstanceUID') ?? []),
    };
  });
}

const noGroup: DicomDataset = {};

/**
 * Writes 1 for every set pixel of a binary frame into a slice of a mask.
 *
 * Frames are packed without gaps: frame f begins at bit `f * Rows * Columns`, least significant bit first.
 *
 * @param out Mask, x fastest, on a grid of the frame's Rows and Columns; other voxels are left as they are.
 * @param slice Slice of the mask, from 0.
 * @throws DicomError `DICOM_INVALID` if PixelData ends before the frame does.
 * @see DICOM PS3.5 section 8.1.1 and annex D
 */
export function unpackFrame(
  { dataset, name, pixelData }: DicomInstance,
  index: number,
  out: Uint8Array,
  slice: number,
): void {
  const count = requireNumber(dataset, 'Rows', name) * requireNumber(dataset, 'Columns', name);
  const start = index * count;
  if (pixelData === null || pixelData.length * 8 < start + count) {
    throw new DicomError('DICOM_INVALID', name, `PixelData ends before frame ${index + 1}: send the SEG again`);
  }
  const target = slice * count;
  for (let i = 0; i < count; i++) {
    const bit = start + i;
    if ((((pixelData[bit >> 3] ?? 0) >> (bit & 7)) & 1) === 1) out[target + i] = 1;
  }
}

/** Empty mask on the grid of a volume. */
export function emptyMask({ dims, spacingMm, originMm, direction }: Volume) {
  return { dims, spacingMm, originMm, direction, voxels: new Uint8Array(dims[0] * dims[1] * dims[2]) };
}
