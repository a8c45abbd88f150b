import { type DicomDict, data, type NaturalDataset } from 'dcmjs';
import { type DicomInstance, readInstance } from '../../src/dicomweb/instance.ts';

/** Reads Part 10 files under the names `0.dcm`, `1.dcm` and so on. */
export function readInstances(files: readonly Uint8Array[]): Promise<DicomInstance[]> {
  return Promise.all(files.map((bytes, at) => readInstance(bytes, `${at}.dcm`)));
}

/** Reads, changes and writes a Part 10 file again: how the tests make bad input from good. */
export function editDicom(bytes: Uint8Array, edit: (dataset: NaturalDataset) => void): Uint8Array {
  const file = data.DicomMessage.readFile(new Uint8Array(bytes).buffer);
  const dataset = data.DicomMetaDictionary.naturalizeDataset(file.dict);
  edit(dataset);
  file.dict = data.DicomMetaDictionary.denaturalizeDataset(dataset);
  return part10(file);
}

function part10(file: DicomDict): Uint8Array {
  return new Uint8Array(file.write({ allowInvalidVRLength: true }));
}

/** Writes a data set given by keywords; PixelData is bytes. */
export function writeDicom(dataset: NaturalDataset, TransferSyntaxUID = '1.2.840.10008.1.2.1'): Uint8Array {
  const { PixelData, ...rest } = dataset;
  const file = data.datasetToDict({
    ...rest,
    ...(PixelData instanceof Uint8Array && { PixelData: [new Uint8Array(PixelData).buffer] }),
    _vrMap: { PixelData: rest.BitsAllocated === 1 ? 'OB' : 'OW' },
    _meta: { TransferSyntaxUID: { Value: [TransferSyntaxUID] } },
  });
  return part10(file);
}

/** A small CT: 5 x 3 pixels, unsigned 16 bit, 0.5 mm wide, 0.75 mm high, 2 mm apart; pixel (x, y, z) is x + 10y + 100z. */
export const smallCt = { nx: 5, ny: 3, nz: 4, spacing: [0.5, 0.75, 2], origin: [-10, -20, 30] } as const;

const base = {
  StudyInstanceUID: '1.2.3.1',
  SeriesInstanceUID: '1.2.3.2',
  FrameOfReferenceUID: '1.2.3.3',
  PatientID: 'SMALL',
  PatientName: 'Synthetic^Small',
  StudyDate: '20260102',
  StudyTime: '101500',
  SeriesDate: '20260102',
  SeriesTime: '102000',
  StudyDescription: 'CT chest',
};

/** One slice of the small CT, from 0. */
export function smallSlice(z: number, changes: NaturalDataset = {}): NaturalDataset {
  const { nx, ny, spacing, origin } = smallCt;
  const values = Uint16Array.from({ length: nx * ny }, (_, i) => (i % nx) + 10 * Math.floor(i / nx) + 100 * z);
  return {
    ...base,
    SOPClassUID: '1.2.840.10008.5.1.4.1.1.2',
    SOPInstanceUID: `1.2.3.2.${z + 1}`,
    Modality: 'CT',
    ImageType: ['ORIGINAL', 'PRIMARY', 'AXIAL'],
    SeriesDescription: 'Chest venous phase',
    BodyPartExamined: 'CHEST',
    SliceThickness: 2,
    InstanceNumber: z + 1,
    ImagePositionPatient: [origin[0], origin[1], origin[2] + spacing[2] * z],
    ImageOrientationPatient: [1, 0, 0, 0, 1, 0],
    PixelSpacing: [spacing[1], spacing[0]],
    SamplesPerPixel: 1,
    PhotometricInterpretation: 'MONOCHROME2',
    Rows: ny,
    Columns: nx,
    BitsAllocated: 16,
    BitsStored: 16,
    HighBit: 15,
    PixelRepresentation: 0,
    RescaleIntercept: -1024,
    RescaleSlope: 1,
    PixelData: new Uint8Array(values.buffer),
    ...changes,
  };
}

/** All slices of the small CT, written. */
export function smallSeries(changes: (z: number) => NaturalDataset = () => ({})): Uint8Array[] {
  return Array.from({ length: smallCt.nz }, (_, z) => writeDicom(smallSlice(z, changes(z))));
}

/** A frame of a small SEG: its slice, its segment, and the pixels (x, y) that are set. */
export interface SmallFrame {
  readonly z: number;
  readonly segment?: number;
  readonly pixels: readonly (readonly [number, number])[];
}

/** A binary SEG on the small CT; 15 pixels a frame, so frames do not begin on a byte. */
export function smallSeg(frames: readonly SmallFrame[], changes: NaturalDataset = {}): NaturalDataset {
  const { nx, ny, nz, spacing } = smallCt;
  const bits = new Uint8Array(2 * Math.ceil((frames.length * nx * ny) / 16));
  for (const [index, { pixels }] of frames.entries()) {
    for (const [x, y] of pixels) {
      const bit = index * nx * ny + y * nx + x;
      bits[bit >> 3] = (bits[bit >> 3] ?? 0) | (1 << (bit & 7));
    }
  }
  return {
    ...base,
    SOPClassUID: '1.2.840.10008.5.1.4.1.1.66.4',
    SOPInstanceUID: '1.2.3.4.1',
    SeriesInstanceUID: '1.2.3.4',
    Modality: 'SEG',
    ImageType: ['DERIVED', 'PRIMARY'],
    SeriesDescription: 'Tumour',
    ContentDate: '20260102',
    ContentTime: '110000',
    InstanceNumber: 1,
    ReferencedSeriesSequence: [
      {
        SeriesInstanceUID: base.SeriesInstanceUID,
        ReferencedInstanceSequence: Array.from({ length: nz }, (_, z) => ({
          ReferencedSOPClassUID: '1.2.840.10008.5.1.4.1.1.2',
          ReferencedSOPInstanceUID: `1.2.3.2.${z + 1}`,
        })),
      },
    ],
    SamplesPerPixel: 1,
    PhotometricInterpretation: 'MONOCHROME2',
    NumberOfFrames: frames.length,
    Rows: ny,
    Columns: nx,
    BitsAllocated: 1,
    BitsStored: 1,
    HighBit: 0,
    PixelRepresentation: 0,
    SegmentationType: 'BINARY',
    SegmentSequence: [segmentItem(1, 'Primary tumour', '86049000', 'Neoplasm, Primary')],
    SharedFunctionalGroupsSequence: [
      {
        PlaneOrientationSequence: [{ ImageOrientationPatient: [1, 0, 0, 0, 1, 0] }],
        PixelMeasuresSequence: [{ PixelSpacing: [spacing[1], spacing[0]], SliceThickness: 2 }],
      },
    ],
    PerFrameFunctionalGroupsSequence: frames.map(frameItem),
    PixelData: bits,
    ...changes,
  };
}

/** One item of a SegmentSequence. */
export function segmentItem(
  SegmentNumber: number,
  SegmentLabel: string,
  CodeValue: string,
  CodeMeaning: string,
  region?: readonly [string, string],
): NaturalDataset {
  return {
    SegmentNumber,
    SegmentLabel,
    SegmentAlgorithmType: 'MANUAL',
    SegmentedPropertyTypeCodeSequence: [{ CodeValue, CodingSchemeDesignator: 'SCT', CodeMeaning }],
    ...(region !== undefined && {
      AnatomicRegionSequence: [{ CodeValue: region[0], CodingSchemeDesignator: 'SCT', CodeMeaning: region[1] }],
    }),
  };
}

/** Per-frame functional groups of a frame of the small SEG. */
export function frameItem({ z, segment = 1 }: SmallFrame): NaturalDataset {
  const { spacing, origin } = smallCt;
  return {
    DerivationImageSequence: [
      {
        SourceImageSequence: [
          { ReferencedSOPClassUID: '1.2.840.10008.5.1.4.1.1.2', ReferencedSOPInstanceUID: `1.2.3.2.${z + 1}` },
        ],
      },
    ],
    PlanePositionSequence: [{ ImagePositionPatient: [origin[0], origin[1], origin[2] + spacing[2] * z] }],
    SegmentIdentificationSequence: [{ ReferencedSegmentNumber: segment }],
  };
}
