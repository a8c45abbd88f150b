import { DicomError } from '../errors.ts';
import { type DicomDataset, itemsOf, numberOf, textOf } from './dataset.ts';
import type { DicomInstance } from './instance.ts';

/** A region of interest of an RTSTRUCT. DICOM PS3.3 sections C.8.8.5 and C.8.8.8. */
export interface Roi {
  readonly ROINumber: number;
  readonly ROIName: string;
  readonly ReferencedFrameOfReferenceUID: string | null;
  /** `GTV`, `ORGAN` and so on, from the observation of the ROI; null where none says. */
  readonly RTROIInterpretedType: string | null;
  /** Items of its ContourSequence. */
  readonly contours: readonly DicomDataset[];
}

/** Which ROI is meant; every part that is given must fit. */
export interface RoiChoice {
  readonly ROIName?: string;
  readonly ROINumber?: number;
  readonly RTROIInterpretedType?: string;
}

const structureSetStorage = '1.2.840.10008.5.1.4.1.1.481.3';

/** True for an RT Structure Set. */
export function isStructureSet({ SOPClassUID }: Pick<DicomInstance, 'SOPClassUID'>): boolean {
  return SOPClassUID === structureSetStorage;
}

/** ROIs of an RTSTRUCT in the order of its StructureSetROISequence; those without a number are left out. */
export function listRois({ dataset }: Pick<DicomInstance, 'dataset'>): Roi[] {
  const contours = itemsOf(dataset, 'ROIContourSequence');
  const observations = itemsOf(dataset, 'RTROIObservationsSequence');
  return itemsOf(dataset, 'StructureSetROISequence').flatMap((item) => {
    const ROINumber = numberOf(item, 'ROINumber');
    if (ROINumber === null) return [];
    const ofRoi = (entry: DicomDataset) => numberOf(entry, 'ReferencedROINumber') === ROINumber;
    return {
      ROINumber,
      ROIName: textOf(item, 'ROIName') ?? '',
      ReferencedFrameOfReferenceUID: textOf(item, 'ReferencedFrameOfReferenceUID'),
      RTROIInterpretedType:
        observations.filter(ofRoi).flatMap((entry) => textOf(entry, 'RTROIInterpretedType') ?? [])[0] ?? null,
      contours: contours.filter(ofRoi).flatMap((entry) => itemsOf(entry, 'ContourSequence')),
    };
  });
}

/**
 * The ROI that is meant. Names are compared letter by letter.
 *
 * @param choice Empty: the only ROI there is.
 * @param subject SOPInstanceUID or file name, for the message.
 * @throws DicomError `MASK_LABEL_MISSING` if none fits, `RTSTRUCT_AMBIGUOUS` if several do; both list what there is.
 */
export function pickRoi(rois: readonly Roi[], choice: RoiChoice, subject = 'RTSTRUCT'): Roi {
  const fitting = rois.filter(
    (roi) =>
      (choice.ROIName === undefined || choice.ROIName === roi.ROIName) &&
      (choice.ROINumber === undefined || choice.ROINumber === roi.ROINumber) &&
      (choice.RTROIInterpretedType === undefined || choice.RTROIInterpretedType === roi.RTROIInterpretedType),
  );
  const [roi, ...others] = fitting;
  if (roi === undefined) {
    const text = `no such region of interest (there are: ${describeRois(rois)}): choose one of these`;
    throw new DicomError('MASK_LABEL_MISSING', subject, text);
  }
  if (others.length > 0) {
    const text = `${fitting.length} regions of interest fit (${describeRois(fitting)}): name one of these`;
    throw new DicomError('RTSTRUCT_AMBIGUOUS', subject, text);
  }
  return roi;
}

function describeRois(rois: readonly Roi[]): string {
  if (rois.length === 0) return 'none';
  return rois
    .map(({ ROINumber, ROIName, RTROIInterpretedType }) => {
      return `${ROINumber} "${ROIName}"${RTROIInterpretedType === null ? '' : ` ${RTROIInterpretedType}`}`;
    })
    .join('; ');
}
