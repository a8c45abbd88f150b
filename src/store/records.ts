import type { LesionIdentity } from '../models/lesion.ts';
import type { ImagePreparation, MaskProvenance } from '../models/model-result.ts';
import type { Phase } from '../models/phase.ts';
import type { SeriesSelectionReport } from '../models/series-selection.ts';

/** What makes two feature sets the same: equal identity means equal numbers, so nothing is computed twice. */
export interface FeatureSetIdentity {
  readonly StudyInstanceUID: string;
  readonly SeriesInstanceUID: string;
  readonly segSOPInstanceUID: string;
  readonly segmentNumber: number;
  /** `tumour`, or the ring's name (`regionId`). */
  readonly region: string;
  /** SHA-256 of the canonical parameter file, or of a network's declaration and file; hex. */
  readonly settingsHash: string;
  readonly extractorVersion: string;
}

/** Features of one region of one series, with where they come from. */
export interface FeatureSetRecord extends FeatureSetIdentity {
  /** `Patient/123`. */
  readonly patient: string;
  /** Date of the study, YYYY-MM-DD; null where the study has none. */
  readonly studyDate: string | null;
  readonly phase: Phase;
  /** What the phase was told from; null for what was computed before that was kept. */
  readonly phaseReason: string | null;
  /** Name of the parameter file or network declaration under `mappings/processing`. */
  readonly processing: string;
  /** PyRadiomics key, or a network's output -> value. */
  readonly features: Readonly<Record<string, number>>;
  readonly SeriesDescription: string | null;
  readonly ConvolutionKernel: string | null;
  readonly SliceThickness: number | null;
  readonly mask: MaskProvenance;
  /** Left out for what was computed before this was kept. */
  readonly preparation?: ImagePreparation;
  /** Which lesion it is of, and the image on which that has its largest area; left out by earlier versions, which measured the primary tumour only. */
  readonly lesion?: LesionIdentity & { readonly keySOPInstanceUID: string };
  /** ISO date-time. */
  readonly computedAt: string;
}

/** What is known about a patient's imaging: the hook reads it, the job writes it. */
export interface ImagingStatus {
  /** `Patient/123`. */
  readonly patient: string;
  readonly state: 'pending' | 'ready' | 'none' | 'failed';
  /** Error code of `none` and `failed`, null otherwise. */
  readonly code: string | null;
  /** One line that says what is missing or failed, null otherwise. */
  readonly message: string | null;
  /** Which CT series were chosen, newest study first; empty while pending and where no archive answered. */
  readonly selection: readonly SeriesSelectionReport[];
  /** ISO date-time of the last change. */
  readonly updatedAt: string;
}
