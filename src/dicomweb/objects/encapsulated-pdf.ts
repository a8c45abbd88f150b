import { codeItem } from './content-item.ts';
import { writePart10 } from './dicom-file.ts';
import type { ResultCodes } from './result-codes.ts';
import { commonAttributes, type Origin, type SourceContext, syntheticPrefix } from './source-context.ts';
import { hierarchy, type NewObject, type PlacedInstance, reportSeriesUid, reportUid } from './structured-report.ts';

/** SOP class Encapsulated PDF Storage. */
export const encapsulatedPdfStorage = '1.2.840.10008.5.1.4.1.1.104.1';

export interface EncapsulatedPdfParts {
  readonly context: SourceContext;
  readonly origin: Origin;
  readonly codes: ResultCodes;
  readonly pdf: Uint8Array;
  /** The structured report that the page presents. */
  readonly report: PlacedInstance;
  readonly contentHash: string;
  /** From 1, counted over the pages of the study. */
  readonly InstanceNumber: number;
  /** The page of this study that this one follows. */
  readonly predecessor: PlacedInstance | null;
}

const seriesNumber = 9702;

/**
 * Writes the tumour board's page as an Encapsulated PDF of the source study.
 *
 * @throws RangeError for what is no PDF.
 * @see DICOM PS3.3 section A.45.1
 */
export function writeEncapsulatedPdf(parts: EncapsulatedPdfParts): NewObject {
  const { context, origin, codes, pdf, report, contentHash, predecessor } = parts;
  if (Buffer.from(pdf.buffer, pdf.byteOffset, 5).toString('latin1') !== '%PDF-') throw new RangeError('pdf: no PDF');
  const { StudyInstanceUID } = context;
  const SeriesInstanceUID = reportSeriesUid(StudyInstanceUID, 'PDF');
  const SOPInstanceUID = reportUid(StudyInstanceUID, 'PDF', contentHash, predecessor?.SOPInstanceUID ?? null);
  const title = `${origin.synthetic ? syntheticPrefix : ''}Deltascope tumour board report`;
  const value = new Uint8Array(2 * Math.ceil(pdf.length / 2));
  value.set(pdf);
  const bytes = writePart10({
    ...commonAttributes(context, origin),
    SOPClassUID: encapsulatedPdfStorage,
    SOPInstanceUID,
    SeriesInstanceUID,
    Modality: 'DOC',
    ConversionType: 'WSD',
    SeriesNumber: String(seriesNumber),
    SeriesDescription: title,
    InstanceNumber: String(parts.InstanceNumber),
    AcquisitionDateTime: '',
    // The page names the patient.
    BurnedInAnnotation: 'YES',
    DocumentTitle: title,
    ConceptNameCodeSequence: [codeItem(codes.own('report'))],
    CodingSchemeIdentificationSequence: [
      {
        CodingSchemeDesignator: codes.scheme.designator,
        CodingSchemeName: codes.scheme.name,
        CodingSchemeResponsibleOrganization: codes.scheme.responsibleOrganization,
      },
    ],
    SourceInstanceSequence: [
      { ReferencedSOPClassUID: report.SOPClassUID, ReferencedSOPInstanceUID: report.SOPInstanceUID },
    ],
    ...(predecessor !== null && { PredecessorDocumentsSequence: hierarchy([predecessor]) }),
    VerificationFlag: 'UNVERIFIED',
    MIMETypeOfEncapsulatedDocument: 'application/pdf',
    EncapsulatedDocument: value.buffer,
    EncapsulatedDocumentLength: pdf.length,
    _vrMap: { EncapsulatedDocument: 'OB' },
  });
  const address = { StudyInstanceUID, SeriesInstanceUID, SOPInstanceUID };
  return { kind: 'PDF', SOPClassUID: encapsulatedPdfStorage, ...address, description: title, bytes };
}
