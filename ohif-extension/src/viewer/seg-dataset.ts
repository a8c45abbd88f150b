import { newUid } from './dicom-uid.ts';
import { type CodedConcept, type SegmentMeaning, StoreRefused, type StoreRequest } from './drawing-actions.ts';

type Sequence<T> = T | T[];

/** The part of a naturalised DICOM SEG that is looked at or written here. DICOM PS3.3 section A.51. */
export interface SegDataset {
  StudyInstanceUID: string;
  SeriesInstanceUID: string;
  SOPInstanceUID: string;
  Rows: number;
  Columns: number;
  NumberOfFrames: number | string;
  PixelData: ArrayBuffer | Uint8Array | [ArrayBuffer | Uint8Array];
  SegmentSequence: Sequence<SegSegment>;
  PerFrameFunctionalGroupsSequence: Sequence<SegFrame>;
  ReferencedSeriesSequence: Sequence<{ ReferencedInstanceSequence: Sequence<SourceImage> }>;
  [attribute: string]: unknown;
}

interface SegSegment {
  SegmentNumber: number | string;
  [attribute: string]: unknown;
}

interface SourceImage {
  readonly ReferencedSOPInstanceUID: string;
  readonly [attribute: string]: unknown;
}

interface SegFrame {
  SegmentIdentificationSequence: Sequence<{ ReferencedSegmentNumber: number | string }>;
  FrameContentSequence?: Sequence<{ DimensionIndexValues?: Sequence<number | string> }>;
  DerivationImageSequence?: Sequence<{ SourceImageSequence?: Sequence<SourceImage> }>;
  [attribute: string]: unknown;
}

/**
 * Says in a SEG what its segments are: coded meaning, place, lesion, how and by whom it was outlined. Segments without a meaning are
 * taken out with their frames, and the others numbered from 1.
 *
 * @param dataset One bit a voxel; changed in place.
 * @param now Becomes the date of series and content.
 * @throws StoreRefused when a segment has no outlined voxel.
 */
export function describeSegments(dataset: SegDataset, request: StoreRequest, now: Date): SegDataset {
  const frames = list(dataset.PerFrameFunctionalGroupsSequence);
  const segments = list(dataset.SegmentSequence);
  const order = new Map(request.meanings.map(({ index }, at) => [index, at + 1]));
  const kept = frames.flatMap((frame, at) => (order.has(segmentOf(frame)) ? [at] : []));
  for (const { index, label } of request.meanings) {
    if (!frames.some((frame) => segmentOf(frame) === index)) {
      throw new StoreRefused(`Nothing is outlined in the segment for "${label}": draw it, or leave it out.`);
    }
  }
  const classes = imageClasses(dataset);
  const size = dataset.Rows * dataset.Columns;
  dataset.PixelData = [keepFrames(bytesOf(dataset.PixelData), kept, size)];
  dataset.NumberOfFrames = kept.length;
  dataset.PerFrameFunctionalGroupsSequence = kept.flatMap((at) => {
    const frame = frames[at];
    return frame === undefined ? [] : [withImageClass(renumber(frame, order), classes)];
  });
  dataset.SegmentSequence = request.meanings.map((meaning) => {
    const made = segments.find(({ SegmentNumber }) => Number(SegmentNumber) === meaning.index);
    return describe(made, meaning, order.get(meaning.index) ?? 0, request.algorithm);
  });
  const { date, time } = dicomTime(now);
  return Object.assign(dataset, {
    // The encoder's own numbers are larger than a UUID can be.
    SOPInstanceUID: newUid(),
    SeriesInstanceUID: newUid(),
    SeriesDate: date,
    SeriesTime: time,
    ContentDate: date,
    ContentTime: time,
    ContentCreatorName: request.reader,
    // The encoder's placeholder is no study id.
    ...(dataset.StudyID === 'No Study ID' && { StudyID: '' }),
  });
}

function describe(
  made: SegSegment | undefined,
  { kind, label, tracking }: SegmentMeaning,
  number: number,
  algorithm: StoreRequest['algorithm'],
): SegSegment {
  const { SegmentAlgorithmName: _program, ...rest }: Partial<SegSegment> = made ?? {};
  return {
    ...rest,
    SegmentNumber: number,
    SegmentLabel: label,
    SegmentAlgorithmType: algorithm,
    // Required for anything but MANUAL.
    ...(algorithm !== 'MANUAL' && { SegmentAlgorithmName: 'OHIF segmentation tools' }),
    SegmentedPropertyCategoryCodeSequence: [codeItem(kind.category)],
    SegmentedPropertyTypeCodeSequence: [codeItem(kind.type)],
    ...(kind.region !== null && { AnatomicRegionSequence: [codeItem(kind.region)] }),
    ...tracking,
  };
}

function codeItem({ scheme, code, meaning }: CodedConcept) {
  return { CodeValue: code, CodingSchemeDesignator: scheme, CodeMeaning: meaning };
}

function segmentOf({ SegmentIdentificationSequence }: SegFrame): number {
  return Number(list(SegmentIdentificationSequence)[0]?.ReferencedSegmentNumber);
}

/** The frame under its segment's new number, also in the dimension index, whose first value is the segment. */
function renumber(frame: SegFrame, order: ReadonlyMap<number, number>): SegFrame {
  const number = order.get(segmentOf(frame)) ?? 0;
  const [content] = list(frame.FrameContentSequence ?? []);
  const [, ...place] = list(content?.DimensionIndexValues ?? []);
  return {
    ...frame,
    SegmentIdentificationSequence: [{ ReferencedSegmentNumber: number }],
    ...(content !== undefined && { FrameContentSequence: [{ ...content, DimensionIndexValues: [number, ...place] }] }),
  };
}

/** SOP class of each CT image that the SEG refers to. */
function imageClasses({ ReferencedSeriesSequence }: SegDataset): ReadonlyMap<string, unknown> {
  const images = list(ReferencedSeriesSequence).flatMap(({ ReferencedInstanceSequence }) =>
    list(ReferencedInstanceSequence),
  );
  return new Map(images.map((image) => [image.ReferencedSOPInstanceUID, image.ReferencedSOPClassUID]));
}

/** The encoder names the CT image of a frame without its class, which the standard requires. DICOM PS3.3 table 10-3. */
function withImageClass(frame: SegFrame, classes: ReadonlyMap<string, unknown>): SegFrame {
  if (frame.DerivationImageSequence === undefined) return frame;
  return {
    ...frame,
    DerivationImageSequence: list(frame.DerivationImageSequence).map((derivation) => ({
      ...derivation,
      SourceImageSequence: list(derivation.SourceImageSequence ?? []).map((image) => ({
        ReferencedSOPClassUID: classes.get(image.ReferencedSOPInstanceUID),
        ...image,
      })),
    })),
  };
}

/**
 * Frames out of a sequence of frames that are packed bit after bit, without padding between them. DICOM PS3.5 section 8.1.1.
 *
 * @param kept Positions of the frames, from 0.
 * @param size Voxels of a frame.
 * @returns An even number of bytes.
 */
export function keepFrames(packed: Uint8Array, kept: readonly number[], size: number): ArrayBuffer {
  const length = Math.ceil((kept.length * size) / 8);
  const out = new Uint8Array(length + (length % 2));
  for (const [at, frame] of kept.entries()) {
    for (let voxel = 0; voxel < size; voxel += 1) {
      const from = frame * size + voxel;
      const bit = ((packed[from >> 3] ?? 0) >> (from & 7)) & 1;
      const to = at * size + voxel;
      if (bit === 1) out[to >> 3] = (out[to >> 3] ?? 0) | (1 << (to & 7));
    }
  }
  return out.buffer;
}

function bytesOf(pixels: SegDataset['PixelData']): Uint8Array {
  const value = Array.isArray(pixels) ? pixels[0] : pixels;
  return value instanceof Uint8Array ? value : new Uint8Array(value);
}

function list<T>(value: Sequence<T>): T[] {
  return Array.isArray(value) ? value : [value];
}

/** Date and time as DICOM writes them, in local time. */
function dicomTime(at: Date): { date: string; time: string } {
  const two = (number: number) => String(number).padStart(2, '0');
  return {
    date: `${at.getFullYear()}${two(at.getMonth() + 1)}${two(at.getDate())}`,
    time: `${two(at.getHours())}${two(at.getMinutes())}${two(at.getSeconds())}`,
  };
}
