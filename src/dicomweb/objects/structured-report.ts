import type { NaturalDataset } from 'dcmjs';
import { dcm, type InstanceReference, rootContainer } from './content-item.ts';
import { deterministicUid, writePart10 } from './dicom-file.ts';
import { type MeasurementReport, measurementReportContent } from './measurement-report.ts';
import type { ResultCodes } from './result-codes.ts';
import { commonAttributes, type Origin, type SourceContext, syntheticPrefix } from './source-context.ts';

/** SOP class Comprehensive 3D SR Storage. */
export const comprehensive3dSrStorage = '1.2.840.10008.5.1.4.1.1.88.34';

/** A new object, not yet stored. */
export interface NewObject {
  readonly kind: 'SEG' | 'SR' | 'PDF';
  readonly SOPClassUID: string;
  readonly StudyInstanceUID: string;
  readonly SeriesInstanceUID: string;
  readonly SOPInstanceUID: string;
  readonly description: string;
  /** Part 10 file. */
  readonly bytes: Uint8Array;
}

/** An instance with where it is found. */
export interface PlacedInstance extends InstanceReference {
  readonly StudyInstanceUID: string;
  readonly SeriesInstanceUID: string;
}

/** Series of Deltascope's reports in a study: there is one a study and kind. */
export function reportSeriesUid(StudyInstanceUID: string, kind: 'SR' | 'PDF'): string {
  return deterministicUid(StudyInstanceUID, 'Deltascope', kind);
}

/**
 * UID of a report: the same content after the same predecessor is the same document.
 *
 * @param contentHash Of all that the report says, apart from when it was made.
 * @param predecessor SOPInstanceUID of the report that it follows; null for the first of a study.
 */
export function reportUid(
  StudyInstanceUID: string,
  kind: 'SR' | 'PDF',
  contentHash: string,
  predecessor: string | null,
): string {
  return deterministicUid(reportSeriesUid(StudyInstanceUID, kind), contentHash, predecessor ?? '');
}

export interface StructuredReportParts {
  readonly context: SourceContext;
  readonly origin: Origin;
  readonly codes: ResultCodes;
  readonly report: MeasurementReport;
  readonly contentHash: string;
  /** From 1, counted over the reports of the study. */
  readonly InstanceNumber: number;
  /** The report of this study that this one follows. */
  readonly predecessor: PlacedInstance | null;
}

const seriesNumber = 9701;

/**
 * Writes a measurement report as a Comprehensive 3D SR by TID 1500, complete and not verified by a person.
 *
 * @throws RangeError where a number is not finite.
 * @see DICOM PS3.3 section A.35.13, PS3.16 TID 1500
 */
export function writeStructuredReport(parts: StructuredReportParts): NewObject {
  const { context, origin, report, predecessor } = parts;
  const { StudyInstanceUID } = context;
  const SeriesInstanceUID = reportSeriesUid(StudyInstanceUID, 'SR');
  const SOPInstanceUID = reportUid(
    StudyInstanceUID,
    'SR',
    parts.contentHash,
    predecessor === null ? null : predecessor.SOPInstanceUID,
  );
  const description = `${origin.synthetic ? syntheticPrefix : ''}Deltascope measurements and risk`;
  const evidence = evidenceOf(report);
  const current = evidence.filter((placed) => placed.StudyInstanceUID === StudyInstanceUID);
  const other = evidence.filter((placed) => placed.StudyInstanceUID !== StudyInstanceUID);
  const title = dcm('126000', 'Imaging Measurement Report');
  const bytes = writePart10({
    ...commonAttributes(context, origin),
    SOPClassUID: comprehensive3dSrStorage,
    SOPInstanceUID,
    SeriesInstanceUID,
    Modality: 'SR',
    SeriesNumber: String(seriesNumber),
    SeriesDescription: description,
    InstanceNumber: String(parts.InstanceNumber),
    CompletionFlag: 'COMPLETE',
    VerificationFlag: 'UNVERIFIED',
    PreliminaryFlag: 'PRELIMINARY',
    ReferencedPerformedProcedureStepSequence: [],
    PerformedProcedureCodeSequence: [],
    CodingSchemeIdentificationSequence: codingSchemes(parts.codes),
    ...(predecessor !== null && { PredecessorDocumentsSequence: hierarchy([predecessor]) }),
    ...(current.length > 0 && { CurrentRequestedProcedureEvidenceSequence: hierarchy(current) }),
    ...(other.length > 0 && { PertinentOtherEvidenceSequence: hierarchy(other) }),
    ...rootContainer(title, measurementReportContent(report), '1500'),
  });
  const address = { StudyInstanceUID, SeriesInstanceUID, SOPInstanceUID };
  return { kind: 'SR', SOPClassUID: comprehensive3dSrStorage, ...address, description, bytes };
}

/** What the private designator means, and where the IBSI terms are defined. PS3.3 section C.12.1.1.7. */
function codingSchemes({ scheme }: ResultCodes): NaturalDataset[] {
  return [
    {
      CodingSchemeDesignator: scheme.designator,
      CodingSchemeUID: deterministicUid('Deltascope', 'coding scheme', scheme.designator),
      CodingSchemeName: scheme.name,
      CodingSchemeResponsibleOrganization: scheme.responsibleOrganization,
    },
    {
      CodingSchemeDesignator: 'IBSI',
      CodingSchemeUID: '1.2.840.10008.2.16.13',
      CodingSchemeName: 'Image Biomarker Standardisation Initiative',
    },
  ];
}

/** Every instance that the content refers to, once. */
function evidenceOf({ series, regions }: MeasurementReport): PlacedInstance[] {
  const images = series.flatMap(({ StudyInstanceUID, SeriesInstanceUID, images: all }) =>
    all.map((image) => ({ StudyInstanceUID, SeriesInstanceUID, ...image })),
  );
  const segmentations = regions.map(({ segmentation: { segmentNumber: _, ...placed } }) => placed);
  return [...new Map([...images, ...segmentations].map((placed) => [placed.SOPInstanceUID, placed])).values()];
}

/** Hierarchical SOP Instance Reference Macro. PS3.3 table C.17.2-1. */
export function hierarchy(placed: readonly PlacedInstance[]): NaturalDataset[] {
  return groupBy(placed, ({ StudyInstanceUID }) => StudyInstanceUID).map(([StudyInstanceUID, ofStudy]) => ({
    StudyInstanceUID,
    ReferencedSeriesSequence: groupBy(ofStudy, ({ SeriesInstanceUID }) => SeriesInstanceUID).map(
      ([SeriesInstanceUID, ofSeries]) => ({
        SeriesInstanceUID,
        ReferencedSOPSequence: ofSeries.map(({ SOPClassUID, SOPInstanceUID }) => ({
          ReferencedSOPClassUID: SOPClassUID,
          ReferencedSOPInstanceUID: SOPInstanceUID,
        })),
      }),
    ),
  }));
}

function groupBy<T>(all: readonly T[], keyOf: (one: T) => string): [string, T[]][] {
  const groups = new Map<string, T[]>();
  for (const one of all) groups.set(keyOf(one), [...(groups.get(keyOf(one)) ?? []), one]);
  return [...groups];
}
