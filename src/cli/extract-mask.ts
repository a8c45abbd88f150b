import type { DicomInstance } from '../dicomweb/instance.ts';
import { isStructureSet, listRois, type RoiChoice } from '../dicomweb/rois.ts';
import { readRoi } from '../dicomweb/rtstruct.ts';
import { isSegmentation } from '../dicomweb/segment-kind.ts';
import { loadSegmentTable } from '../dicomweb/segment-table.ts';
import { readSegments } from '../dicomweb/segmentation.ts';
import { listSegments, pickPrimaryTumour } from '../dicomweb/segments.ts';
import type { SeriesVolume } from '../dicomweb/types.ts';
import { ConfigError } from '../errors.ts';
import type { Mask } from '../radiomics/volume.ts';

/** Which part of a DICOM mask is meant. */
export interface MaskChoice {
  /** ROIName or ROINumber in an RTSTRUCT; without it the only ROI, or the only GTV. */
  readonly roi?: string | undefined;
  /** SegmentNumbers in a SEG, to be united; without them the label, then the only segment, then the primary tumour. */
  readonly segments?: readonly number[] | undefined;
}

/**
 * Reads a mask from a SEG or an RTSTRUCT.
 *
 * @param label SegmentNumber, where `choice.segments` is not given; undefined where nobody named one.
 * @param mappingsFolder Where `segments.json` says which codes mean the primary tumour.
 * @returns The mask, 1 inside, and what the reader should know of it.
 * @throws ConfigError `CONFIG_INVALID` for a choice that the object has no place for, DicomError as `readSegments`,
 *   `pickPrimaryTumour` and `readRoi`.
 */
export function readDicomMask(
  object: DicomInstance,
  series: SeriesVolume,
  label: number | undefined,
  { roi, segments }: MaskChoice,
  mappingsFolder: string,
): { mask: Mask; warnings: string[] } {
  if (isStructureSet(object)) {
    if (segments !== undefined) throw misplaced('--segments', 'an RTSTRUCT has no segments: give --roi');
    return { mask: readRoi(object, series, roiChoice(object, roi)).mask, warnings: [] };
  }
  if (roi !== undefined)
    throw misplaced('--roi', 'only an RTSTRUCT has regions of that name: give --label or --segments');
  const meant = segments !== undefined || label !== undefined ? null : meantSegment(object, mappingsFolder);
  const numbers = segments ?? [label ?? meant?.SegmentNumber ?? 1];
  const { mask, threshold } = readSegments(object, series, numbers);
  return {
    mask,
    warnings: [
      ...(meant?.byCode ? [`segment ${meant.SegmentNumber} is used, the one that is coded as primary tumour`] : []),
      ...(threshold === null
        ? []
        : [`the segmentation is fractional: inside is what reaches ${threshold} of its maximum`]),
    ],
  };
}

interface MeantSegment {
  readonly SegmentNumber: number;
  /** True where it is one of several. */
  readonly byCode: boolean;
}

/** The only segment, else the primary tumour; null for what is no SEG. */
function meantSegment(object: DicomInstance, mappingsFolder: string): MeantSegment | null {
  if (!isSegmentation(object)) return null;
  const { segments, problems } = listSegments(object);
  // 0 is the background of a label map.
  const drawn = segments.filter(({ SegmentNumber }) => SegmentNumber > 0);
  const [only, ...others] = drawn;
  if (only !== undefined && others.length === 0 && problems.length === 0) {
    return { SegmentNumber: only.SegmentNumber, byCode: false };
  }
  const { SegmentNumber } = pickPrimaryTumour(drawn, loadSegmentTable(mappingsFolder), object.name);
  return { SegmentNumber, byCode: true };
}

function roiChoice(object: DicomInstance, roi: string | undefined): RoiChoice {
  const rois = listRois(object);
  if (roi === undefined) return rois.length > 1 ? { RTROIInterpretedType: 'GTV' } : {};
  const isNumber = /^\d+$/.test(roi) && !rois.some(({ ROIName }) => ROIName === roi);
  return isNumber ? { ROINumber: Number(roi) } : { ROIName: roi };
}

/**
 * Reads the value of `--segments`.
 *
 * @param text SegmentNumbers joined by commas, such as `1,2`.
 * @throws ConfigError `CONFIG_INVALID` for anything else.
 */
export function readSegmentNumbers(text: string | undefined): readonly number[] | undefined {
  if (text === undefined) return undefined;
  const numbers = text.split(',').map((part) => part.trim());
  if (numbers.every((number) => /^[1-9]\d{0,4}$/.test(number))) return numbers.map(Number);
  throw misplaced('--segments', `"${text}" is no list of SegmentNumbers: give something like 1,2`);
}

function misplaced(option: string, text: string): ConfigError {
  return new ConfigError('CONFIG_INVALID', option, text);
}
