import type { CourseOptions } from '../assessment/read-course.ts';
import type { OnBehalf } from '../audit/recorded-assessment.ts';
import { findNextBoard } from '../fhir/board-patients.ts';
import type { FhirSource } from '../fhir/client.ts';
import type { ClinicalMappings } from '../fhir/mappings.ts';
import type { BoardReport } from '../report/board-report.ts';
import { type ReportOptions, type ReportServices, readBoardReport } from '../report/read-board-report.ts';

type Reading = CourseOptions & OnBehalf;

export interface ReportReadingServices extends ReportServices<Reading> {
  readonly fhir: FhirSource;
  readonly mappings: Pick<ClinicalMappings, 'tumourBoard'>;
}

/** Reads the tumour board's page of a patient; question and day of the next board come from the record where the caller says neither. */
export function createReportReading(
  services: ReportReadingServices,
): (patientId: string, options?: ReportOptions & Reading) => Promise<BoardReport> {
  const { fhir, mappings } = services;
  return async (id, { question, boardDate, images = true, viewer, ...reading } = {}) => {
    const today = (reading.asOf ?? new Date()).toISOString().slice(0, 10);
    // What the caller knows of the board is not looked for.
    const known = question !== undefined || boardDate !== undefined;
    const next = known ? undefined : await findNextBoard(fhir, mappings.tumourBoard, id, today);
    return readBoardReport(services, id, reading, {
      question: question ?? next?.question ?? null,
      boardDate: boardDate ?? next?.start?.slice(0, 10) ?? null,
      images,
      viewer,
    });
  };
}
