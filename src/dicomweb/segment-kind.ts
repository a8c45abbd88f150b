import { DicomError } from '../errors.ts';
import { numberOf, textOf } from './dataset.ts';
import type { DicomInstance } from './instance.ts';

/** How a SEG says which pixels belong to a segment. DICOM PS3.3 section C.8.20.2. */
export interface SegmentKind {
  readonly type: 'BINARY' | 'FRACTIONAL' | 'LABELMAP';
  /** 1 binary, 8 fractional, 8 or 16 label map. */
  readonly bitsAllocated: number;
  /** Stored value from which on a pixel of a fractional SEG is inside. */
  readonly least: number;
  /** Share of MaximumFractionalValue that `least` stands for; null without fractions. */
  readonly threshold: number | null;
}

const segmentationStorage = '1.2.840.10008.5.1.4.1.1.66.4';
const labelMapStorage = '1.2.840.10008.5.1.4.1.1.66.7';

/** True for the storage class of a SEG that can be read. */
export function isSegmentation({ SOPClassUID }: Pick<DicomInstance, 'SOPClassUID'>): boolean {
  return SOPClassUID === segmentationStorage || SOPClassUID === labelMapStorage;
}

/**
 * What kind of SEG an object is.
 *
 * @param threshold Share of MaximumFractionalValue from which on a pixel of a fractional SEG is inside, 0 to 1 without 0.
 *   Probability and occupancy are taken alike.
 * @throws DicomError `SEG_UNSUPPORTED` for anything but a binary, fractional or label map SEG.
 */
export function segmentKind(seg: DicomInstance, threshold: number): SegmentKind {
  const { dataset } = seg;
  const type = textOf(dataset, 'SegmentationType');
  const bitsAllocated = numberOf(dataset, 'BitsAllocated') ?? 0;
  if (!isSegmentation(seg)) throw unsupported(seg, 'this is no SEG');
  if (type === 'BINARY' && bitsAllocated === 1) return { type, bitsAllocated, least: 1, threshold: null };
  if (type === 'FRACTIONAL' && bitsAllocated === 8) {
    const maximum = numberOf(dataset, 'MaximumFractionalValue') ?? 0;
    if (maximum <= 0) throw unsupported(seg, 'the fractions have no MaximumFractionalValue');
    return { type, bitsAllocated, least: threshold * maximum, threshold };
  }
  if (type === 'LABELMAP' && (bitsAllocated === 8 || bitsAllocated === 16)) {
    return { type, bitsAllocated, least: 1, threshold: null };
  }
  throw unsupported(seg, `SegmentationType is ${type ?? 'not given'} with ${bitsAllocated} bits a pixel`);
}

function unsupported({ name }: DicomInstance, found: string): DicomError {
  return new DicomError('SEG_UNSUPPORTED', name, `${found}: export the mask as a binary DICOM segmentation`);
}
