import type { NodeParameters } from '../phantom/phantom-node.ts';
import type { PhantomPhase } from '../phantom/phantom-thorax.ts';
import type { TumourParameters } from '../phantom/phantom-tumour.ts';

/** Where a patient's metastases can be; the codes are in `fhir-codes.ts`. */
export type MetastaticSite = 'liver' | 'brain' | 'bone' | 'lung' | 'adrenal';

/** Drugs that a patient can have been given; the codes are in `fhir-codes.ts`. */
export type DrugName = 'atezolizumab' | 'pembrolizumab' | 'carboplatin' | 'etoposide';

/** Diagnoses that a patient can have; the codes are in `fhir-codes.ts`. */
export type Diagnosis = 'extensive-sclc' | 'lung-adenocarcinoma';

/** One blood sample. Left-out values were not measured. */
export interface LabDraw {
  readonly daysBefore: number;
  /** U/L. */
  readonly ldh?: number;
  /** ng/mL. */
  readonly nse?: number;
  /** pg/mL. */
  readonly progrp?: number;
  /** 10*9/L, g/dL for haemoglobin; all from the same tube. */
  readonly bloodCount?: {
    readonly leukocytes: number;
    readonly neutrophils: number;
    readonly lymphocytes: number;
    readonly platelets: number;
    readonly haemoglobin: number;
  };
}

export interface StagePlan {
  readonly daysBefore: number;
  readonly t?: 1 | 2 | 3 | 4;
  readonly n?: 0 | 1 | 2 | 3;
  readonly m?: 0 | 1;
}

export interface MetastasisPlan {
  readonly site: MetastaticSite;
  /** Distinct lesions, each recorded with an identifier. */
  readonly lesions: number;
  readonly daysBefore: number;
}

/** A CT visit: one study, a series per phase. */
export interface ImagingPlan {
  readonly visit: 'baseline' | 'follow-up' | 'second-follow-up';
  readonly daysBefore: number;
  readonly phases: readonly PhantomPhase[];
  /** Whether each series has a SEG of the primary tumour. */
  readonly segmented: boolean;
  /** What treatment, or its failure, did to the tumour since baseline. */
  readonly change?: Partial<Pick<TumourParameters, 'radiusMm' | 'heterogeneity' | 'necrosis'>>;
  /** Half axes of the lymph node by those at baseline; 1 where left out. */
  readonly nodeScale?: number;
}

/** One cycle of drugs given on one day. */
export interface CyclePlan {
  readonly daysBefore: number;
  readonly drugs: readonly DrugName[];
}

/** A synthetic patient: everything that record and images are made from. Days count back from the reference date. */
export interface SyntheticPatient {
  /** Id of the Patient resource; ids of the other resources begin with it. */
  readonly id: string;
  /** PatientID in the images, and a Patient.identifier. */
  readonly PatientID: string;
  readonly family: string;
  readonly given: string;
  readonly gender: 'female' | 'male';
  /** Completed years on the reference date. */
  readonly ageYears: number;
  /** One line for a patient list. */
  readonly historyLine: string;
  /** Person, vessels and scanner noise follow from it. */
  readonly seed: number;
  readonly diagnosis: Diagnosis;
  readonly diagnosisDaysBefore: number;
  readonly stage: StagePlan;
  readonly ecog?: { readonly daysBefore: number; readonly score: 0 | 1 | 2 | 3 | 4 };
  readonly smoking?: {
    readonly daysBefore: number;
    readonly status: 'never' | 'former' | 'current';
    readonly packYears: number;
  };
  /** kg and cm. */
  readonly body?: { readonly daysBefore: number; readonly weight: number; readonly height: number };
  /** Tumour proportion score, percent. */
  readonly pdl1?: { readonly daysBefore: number; readonly percent: number };
  readonly metastases: readonly MetastasisPlan[];
  readonly labs: readonly LabDraw[];
  /** Orders that are active on the reference date. */
  readonly orders: readonly { readonly drug: DrugName; readonly daysBefore: number }[];
  readonly cycles: readonly CyclePlan[];
  readonly diseaseStatus?: { readonly daysBefore: number; readonly status: 'improved' | 'progressed' };
  readonly tumour: TumourParameters;
  /** An enlarged lymph node beside it, and what a radiologist calls it. */
  readonly node?: NodeParameters & { readonly label: string };
  readonly imaging: readonly ImagingPlan[];
}
