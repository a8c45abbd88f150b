import type { NaturalDataset } from 'dcmjs';
import { smallCt } from './dicom-objects.ts';

/** A contour on the small CT: its slice and its corners in pixels. */
export interface SmallContour {
  readonly z: number;
  readonly points: readonly (readonly [number, number])[];
  readonly changes?: NaturalDataset;
}

/** A ROI of a small RTSTRUCT. */
export interface SmallRoi {
  readonly number: number;
  readonly name: string;
  readonly type?: string;
  readonly contours: readonly SmallContour[];
}

/** An RTSTRUCT on the small CT. */
export function smallRtstruct(rois: readonly SmallRoi[], changes: NaturalDataset = {}): NaturalDataset {
  return {
    StudyInstanceUID: '1.2.3.1',
    SeriesInstanceUID: '1.2.3.5',
    PatientID: 'SMALL',
    PatientName: 'Synthetic^Small',
    StudyDate: '20260102',
    SOPClassUID: '1.2.840.10008.5.1.4.1.1.481.3',
    SOPInstanceUID: '1.2.3.5.1',
    Modality: 'RTSTRUCT',
    StructureSetLabel: 'Tumour',
    StructureSetROISequence: rois.map(({ number, name }) => ({
      ROINumber: number,
      ReferencedFrameOfReferenceUID: '1.2.3.3',
      ROIName: name,
      ROIGenerationAlgorithm: 'MANUAL',
    })),
    ROIContourSequence: rois.map(({ number, contours }) => ({
      ContourSequence: contours.map(contourItem),
      ReferencedROINumber: number,
    })),
    RTROIObservationsSequence: rois.map(({ number, type }) => ({
      ObservationNumber: number,
      ReferencedROINumber: number,
      RTROIInterpretedType: type ?? '',
    })),
    ...changes,
  };
}

function contourItem({ z, points, changes = {} }: SmallContour): NaturalDataset {
  const { spacing, origin } = smallCt;
  return {
    ContourImageSequence: [
      { ReferencedSOPClassUID: '1.2.840.10008.5.1.4.1.1.2', ReferencedSOPInstanceUID: `1.2.3.2.${z + 1}` },
    ],
    ContourGeometricType: 'CLOSED_PLANAR',
    NumberOfContourPoints: points.length,
    ContourData: points.flatMap(([x, y]) => [
      origin[0] + x * spacing[0],
      origin[1] + y * spacing[1],
      origin[2] + z * spacing[2],
    ]),
    ...changes,
  };
}
