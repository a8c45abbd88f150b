import type { ClinicalFacts } from '../fhir/facts.ts';
import { readPerson } from '../fhir/person.ts';
import type { Resource } from '../fhir/resources.ts';
import {
  type AssessmentServices,
  type AssessOptions,
  assessData,
  type PatientData,
  readPatientData,
} from './assess-patient.ts';
import type { Assessment } from './assessment.ts';
import { buildCourse, type CourseParts } from './course.ts';
import type { PatientCourse } from './course-types.ts';
import { keepAssessment } from './keep-assessment.ts';

export interface CourseServices extends AssessmentServices {
  readonly content: CourseParts['content'];
}

/** An Assessment and the course that it stands in, of the same facts. */
export interface AssessedCourse {
  readonly facts: ClinicalFacts;
  readonly assessment: Assessment;
  readonly course: PatientCourse;
}

export type CourseOptions = Pick<AssessOptions, 'asOf' | 'access' | 'signal'>;

/**
 * Reads a patient's course. Nothing is stored, and the PACS is not asked.
 *
 * @param patientId Logical id of the FHIR Patient.
 * @throws FhirError when the Patient can't be read.
 */
export async function readCourse(
  services: CourseServices,
  patientId: string,
  options: CourseOptions = {},
): Promise<PatientCourse> {
  const { data, patient } = await read(services, patientId, options);
  return courseOf(services, data, patient, assessData(services, data));
}

/**
 * Assesses a patient and reads the course, from one reading of the record. The Assessment is stored, or is the stored one where
 * nothing has changed on that day.
 *
 * @throws FhirError when the Patient can't be read.
 */
export async function assessWithCourse(
  services: CourseServices,
  patientId: string,
  options: CourseOptions = {},
): Promise<AssessedCourse> {
  const { data, patient } = await read(services, patientId, options);
  const assessment = await keepAssessment(services.store, assessData(services, data));
  return { facts: data.facts, assessment, course: courseOf(services, data, patient, assessment) };
}

async function read(services: CourseServices, patientId: string, options: CourseOptions) {
  const patient = await services.recordOf(options.access).read('Patient', patientId, options.signal);
  const data = await readPatientData(services, patientId, { ...options, prefetch: { patient } });
  return { data, patient };
}

function courseOf(
  services: CourseServices,
  { facts, featureSets, imagingStatus }: PatientData,
  patient: Resource,
  assessment: Assessment,
): PatientCourse {
  return buildCourse({
    facts,
    person: readPerson(patient),
    featureSets,
    imagingStatus,
    assessment,
    content: services.content,
    labels: services.mappings.facts,
  });
}
