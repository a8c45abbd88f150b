import type { CourseStudy, LesionOutline, PatientCourse } from '../assessment/course-types.ts';
import { formatDate } from '../models/calendar.ts';
import type { Phase } from '../models/phase.ts';
import { texts } from './texts.ts';

/** An outline that is shown, with the visit as a person reads it. */
export interface ChosenOutline {
  readonly label: string;
  readonly outline: LesionOutline;
}

/** Enhanced series show a tumour's border against vessels and atelectasis best. */
const phaseOrder: readonly Phase[] = ['venous', 'arterial', 'plain', 'unknown'];

/**
 * Which outlines of the primary tumour are shown: those of the baseline and of the newest follow-up, in a phase that both have where
 * there is one. Without visits (no therapy recorded) it is the newest study that has an outline.
 */
export function chooseOutlines({ studies, lesions }: PatientCourse): { outlines: ChosenOutline[]; gaps: string[] } {
  const tumour = lesions.find(({ primary }) => primary);
  const outlinesOf = (study: CourseStudy) =>
    (tumour?.outlines ?? []).filter(
      ({ StudyInstanceUID, current }) => current && StudyInstanceUID === study.StudyInstanceUID,
    );
  if (studies.length === 0) return { outlines: [], gaps: [texts.keySlices.noStudies] };
  const outlined = studies.filter((study) => outlinesOf(study).length > 0);
  const newest = outlined.at(-1);
  if (newest === undefined) return { outlines: [], gaps: [texts.keySlices.noOutlines] };
  const baseline = studies.find(({ visits }) => visits.includes('baseline'));
  const followUp = studies.findLast(({ visits }) => visits.some((visit) => visit !== 'baseline'));
  const wanted = [baseline, followUp].filter((study) => study !== undefined);
  const shown = wanted.filter((study) => outlined.includes(study));
  const chosen = shown.length === 0 ? [newest] : shown;
  const gaps = [
    ...wanted.filter((study) => !outlined.includes(study)).map(withoutOutline),
    ...(followUp === undefined ? [texts.keySlices.noFollowUp] : []),
    ...(baseline === undefined && followUp !== undefined ? [texts.keySlices.noBaseline] : []),
  ];
  const phasesOf = chosen.map((study) => outlinesOf(study).map(({ phase }) => phase));
  const common = phaseOrder.find((phase) => phasesOf.every((phases) => phases.includes(phase)));
  const outlines = chosen.flatMap((study): ChosenOutline[] => {
    const order = common === undefined ? phaseOrder : [common];
    const outline = order
      .map((phase) => outlinesOf(study).find((one) => one.phase === phase))
      .find((one) => one !== undefined);
    return outline === undefined ? [] : [{ label: study.label, outline }];
  });
  return { outlines, gaps };
}

function withoutOutline({ label, studyDate }: CourseStudy): string {
  const date = studyDate === null ? texts.undated : formatDate(studyDate);
  return texts.keySlices.withoutOutline(label, date);
}
