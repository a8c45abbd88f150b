import type { Phase } from './phase.ts';

/** One CT series of a study: what it is, and why features are computed from it or not. */
export interface SelectedSeries {
  readonly SeriesInstanceUID: string;
  readonly SeriesDescription: string | null;
  readonly phase: Phase;
  /** What the phase was told from. */
  readonly phaseReason: string;
  readonly ConvolutionKernel: string | null;
  /** SliceThickness (mm); null where the archive does not say. */
  readonly sliceThicknessMm: number | null;
  readonly chosen: boolean;
  /** Why it was chosen, or why not, in one line. */
  readonly reason: string;
  /** The segment that features are computed from; null without one. */
  readonly mask: {
    readonly segSOPInstanceUID: string;
    readonly segmentNumber: number;
    /** ContentDate, YYYY-MM-DD. */
    readonly date: string | null;
  } | null;
  /** Segments of all lesions that were measured, the primary tumour's among them; left out by looks of earlier versions. */
  readonly lesions?: readonly {
    readonly segSOPInstanceUID: string;
    readonly segmentNumber: number;
  }[];
}

/** Which CT series of a study were chosen, one a contrast phase, and why not the others. */
export interface SeriesSelectionReport {
  readonly StudyInstanceUID: string;
  /** YYYY-MM-DD, or null where the study has no date. */
  readonly studyDate: string | null;
  readonly StudyDescription: string | null;
  /** `SERIES_AMBIGUOUS` where equally good series were left for a person to decide; null otherwise. */
  readonly code: 'SERIES_AMBIGUOUS' | null;
  /** RTSTRUCT objects of the study, which are not read by themselves; left out by looks of earlier versions. */
  readonly structureSets?: number;
  /** Chosen ones first. */
  readonly series: readonly SelectedSeries[];
}
