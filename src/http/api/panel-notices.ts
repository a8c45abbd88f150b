import type { Assessment } from '../../assessment/assessment.ts';
import type { Lesion, PatientCourse } from '../../assessment/course-types.ts';
import { formatDate } from '../../models/calendar.ts';

/** What one must know before any number, one sentence each, the most important first. */
export function panelNotices(assessment: Assessment, course: PatientCourse, shown: readonly string[]): string[] {
  const primary = course.lesions.find((lesion) => lesion.primary);
  return [
    ...(assessment.combined.demonstration
      ? ['SYNTHETIC DEMO MODEL, not a clinical result: at least one group comes from a demonstration model']
      : []),
    ...(course.synthetic ? ['Synthetic data: no real patient'] : []),
    ...recordNotices(assessment),
    ...outlineNotices(assessment, course, shown),
    ...(primary === undefined ? [] : lesionNotices(primary)),
  ];
}

function recordNotices({ unread, imaging }: Assessment): string[] {
  return [
    ...(unread.length === 0 ? [] : [`Not read from the record, or only in part: ${unread.join(', ')}`]),
    ...(imaging.state !== 'pending' && imaging.message !== null ? [`Images: ${imaging.message}`] : []),
  ];
}

/** Studies in which no outline of the tumour could be used. */
function outlineNotices(
  { imaging }: Assessment,
  { studies, lesions }: PatientCourse,
  shown: readonly string[],
): string[] {
  const outlined = new Set(lesions.flatMap(({ outlines }) => outlines.map((outline) => outline.StudyInstanceUID)));
  return studies
    .filter(({ StudyInstanceUID }) => shown.includes(StudyInstanceUID) && !outlined.has(StudyInstanceUID))
    .map(({ StudyInstanceUID, studyDate }) => {
      const ct = studyDate === null ? 'The CT without a date' : `The CT of ${formatDate(studyDate)}`;
      const report = imaging.selection.find((study) => study.StudyInstanceUID === StudyInstanceUID);
      if (report?.code === 'SERIES_AMBIGUOUS') {
        return `${ct} has several equally good series with an outlined tumour: none was taken, a person must choose`;
      }
      if (report?.series.some(({ mask }) => mask !== null) === true) return `${ct} is outlined and not analysed yet`;
      if ((report?.structureSets ?? 0) > 0) {
        return `${ct} has an RTSTRUCT and no DICOM SEG: contours are not read by themselves, store the tumour as SEG`;
      }
      return `${ct} has no outlined primary tumour (DICOM SEG): draw it to have it analysed`;
    });
}

function lesionNotices({ outlines, otherTrackingUIDs = [] }: Lesion): string[] {
  const current = outlines.filter((outline) => outline.current);
  const automatic = current.some(({ mask }) => mask.type === 'AUTOMATIC');
  const replaced = outlines.filter((outline) => !outline.current);
  return [
    ...(otherTrackingUIDs.length > 0
      ? ['Outlines of the primary tumour have different tracking identifiers: check that they show the same lesion']
      : []),
    ...(automatic ? ['The outline of the primary tumour was made by a program and not confirmed by a reader'] : []),
    ...(replaced.length === 0
      ? []
      : [
          `${replaced.length === 1 ? 'An earlier outline was' : `${replaced.length} earlier outlines were`} replaced by a newer segmentation; results rest on the newest`,
        ]),
  ];
}
