import type { NaturalDataset } from 'dcmjs';
import { deterministicUid } from './dicom-file.ts';

/** SOP class Segmentation Storage. */
export const segmentationStorage = '1.2.840.10008.5.1.4.1.1.66.4';
/** SOP class CT Image Storage. */
export const ctImageStorage = '1.2.840.10008.5.1.4.1.1.2';

/** Tags as the numbers that VR AT takes. */
const tag = {
  SegmentIdentificationSequence: 0x0062_000a,
  ReferencedSegmentNumber: 0x0062_000b,
  PlanePositionSequence: 0x0020_9113,
  ImagePositionPatient: 0x0020_0032,
} as const;

/**
 * What every binary SEG says of itself, whatever it shows.
 *
 * @see DICOM PS3.3, C.8.20.2, which fixes the Image Pixel attributes too
 */
export const binarySegmentation: NaturalDataset = {
  SOPClassUID: segmentationStorage,
  ImageType: ['DERIVED', 'PRIMARY'],
  Modality: 'SEG',
  SegmentationType: 'BINARY',
  SamplesPerPixel: 1,
  PhotometricInterpretation: 'MONOCHROME2',
  PixelRepresentation: 0,
  BitsAllocated: 1,
  BitsStored: 1,
  HighBit: 0,
  LossyImageCompression: '00',
};

/**
 * Common Instance Reference module of a SEG: the CT images that it is drawn on.
 *
 * @see DICOM PS3.3, C.12.2
 */
export function referencedImages(SeriesInstanceUID: string, sopInstanceUIDs: readonly string[]): NaturalDataset {
  return {
    ReferencedSeriesSequence: [
      {
        SeriesInstanceUID,
        ReferencedInstanceSequence: sopInstanceUIDs.map((uid) => ({
          ReferencedSOPClassUID: ctImageStorage,
          ReferencedSOPInstanceUID: uid,
        })),
      },
    ],
  };
}

/**
 * Multi-frame Dimension module of a SEG: frames are told apart by segment and position.
 *
 * @see DICOM PS3.3, C.7.6.17
 */
export function segmentDimensions(SeriesInstanceUID: string): NaturalDataset {
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
