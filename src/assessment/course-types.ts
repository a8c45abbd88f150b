import type { ImagingVisit } from '../models/image-schema.ts';
import type { MaskProvenance } from '../models/model-result.ts';
import type { Phase } from '../models/phase.ts';

/** A line of therapy, as a band on a time axis. */
export interface TherapyBand {
  /** From 1. */
  readonly line: number;
  /** INNs joined by ` + `. */
  readonly regimen: string;
  readonly regimenClass: string | null;
  /** ISO date of the first dose, and of the last one so far. */
  readonly start: string;
  readonly end: string;
  readonly sources: readonly string[];
}

/** One value on a time axis. */
export interface CoursePoint {
  /** ISO date or date-time. */
  readonly date: string;
  readonly value: number;
  /** Upper reference limit of the same observation, in the unit of the series. */
  readonly upperLimit: number | null;
  readonly sources: readonly string[];
}

/** A laboratory value or derived index over time, oldest first. */
export interface LabSeries {
  /** Key of the fact: `ldh`, `nlr`. */
  readonly key: string;
  readonly label: string;
  /** UCUM code; null for an index without unit. */
  readonly unit: string | null;
  /** The unit as a person reads it; empty for none. */
  readonly unitText: string;
  readonly points: readonly CoursePoint[];
}

/** A CT study of the chest, as a visit. */
export interface CourseStudy {
  readonly StudyInstanceUID: string;
  /** YYYY-MM-DD, or null where the study has no date. */
  readonly studyDate: string | null;
  /** Visits that the study is; empty for one that is none. */
  readonly visits: readonly ImagingVisit[];
  /** "Baseline", "Follow-up 1"; as a person reads it. */
  readonly label: string;
}

/** One outline of a lesion on one series. */
export interface LesionOutline {
  readonly StudyInstanceUID: string;
  readonly SeriesInstanceUID: string;
  readonly segSOPInstanceUID: string;
  readonly segmentNumber: number;
  readonly studyDate: string | null;
  readonly phase: Phase;
  readonly mask: MaskProvenance;
  /** CT image in which the outline has its largest area; null where that is not known. */
  readonly keySOPInstanceUID: string | null;
  /** mL; null where it was not measured. */
  readonly volumeMl: number | null;
  /** Largest diameter in an axial slice, and in space (mm). */
  readonly axialDiameterMm: number | null;
  readonly diameterMm: number | null;
  /** True for the outline that results rest on; an older, corrected one stays in the history. */
  readonly current: boolean;
}

/** A feature of a lesion over the visits. */
export interface FeatureSeries {
  /** PyRadiomics' name, or the name of a network's output. */
  readonly feature: string;
  /** `tumour`, or the ring's name. */
  readonly region: string;
  readonly phase: Phase;
  /** Name of the parameter file or network declaration. */
  readonly processing: string;
  /** As a person reads it. */
  readonly label: string;
  /** UCUM code; null where it has none, or where it is not sure. */
  readonly unit: string | null;
  readonly unitText: string;
  /** IBSI identifier, where the feature has one. */
  readonly ibsiId: string | null;
  /** Models that take it, the one of `contribution` first; empty for the size, which is for orientation. */
  readonly usedBy: readonly { readonly model: string; readonly title: string }[];
  /** What the feature adds to a model's first outcome, largest of the models; null where it is in no signature. */
  readonly contribution: {
    readonly model: string;
    readonly title: string;
    readonly value: number;
    readonly scale: string;
  } | null;
  /** Oldest first, one a study. `absoluteDelta` (value - baseline) and `relativeDelta` (that by the size of
   * the baseline: its sign is that of the change) are null at the baseline, without one, and the relative one where that is zero. */
  readonly points: readonly {
    readonly StudyInstanceUID: string;
    readonly date: string | null;
    readonly value: number;
    readonly absoluteDelta: number | null;
    readonly relativeDelta: number | null;
    readonly sources: readonly string[];
  }[];
}

/** A lesion that is followed over the visits. */
export interface Lesion {
  /** TrackingUID of its segments; where they have none, made of the kind of lesion. */
  readonly key: string;
  /** Further TrackingUIDs of its current outlines: whether they show the same lesion is for a person to check. Left out where there is none. */
  readonly otherTrackingUIDs?: readonly string[];
  /** TrackingID or SegmentLabel, or "Primary tumour". */
  readonly label: string;
  /** `primary-tumour`, or the kind of another lesion in `segments.json`. */
  readonly kind: string;
  readonly site: string | null;
  /** True for the lesion that the models are computed on. */
  readonly primary: boolean;
  /** Oldest study first. */
  readonly outlines: readonly LesionOutline[];
  /** Those that a signature uses first, by size of their contribution; then volume and diameter for orientation. */
  readonly features: readonly FeatureSeries[];
}

/** A patient's course as a person follows it on a time axis: what panel and report draw. */
export interface PatientCourse {
  /** `Patient/123`. */
  readonly subject: string;
  readonly synthetic: boolean;
  readonly asOf: string;
  readonly person: {
    readonly name: string | null;
    readonly sex: string | null;
    readonly birthDate: string | null;
    readonly PatientIDs: readonly string[];
  };
  readonly therapy: readonly TherapyBand[];
  /** Days on which a progression was recorded. */
  readonly progressions: readonly { readonly date: string; readonly sources: readonly string[] }[];
  readonly labs: readonly LabSeries[];
  /** Oldest first. */
  readonly studies: readonly CourseStudy[];
  /** The primary tumour first, then by volume. */
  readonly lesions: readonly Lesion[];
}
