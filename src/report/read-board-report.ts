import type { Assessment } from '../assessment/assessment.ts';
import type { PatientCourse } from '../assessment/course-types.ts';
import type { ClinicalFacts } from '../fhir/facts.ts';
import { type BoardReport, buildBoardReport } from './board-report.ts';
import type { KeySliceReader } from './key-slices.ts';

/** A reading of a patient's record, and what follows from it. */
export interface ReportReading {
  readonly assessment: Assessment;
  readonly course: PatientCourse;
  readonly facts: ClinicalFacts;
}

export interface ReportServices<Options> {
  /** Assesses a patient and reads the course, from one reading of the record. */
  read(patientId: string, options: Options): Promise<ReportReading>;
  readonly keySlices: KeySliceReader;
}

/** What the record does not say about the page. */
export interface ReportOptions {
  readonly question?: string | null;
  /** YYYY-MM-DD. */
  readonly boardDate?: string | null;
  /** Without images the archive is not asked: for a list. */
  readonly images?: boolean;
  /** Address of the viewer's mode, for the link to the CT. */
  readonly viewer?: string | undefined;
}

/**
 * Reads all that the board's page shows of a patient.
 *
 * @param patientId Logical id of the FHIR Patient.
 * @param reading Passed on to `services.read`.
 * @throws FhirError when the Patient can't be read. What can't be shown of the images is said on the page.
 */
export async function readBoardReport<Options>(
  services: ReportServices<Options>,
  patientId: string,
  reading: Options,
  { question = null, boardDate = null, images = true, viewer }: ReportOptions = {},
): Promise<BoardReport> {
  const { assessment, course, facts } = await services.read(patientId, reading);
  const keySlices = images ? await services.keySlices(course) : { slices: [], gaps: [] };
  return buildBoardReport({
    assessment,
    course,
    facts,
    keySlices,
    question,
    boardDate,
    viewer,
  });
}
