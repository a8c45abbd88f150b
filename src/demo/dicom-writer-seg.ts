import type { NaturalDataset } from 'dcmjs';
import { packBits } from '../dicomweb/objects/dicom-file.ts';
import {
  binarySegmentation,
  ctImageStorage,
  referencedImages,
  segmentDimensions,
} from '../dicomweb/objects/segmentation-modules.ts';
import { DicomError } from '../errors.ts';
import type { Mask } from '../radiomics/volume.ts';
import { code, decimalString, deterministicUid, studyAttributes, writePart10 } from './dicom-writer.ts';
import type { CtSeries } from './dicom-writer-ct.ts';

/**
 * Writes the masks of a primary tumour and of enlarged lymph nodes as a DICOM SEG: a binary segment each, a frame per slice
 * that holds any of it.
 *
 * The phantom knows its tumour, nobody drew it: the algorithm type is AUTOMATIC and its name says so.
 *
 * @param ct The series that the mask lies on, as written by `writeCtSeries`.
 * @param mask On the grid of that series; what is not 0 belongs to the tumour.
 * @param nodes Lymph nodes with the name that they are followed by, on the same grid.
 * @returns The Part 10 file, Explicit VR Little Endian.
 * @throws DicomError `SEG_EMPTY` if a mask is empty, `SEG_GEOMETRY` if one has another number of slices than the series.
 * @see DICOM PS3.3 annex A.51
 */
export function writeSegmentation(
  ct: CtSeries,
  mask: Mask,
  nodes: readonly { readonly label: string; readonly mask: Mask }[] = [],
): Uint8Array {
  const [nx, ny] = mask.dims;
  const frames = [mask, ...nodes.map((node) => node.mask)].flatMap((each, at) => segmentFrames(ct, each, at + 1));
  const SeriesInstanceUID = deterministicUid(ct.SeriesInstanceUID, 'segmentation');
  return writePart10({
    ...studyAttributes(ct.study),
    ...seriesAttributes(ct),
    SeriesInstanceUID,
    SOPInstanceUID: deterministicUid(SeriesInstanceUID, '1'),
    ...referencedImages(ct.SeriesInstanceUID, ct.sopInstanceUIDs),
    ...segmentDimensions(SeriesInstanceUID),
    SegmentSequence: [tumourSegment(ct), ...nodes.map(({ label }, at) => nodeSegment(ct, label, at + 2))],
    NumberOfFrames: String(frames.length),
    Rows: ny,
    Columns: nx,
    SharedFunctionalGroupsSequence: [sharedGroups(mask)],
    PerFrameFunctionalGroupsSequence: frames.map((frame) => frameGroups(mask, frame)),
    PixelData: packBits(
      frames.map(({ inside }) => inside),
      nx * ny,
    ),
    _vrMap: { PixelData: 'OB' },
  });
}

/** A slice that holds some of a segment. */
interface SegmentFrame {
  readonly segmentNumber: number;
  /** SOPInstanceUID of the CT image. */
  readonly uid: string;
  readonly slice: number;
  /** Place among the segment's frames, from 1. */
  readonly place: number;
  readonly inside: Uint8Array;
}

function segmentFrames(ct: CtSeries, { dims: [nx, ny, nz], voxels }: Mask, segmentNumber: number): SegmentFrame[] {
  if (nz !== ct.sopInstanceUIDs.length)
    throw new DicomError('SEG_GEOMETRY', ct.SeriesInstanceUID, `mask of ${nz} slices: give one on the series' grid`);
  const plane = nx * ny;
  const slices = ct.sopInstanceUIDs.flatMap((uid, slice) => {
    const inside = voxels.subarray(slice * plane, (slice + 1) * plane);
    return inside.some((label) => label !== 0) ? [{ segmentNumber, uid, slice, inside }] : [];
  });
  if (slices.length === 0)
    throw new DicomError('SEG_EMPTY', ct.SeriesInstanceUID, 'the mask is empty: nothing to write');
  return slices.map((frame, at) => ({ ...frame, place: at + 1 }));
}

function seriesAttributes(ct: CtSeries): NaturalDataset {
  const { StudyDate } = ct.study;
  return {
    ...binarySegmentation,
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
  };
}

function tumourSegment(ct: CtSeries): NaturalDataset {
  return {
    ...segmentAttributes(ct, 'Primary tumour', 'primary tumour'),
    SegmentNumber: 1,
    SegmentDescription: 'Synthetic primary tumour',
    SegmentedPropertyTypeCodeSequence: [code('86049000', 'SCT', 'Neoplasm, Primary')],
    AnatomicRegionSequence: [code('39607008', 'SCT', 'Lung')],
    RecommendedDisplayCIELabValue: [34885, 53485, 50171],
  };
}

function nodeSegment(ct: CtSeries, label: string, SegmentNumber: number): NaturalDataset {
  return {
    ...segmentAttributes(ct, label, label),
    SegmentNumber,
    SegmentDescription: 'Synthetic enlarged lymph node',
    SegmentedPropertyTypeCodeSequence: [code('14799000', 'SCT', 'Neoplasm, Secondary')],
    AnatomicRegionSequence: [code('62683002', 'SCT', 'Mediastinal lymph node')],
    RecommendedDisplayCIELabValue: [45000, 20000, 50000],
  };
}

/** @param followedAs Makes the TrackingUID: the same lesion at every visit and in every phase. */
function segmentAttributes(ct: CtSeries, SegmentLabel: string, followedAs: string): NaturalDataset {
  return {
    SegmentLabel,
    SegmentAlgorithmType: 'AUTOMATIC',
    SegmentAlgorithmName: 'Deltascope synthetic phantom',
    SegmentedPropertyCategoryCodeSequence: [code('49755003', 'SCT', 'Morphologically Altered Structure')],
    TrackingID: SegmentLabel,
    TrackingUID: deterministicUid(ct.study.subject.PatientID, followedAs),
  };
}

function sharedGroups({ spacingMm }: Mask): NaturalDataset {
  const [dx, dy, dz] = spacingMm.map(decimalString);
  return {
    PlaneOrientationSequence: [{ ImageOrientationPatient: ['1', '0', '0', '0', '1', '0'] }],
    PixelMeasuresSequence: [{ SliceThickness: dz, SpacingBetweenSlices: dz, PixelSpacing: [dy, dx] }],
  };
}

function frameGroups(
  { originMm, spacingMm }: Mask,
  { segmentNumber, uid, slice, place }: SegmentFrame,
): NaturalDataset {
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
    FrameContentSequence: [{ DimensionIndexValues: [segmentNumber, place] }],
    SegmentIdentificationSequence: [{ ReferencedSegmentNumber: segmentNumber }],
    PlanePositionSequence: [{ ImagePositionPatient: position.map(decimalString) }],
  };
}
