import type { LesionIdentity } from '../models/lesion.ts';
import type { LossyCompression, MaskProvenance } from '../models/model-result.ts';
import type { Phase } from '../models/phase.ts';
import type { Mask, Volume } from '../radiomics/volume.ts';
import type { AcquiredStack } from './straighten.ts';

export type { Phase };

/** A CT series read into a volume of Hounsfield units, with what identifies it. */
export interface SeriesVolume {
  readonly volume: Volume;
  /** The slices as they were before `volume` was resampled from them; null where it was not. */
  readonly acquired: AcquiredStack | null;
  readonly StudyInstanceUID: string;
  readonly SeriesInstanceUID: string;
  readonly FrameOfReferenceUID: string;
  readonly PatientID: string;
  /** One per acquired slice, in slice order (ascending along the normal). */
  readonly sopInstanceUIDs: readonly string[];
  readonly SeriesDescription: string | null;
  /** mm; null where the series does not say. */
  readonly SliceThickness: number | null;
  readonly Modality: string;
  /** Where at least one image has been compressed with loss, how: texture is not that of the scanner. Null otherwise. */
  readonly lossyCompression: LossyCompression | null;
}

/** Segments of a DICOM SEG, united, on the grid of their CT series. */
export interface SegmentMask {
  /** 1 inside a segment, 0 outside. */
  readonly mask: Mask;
  readonly SOPInstanceUID: string;
  readonly SeriesInstanceUID: string;
  /** Ascending; more than one where their union was asked for. */
  readonly segmentNumbers: readonly number[];
  /** Of several, joined by ` + `. */
  readonly SegmentLabel: string;
  /** `MANUAL` | `SEMIAUTOMATIC` | `AUTOMATIC`; of several that differ, joined by ` + `. */
  readonly SegmentAlgorithmType: string;
  readonly SegmentAlgorithmName: string | null;
  /** Share of a fractional SEG from which on a voxel is inside, 0 to 1; null for a SEG without fractions. */
  readonly threshold: number | null;
  /** Image of the series on which the segments have their largest area; of equal ones the one nearest to the feet. */
  readonly keySOPInstanceUID: string;
}

/** One ROI of an RTSTRUCT on the grid of its CT series. */
export interface RoiMask {
  /** 1 inside the ROI, 0 outside. */
  readonly mask: Mask;
  readonly SOPInstanceUID: string;
  readonly SeriesInstanceUID: string;
  readonly ROINumber: number;
  readonly ROIName: string;
  /** `GTV`, `ORGAN` and so on; null where no observation says. */
  readonly RTROIInterpretedType: string | null;
}

/** A segment of a lesion on a CT series. */
export interface LesionSegment extends LesionIdentity {
  /** Series of the SEG instance. */
  readonly segSeriesInstanceUID: string;
  readonly segSOPInstanceUID: string;
  readonly segmentNumber: number;
  /** Where the segmentation comes from. */
  readonly mask: MaskProvenance;
}

/** A CT series together with the SEG that delineates the primary tumour on it: what features can be computed from. */
export interface ImagingCandidate {
  readonly StudyInstanceUID: string;
  readonly SeriesInstanceUID: string;
  /** Series of the SEG instance. */
  readonly segSeriesInstanceUID: string;
  readonly segSOPInstanceUID: string;
  readonly segmentNumber: number;
  /** ISO date (YYYY-MM-DD), or null where StudyDate is empty. */
  readonly studyDate: string | null;
  readonly phase: Phase;
  /** What the phase was told from. */
  readonly phaseReason: string;
  readonly SeriesDescription: string | null;
  readonly ConvolutionKernel: string | null;
  /** Where the segmentation comes from. */
  readonly mask: MaskProvenance;
  /** Every lesion that is outlined on the series, the primary tumour first. */
  readonly lesions: readonly LesionSegment[];
}
