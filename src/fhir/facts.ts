/** What code refers to by name. The table of codes behind each key is in `mappings/`. */
export type KnownFactKey =
  | 'age'
  | 'sex'
  | 'ldh'
  | 'nse'
  | 'progrp'
  | 'neutrophils'
  | 'lymphocytes'
  | 'platelets'
  | 'leukocytes'
  | 'nlr'
  | 'dnlr'
  | 'sii'
  | 'plr'
  | 'lipi'
  | 'haemoglobin'
  | 'albumin'
  | 'pdl1Tps'
  | 'bmi'
  | 'bodyWeight'
  | 'bodyHeight'
  | 'smokingStatus'
  | 'packYears'
  | 'ecog'
  | 'karnofsky'
  | 'tStage'
  | 'nStage'
  | 'mStage'
  | 'stageGroup'
  | 'histology'
  | 'histologySubtype'
  | 'extent'
  | 'liverMetastases'
  | 'lungMetastases'
  | 'brainMetastases'
  | 'boneMetastases'
  | 'pleuralMetastases'
  | 'adrenalMetastases'
  | 'metastaticLesions'
  | 'firstLinePfsMonths'
  | 'therapyLine'
  | 'immunotherapyStart'
  | 'checkpointInhibitorDose'
  | 'chemotherapyDose'
  | 'progression'
  | 'radiotherapy'
  | 'surgery'
  | 'regimen'
  | 'regimenClass'
  | 'firstLineRegimenClass'
  | 'firstLineImmunotherapy'
  | 'checkpointInhibitorLine'
  | 'autoimmuneDisease'
  | 'otherActiveCancer'
  | 'combinedHistology'
  | 'steroidDose'
  | 'smokingIndex'
  | 'tumourDiameter'
  | 'metastases'
  | 'death';

/** What a fact is about: one of the known keys, or a test that a site has added to `mappings/labs.json`. */
export type FactKey = KnownFactKey | (string & Record<never, never>);

/** One thing known about a patient at one time, with where it stands in the record. */
export interface Fact {
  readonly key: FactKey;
  /**
   * Numbers are in `unit`; `histology` is 'sclc' | 'nsclc', `histologySubtype` is 'adenocarcinoma' | 'squamous' |
   * 'large-cell', `extent` is 'extensive' | 'limited', `stageGroup` is 'IIIC', `smokingStatus` is 'never' | 'former' |
   * 'current', `lipi` is 0 (good), 1 (intermediate) or 2 (poor), a dose is the INN of the drug, `progression` is true, `regimen` is the INNs joined by
   * ' + ', a regimen's class is 'chemo-immunotherapy' | 'chemotherapy' | 'immunotherapy' | 'other', dates are ISO.
   */
  readonly value: number | string | boolean;
  /** UCUM code of the internal unit, null where the fact has none. */
  readonly unit: string | null;
  /** Clinically relevant date or date-time (ISO 8601). */
  readonly date: string;
  /** Relative references of the resources it comes from, `Observation/123`; several for a derived fact. */
  readonly sources: readonly string[];
  /** `status` of the source resource, 'derived' for a derived fact. */
  readonly status: string;
  /** Upper reference limit of the same observation, in `unit`. */
  readonly upperLimit?: number;
  /** Whether the laboratory flagged the value as high; only where it gave no upper limit. */
  readonly flaggedHigh?: boolean;
  /** Line of therapy that a regimen belongs to, counted from 1; `date` is its first dose. */
  readonly line?: number;
  /** Last dose so far, of a regimen (ISO 8601). */
  readonly end?: string;
  /** How a derived fact was made, in words: "neutrophils / lymphocytes". */
  readonly derivation?: string;
}

/** Something in the record that could not be used, and why. */
export interface FactProblem {
  readonly code:
    | 'LAB_UNIT_UNKNOWN'
    | 'LAB_IMPLAUSIBLE'
    | 'LAB_NOT_FINAL'
    | 'LAB_COMPARATOR'
    | 'LAB_UNDATED'
    | 'LAB_FUTURE'
    | 'LAB_NOT_CONVERTIBLE'
    | 'FHIR_SUBJECT_MISMATCH'
    | 'FHIR_UNREACHABLE'
    | 'FHIR_RESPONSE_INVALID'
    | 'FHIR_LATE'
    | 'FHIR_SCOPE'
    | 'FHIR_TRUNCATED'
    | 'FACT_UNRECOGNISED';
  readonly key: FactKey | null;
  readonly source: string | null;
  /** One line for a clinician, without the patient's name: "LDH 4 000 000 U/L is outside the plausible range 50-20000 U/L". */
  readonly text: string;
}

export interface PatientFacts {
  /** `Patient/123`. */
  readonly reference: string;
  /** Values under which the PACS may know the patient (PatientID), most specific first. */
  readonly identifiers: readonly string[];
  readonly birthDate?: string;
  readonly sex?: 'male' | 'female' | 'other' | 'unknown';
  /** True when `meta.tag` or `meta.security` marks the record as test or synthetic data. */
  readonly synthetic: boolean;
}

/** Everything that the record says about one patient as of one time. */
export interface ClinicalFacts {
  readonly patient: PatientFacts;
  /** Newest first. */
  readonly timeline: readonly Fact[];
  readonly problems: readonly FactProblem[];
  /** Resource types that were not read, or only in part: from the absence of what they could hold nothing follows. */
  readonly unread: readonly string[];
  /** Only what was known up to this time is in here (ISO 8601). */
  readonly asOf: string;
}

/** The newest fact of a key, or undefined. */
export function newest(facts: ClinicalFacts, key: FactKey): Fact | undefined {
  return facts.timeline.find((fact) => fact.key === key);
}
