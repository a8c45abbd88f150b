import type { Assessment } from '../assessment/assessment.ts';
import type { PatientCourse } from '../assessment/course-types.ts';
import type { ClinicalFacts } from '../fhir/facts.ts';
import { type BoardDiagnosis, boardDiagnosis } from './diagnosis.ts';
import type { KeySlices } from './key-slice-types.ts';

/** Where one finds the patient's CT, and where this page came from. */
export interface ReportLinks {
  /** Opens the CT in the viewer; null where none is configured, or there is no CT. */
  readonly viewer: string | null;
}

/** All that the tumour board's page shows: plain data, which every form of the page only presents. */
export interface BoardReport {
  readonly assessment: Assessment;
  readonly course: PatientCourse;
  readonly diagnosis: BoardDiagnosis;
  readonly keySlices: KeySlices;
  /** What the board is asked; null where nobody has written it down. */
  readonly question: string | null;
  /** Day of the board (YYYY-MM-DD), or null. */
  readonly boardDate: string | null;
  readonly links: ReportLinks;
}

export interface BoardReportParts {
  readonly assessment: Assessment;
  readonly course: PatientCourse;
  /** As of the time of the Assessment. */
  readonly facts: ClinicalFacts;
  readonly keySlices: KeySlices;
  readonly question?: string | null;
  readonly boardDate?: string | null;
  /** Address of the viewer's mode; undefined where there is none. */
  readonly viewer?: string | undefined;
}

/** Puts together what the page shows of one patient. Equal parts give an equal page, to the last byte of its PDF. */
export function buildBoardReport(parts: BoardReportParts): BoardReport {
  const { assessment, course, facts, keySlices, question = null, boardDate = null, viewer } = parts;
  const studies = course.studies.map(({ StudyInstanceUID }) => StudyInstanceUID);
  const query = new URLSearchParams({ StudyInstanceUIDs: studies.join(',') });
  const link = viewer === undefined || studies.length === 0 ? null : `${viewer}?${query}`;
  return {
    assessment,
    course,
    diagnosis: boardDiagnosis(facts),
    keySlices,
    question,
    boardDate,
    links: { viewer: link },
  };
}
