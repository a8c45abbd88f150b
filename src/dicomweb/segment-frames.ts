import { DicomError } from '../errors.ts';
import { type Grid, type Mask, sharedVoxels, type Vector } from '../radiomics/volume.ts';
import { itemsOf, numberOf, textOf } from './dataset.ts';
import { functionalGroups } from './functional-groups.ts';
import { type PlaneGeometry, planeGeometry, planePosition } from './image-plane.ts';
import type { DicomInstance } from './instance.ts';
import type { SegmentKind } from './segment-kind.ts';

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
 * @param kind In a label map every frame may show every segment.
 * @throws DicomError `DICOM_INVALID` if a frame does not say where it lies.
 * @see DICOM PS3.3 sections A.51 and C.7.6.16
 */
export function segmentFrames(
  { dataset, name }: DicomInstance,
  segmentNumber: number,
  { type }: SegmentKind,
): SegmentFrame[] {
  return functionalGroups(dataset).flatMap((group, index) => {
    const shown = numberOf(group.one('SegmentIdentificationSequence'), 'ReferencedSegmentNumber');
    if (type !== 'LABELMAP' && shown !== segmentNumber) return [];
    return {
      index,
      position: planePosition(group.one('PlanePositionSequence'), name),
      geometry: planeGeometry(group.one('PlaneOrientationSequence'), group.one('PixelMeasuresSequence'), name),
      sourceInstanceUIDs: group
        .all('DerivationImageSequence')
        .flatMap((derivation) => itemsOf(derivation, 'SourceImageSequence'))
        .flatMap((source) => textOf(source, 'ReferencedSOPInstanceUID') ?? []),
    };
  });
}

/**
 * Writes 1 for every pixel of a frame that is inside the segment into a slice of a mask.
 *
 * Frames are packed without gaps: frame f of a binary SEG begins at bit `f * Rows * Columns`, least significant bit first.
 *
 * @param index Place of the frame in PixelData, from 0.
 * @param out Mask, x fastest, on a grid of the frame's Rows and Columns; other voxels are left as they are.
 * @param slice Slice of the mask, from 0.
 * @returns Number of pixels inside.
 * @throws DicomError `DICOM_INVALID` if PixelData ends before the frame does.
 * @see DICOM PS3.5 section 8.1.1 and annex D; PS3.3 section C.8.20.2.3 (fractions)
 */
export function unpackFrame(
  { name, pixelData }: DicomInstance,
  kind: SegmentKind,
  segmentNumber: number,
  index: number,
  out: Mask,
  slice: number,
): number {
  const count = out.dims[0] * out.dims[1];
  const first = index * count;
  if (pixelData === null || pixelData.length * 8 < (first + count) * kind.bitsAllocated) {
    throw new DicomError('DICOM_INVALID', name, `PixelData ends before frame ${index + 1}: send the SEG again`);
  }
  const isInside = insideTest(pixelData, kind, segmentNumber);
  const voxels = out.voxels.subarray(slice * count, (slice + 1) * count);
  let inside = 0;
  for (let i = 0; i < count; i++) {
    if (!isInside(first + i)) continue;
    voxels[i] = 1;
    inside += 1;
  }
  return inside;
}

/** Whether the pixel at a place in PixelData is inside the segment. */
function insideTest(
  pixels: Uint8Array,
  { type, bitsAllocated, least }: SegmentKind,
  segmentNumber: number,
): (at: number) => boolean {
  if (type === 'BINARY') return (at) => (((pixels[at >> 3] ?? 0) >> (at & 7)) & 1) === 1;
  if (type === 'FRACTIONAL') return (at) => (pixels[at] ?? 0) >= least;
  if (bitsAllocated === 8) return (at) => pixels[at] === segmentNumber;
  return (at) => (pixels[2 * at] ?? 0) + 256 * (pixels[2 * at + 1] ?? 0) === segmentNumber;
}

/** Empty mask on a grid. */
export function emptyMask({ dims, spacingMm, originMm, direction }: Grid) {
  return { dims, spacingMm, originMm, direction, voxels: sharedVoxels(Uint8Array, dims[0] * dims[1] * dims[2]) };
}
