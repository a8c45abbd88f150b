import type { ClinicalFacts } from '../fhir/facts.ts';
import { newest } from '../fhir/facts.ts';
import type { ImagingVisit } from '../models/image-schema.ts';
import type { FeatureSetRecord, ImagingStatus } from '../store/records.ts';
import type { CourseStudy } from './course-types.ts';
import { visitDays } from './imaging-visits.ts';
import { selectedDates } from './known-features.ts';

interface Study {
  readonly StudyInstanceUID: string;
  readonly studyDate: string | null;
}

/**
 * CT studies of the chest that were known then, oldest first, with the visits that they are by the rule of `visitDays`: only
 * one with an outlined tumour is a visit.
 *
 * @param featureSets Those that were known then, of the primary tumour.
 */
export function courseStudies(
  facts: ClinicalFacts,
  featureSets: readonly FeatureSetRecord[],
  status: ImagingStatus | undefined,
): CourseStudy[] {
  const today = facts.asOf.slice(0, 10);
  const dose = newest(facts, 'immunotherapyStart')?.value;
  const firstDose = typeof dose === 'string' ? dose : null;
  const outlined = [...featureSets.map(({ studyDate }) => studyDate), ...selectedDates(status, today)].filter(
    (date) => date === null || date <= today,
  );
  const visits = visitDays(outlined, firstDose);
  const followUps = [...new Set(outlined)]
    .filter((date) => date !== null && firstDose !== null && date > firstDose.slice(0, 10))
    .sort();
  const all: Study[] = [...(status?.selection ?? []), ...featureSets];
  const studies = new Map(
    all.map(({ StudyInstanceUID, studyDate }) => [StudyInstanceUID, { StudyInstanceUID, studyDate }]),
  );
  return [...studies.values()]
    .filter(({ studyDate }) => studyDate === null || studyDate <= today)
    .sort(
      (a, b) =>
        (a.studyDate ?? '').localeCompare(b.studyDate ?? '') || a.StudyInstanceUID.localeCompare(b.StudyInstanceUID),
    )
    .map(({ StudyInstanceUID, studyDate }) => {
      const isOutlined = outlined.includes(studyDate);
      const own = isOutlined
        ? (Object.keys(visits) as ImagingVisit[]).filter((visit) => visits[visit] === studyDate)
        : [];
      return {
        StudyInstanceUID,
        studyDate,
        visits: own,
        label: isOutlined ? labelOf(studyDate, own, followUps) : 'CT without an outlined tumour',
      };
    });
}

function labelOf(
  studyDate: string | null,
  visits: readonly ImagingVisit[],
  followUps: readonly (string | null)[],
): string {
  if (visits.includes('baseline')) return 'Baseline';
  const number = followUps.indexOf(studyDate) + 1;
  if (number > 0) return `Follow-up ${number}`;
  return studyDate === null ? 'CT without a date' : 'Earlier CT';
}
