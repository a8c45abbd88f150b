import type { NaturalDataset } from 'dcmjs';
import { ctImageStorage } from '../dicomweb/objects/segmentation-modules.ts';
import { DicomError } from '../errors.ts';
import type { Volume } from '../radiomics/volume.ts';
import { type DicomStudy, decimalString, deterministicUid, studyAttributes, writePart10 } from './dicom-writer.ts';

export interface CtSeriesPlan {
  readonly study: DicomStudy;
  readonly SeriesNumber: number;
  readonly SeriesDescription: string;
  readonly phase: 'plain' | 'venous';
  /** HHMMSS, when the series was acquired. */
  readonly SeriesTime: string;
}

export interface CtSeries extends CtSeriesPlan {
  readonly SeriesInstanceUID: string;
  /** One per slice, feet to head. */
  readonly sopInstanceUIDs: readonly string[];
  /** Part 10 files in the same order. */
  readonly instances: readonly Uint8Array[];
}

/** Stored value = HU + 1024, in 12 bits. */
const intercept = -1024;
const largestStored = 4095;

/**
 * Writes a volume as a CT series, one file a slice, Explicit VR Little Endian, 12 bits stored in 16, unsigned.
 *
 * UIDs follow from the study's UID and the series number. SOP class CT Image Storage, DICOM PS3.3 annex A.3.
 *
 * @param volume Whole Hounsfield units in -1024..3071, axes along the patient's.
 * @throws DicomError `SERIES_UNSUPPORTED` if a value is outside 12 bits or the axes are oblique.
 */
export function writeCtSeries(plan: CtSeriesPlan, volume: Volume): CtSeries {
  const [nx, ny, nz] = volume.dims;
  const SeriesInstanceUID = deterministicUid(plan.study.StudyInstanceUID, String(plan.SeriesNumber));
  if (volume.direction.flat().join() !== '1,0,0,0,1,0,0,0,1')
    throw new DicomError('SERIES_UNSUPPORTED', SeriesInstanceUID, 'the volume is oblique: give axes along the patient');
  const common = { ...studyAttributes(plan.study), ...seriesAttributes(plan, volume), SeriesInstanceUID };
  const sopInstanceUIDs = Array.from({ length: nz }, (_, slice) =>
    deterministicUid(SeriesInstanceUID, String(slice + 1)),
  );
  const instances = sopInstanceUIDs.map((SOPInstanceUID, slice) => {
    const hu = volume.voxels.subarray(slice * nx * ny, (slice + 1) * nx * ny);
    return writePart10({
      ...common,
      ...sliceAttributes(volume, slice),
      SOPInstanceUID,
      PixelData: storedPixels(hu, SeriesInstanceUID),
      _vrMap: { PixelData: 'OW' },
    });
  });
  return { ...plan, SeriesInstanceUID, sopInstanceUIDs, instances };
}

function seriesAttributes(plan: CtSeriesPlan, { dims, spacingMm }: Volume): NaturalDataset {
  const [dx, dy, dz] = spacingMm.map(decimalString);
  const { StudyDate } = plan.study;
  return {
    SOPClassUID: ctImageStorage,
    ImageType: ['ORIGINAL', 'PRIMARY', 'AXIAL'],
    Modality: 'CT',
    SeriesNumber: String(plan.SeriesNumber),
    SeriesDescription: plan.SeriesDescription,
    SeriesDate: StudyDate,
    SeriesTime: plan.SeriesTime,
    AcquisitionDate: StudyDate,
    AcquisitionTime: plan.SeriesTime,
    ContentDate: StudyDate,
    ContentTime: plan.SeriesTime,
    AcquisitionNumber: String(plan.SeriesNumber),
    BodyPartExamined: 'CHEST',
    PatientPosition: 'HFS',
    KVP: '120',
    ImageComments: 'SYNTHETIC: computed phantom, not a person',
    ...(plan.phase === 'venous' && { ContrastBolusAgent: 'Synthetic contrast medium', ContrastBolusRoute: 'IV' }),
    SliceThickness: dz,
    SpacingBetweenSlices: dz,
    // Rows first: the distance between rows lies along y.
    PixelSpacing: [dy, dx],
    ImageOrientationPatient: ['1', '0', '0', '0', '1', '0'],
    SamplesPerPixel: 1,
    PhotometricInterpretation: 'MONOCHROME2',
    Rows: dims[1],
    Columns: dims[0],
    BitsAllocated: 16,
    BitsStored: 12,
    HighBit: 11,
    PixelRepresentation: 0,
    RescaleIntercept: String(intercept),
    RescaleSlope: '1',
    RescaleType: 'HU',
    WindowCenter: ['40', '-600'],
    WindowWidth: ['400', '1500'],
    WindowCenterWidthExplanation: ['MEDIASTINUM', 'LUNG'],
  };
}

function sliceAttributes({ originMm, spacingMm }: Volume, slice: number): NaturalDataset {
  const z = originMm[2] + slice * spacingMm[2];
  return {
    InstanceNumber: String(slice + 1),
    ImagePositionPatient: [originMm[0], originMm[1], z].map(decimalString),
    SliceLocation: decimalString(z),
  };
}

/** Little endian whatever the machine. */
function storedPixels(hu: Volume['voxels'], subject: string): ArrayBuffer {
  const view = new DataView(new ArrayBuffer(2 * hu.length));
  hu.forEach((value, index) => {
    const stored = value - intercept;
    if (!(Number.isInteger(stored) && stored >= 0 && stored <= largestStored))
      throw new DicomError(
        'SERIES_UNSUPPORTED',
        subject,
        `${value} HU does not fit 12 bits: clip to -1024..3071 first`,
      );
    view.setUint16(2 * index, stored, true);
  });
  return view.buffer;
}
