import { tumourOfAggressiveness } from '../phantom/phantom-aggressiveness.ts';
import { subcarinalNode } from './nodes.ts';
import type { CyclePlan, SyntheticPatient } from './plan.ts';

const chemoImmunotherapy = ['atezolizumab', 'carboplatin', 'etoposide'] as const;

const elmTumour = tumourOfAggressiveness(1.1, [-58, 8, 2], 505);

/** Progressed 5.2 months after the start of first-line therapy, liver and more than three lesions: second line. */
const elm: SyntheticPatient = {
  id: 'synthetic-elm',
  PatientID: 'SYN-0005',
  family: 'Synthetic-Elm',
  given: 'Emil',
  gender: 'male',
  ageYears: 63,
  historyLine: 'Extensive-stage small-cell lung cancer, progressed after first line, second line to be decided',
  seed: 505,
  diagnosis: 'extensive-sclc',
  diagnosisDaysBefore: 206,
  stage: { daysBefore: 200, t: 4, n: 3, m: 1 },
  ecog: { daysBefore: 5, score: 1 },
  metastases: [
    { site: 'liver', lesions: 3, daysBefore: 28 },
    { site: 'bone', lesions: 1, daysBefore: 200 },
    { site: 'adrenal', lesions: 1, daysBefore: 28 },
  ],
  labs: [
    {
      daysBefore: 189,
      ldh: 305,
      nse: 74.1,
      progrp: 1520,
      bloodCount: { leukocytes: 9.1, neutrophils: 6.7, lymphocytes: 1.5, platelets: 330, haemoglobin: 12.9 },
    },
    {
      daysBefore: 105,
      ldh: 214,
      bloodCount: { leukocytes: 5.2, neutrophils: 3.1, lymphocytes: 1.3, platelets: 208, haemoglobin: 10.8 },
    },
    {
      daysBefore: 5,
      ldh: 388,
      nse: 83.9,
      progrp: 1866,
      bloodCount: { leukocytes: 8.8, neutrophils: 6.9, lymphocytes: 1.0, platelets: 295, haemoglobin: 11.4 },
    },
  ],
  orders: [],
  cycles: [
    { daysBefore: 187, drugs: chemoImmunotherapy },
    { daysBefore: 166, drugs: chemoImmunotherapy },
    { daysBefore: 145, drugs: chemoImmunotherapy },
    { daysBefore: 124, drugs: chemoImmunotherapy },
    { daysBefore: 103, drugs: ['atezolizumab'] },
    { daysBefore: 82, drugs: ['atezolizumab'] },
    { daysBefore: 61, drugs: ['atezolizumab'] },
  ],
  diseaseStatus: { daysBefore: 28, status: 'progressed' },
  tumour: elmTumour,
  node: subcarinalNode,
  imaging: [
    { visit: 'baseline', daysBefore: 194, phases: ['venous'], segmented: true },
    {
      visit: 'follow-up',
      daysBefore: 28,
      phases: ['venous'],
      segmented: true,
      change: { radiusMm: 1.18 * elmTumour.radiusMm, heterogeneity: 1.15 * elmTumour.heterogeneity, necrosis: 0.5 },
      nodeScale: 1.3,
    },
  ],
};

const fernTumour = tumourOfAggressiveness(0.2, [-60, 4, 6], 606);
const fernCycles: readonly CyclePlan[] = [62, 41, 20].map((daysBefore) => ({ daysBefore, drugs: chemoImmunotherapy }));

/** Under first-line therapy, CT in both phases before and after three cycles; the tumour shrinks. */
const fern: SyntheticPatient = {
  id: 'synthetic-fern',
  PatientID: 'SYN-0006',
  family: 'Synthetic-Fern',
  given: 'Frida',
  gender: 'female',
  ageYears: 58,
  historyLine: 'Extensive-stage small-cell lung cancer, responding after three cycles, CT before and after',
  seed: 606,
  diagnosis: 'extensive-sclc',
  diagnosisDaysBefore: 78,
  stage: { daysBefore: 72, t: 3, n: 2, m: 1 },
  ecog: { daysBefore: 4, score: 1 },
  metastases: [{ site: 'liver', lesions: 1, daysBefore: 72 }],
  labs: [
    {
      daysBefore: 64,
      ldh: 262,
      nse: 57.3,
      progrp: 1105,
      bloodCount: { leukocytes: 8.3, neutrophils: 5.7, lymphocytes: 1.7, platelets: 292, haemoglobin: 13.0 },
    },
    {
      daysBefore: 43,
      ldh: 228,
      bloodCount: { leukocytes: 5.6, neutrophils: 3.4, lymphocytes: 1.5, platelets: 231, haemoglobin: 11.9 },
    },
    {
      daysBefore: 4,
      ldh: 201,
      nse: 19.8,
      progrp: 214,
      bloodCount: { leukocytes: 5.1, neutrophils: 3.0, lymphocytes: 1.5, platelets: 219, haemoglobin: 11.2 },
    },
  ],
  orders: chemoImmunotherapy.map((drug) => ({ drug, daysBefore: 63 })),
  cycles: fernCycles,
  diseaseStatus: { daysBefore: 6, status: 'improved' },
  tumour: fernTumour,
  imaging: [
    { visit: 'baseline', daysBefore: 69, phases: ['plain', 'venous'], segmented: true },
    {
      visit: 'follow-up',
      daysBefore: 6,
      phases: ['plain', 'venous'],
      segmented: true,
      change: { radiusMm: 0.68 * fernTumour.radiusMm, heterogeneity: 0.7 * fernTumour.heterogeneity, necrosis: 0.4 },
    },
  ],
};

/** Patients under or after first-line therapy. */
export const treatedCases: readonly SyntheticPatient[] = [elm, fern];
