import { tumourOfAggressiveness } from '../phantom/phantom-aggressiveness.ts';
import type { SyntheticPatient } from './plan.ts';

/** Large, ragged, necrotic tumour, N3, old, raised markers: about to start chemo-immunotherapy. */
const aster: SyntheticPatient = {
  id: 'synthetic-aster',
  PatientID: 'SYN-0001',
  family: 'Synthetic-Aster',
  given: 'Anton',
  gender: 'male',
  ageYears: 74,
  historyLine: 'Extensive-stage small-cell lung cancer, first line planned, CT and laboratory complete',
  seed: 101,
  diagnosis: 'extensive-sclc',
  diagnosisDaysBefore: 16,
  stage: { daysBefore: 12, t: 4, n: 3, m: 1 },
  ecog: { daysBefore: 3, score: 1 },
  metastases: [
    { site: 'liver', lesions: 2, daysBefore: 12 },
    { site: 'bone', lesions: 1, daysBefore: 12 },
  ],
  labs: [
    {
      daysBefore: 15,
      ldh: 371,
      bloodCount: { leukocytes: 9.8, neutrophils: 7.6, lymphocytes: 1.3, platelets: 318, haemoglobin: 12.6 },
    },
    {
      daysBefore: 3,
      ldh: 412,
      nse: 96.4,
      progrp: 2140,
      bloodCount: { leukocytes: 10.4, neutrophils: 8.2, lymphocytes: 1.1, platelets: 341, haemoglobin: 12.2 },
    },
  ],
  orders: [
    { drug: 'carboplatin', daysBefore: 2 },
    { drug: 'etoposide', daysBefore: 2 },
  ],
  cycles: [],
  tumour: tumourOfAggressiveness(1.6, [-60, 8, 4], 101),
  imaging: [{ visit: 'baseline', daysBefore: 9, phases: ['plain', 'venous'], segmented: true }],
};

/** Small, smooth tumour, N1, young, markers near normal. */
const birch: SyntheticPatient = {
  id: 'synthetic-birch',
  PatientID: 'SYN-0002',
  family: 'Synthetic-Birch',
  given: 'Berta',
  gender: 'female',
  ageYears: 52,
  historyLine: 'Extensive-stage small-cell lung cancer (single bone metastasis), first line planned',
  seed: 202,
  diagnosis: 'extensive-sclc',
  diagnosisDaysBefore: 14,
  stage: { daysBefore: 10, t: 2, n: 1, m: 1 },
  ecog: { daysBefore: 4, score: 0 },
  metastases: [{ site: 'bone', lesions: 1, daysBefore: 10 }],
  labs: [
    {
      daysBefore: 13,
      ldh: 196,
      bloodCount: { leukocytes: 6.9, neutrophils: 4.1, lymphocytes: 2.1, platelets: 244, haemoglobin: 13.8 },
    },
    {
      daysBefore: 4,
      ldh: 188,
      nse: 33.5,
      progrp: 602,
      bloodCount: { leukocytes: 6.6, neutrophils: 3.9, lymphocytes: 2.0, platelets: 238, haemoglobin: 13.6 },
    },
  ],
  orders: [
    { drug: 'carboplatin', daysBefore: 2 },
    { drug: 'etoposide', daysBefore: 2 },
  ],
  cycles: [],
  tumour: tumourOfAggressiveness(-1.5, [-56, 2, 8], 202),
  imaging: [{ visit: 'baseline', daysBefore: 8, phases: ['plain', 'venous'], segmented: true }],
};

/** CT is there; the N category was never recorded, LDH is old, NSE and ProGRP were never measured. */
const cedar: SyntheticPatient = {
  id: 'synthetic-cedar',
  PatientID: 'SYN-0003',
  family: 'Synthetic-Cedar',
  given: 'Carl',
  gender: 'male',
  ageYears: 66,
  historyLine: 'Extensive-stage small-cell lung cancer, referred with CT; markers and N category missing',
  seed: 303,
  diagnosis: 'extensive-sclc',
  diagnosisDaysBefore: 20,
  stage: { daysBefore: 18, t: 3, m: 1 },
  ecog: { daysBefore: 6, score: 1 },
  metastases: [{ site: 'adrenal', lesions: 1, daysBefore: 18 }],
  labs: [
    { daysBefore: 214, ldh: 231 },
    {
      daysBefore: 6,
      bloodCount: { leukocytes: 8.1, neutrophils: 5.6, lymphocytes: 1.6, platelets: 287, haemoglobin: 13.1 },
    },
  ],
  orders: [],
  cycles: [],
  tumour: tumourOfAggressiveness(0.3, [-58, 10, 0], 303),
  imaging: [{ visit: 'baseline', daysBefore: 7, phases: ['venous'], segmented: true }],
};

/** Laboratory complete, no images at all. */
const dahlia: SyntheticPatient = {
  id: 'synthetic-dahlia',
  PatientID: 'SYN-0004',
  family: 'Synthetic-Dahlia',
  given: 'Dora',
  gender: 'female',
  ageYears: 69,
  historyLine: 'Extensive-stage small-cell lung cancer, first line planned; no CT in the archive',
  seed: 404,
  diagnosis: 'extensive-sclc',
  diagnosisDaysBefore: 11,
  stage: { daysBefore: 9, t: 3, n: 2, m: 1 },
  ecog: { daysBefore: 2, score: 1 },
  metastases: [{ site: 'brain', lesions: 1, daysBefore: 9 }],
  labs: [
    {
      daysBefore: 10,
      ldh: 268,
      bloodCount: { leukocytes: 7.8, neutrophils: 5.2, lymphocytes: 1.5, platelets: 263, haemoglobin: 12.9 },
    },
    {
      daysBefore: 2,
      ldh: 276,
      nse: 61.2,
      progrp: 988,
      bloodCount: { leukocytes: 7.7, neutrophils: 5.3, lymphocytes: 1.4, platelets: 259, haemoglobin: 12.7 },
    },
  ],
  orders: [
    { drug: 'carboplatin', daysBefore: 1 },
    { drug: 'etoposide', daysBefore: 1 },
  ],
  cycles: [],
  tumour: tumourOfAggressiveness(0, [-58, 6, 4], 404),
  imaging: [],
};

/** A CT that nobody has delineated the tumour on. */
const ginkgo: SyntheticPatient = {
  id: 'synthetic-ginkgo',
  PatientID: 'SYN-0007',
  family: 'Synthetic-Ginkgo',
  given: 'Gustav',
  gender: 'male',
  ageYears: 61,
  historyLine: 'Extensive-stage small-cell lung cancer, first line planned; CT without a tumour outline',
  seed: 707,
  diagnosis: 'extensive-sclc',
  diagnosisDaysBefore: 13,
  stage: { daysBefore: 9, t: 3, n: 2, m: 1 },
  ecog: { daysBefore: 5, score: 1 },
  metastases: [{ site: 'liver', lesions: 1, daysBefore: 9 }],
  labs: [
    {
      daysBefore: 5,
      ldh: 254,
      nse: 48.7,
      progrp: 811,
      bloodCount: { leukocytes: 8.4, neutrophils: 5.9, lymphocytes: 1.5, platelets: 301, haemoglobin: 13.4 },
    },
  ],
  orders: [],
  cycles: [],
  tumour: tumourOfAggressiveness(0.4, [-62, 4, 6], 707),
  imaging: [{ visit: 'baseline', daysBefore: 7, phases: ['venous'], segmented: false }],
};

/** Patients before first-line therapy. */
export const firstLineCases: readonly SyntheticPatient[] = [aster, birch, cedar, dahlia, ginkgo];
