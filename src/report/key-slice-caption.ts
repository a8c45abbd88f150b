import type { LesionOutline, PatientCourse } from '../assessment/course-types.ts';
import { formatDate } from '../models/calendar.ts';
import type { KeySlice } from './key-slice-types.ts';
import { texts } from './texts.ts';

/** "Baseline, 11 Nov 2026". */
export function captionHead({ label, studyDate }: KeySlice): string {
  return `${label}, ${studyDate === null ? texts.undated : formatDate(studyDate)}`;
}

/** Where in which series the slice lies, how it is shown, and how large the tumour is. */
export function captionLines(slice: KeySlice, { lesions }: PatientCourse): string[] {
  const { keySlices } = texts;
  const outline = lesions.flatMap(({ outlines }) => outlines).find((each) => isOf(each, slice));
  const series = slice.SeriesDescription === null ? '' : `, "${slice.SeriesDescription}"`;
  const sizes = [
    ...(outline?.axialDiameterMm === null || outline?.axialDiameterMm === undefined
      ? []
      : [keySlices.diameter(outline.axialDiameterMm.toFixed(0))]),
    ...(outline?.volumeMl === null || outline?.volumeMl === undefined
      ? []
      : [keySlices.volume(String(Number(outline.volumeMl.toPrecision(3))))]),
  ];
  return [
    `${keySlices.phase[slice.phase] ?? slice.phase}${series}`,
    keySlices.slice(slice.slice, slice.slices, slice.positionMm.toFixed(1)),
    keySlices.window(slice.windowWidth, slice.windowCenter),
    ...(sizes.length === 0 ? [] : [sizes.join(', ')]),
  ];
}

function isOf(outline: LesionOutline, slice: KeySlice): boolean {
  return (
    outline.SeriesInstanceUID === slice.SeriesInstanceUID &&
    outline.segSOPInstanceUID === slice.segSOPInstanceUID &&
    outline.segmentNumber === slice.segmentNumber
  );
}
