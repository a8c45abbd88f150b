import { createHash } from 'node:crypto';
import type { ModelResult } from '../../models/model-result.ts';
import { publicationTagSystem } from './own-result.ts';

/** Names of what Deltascope identifies and codes itself. */
const base = 'https://deltascope.example/fhir';
export const resultIdentifierSystem = `${base}/identifier/result`;
export const deviceIdentifierSystem = `${base}/identifier/device`;
export const resultCodeSystem = `${base}/CodeSystem/result`;
export const modelCodeSystem = `${base}/CodeSystem/model`;
export const ucumSystem = 'http://unitsofmeasure.org';

const terminology = 'http://terminology.hl7.org/CodeSystem';

/** A resource with how a transaction is to store it. */
export interface NewEntry {
  /** `urn:uuid:`, by which the other entries refer to it. */
  readonly fullUrl: string;
  readonly resource: fhir4.FhirResource;
  /** Search that finds it when it was stored before: then nothing is created. */
  readonly ifNoneExist: string;
}

/** A CT study, by the record's ImagingStudy where there is one. */
export interface StudyReference {
  readonly StudyInstanceUID: string;
  /** `ImagingStudy/123`; null where the record has none: then the study is named by its UID alone. */
  readonly reference: string | null;
}

/** A lesion's size as it was measured on one outline. */
export interface TumourMeasure {
  readonly label: string;
  /** YYYY-MM-DD; null where the study has no date. */
  readonly date: string | null;
  readonly StudyInstanceUID: string;
  readonly SeriesInstanceUID: string;
  readonly segSOPInstanceUID: string;
  readonly segmentNumber: number;
  readonly axialDiameterMm: number | null;
  readonly volumeMl: number | null;
}

/** All that the record is told of one result. */
export interface PublishedResult {
  /** `Patient/123`. */
  readonly subject: string;
  readonly synthetic: boolean;
  readonly asOf: string;
  readonly createdAt: string;
  /** What scores and risks are found by: a publication of the same result for another board has the same. */
  readonly resultKey: string;
  /** What this publication is found by; a repeat of it has the same. */
  readonly publicationKey: string;
  /** That of the publication that this one follows; null for the first. */
  readonly previousKey: string | null;
  /** Version of Deltascope. */
  readonly version: string;
  /** Assessed ones, and those that could not be. */
  readonly models: readonly ModelResult[];
  /** Agreement or conflict of the models. */
  readonly statement: string;
  readonly measures: readonly TumourMeasure[];
  readonly studies: readonly StudyReference[];
  /** Reports in the image archive that say the same. */
  readonly reports: readonly { readonly SOPInstanceUID: string; readonly description: string }[];
  readonly pdf: Uint8Array;
}

/**
 * `meta` of everything that is written: made by a program, of which publication, and test data where the record is.
 *
 * @see HL7 Terminology, v3-ObservationValue AIAST, v3-ActReason HTEST
 */
export function aiMeta({ publicationKey, synthetic }: PublishedResult, profile?: string): fhir4.Meta {
  return {
    ...(profile !== undefined && { profile: [profile] }),
    security: [
      { system: `${terminology}/v3-ObservationValue`, code: 'AIAST', display: 'Artificial Intelligence asserted' },
    ],
    tag: [
      { system: publicationTagSystem, code: publicationKey },
      ...(synthetic ? [{ system: `${terminology}/v3-ActReason`, code: 'HTEST', display: 'test health data' }] : []),
    ],
  };
}

/** An entry that is created once: its identifier is a hash of what makes it what it is. */
export function identifiedEntry(
  resource: fhir4.FhirResource & { identifier?: fhir4.Identifier[] | undefined },
  system: string,
  ...parts: readonly string[]
): NewEntry {
  const value = hashOf(resource.resourceType, ...parts);
  return {
    fullUrl: `urn:uuid:${uuidOf(value)}`,
    resource: { ...resource, identifier: [{ system, value }] } as fhir4.FhirResource,
    ifNoneExist: `identifier=${encodeURIComponent(`${system}|${value}`)}`,
  };
}

/** SHA-256 of texts in order, hex. */
export function hashOf(...parts: readonly string[]): string {
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex');
}

/** A UUID made of a hash. RFC 9562, version 8. */
export function uuidOf(hash: string): string {
  return `${hash.slice(0, 8)}-${hash.slice(8, 12)}-8${hash.slice(13, 16)}-a${hash.slice(17, 20)}-${hash.slice(20, 32)}`;
}

/** A DICOM UID as FHIR identifies things by it. */
export function dicomIdentifier(uid: string): fhir4.Identifier {
  return { system: 'urn:dicom:uid', value: `urn:oid:${uid}` };
}

/** FHIR R4 has no ImagingSelection: a study is referred to by the record's resource, else by its UID alone. */
export function studyReference({ StudyInstanceUID, reference }: StudyReference): fhir4.Reference {
  return {
    ...(reference !== null && { reference }),
    type: 'ImagingStudy',
    identifier: dicomIdentifier(StudyInstanceUID),
  };
}

/** Sources that are resources of the record, without those that are DICOM UIDs. */
export function recordSources(sources: readonly string[]): string[] {
  return [...new Set(sources)].filter((source) => /^[A-Z][A-Za-z]+\/[A-Za-z0-9\-.]{1,64}$/.test(source));
}

/** DICOM UIDs among sources. */
export function dicomSources(sources: readonly string[]): string[] {
  return [...new Set(sources)].filter((source) => /^\d+(\.\d+)+$/.test(source));
}

/** Everything that a result rests on: resources of the record and DICOM UIDs. */
export function sourcesOf({ used, imaging }: ModelResult): string[] {
  return [...new Set([...used.flatMap(({ sources }) => sources), ...imaging.flatMap(({ sources }) => sources)])];
}

/** What stands before everything that is no clinical result. */
export function syntheticNotice({ synthetic }: PublishedResult): string {
  return synthetic ? 'SYNTHETIC, not a clinical result. ' : '';
}
