import { DicomError } from '../errors.ts';
import { type Code, codeOf, type DicomDataset, itemsOf, numberOf, textOf } from './dataset.ts';
import type { DicomInstance } from './instance.ts';
import { isThoracic, primaryTumourRank, type SegmentTable } from './segment-table.ts';

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
  /** Name and UID of the lesion, the same at every visit; null where the SEG does not track it. */
  readonly TrackingID: string | null;
  readonly TrackingUID: string | null;
}

/** Segments of a SEG, and what is wrong with those that can't be used. */
export interface SegmentList {
  readonly segments: readonly Segment[];
  /** `DICOM_INVALID`, one a broken segment. */
  readonly problems: readonly DicomError[];
}

/**
 * Segments that a SEG describes. One that has no number, or the number of another, is left out and named: it must not
 * take the others with it.
 *
 * @param seg The object, or its metadata alone.
 */
export function listSegments({ dataset, name }: Pick<DicomInstance, 'dataset' | 'name'>): SegmentList {
  const segments: Segment[] = [];
  const problems: DicomError[] = [];
  const items = itemsOf(dataset, 'SegmentSequence');
  const numbers = items.map((item) => numberOf(item, 'SegmentNumber'));
  for (const [at, item] of items.entries()) {
    const number = numbers[at] ?? null;
    if (number === null || number < 0 || numbers.indexOf(number) !== numbers.lastIndexOf(number)) {
      const text = `segment ${at + 1} of the list has ${number === null ? 'no' : 'no number of its own'} SegmentNumber`;
      problems.push(new DicomError('DICOM_INVALID', name, `${text}: store the segmentation again`));
    } else {
      segments.push(segmentOf(item, number));
    }
  }
  return { segments, problems };
}

function segmentOf(item: DicomDataset, SegmentNumber: number): Segment {
  return {
    SegmentNumber,
    SegmentLabel: textOf(item, 'SegmentLabel') ?? '',
    SegmentAlgorithmType: textOf(item, 'SegmentAlgorithmType') ?? '',
    SegmentAlgorithmName: textOf(item, 'SegmentAlgorithmName'),
    type: codeOf(item, 'SegmentedPropertyTypeCodeSequence'),
    region: codeOf(item, 'AnatomicRegionSequence'),
    TrackingID: textOf(item, 'TrackingID'),
    TrackingUID: textOf(item, 'TrackingUID'),
  };
}

/**
 * The segment that is the primary lung tumour by its coded meaning; labels are free text and not looked at.
 *
 * @param table Codes in order of preference.
 * @param subject SOPInstanceUID or file name, for the message.
 * @throws DicomError `SEG_NO_PRIMARY_TUMOUR` listing what segments there are, `SEG_AMBIGUOUS` listing those that fit
 *   equally: which lesion a model is computed from is nobody's guess.
 */
export function pickPrimaryTumour(segments: readonly Segment[], table: SegmentTable, subject = 'SEG'): Segment {
  const fitting = segments.flatMap((segment) => {
    const rank = isThoracic(table, segment.region) ? primaryTumourRank(table, segment.type) : null;
    return rank === null ? [] : { segment, rank };
  });
  const least = Math.min(...fitting.map(({ rank }) => rank));
  const [best, ...equal] = fitting.filter(({ rank }) => rank === least).map(({ segment }) => segment);
  if (best === undefined) {
    const text = `no segment is coded as primary tumour (there are: ${describeSegments(segments)}): code it SCT 86049000`;
    throw new DicomError('SEG_NO_PRIMARY_TUMOUR', subject, text);
  }
  if (equal.length > 0) {
    const text = `${equal.length + 1} segments are coded as primary tumour (${describeSegments([best, ...equal])}): leave that code to one, or name the segments to use`;
    throw new DicomError('SEG_AMBIGUOUS', subject, text);
  }
  return best;
}

/** One line that names segments: number, label, code and region. */
export function describeSegments(segments: readonly Segment[]): string {
  if (segments.length === 0) return 'none';
  return segments
    .map(({ SegmentNumber, SegmentLabel, type, region }) => {
      const what = type === null ? 'uncoded' : `${type.scheme} ${type.value} ${type.meaning}`;
      return `${SegmentNumber} "${SegmentLabel}" ${what}${region === null ? '' : ` of ${region.meaning}`}`;
    })
    .join('; ');
}
