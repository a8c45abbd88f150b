import type { Phase } from '../models/phase.ts';

/** What makes two feature sets the same: equal identity means equal numbers, so nothing is computed twice. */
export interface FeatureSetIdentity {
  readonly StudyInstanceUID: string;
  readonly SeriesInstanceUID: string;
  readonly segSOPInstanceUID: string;
  readonly segmentNumber: number;
  /** SHA-256 of the canonical parameter file, hex. */
  readonly settingsHash: string;
  readonly extractorVersion: string;
}

/** Radiomics features of one region of one series, with where they come from. */
export interface FeatureSetRecord extends FeatureSetIdentity {
  /** `Patient/123`. */
  readonly patient: string;
  /** Date of the study, YYYY-MM-DD; null where the study has none. */
  readonly studyDate: string | null;
  readonly phase: Phase;
  readonly region: 'tumour';
  /** Name of the parameter file under `mappings/processing`. */
  readonly processing: string;
  /** PyRadiomics key -> value. */
  readonly features: Readonly<Record<string, number>>;
  readonly SeriesDescription: string | null;
  readonly SliceThickness: number | null;
  readonly SegmentLabel: string;
  readonly SegmentAlgorithmType: string;
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
  /** ISO date-time of the last change. */
  readonly updatedAt: string;
}
