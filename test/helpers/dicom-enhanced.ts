import type { NaturalDataset } from 'dcmjs';
import type { DicomInstance } from '../../src/dicomweb/instance.ts';
import { writeDicom } from './dicom-objects.ts';

/** A coded concept as DICOM has it. */
const code = (CodeValue: string, CodeMeaning: string) => [{ CodeValue, CodingSchemeDesignator: 'SCT', CodeMeaning }];

/** What differs from frame to frame of the object that is written. */
export interface EnhancedOptions {
  /** Order of the slices in the object. */
  readonly order?: readonly number[];
  /** Puts orientation, spacing and rescale into each frame instead of the shared groups. */
  readonly everythingPerFrame?: boolean;
  readonly changes?: NaturalDataset;
}

/**
 * Writes single-frame CT images of one series as one Enhanced CT image, DICOM PS3.3 annex A.38.
 *
 * @param slices Uncompressed, of equal geometry.
 */
export function writeEnhancedCt(slices: readonly DicomInstance[], options: EnhancedOptions = {}): Uint8Array {
  const { order = slices.map((_, at) => at), everythingPerFrame = false, changes = {} } = options;
  const first = slices[0]!.dataset;
  const shared = {
    PixelMeasuresSequence: [
      {
        PixelSpacing: first.PixelSpacing,
        SliceThickness: first.SliceThickness,
        SpacingBetweenSlices: first.SliceThickness,
      },
    ],
    PlaneOrientationSequence: [{ ImageOrientationPatient: first.ImageOrientationPatient }],
    PixelValueTransformationSequence: [
      { RescaleIntercept: first.RescaleIntercept, RescaleSlope: first.RescaleSlope, RescaleType: 'HU' },
    ],
  };
  const frames = order.map((at, frame) => frameGroups(slices[at]!.dataset, at, frame));
  const pixels = Buffer.concat(order.map((at) => slices[at]!.pixelData!));
  return writeDicom({
    ...patientAttributes(first),
    ...acquisitionAttributes(first),
    NumberOfFrames: slices.length,
    SharedFunctionalGroupsSequence: [{ ...(everythingPerFrame ? {} : shared), ...acquisitionGroups }],
    PerFrameFunctionalGroupsSequence: frames.map((frame) => (everythingPerFrame ? { ...shared, ...frame } : frame)),
    PixelData: pixels,
    ...changes,
  });
}

function frameGroups({ ImagePositionPatient }: DicomInstance['dataset'], at: number, frame: number): NaturalDataset {
  return {
    FrameContentSequence: [
      {
        FrameReferenceDateTime: '20260102101500',
        FrameAcquisitionDateTime: '20260102101500',
        FrameAcquisitionDuration: 1,
        FrameAcquisitionNumber: 1,
        StackID: '1',
        InStackPositionNumber: at + 1,
        DimensionIndexValues: [1, frame + 1],
      },
    ],
    PlanePositionSequence: [{ ImagePositionPatient }],
  };
}

function patientAttributes(first: DicomInstance['dataset']): NaturalDataset {
  const kept = [
    'StudyInstanceUID',
    'SeriesInstanceUID',
    'FrameOfReferenceUID',
    'PatientID',
    'PatientName',
    'StudyDate',
  ];
  return {
    ...Object.fromEntries(kept.map((keyword) => [keyword, first[keyword]])),
    PatientBirthDate: '19500101',
    PatientSex: 'F',
    StudyTime: '101500',
    StudyID: '1',
    AccessionNumber: '',
    ReferringPhysicianName: '',
    PositionReferenceIndicator: '',
    SeriesNumber: 1,
    SeriesDate: first.StudyDate,
    SeriesTime: '101500',
    SeriesDescription: 'Chest venous phase',
    BodyPartExamined: 'CHEST',
    PatientPosition: 'HFS',
    Manufacturer: 'Deltascope tests',
    ManufacturerModelName: 'None',
    DeviceSerialNumber: 'none',
    SoftwareVersions: '1',
  };
}

function acquisitionAttributes(first: DicomInstance['dataset']): NaturalDataset {
  const size = ['Rows', 'Columns', 'BitsAllocated', 'BitsStored', 'HighBit', 'PixelRepresentation'];
  return {
    ...Object.fromEntries(size.map((keyword) => [keyword, first[keyword]])),
    SOPClassUID: '1.2.840.10008.5.1.4.1.1.2.1',
    SOPInstanceUID: `${first.SeriesInstanceUID}.1`,
    Modality: 'CT',
    ImageType: ['ORIGINAL', 'PRIMARY', 'VOLUME', 'NONE'],
    InstanceNumber: 1,
    AcquisitionDateTime: '20260102101500',
    AcquisitionDuration: 1,
    AcquisitionNumber: 1,
    ContentDate: first.StudyDate,
    ContentTime: '101500',
    ContentQualification: 'RESEARCH',
    PixelPresentation: 'MONOCHROME',
    VolumetricProperties: 'VOLUME',
    VolumeBasedCalculationTechnique: 'NONE',
    MultienergyCTAcquisition: 'NO',
    LossyImageCompression: '00',
    PresentationLUTShape: 'IDENTITY',
    BurnedInAnnotation: 'NO',
    SamplesPerPixel: 1,
    PhotometricInterpretation: 'MONOCHROME2',
    AcquisitionContextSequence: [],
    DimensionOrganizationSequence: [{ DimensionOrganizationUID: `${first.SeriesInstanceUID}.9` }],
    DimensionIndexSequence: ['(0020,9056)', '(0020,9057)'].map((tag) => ({
      DimensionOrganizationUID: `${first.SeriesInstanceUID}.9`,
      DimensionIndexPointer: tag.replaceAll(/[(),]/g, ''),
      FunctionalGroupPointer: '00209111',
    })),
  };
}

/** Groups that the standard asks of an original image and nothing here reads. */
const acquisitionGroups: NaturalDataset = {
  FrameAnatomySequence: [{ FrameLaterality: 'U', AnatomicRegionSequence: code('43799004', 'Thoracic cavity') }],
  CTImageFrameTypeSequence: [
    {
      FrameType: ['ORIGINAL', 'PRIMARY', 'VOLUME', 'NONE'],
      PixelPresentation: 'MONOCHROME',
      VolumetricProperties: 'VOLUME',
      VolumeBasedCalculationTechnique: 'NONE',
      MultienergyCTProcessing: '',
    },
  ],
  IrradiationEventIdentificationSequence: [{ IrradiationEventUID: '1.2.3.77' }],
  CTAcquisitionTypeSequence: [{ AcquisitionType: 'SEQUENCED', ConstantVolumeFlag: 'NO', FluoroscopyFlag: 'NO' }],
  CTAcquisitionDetailsSequence: [
    {
      RotationDirection: 'CW',
      RevolutionTime: 1,
      SingleCollimationWidth: 1,
      TotalCollimationWidth: 10,
      TableHeight: 100,
      GantryDetectorTilt: 0,
      DataCollectionDiameter: 500,
    },
  ],
  CTTableDynamicsSequence: [{}],
  CTPositionSequence: [
    {
      TablePosition: 0,
      DataCollectionCenterPatient: [0, 0, 0],
      ReconstructionTargetCenterPatient: [0, 0, 0],
    },
  ],
  CTGeometrySequence: [{ DistanceSourceToDetector: 1000, DistanceSourceToDataCollectionCenter: 500 }],
  CTReconstructionSequence: [
    {
      ReconstructionAlgorithm: 'FILTER_BACK_PROJ',
      ConvolutionKernel: 'STANDARD',
      ConvolutionKernelGroup: 'SOFT_TISSUE',
      ReconstructionDiameter: 350,
      ReconstructionPixelSpacing: [1, 1],
      ReconstructionAngle: 360,
      ImageFilter: 'none',
    },
  ],
  CTExposureSequence: [
    {
      ExposureTimeInms: 1000,
      XRayTubeCurrentInmA: 100,
      ExposureInmAs: 100,
      ExposureModulationType: 'NONE',
    },
  ],
  CTXRayDetailsSequence: [
    {
      KVP: 120,
      FocalSpots: 1,
      FilterType: 'WEDGE',
      FilterMaterial: 'ALUMINUM',
      CalciumScoringMassFactorPatient: 1,
      EnergyWeightingFactor: 1,
    },
  ],
};
