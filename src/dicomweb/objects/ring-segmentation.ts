import type { NaturalDataset } from 'dcmjs';
import { DicomError } from '../../errors.ts';
import type { Mask } from '../../radiomics/volume.ts';
import type { Code } from '../dataset.ts';
import { requireImageGrid } from '../image-grid.ts';
import type { SeriesVolume } from '../types.ts';
import { codeItem, dcm } from './content-item.ts';
import { decimalString, deterministicUid, packBits, writePart10 } from './dicom-file.ts';
import type { ResultCodes } from './result-codes.ts';
import {
  binarySegmentation,
  ctImageStorage,
  referencedImages,
  segmentationStorage,
  segmentDimensions,
} from './segmentation-modules.ts';
import { commonAttributes, type Origin, type SourceContext, syntheticPrefix } from './source-context.ts';
import type { NewObject } from './structured-report.ts';

export interface RingSegmentationParts {
  readonly context: SourceContext;
  readonly origin: Origin;
  readonly codes: ResultCodes;
  /** The CT that the ring lies on. */
  readonly series: SeriesVolume;
  /** On the grid of that CT; what is not 0 belongs to the ring. */
  readonly mask: Mask;
  /** The segment that the ring is made of. */
  readonly source: { readonly segSOPInstanceUID: string; readonly segmentNumber: number };
  /** `ring-2-2`. */
  readonly region: string;
  readonly lesion: { readonly label: string; readonly trackingUid: string; readonly site: Code | null };
  /** Of the extractor, which makes the ring: another version may make another one. */
  readonly extractorVersion: string;
}

/** UID under which the ring of a segment is stored, whether it is there or not. */
export function ringSegmentationUid({
  source,
  region,
  extractorVersion,
}: Pick<RingSegmentationParts, 'source' | 'region' | 'extractorVersion'>): string {
  return deterministicUid(source.segSOPInstanceUID, String(source.segmentNumber), region, extractorVersion);
}

/** Series of the rings on one CT series. */
export function ringSeriesUid(ctSeriesInstanceUID: string): string {
  return deterministicUid(ctSeriesInstanceUID, 'Deltascope', 'SEG');
}

/** What a ring is called, and followed by, over the visits. */
export function ringTracking(
  label: string,
  trackingUid: string,
  region: string,
): { TrackingID: string; TrackingUID: string } {
  return { TrackingID: `${label}, ${region}`.slice(0, 64), TrackingUID: deterministicUid(trackingUid, region) };
}

const seriesNumber = 9700;

/**
 * Writes the peripheral ring of a lesion as a DICOM SEG: one binary segment, one frame per image that holds any of it.
 *
 * It is coded as a region in space by Deltascope's own code, never as a neoplasm: who looks for the tumour must not find the ring.
 *
 * @throws DicomError `SEG_EMPTY` for an empty mask, `SEG_GEOMETRY` for one on another grid than the series, `SEG_UNSUPPORTED` as
 *   `requireImageGrid`.
 * @see DICOM PS3.3 section A.51
 */
export function writeRingSegmentation(parts: RingSegmentationParts): NewObject {
  const { context, origin, series, mask, lesion, region } = parts;
  const slices = slicesOf(series, mask);
  const SeriesInstanceUID = ringSeriesUid(series.SeriesInstanceUID);
  const SOPInstanceUID = ringSegmentationUid(parts);
  const { TrackingID } = ringTracking(lesion.label, lesion.trackingUid, region);
  const description = `${origin.synthetic ? syntheticPrefix : ''}${TrackingID}`.slice(0, 64);
  const [nx, ny] = mask.dims;
  const bytes = writePart10({
    ...commonAttributes(context, origin),
    FrameOfReferenceUID: series.FrameOfReferenceUID,
    PositionReferenceIndicator: context.PositionReferenceIndicator,
    ...imageAttributes(description),
    SOPInstanceUID,
    SeriesInstanceUID,
    ...referencedImages(
      series.SeriesInstanceUID,
      slices.map(({ uid }) => uid),
    ),
    ...segmentDimensions(SeriesInstanceUID),
    CodingSchemeIdentificationSequence: [
      {
        CodingSchemeDesignator: parts.codes.scheme.designator,
        CodingSchemeName: parts.codes.scheme.name,
        CodingSchemeResponsibleOrganization: parts.codes.scheme.responsibleOrganization,
      },
    ],
    SegmentSequence: [segment(parts)],
    NumberOfFrames: String(slices.length),
    Rows: ny,
    Columns: nx,
    SharedFunctionalGroupsSequence: [sharedGroups(mask)],
    PerFrameFunctionalGroupsSequence: slices.map((slice, frame) => frameGroups(mask, slice, frame)),
    PixelData: packBits(
      slices.map(({ inside }) => inside),
      nx * ny,
    ),
    _vrMap: { PixelData: 'OB' },
  });
  const address = { StudyInstanceUID: context.StudyInstanceUID, SeriesInstanceUID, SOPInstanceUID };
  return { kind: 'SEG', SOPClassUID: segmentationStorage, ...address, description, bytes };
}

interface Slice {
  readonly uid: string;
  readonly slice: number;
  readonly inside: Uint8Array;
}

function slicesOf(series: SeriesVolume, mask: Mask): Slice[] {
  const { SeriesInstanceUID } = series;
  const [nx, ny, nz] = mask.dims;
  requireImageGrid(series);
  if (nz !== series.sopInstanceUIDs.length || mask.dims.join() !== series.volume.dims.join()) {
    const text = `mask of ${mask.dims.join(' x ')} voxels: give one on the series' grid`;
    throw new DicomError('SEG_GEOMETRY', SeriesInstanceUID, text);
  }
  const plane = nx * ny;
  const slices = series.sopInstanceUIDs.flatMap((uid, slice) => {
    const inside = mask.voxels.subarray(slice * plane, (slice + 1) * plane);
    return inside.some((label) => label !== 0) ? [{ uid, slice, inside }] : [];
  });
  if (slices.length > 0) return slices;
  throw new DicomError('SEG_EMPTY', SeriesInstanceUID, 'the ring is empty: nothing to write');
}

function imageAttributes(description: string): NaturalDataset {
  return {
    ...binarySegmentation,
    SeriesNumber: String(seriesNumber),
    SeriesDescription: description,
    InstanceNumber: '1',
    ContentLabel: 'RING',
    ContentDescription: description,
    ContentCreatorName: 'DELTASCOPE^SOFTWARE',
  };
}

function segment({ codes, lesion, region, extractorVersion, origin }: RingSegmentationParts): NaturalDataset {
  const tracking = ringTracking(lesion.label, lesion.trackingUid, region);
  return {
    SegmentNumber: 1,
    SegmentLabel: tracking.TrackingID,
    SegmentDescription: `${origin.synthetic ? syntheticPrefix : ''}Peripheral ring`,
    SegmentAlgorithmType: 'AUTOMATIC',
    SegmentAlgorithmName: `Deltascope ring, extractor ${extractorVersion}`.slice(0, 64),
    SegmentationAlgorithmIdentificationSequence: [
      {
        AlgorithmFamilyCodeSequence: [codeItem(codes.own('ring'))],
        AlgorithmName: 'Deltascope peripheral ring',
        AlgorithmVersion: extractorVersion,
        AlgorithmParameters: region,
        AlgorithmSource: 'Deltascope',
      },
    ],
    SegmentedPropertyCategoryCodeSequence: [codeItem(codes.ringCategory)],
    SegmentedPropertyTypeCodeSequence: [codeItem(codes.own('ring'))],
    ...(lesion.site !== null && { AnatomicRegionSequence: [codeItem(lesion.site)] }),
    ...tracking,
    RecommendedDisplayCIELabValue: [51143, 32896, 45746],
  };
}

function sharedGroups({ spacingMm, direction }: Mask): NaturalDataset {
  const [dx, dy, dz] = spacingMm.map(decimalString);
  const [row, column] = direction;
  return {
    PlaneOrientationSequence: [{ ImageOrientationPatient: [...row, ...column].map(decimalString) }],
    PixelMeasuresSequence: [{ SliceThickness: dz, SpacingBetweenSlices: dz, PixelSpacing: [dy, dx] }],
    SegmentIdentificationSequence: [{ ReferencedSegmentNumber: 1 }],
  };
}

function frameGroups({ originMm, spacingMm, direction }: Mask, { uid, slice }: Slice, frame: number): NaturalDataset {
  const normal = direction[2];
  const position = originMm.map((origin, axis) => origin + slice * spacingMm[2] * (normal[axis] ?? 0));
  return {
    DerivationImageSequence: [
      {
        DerivationCodeSequence: [codeItem(dcm('113076', 'Segmentation'))],
        SourceImageSequence: [
          {
            ReferencedSOPClassUID: ctImageStorage,
            ReferencedSOPInstanceUID: uid,
            PurposeOfReferenceCodeSequence: [codeItem(dcm('121322', 'Source image for image processing operation'))],
          },
        ],
      },
    ],
    FrameContentSequence: [{ DimensionIndexValues: [1, frame + 1] }],
    PlanePositionSequence: [{ ImagePositionPatient: position.map(decimalString) }],
  };
}
