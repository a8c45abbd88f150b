import type { DicomInstance } from '../dicomweb/instance.ts';
import { isStructureSet, listRois, type RoiChoice } from '../dicomweb/rois.ts';
import { readRoi } from '../dicomweb/rtstruct.ts';
import { readSegments } from '../dicomweb/segmentation.ts';
import type { SeriesVolume } from '../dicomweb/types.ts';
import { ConfigError } from '../errors.ts';
import type { Mask } from '../radiomics/volume.ts';

/** Which part of a DICOM mask is meant. */
export interface MaskChoice {
  /** ROIName or ROINumber in an RTSTRUCT; without it the only ROI, or the only GTV. */
  readonly roi?: string | undefined;
  /** SegmentNumbers in a SEG, to be united; without them the label. */
  readonly segments?: readonly number[] | undefined;
}

/**
 * Reads a mask from a SEG or an RTSTRUCT.
 *
 * @param label SegmentNumber, where `choice.segments` is not given.
 * @returns The mask, 1 inside, and what the reader should know of it.
 * @throws ConfigError `CONFIG_INVALID` for a choice that the object has no place for, DicomError as `readSegments` and
 *   `readRoi`.
 */
export function readDicomMask(
  object: DicomInstance,
  series: SeriesVolume,
  label: number,
  { roi, segments }: MaskChoice,
): { mask: Mask; warnings: string[] } {
  if (isStructureSet(object)) {
    if (segments !== undefined) throw misplaced('--segments', 'an RTSTRUCT has no segments: give --roi');
    return { mask: readRoi(object, series, roiChoice(object, roi)).mask, warnings: [] };
  }
  if (roi !== undefined)
    throw misplaced('--roi', 'only an RTSTRUCT has regions of that name: give --label or --segments');
  const { mask, threshold } = readSegments(object, series, segments ?? [label]);
  const warnings =
    threshold === null ? [] : [`the segmentation is fractional: inside is what reaches ${threshold} of its maximum`];
  return { mask, warnings };
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
