import type { NaturalDataset } from 'dcmjs';
import { packBits } from '../dicomweb/objects/dicom-file.ts';
import { DicomError } from '../errors.ts';
import type { Mask } from '../radiomics/volume.ts';
import { code, decimalString, deterministicUid, studyAttributes, writePart10 } from './dicom-writer.ts';
import { type CtSeries, ctImageStorage } from './dicom-writer-ct.ts';

/** SOP class Segmentation Storage. */
const segmentationStorage = '1.2.840.10008.5.1.4.1.1.66.4';

/** Tags as the numbers that VR AT takes. */
const tag = {
  SegmentIdentificationSequence: 0x0062_000a,
  ReferencedSegmentNumber: 0x0062_000b,
  PlanePositionSequence: 0x0020_9113,
  ImagePositionPatient: 0x0020_0032,
} as const;

/**
 * Writes the mask of a primary tumour as a DICOM SEG: one binary segment, one frame per slice that holds any of it.
 *
 * The phantom knows its tumour, nobody drew it: the algorithm type is AUTOMATIC and its name says so.
 *
 * @param ct The series that the mask lies on, as written by `writeCtSeries`.
 * @param mask On the grid of that series; what is not 0 belongs to the tumour.
 * @returns The Part 10 file, Explicit VR Little Endian.
 * @throws DicomError `SEG_EMPTY` if the mask is empty, `SEG_GEOMETRY` if it has another number of slices than the series.
 * @see DICOM PS3.3 annex A.51
 */
export function writeSegmentation(ct: CtSeries, mask: Mask): Uint8Array {
  const [nx, ny, nz] = mask.dims;
  if (nz !== ct.sopInstanceUIDs.length)
    throw new DicomError('SEG_GEOMETRY', ct.SeriesInstanceUID, `mask of ${nz} slices: give one on the series' grid`);
  const plane = nx * ny;
  const slices = ct.sopInstanceUIDs.flatMap((uid, slice) => {
    const inside = mask.voxels.subarray(slice * plane, (slice + 1) * plane);
    return inside.some((label) => label !== 0) ? [{ uid, slice, inside }] : [];
  });
  if (slices.length === 0)
    throw new DicomError('SEG_EMPTY', ct.SeriesInstanceUID, 'the mask is empty: nothing to write');
  const SeriesInstanceUID = deterministicUid(ct.SeriesInstanceUID, 'segmentation');
  return writePart10({
    ...studyAttributes(ct.study),
    ...seriesAttributes(ct),
    SeriesInstanceUID,
    SOPInstanceUID: deterministicUid(SeriesInstanceUID, '1'),
    ...referenceAttributes(ct),
    ...dimensionAttributes(SeriesInstanceUID),
    SegmentSequence: [segment(ct)],
    NumberOfFrames: String(slices.length),
    Rows: ny,
    Columns: nx,
    SharedFunctionalGroupsSequence: [sharedGroups(mask)],
    PerFrameFunctionalGroupsSequence: slices.map(({ uid, slice }, frame) => frameGroups(mask, uid, slice, frame)),
    PixelData: packBits(
      slices.map(({ inside }) => inside),
      plane,
    ),
    _vrMap: { PixelData: 'OB' },
  });
}

function seriesAttributes(ct: CtSeries): NaturalDataset {
  const { StudyDate } = ct.study;
  return {
    SOPClassUID: segmentationStorage,
    ImageType: ['DERIVED', 'PRIMARY'],
    Modality: 'SEG',
    SeriesNumber: String(100 + ct.SeriesNumber),
    SeriesDescription: `Primary tumour on ${ct.SeriesDescription}`,
    SeriesDate: StudyDate,
    SeriesTime: ct.SeriesTime,
    ContentDate: StudyDate,
    ContentTime: ct.SeriesTime,
    InstanceNumber: '1',
    BodyPartExamined: 'CHEST',
    ContentLabel: 'SEGMENTATION',
    ContentDescription: 'Synthetic primary tumour',
    ContentCreatorName: 'SYNTHETIC^PHANTOM',
    SegmentationType: 'BINARY',
    SamplesPerPixel: 1,
    PhotometricInterpretation: 'MONOCHROME2',
    PixelRepresentation: 0,
    BitsAllocated: 1,
    BitsStored: 1,
    HighBit: 0,
    LossyImageCompression: '00',
  };
}

function segment(ct: CtSeries): NaturalDataset {
  return {
    SegmentNumber: 1,
    SegmentLabel: 'Primary tumour',
    SegmentDescription: 'Synthetic primary tumour',
    SegmentAlgorithmType: 'AUTOMATIC',
    SegmentAlgorithmName: 'Deltascope synthetic phantom',
    SegmentedPropertyCategoryCodeSequence: [code('49755003', 'SCT', 'Morphologically Altered Structure')],
    SegmentedPropertyTypeCodeSequence: [code('86049000', 'SCT', 'Neoplasm, Primary')],
    AnatomicRegionSequence: [code('39607008', 'SCT', 'Lung')],
    TrackingID: 'Primary tumour',
    // The same tumour at every visit and in every phase.
    TrackingUID: deterministicUid(ct.study.subject.PatientID, 'primary tumour'),
    RecommendedDisplayCIELabValue: [34885, 53485, 50171],
  };
}

function referenceAttributes(ct: CtSeries): NaturalDataset {
  return {
    ReferencedSeriesSequence: [
      {
        SeriesInstanceUID: ct.SeriesInstanceUID,
        ReferencedInstanceSequence: ct.sopInstanceUIDs.map((uid) => ({
          ReferencedSOPClassUID: ctImageStorage,
          ReferencedSOPInstanceUID: uid,
        })),
      },
    ],
  };
}

function dimensionAttributes(SeriesInstanceUID: string): NaturalDataset {
  const DimensionOrganizationUID = deterministicUid(SeriesInstanceUID, 'dimensions');
  return {
    DimensionOrganizationSequence: [{ DimensionOrganizationUID }],
    DimensionIndexSequence: [
      {
        DimensionOrganizationUID,
        DimensionIndexPointer: tag.ReferencedSegmentNumber,
        FunctionalGroupPointer: tag.SegmentIdentificationSequence,
        DimensionDescriptionLabel: 'ReferencedSegmentNumber',
      },
      {
        DimensionOrganizationUID,
        DimensionIndexPointer: tag.ImagePositionPatient,
        FunctionalGroupPointer: tag.PlanePositionSequence,
        DimensionDescriptionLabel: 'ImagePositionPatient',
      },
    ],
  };
}

function sharedGroups({ spacingMm }: Mask): NaturalDataset {
  const [dx, dy, dz] = spacingMm.map(decimalString);
  return {
    PlaneOrientationSequence: [{ ImageOrientationPatient: ['1', '0', '0', '0', '1', '0'] }],
    PixelMeasuresSequence: [{ SliceThickness: dz, SpacingBetweenSlices: dz, PixelSpacing: [dy, dx] }],
    SegmentIdentificationSequence: [{ ReferencedSegmentNumber: 1 }],
  };
}

function frameGroups({ originMm, spacingMm }: Mask, uid: string, slice: number, frame: number): NaturalDataset {
  const position = [originMm[0], originMm[1], originMm[2] + slice * spacingMm[2]];
  return {
    DerivationImageSequence: [
      {
        DerivationCodeSequence: [code('113076', 'DCM', 'Segmentation')],
        SourceImageSequence: [
          {
            ReferencedSOPClassUID: ctImageStorage,
            ReferencedSOPInstanceUID: uid,
            PurposeOfReferenceCodeSequence: [code('121322', 'DCM', 'Source image for image processing operation')],
          },
        ],
      },
    ],
    FrameContentSequence: [{ DimensionIndexValues: [1, frame + 1] }],
    PlanePositionSequence: [{ ImagePositionPatient: position.map(decimalString) }],
  };
}
