import type { DicomwebClient } from '../../dicomweb/client.ts';
import { itemsOf, textOf } from '../../dicomweb/dataset.ts';
import { deterministicUid } from '../../dicomweb/objects/dicom-file.ts';
import { writeEncapsulatedPdf } from '../../dicomweb/objects/encapsulated-pdf.ts';
import type { MeasurementReport, Statement } from '../../dicomweb/objects/measurement-report.ts';
import type { Origin } from '../../dicomweb/objects/source-context.ts';
import {
  type NewObject,
  type PlacedInstance,
  reportSeriesUid,
  writeStructuredReport,
} from '../../dicomweb/objects/structured-report.ts';
import type { Region } from '../../models/image-schema.ts';
import type { Assessment } from '../assessment.ts';
import type { PatientCourse } from '../course-types.ts';
import { type BoardOccasion, pageHash } from './content-hash.ts';
import { drawnRegions } from './drawn-regions.ts';
import type { FeatureTerms } from './feature-values.ts';
import { currentOutlines, type MeasuredCourse, measuredCourse } from './measured-regions.ts';
import { createOutlineImaging } from './outline-imaging.ts';
import { modelPredictions } from './predictions.ts';
import { placeReport, type ReportKind, type ReportPlace, SOPClassUIDs } from './report-chain.ts';
import { type RingObjects, ringObjects } from './ring-objects.ts';
import { storeAndVerify } from './stored-objects.ts';
import { createEvidence } from './study-evidence.ts';

export interface DicomPublicationServices {
  readonly client: DicomwebClient;
  readonly terms: FeatureTerms;
  /** Regions that models measure. */
  readonly regions: readonly Region[];
}

/** What is to be published of one patient. */
export interface PublishedCase {
  readonly assessment: Assessment;
  readonly course: PatientCourse;
  /** Of the result. */
  readonly contentHash: string;
  /** The board that the page is made for; null where none is known. */
  readonly board: BoardOccasion | null;
  /** Makes the page; asked for once, and only where it is lacking. */
  readonly pdf: () => Promise<Uint8Array>;
}

/** An object of a publication, there or to be stored. */
export interface PlannedObject extends PlacedInstance {
  readonly kind: NewObject['kind'];
  readonly description: string;
  /** Part 10 file; null for what the archive holds already. */
  readonly bytes: Uint8Array | null;
}

export interface DicomPublication {
  /** In the order in which they are stored: rings, report, page last. */
  readonly objects: readonly PlannedObject[];
  /** What could not be taken into it, one line each. */
  readonly notices: readonly string[];
}

/**
 * Builds the objects of a result, and asks the archive which of them it lacks. Nothing is stored.
 *
 * They belong to the newest study with an outline that results rest on, rings to the study of their CT.
 *
 * @returns No object where no CT of the patient has been measured.
 * @throws DicomError those of the archive, and `DICOM_INVALID` where what was measured is no longer in it.
 */
export async function planDicomPublication(
  services: DicomPublicationServices,
  published: PublishedCase,
): Promise<DicomPublication> {
  const { assessment, course } = published;
  const { client, terms } = services;
  const index = currentOutlines(course).at(-1)?.outline;
  if (index === undefined) return { objects: [], notices: ['no CT of the patient has been measured'] };
  const evidence = createEvidence(client);
  const measured = await measuredCourse(course, evidence, terms);
  const origin = originOf(assessment);
  const imaging = createOutlineImaging(client);
  const rings = await ringObjects({ ...services, evidence, imaging }, measured.rings, origin);
  const { context } = await evidence.series(index.StudyInstanceUID, index.SeriesInstanceUID);
  const place = await placeReport(client, index.StudyInstanceUID, 'SR', published.contentHash);
  const reported = measured.regions.filter(
    ({ ring, measured: { segmentation } }) => ring === null || rings.available.has(segmentation.SOPInstanceUID),
  );
  const drawings = place.present
    ? { drawn: [], notices: [] }
    : await drawnRegions({ ...services, imaging }, reported, measured.series, index.StudyInstanceUID);
  const notices = [...rings.notices, ...drawings.notices];
  const common = { context, origin, codes: terms.codes };
  const sr = place.present
    ? presentReport('SR', index.StudyInstanceUID, place)
    : writeStructuredReport({
        ...{ ...common, ...place, contentHash: published.contentHash },
        report: {
          ...reportOf(assessment, terms, notices),
          series: measured.series,
          drawn: drawings.drawn,
          regions: reported.map(({ measured: region }) => region),
        },
      });
  const page = await placePage(client, sr, published.board);
  const pdf = page.present
    ? presentReport('PDF', index.StudyInstanceUID, page)
    : writeEncapsulatedPdf({ ...common, ...page, report: sr, pdf: await published.pdf() });
  const present = presentRings(measured, rings);
  return { objects: [...present, ...rings.objects, sr, pdf], notices };
}

/**
 * Stores what is lacking: first the rings, then the report that refers to them, then the page. Each step is seen in the archive before the
 * next one, so that what stands there is whole as far as it goes.
 *
 * @returns SOPInstanceUIDs of what was stored now.
 * @throws DicomError `PACS_STORE_INCOMPLETE`, `PACS_UNREACHABLE`, `PACS_REFUSED`.
 */
export async function storeDicomPublication(
  client: DicomwebClient,
  { objects }: Pick<DicomPublication, 'objects'>,
): Promise<string[]> {
  const lacking = objects.flatMap(({ bytes, ...object }) => (bytes === null ? [] : [{ ...object, bytes }]));
  for (const kind of ['SEG', 'SR', 'PDF'] as const) {
    await storeAndVerify(
      client,
      lacking.filter((object) => object.kind === kind),
    );
  }
  return lacking.map(({ SOPInstanceUID }) => SOPInstanceUID);
}

function originOf({ createdAt, synthetic, versions }: Assessment): Origin {
  return { version: versions.deltascope, createdAt, synthetic };
}

function reportOf(
  assessment: Assessment,
  { codes }: FeatureTerms,
  notIncluded: readonly string[],
): Omit<MeasurementReport, 'series' | 'drawn' | 'regions'> {
  const { deltascope } = assessment.versions;
  const notice = (value: string): Statement => ({ concept: codes.own('notice'), value });
  const { group, statement } = assessment.combined;
  return {
    software: { name: 'Deltascope', version: deltascope, uid: deterministicUid('Deltascope', deltascope) },
    procedureReported: codes.procedureReported,
    predictions: modelPredictions(assessment, codes),
    statements: [
      ...(assessment.synthetic ? [notice('SYNTHETIC: a computed patient, not a person. Not a clinical result.')] : []),
      notice('Decision support, not a decision. Made by software, not verified by a person.'),
      ...(group === null ? [] : [{ concept: codes.own('riskGroup'), value: codes.riskGroups[group] }]),
      { concept: codes.own('statement'), value: statement },
      ...notIncluded.map((text) => notice(`Not included: ${text}`)),
    ],
  };
}

const descriptions: Readonly<Record<ReportKind, string>> = { SR: 'measurements and risk', PDF: 'tumour board report' };

function presentReport(kind: ReportKind, StudyInstanceUID: string, { SOPInstanceUID }: ReportPlace): PlannedObject {
  const SeriesInstanceUID = reportSeriesUid(StudyInstanceUID, kind);
  const place = { SOPClassUID: SOPClassUIDs[kind], StudyInstanceUID, SeriesInstanceUID, SOPInstanceUID };
  return { kind, ...place, description: descriptions[kind], bytes: null };
}

/**
 * Where the page of a report belongs. Without a board the newest page stays if it shows this report, whatever board it was made
 * for: one that is over, or of which the record could not tell just now.
 */
async function placePage(
  client: DicomwebClient,
  { StudyInstanceUID, SOPInstanceUID: report }: PlannedObject,
  board: BoardOccasion | null,
): Promise<ReportPlace & { readonly contentHash: string }> {
  const contentHash = pageHash(report, board);
  const place = { ...(await placeReport(client, StudyInstanceUID, 'PDF', contentHash)), contentHash };
  const newest = place.predecessor;
  if (place.present || board !== null || newest === null) return place;
  const shown = itemsOf(await client.instanceMetadata(newest), 'SourceInstanceSequence');
  const stays = shown.some((item) => textOf(item, 'ReferencedSOPInstanceUID') === report);
  return stays ? { ...place, SOPInstanceUID: newest.SOPInstanceUID, present: true } : place;
}

/** Rings that the archive holds already. */
function presentRings({ regions }: MeasuredCourse, { available, objects }: RingObjects): PlannedObject[] {
  const lacking = new Set(objects.map(({ SOPInstanceUID }) => SOPInstanceUID));
  return regions.flatMap(({ measured: { segmentation, trackingIdentifier } }): PlannedObject[] => {
    const { SOPInstanceUID, segmentNumber: _, ...place } = segmentation;
    if (!available.has(SOPInstanceUID) || lacking.has(SOPInstanceUID)) return [];
    return [{ kind: 'SEG', ...place, SOPInstanceUID, description: trackingIdentifier, bytes: null }];
  });
}
