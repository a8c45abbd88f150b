import { createHash } from 'node:crypto';
import type { DicomwebClient } from '../dicomweb/client.ts';
import type { FhirSource } from '../fhir/client.ts';
import type { FhirWriter } from '../fhir/write-back/fhir-writer.ts';
import type { Region } from '../models/image-schema.ts';
import type { Publication, PublicationStore, PublicationTarget } from '../store/publications.ts';
import type { Assessment } from './assessment.ts';
import type { PatientCourse } from './course-types.ts';
import { type BoardOccasion, contentHash, pageHash } from './publish/content-hash.ts';
import {
  type DicomPublication,
  type PublishedCase,
  planDicomPublication,
  storeDicomPublication,
} from './publish/dicom-publication.ts';
import type { FeatureTerms } from './publish/feature-values.ts';
import { type PublicationNames, planFhirPublication } from './publish/fhir-publication.ts';

export type { PublicationTarget };

/** A result as it is published: the Assessment, the course that it stands in, of the same facts, and the board that is to see it. */
export interface PublishableResult {
  readonly assessment: Assessment;
  readonly course: PatientCourse;
  /** Null where no board is known. */
  readonly board: BoardOccasion | null;
}

export interface PublishServices<Result extends PublishableResult = PublishableResult> {
  readonly dicomweb: DicomwebClient;
  /** The configured record, for reading and for writing. */
  readonly fhir: FhirSource;
  readonly writer: FhirWriter;
  readonly store: PublicationStore;
  /** Codes, catalogue and settings; the extractor's version is that of the Assessment. */
  readonly terms: Omit<FeatureTerms, 'extractorVersion'>;
  /** Regions that models measure. */
  readonly regions: readonly Region[];
  /** The board's page of a result. */
  renderPdf(result: Result): Promise<Uint8Array>;
}

/** What would be stored where; nothing has been. */
export interface PublicationPlan {
  readonly contentHash: string;
  /** Null where the archive is no target. */
  readonly dicom: DicomPublication | null;
  /** Null where the record is no target. */
  readonly fhir: fhir4.Bundle | null;
}

/** What was stored now. */
export interface PublicationOutcome {
  readonly contentHash: string;
  /** SOPInstanceUIDs. */
  readonly instances: readonly string[];
  /** References of the resources that were created. */
  readonly resources: readonly string[];
}

/**
 * What a publication of a result would store, and which of it is there already.
 *
 * @throws DicomError, FhirError of archive and record; ModelInputError for a result that must not leave.
 */
export async function planPublication<Result extends PublishableResult>(
  services: PublishServices<Result>,
  result: Result,
  targets: readonly PublicationTarget[],
): Promise<PublicationPlan> {
  const published = publishedCase(services, result);
  const dicom = targets.includes('dicom')
    ? await planDicomPublication(dicomServices(services, result), published)
    : null;
  const last = await services.store.lastPublication(result.assessment.subject, 'fhir');
  const fhir = targets.includes('fhir') ? await planFhir(services, published, dicom, keysAfter(last, published)) : null;
  return { contentHash: published.contentHash, dicom, fhir };
}

/**
 * Publishes a result: the archive first, because the record refers to what is in it. What is there already is not stored again, so that
 * it may be repeated after any failure; that it is done is noted only when all of a target is there.
 *
 * @throws As `planPublication`, `storeDicomPublication` and `FhirWriter.transact`; most of it may be over when it is tried again.
 */
export async function publishResult<Result extends PublishableResult>(
  services: PublishServices<Result>,
  result: Result,
  targets: readonly PublicationTarget[],
): Promise<PublicationOutcome> {
  const published = publishedCase(services, result);
  const { assessment } = result;
  const note = (target: PublicationTarget, keys: Pick<Publication, 'resultKey' | 'key'>, stored: readonly string[]) =>
    services.store.savePublication({
      patient: assessment.subject,
      target,
      contentHash: published.contentHash,
      pageHash: pageHash(published.contentHash, published.board),
      ...keys,
      assessment: assessment.id,
      stored,
      publishedAt: new Date().toISOString(),
    });
  let instances: readonly string[] = [];
  let dicom: DicomPublication | null = null;
  if (targets.includes('dicom')) {
    dicom = await planDicomPublication(dicomServices(services, result), published);
    instances = await storeDicomPublication(services.dicomweb, dicom);
    const [report, page] = (['SR', 'PDF'] as const).map((kind) => dicom?.objects.find((one) => one.kind === kind));
    if (report !== undefined && page !== undefined) {
      await note(
        'dicom',
        { resultKey: report.SOPInstanceUID, key: page.SOPInstanceUID },
        dicom.objects.map(({ SOPInstanceUID }) => SOPInstanceUID),
      );
    }
  }
  let resources: readonly string[] = [];
  const last = await services.store.lastPublication(assessment.subject, 'fhir');
  const { previousKey, ...keys } = keysAfter(last, published);
  // The record was told of exactly this last: it is not told again.
  if (targets.includes('fhir') && last?.key !== keys.key) {
    const entries = await services.writer.transact(
      await planFhir(services, published, dicom, { ...keys, previousKey }),
    );
    resources = entries.filter(({ created }) => created).map(({ reference }) => reference);
    await note(
      'fhir',
      keys,
      entries.map(({ reference }) => reference),
    );
  }
  return { contentHash: published.contentHash, instances, resources };
}

function publishedCase<Result extends PublishableResult>(
  { renderPdf }: PublishServices<Result>,
  result: Result,
): PublishedCase {
  let pdf: Promise<Uint8Array> | undefined;
  return {
    assessment: result.assessment,
    course: result.course,
    contentHash: contentHash(result.assessment, result.course),
    board: result.board,
    pdf: () => {
      pdf ??= renderPdf(result);
      return pdf;
    },
  };
}

function dicomServices(
  { dicomweb, terms, regions }: Omit<PublishServices, 'renderPdf'>,
  { assessment }: PublishableResult,
) {
  return { client: dicomweb, regions, terms: { ...terms, extractorVersion: assessment.versions.extractor } };
}

/**
 * A content that comes back after another one is a publication of its own. Without a board the last page of the same result stays,
 * whatever board it was made for: one that is over, or of which the record could not tell just now.
 */
function keysAfter(last: Publication | undefined, { contentHash: hash, board }: PublishedCase): PublicationNames {
  const page = pageHash(hash, board);
  const sameResult = last?.contentHash === hash;
  if (sameResult && (board === null || last.pageHash === page)) {
    return { resultKey: last.resultKey, key: last.key, previousKey: null };
  }
  const previousKey = last?.key ?? null;
  const resultKey = sameResult ? last.resultKey : hashOf(hash, previousKey);
  return { resultKey, key: hashOf(page, previousKey), previousKey };
}

function planFhir(
  services: Omit<PublishServices, 'renderPdf'>,
  published: PublishedCase,
  dicom: DicomPublication | null,
  keys: PublicationNames,
): Promise<fhir4.Bundle> {
  const reports = (dicom?.objects ?? []).filter(({ kind }) => kind !== 'SEG');
  return planFhirPublication(services, published, reports, keys);
}

function hashOf(...parts: readonly (string | null)[]): string {
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex');
}
