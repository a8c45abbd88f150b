import { FhirError } from '../../errors.ts';
import type { FhirSource } from '../../fhir/client.ts';
import type { PublishedResult, StudyReference, TumourMeasure } from '../../fhir/write-back/resource-parts.ts';
import { resultBundle } from '../../fhir/write-back/result-bundle.ts';
import type { PublishedCase } from './dicom-publication.ts';
import { currentOutlines } from './measured-regions.ts';
import { publishedModels } from './predictions.ts';

export interface FhirPublicationServices {
  /** The record that is written to, for reading. */
  readonly fhir: FhirSource;
}

/** What a publication and its parts are found by. */
export interface PublicationNames extends Pick<PublishedResult, 'resultKey' | 'previousKey'> {
  /** Of the publication itself. */
  readonly key: string;
}

/**
 * The transaction that tells the record of a result. Nothing is written.
 *
 * @param reports What the archive holds, or will hold, of the same result.
 * @throws FhirError where the record can't be asked for the patient's studies.
 */
export async function planFhirPublication(
  { fhir }: FhirPublicationServices,
  { assessment, course, pdf }: PublishedCase,
  reports: PublishedResult['reports'],
  { resultKey, key: publicationKey, previousKey }: PublicationNames,
): Promise<fhir4.Bundle> {
  const outlines = currentOutlines(course);
  const measures = outlines.map(({ lesion, outline }): TumourMeasure => {
    const { studyDate: date, ...place } = outline;
    return { ...place, label: lesion.label, date };
  });
  const studies = [...new Set(measures.map(({ StudyInstanceUID }) => StudyInstanceUID))];
  return resultBundle({
    subject: assessment.subject,
    synthetic: assessment.synthetic,
    asOf: assessment.asOf,
    createdAt: assessment.createdAt,
    resultKey,
    publicationKey,
    previousKey,
    version: assessment.versions.deltascope,
    models: publishedModels(assessment),
    statement: assessment.combined.statement,
    measures,
    studies: await studyReferences(fhir, assessment.subject, studies),
    reports,
    pdf: await pdf(),
  });
}

/** ImagingStudies of the record by StudyInstanceUID; a record that has none of them is no failure. */
async function studyReferences(fhir: FhirSource, subject: string, uids: readonly string[]): Promise<StudyReference[]> {
  if (uids.length === 0) return [];
  const known = await imagingStudies(fhir, subject);
  return uids.map((StudyInstanceUID) => {
    const found = known.find(({ identifier = [] }) =>
      identifier.some(({ value }) => value === `urn:oid:${StudyInstanceUID}`),
    );
    return { StudyInstanceUID, reference: found?.id === undefined ? null : `ImagingStudy/${found.id}` };
  });
}

async function imagingStudies(fhir: FhirSource, subject: string): Promise<fhir4.ImagingStudy[]> {
  try {
    const found = await fhir.search('ImagingStudy', { patient: subject.replace(/^Patient\//, '') });
    return found.filter(({ resourceType }) => resourceType === 'ImagingStudy') as fhir4.ImagingStudy[];
  } catch (error) {
    if (error instanceof FhirError && ['FHIR_SCOPE', 'FHIR_NOT_OFFERED', 'FHIR_REFUSED'].includes(error.code))
      return [];
    throw error;
  }
}
