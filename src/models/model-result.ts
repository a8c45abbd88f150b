import type { Endpoint, Observed, RiskGroup } from './form-schema.ts';
import type { ImageRequirement, ImagingVisit } from './image-schema.ts';
import type { ClinicalVisit, Comparison, Model, Standing } from './model-schema.ts';
import type { Phase } from './phase.ts';

/** A fact as a model takes it: a value with unit, date and where it stands in the record. */
export interface NamedValue {
  readonly value: number | string | boolean;
  /** UCUM code; null for a category. */
  readonly unit: string | null;
  /** ISO date or date-time. */
  readonly date: string;
  /** References of the resources or instances it comes from. */
  readonly sources: readonly string[];
  /** Upper reference limit of the same observation, in `unit`. */
  readonly upperLimit?: number;
  readonly derivation?: string;
}

/** How a mask was made: part of a result's provenance. */
export interface MaskProvenance {
  /** `MANUAL` | `SEMIAUTOMATIC` | `AUTOMATIC` as the SEG says, or `UNKNOWN`. */
  readonly type: string;
  readonly algorithm: string | null;
  /** ContentCreatorName, OperatorsName or ReviewerName of the SEG. */
  readonly author: string | null;
  /** ISO date of the SEG. */
  readonly date: string | null;
  readonly segmentLabel: string;
}

/** How images have been compressed with loss, as they say themselves. */
export interface LossyCompression {
  /** LossyImageCompressionMethod: `ISO_10918_1` and the like; empty where none is stated. */
  readonly methods: readonly string[];
  /** LossyImageCompressionRatio, the highest that is stated; null where none is. */
  readonly ratio: number | null;
}

/** What had been done to images and mask before features were computed: part of a result's provenance. */
export interface ImagePreparation {
  /** Null where no image has been compressed with loss. */
  readonly lossyCompression: LossyCompression | null;
  /** What was irregular about the slices, which were resampled to a straight grid for it; null where they were not. */
  readonly straightened: string | null;
  /** Share of the maximum of a fractional SEG from which on a voxel is inside, above 0 to 1; null for another SEG. */
  readonly maskThreshold: number | null;
}

/** The features of one region on one CT series, chosen for a model. */
export interface NamedFeatures {
  readonly features: Readonly<Record<string, number>>;
  /** Visit of the study, counted from the first dose; another than asked for when a model's stand-in was used. */
  readonly visit: ImagingVisit;
  readonly phase: Phase;
  /** Why the series counts as this phase: "ContrastBolusAgent present", "SeriesDescription 'Thorax nativ'". */
  readonly phaseReason: string | null;
  /** YYYY-MM-DD, or null where the study has no date. */
  readonly studyDate: string | null;
  readonly SeriesDescription: string | null;
  readonly sliceThicknessMm: number | null;
  /** `StudyInstanceUID`, `SeriesInstanceUID` and SEG `SOPInstanceUID`. */
  readonly sources: readonly string[];
  readonly mask: MaskProvenance;
  /** Left out for what was computed before this was kept. */
  readonly preparation?: ImagePreparation;
}

/** Images are there, or the one line that says why not. */
export type FeatureAnswer = { readonly found: NamedFeatures } | { readonly gap: string };

/** What a model is evaluated on. */
export interface ModelData {
  /** Newest value of a fact, or the one of a visit; undefined where the record does not say. */
  fact(key: string, visit?: ClinicalVisit): NamedValue | undefined;
  /** Features of an image that the model asks for; stand-ins for a missing visit are asked for by the engine, visit by visit. */
  features(image: ImageRequirement): FeatureAnswer;
  /** Resource types of the record that were not read, or only in part; left out where all was read. */
  readonly unread?: readonly string[];
  /** ISO date-time: ages and staleness are counted back from it. */
  readonly asOf: string;
  /** Whether the record says that the patient is synthetic. */
  readonly synthetic: boolean;
}

/** An input as used, with what it did. */
export interface InputUsed {
  readonly name: string;
  readonly label: string;
  readonly value: number | string | boolean;
  /** How the value is printed without its unit, where a plain number would not be read right. */
  readonly words: string | null;
  readonly unit: string | null;
  readonly date: string | null;
  readonly sources: readonly string[];
  readonly upperLimit: number | null;
  readonly derivation: string | null;
  /** What the input adds to the first outcome, on the scale of its `Explanation`; null for what is not part of it. */
  readonly contribution: number | null;
  /** Said where the value stands in for a missing one. */
  readonly imputed: string | null;
}

export interface InputMissing {
  readonly name: string;
  /** `context` is what does not stop a result; `unpublished` is what nothing in a record or an image can mend. */
  readonly kind: 'fact' | 'signature' | 'feature' | 'context' | 'unpublished';
  readonly label: string;
  /** Key of the fact that a newer record would fill in; null for what is no fact, or was one of a visit that is over. */
  readonly fact: string | null;
  /** Why it is missing: "not in the record", "older than 90 days (2 Mar 2026)". */
  readonly why: string;
  /** What would mend it. */
  readonly mend: string;
}

/** What each input does to one outcome. */
export interface Explanation {
  /** `log-odds` and `log-hazard` of a linear predictor; `probability` for SHAP values of a forest, which add up to the value. */
  readonly scale: 'log-odds' | 'log-hazard' | 'probability' | 'score';
  /**
   * The value of the reference patient, to which the contributions add up; a forest's expected value. For a Cox model the log of the
   * relative hazard. Null for relative odds, which count from the reference patient.
   */
  readonly base: number | null;
  /** Against which patient the contributions count: "the middle of the cohort's ranges". */
  readonly reference: string;
  /** Strongest first. */
  readonly contributions: readonly { readonly input: string; readonly label: string; readonly contribution: number }[];
}

/** The scales of a nomogram with the patient on them; drawn by `src/figures/nomogram-svg.ts`. */
export interface NomogramReading {
  readonly axes: readonly {
    readonly input: string;
    readonly label: string;
    readonly ticks: readonly { readonly text: string; readonly points: number }[];
    /** The patient's place; null when the input is missing. `beyond`: outside the axis. */
    readonly patient: { readonly text: string; readonly points: number; readonly beyond: boolean } | null;
  }[];
  /** Null when an input is missing. */
  readonly totalPoints: number | null;
  readonly maximumPoints: number;
  /** Result scales under the total: a probability where the model gives one, else the relative odds or hazard. */
  readonly results: readonly {
    readonly label: string;
    readonly ticks: readonly { readonly text: string; readonly points: number }[];
  }[];
  /** The patient to whom relative results refer; null where all results are probabilities. */
  readonly reference: string | null;
}

/** What the study saw, and whether it is this patient's part of the cohort. */
export interface ObservedOutcome extends Observed {
  readonly patients: boolean;
}

export interface Outcome {
  readonly endpoint: Endpoint;
  readonly kind: 'probability' | 'relative-hazard' | 'relative-odds' | 'score';
  readonly value: number;
  /** What a relative value is relative to; null for a probability or a score. */
  readonly relativeTo: string | null;
  /** Probability of the event by each month, where the model knows its baseline survival. */
  readonly risks: readonly { readonly months: number; readonly probability: number }[];
  readonly group: RiskGroup | null;
  /** For an endpoint that is no risk: "predicted PD-L1 positive". */
  readonly classification: string | null;
  /** What group or classification rest on, or why there is none. */
  readonly groupNote: string;
  readonly observed: readonly ObservedOutcome[];
  readonly observedNote: string | null;
  /** Factors with their published effect: "liver metastases: hazard ratio 1.78 (1.20-2.64)". */
  readonly factors: readonly string[];
  readonly explanation: Explanation;
  /** Values of an ensemble's or a fusion's members; null for one that could not be evaluated. */
  readonly members: readonly { readonly name: string; readonly label: string; readonly value: number | null }[];
}

/** What makes a result weaker than the model's own cohort would have it. */
export interface ModelWarning {
  readonly code:
    | 'POPULATION_UNKNOWN'
    | 'POPULATION_OTHER'
    | 'OUTSIDE_RANGE'
    | 'OTHER_PHASE'
    | 'OTHER_VISIT'
    | 'OTHER_SLICE_THICKNESS'
    | 'IMAGING_OLD'
    | 'IMAGING_UNDATED'
    | 'MASK_AUTOMATIC'
    | 'MASK_UNKNOWN'
    | 'MASK_FRACTIONAL'
    | 'LOSSY_COMPRESSION'
    | 'IMAGES_STRAIGHTENED'
    | 'SIGNATURE_ALONE'
    | 'INPUT_IMPUTED'
    | 'PARTIAL';
  readonly text: string;
}

export type { RiskGroup };

/** What one model says about one patient, or why it says nothing. */
export interface ModelResult {
  readonly model: {
    readonly id: string;
    readonly version: string;
    readonly title: string;
    readonly standing: Standing;
    readonly standingNote: string;
    readonly source: Model['source'];
    /** SHA-256 over `model.json` and the files it names. */
    readonly hash: string;
    readonly performance: readonly string[];
    readonly limits: readonly string[];
  };
  readonly status: 'assessed' | 'not-assessable' | 'not-applicable';
  /** Why it is not applicable or not assessable; empty when assessed. */
  readonly reasons: readonly string[];
  readonly signatures: readonly { readonly name: string; readonly label: string; readonly score: number }[];
  /** One a form that could be evaluated. */
  readonly outcomes: readonly Outcome[];
  /** Of the first outcome that has one. */
  readonly group: RiskGroup | null;
  /** What the group rests on, or why there is none. */
  readonly groupNote: string;
  readonly used: readonly InputUsed[];
  readonly context: readonly InputUsed[];
  readonly missing: readonly InputMissing[];
  readonly warnings: readonly ModelWarning[];
  /** One a form that a nomogram can draw, also where an input is missing: its known axes are read. */
  readonly nomograms: readonly { readonly endpoint: Endpoint; readonly reading: NomogramReading }[];
  /** Comparisons of therapies in the part of the study's cohort that the patient belongs to. */
  readonly comparisons: readonly Comparison[];
  /** The CT series that features were taken from, by the name of the image in the model. */
  readonly imaging: readonly (Omit<NamedFeatures, 'features'> & { readonly image: string; readonly label: string })[];
}
