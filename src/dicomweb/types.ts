import type { Phase } from '../models/phase.ts';
import type { Mask, Volume } from '../radiomics/volume.ts';

export type { Phase };

/** A CT series read into a volume of Hounsfield units, with what identifies it. */
export interface SeriesVolume {
  readonly volume: Volume;
  readonly StudyInstanceUID: string;
  readonly SeriesInstanceUID: string;
  readonly FrameOfReferenceUID: string;
  readonly PatientID: string;
  /** One per slice, in slice order (ascending along the normal). */
  readonly sopInstanceUIDs: readonly string[];
  readonly SeriesDescription: string | null;
  /** mm; null where the series does not say. */
  readonly SliceThickness: number | null;
  readonly Modality: string;
}

/** One segment of a DICOM SEG on the grid of its CT series. */
export interface SegmentMask {
  /** 1 inside the segment, 0 outside. */
  readonly mask: Mask;
  readonly SOPInstanceUID: string;
  readonly SeriesInstanceUID: string;
  readonly SegmentNumber: number;
  readonly SegmentLabel: string;
  /** `MANUAL` | `SEMIAUTOMATIC` | `AUTOMATIC`. */
  readonly SegmentAlgorithmType: string;
  readonly SegmentAlgorithmName: string | null;
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
  readonly SeriesDescription: string | null;
}
