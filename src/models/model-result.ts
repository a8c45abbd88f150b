import type { Endpoint, Model, Standing } from './model-schema.ts';
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

/** The features of one region on one CT series, chosen for a model. */
export interface NamedFeatures {
  readonly features: Readonly<Record<string, number>>;
  readonly phase: Phase;
  /** YYYY-MM-DD, or null where the study has no date. */
  readonly studyDate: string | null;
  readonly sliceThicknessMm: number | null;
  /** `StudyInstanceUID`, `SeriesInstanceUID` and SEG `SOPInstanceUID`. */
  readonly sources: readonly string[];
  /** How the mask was made: "MANUAL", or "AUTOMATIC (program)". */
  readonly maskOrigin: string;
}

/** Images are there, or the one line that says why not. */
export type FeatureAnswer = { readonly found: NamedFeatures } | { readonly gap: string };

/** What a model is evaluated on. */
export interface ModelData {
  /** Newest value of a fact, or undefined where the record does not say. */
  fact(key: string): NamedValue | undefined;
  readonly features: FeatureAnswer;
  /** ISO date-time: ages and staleness are counted back from it. */
  readonly asOf: string;
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
  /** Log-odds or log-hazard that the input adds against the middle of its cohort range (or against 0); null for context. */
  readonly contribution: number | null;
}

export interface InputMissing {
  readonly name: string;
  /** `context` is what does not stop a result. */
  readonly kind: 'fact' | 'signature' | 'context';
  readonly label: string;
  /** Why it is missing: "not in the record", "older than 90 days (2 Mar 2026)". */
  readonly why: string;
  /** What would mend it. */
  readonly mend: string;
}

export interface Outcome {
  readonly endpoint: Endpoint;
  readonly kind: 'probability' | 'relative-hazard';
  readonly value: number;
  /** What happened to patients like this one in the study, where the paper says so. */
  readonly observed: string | null;
  /** Factors with their published effect: "liver metastases: hazard ratio 1.78 (1.20-2.64)". */
  readonly factors: readonly string[];
}

/** What makes a result weaker than the model's own cohort would have it. */
export interface ModelWarning {
  readonly code:
    | 'POPULATION_UNKNOWN'
    | 'OUTSIDE_RANGE'
    | 'OTHER_PHASE'
    | 'OTHER_SLICE_THICKNESS'
    | 'IMAGING_OLD'
    | 'IMAGING_UNDATED'
    | 'MASK_AUTOMATIC'
    | 'SIGNATURE_ALONE';
  readonly text: string;
}

export type RiskGroup = 'low' | 'intermediate' | 'high';

/** What one model says about one patient, or why it says nothing. */
export interface ModelResult {
  readonly model: {
    readonly id: string;
    readonly version: string;
    readonly title: string;
    readonly standing: Standing;
    readonly standingNote: string;
    readonly source: Model['source'];
    readonly hash: string;
    readonly performance: readonly string[];
    readonly limits: readonly string[];
  };
  readonly status: 'assessed' | 'not-assessable' | 'not-applicable';
  /** Why it is not applicable or not assessable; empty when assessed. */
  readonly reasons: readonly string[];
  readonly signatures: readonly { readonly name: string; readonly label: string; readonly score: number }[];
  readonly outcomes: readonly Outcome[];
  readonly group: RiskGroup | null;
  /** What the group rests on, or why there is none. */
  readonly groupNote: string;
  readonly used: readonly InputUsed[];
  readonly context: readonly InputUsed[];
  readonly missing: readonly InputMissing[];
  readonly warnings: readonly ModelWarning[];
  /** The CT series that the signatures were computed from. */
  readonly imaging: Omit<NamedFeatures, 'features'> | null;
}
