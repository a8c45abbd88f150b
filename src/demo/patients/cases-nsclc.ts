import { tumourOfAggressiveness } from '../phantom/phantom-aggressiveness.ts';
import { subcarinalNode } from './nodes.ts';
import type { SyntheticPatient } from './plan.ts';

const gorseTumour = tumourOfAggressiveness(0.9, [-56, 6, 5], 808);

/** Under pembrolizumab with CT and blood at all three visits: the tumour grows, NLR rises. */
const gorse: SyntheticPatient = {
  id: 'synthetic-gorse',
  PatientID: 'SYN-0008',
  family: 'Synthetic-Gorse',
  given: 'Georg',
  gender: 'male',
  ageYears: 67,
  historyLine: 'Lung adenocarcinoma with liver metastases, pembrolizumab for three months, CT at three visits',
  seed: 808,
  diagnosis: 'lung-adenocarcinoma',
  diagnosisDaysBefore: 122,
  stage: { daysBefore: 115, t: 3, n: 2, m: 1 },
  ecog: { daysBefore: 6, score: 1 },
  smoking: { daysBefore: 115, status: 'former', packYears: 38 },
  body: { daysBefore: 6, weight: 74, height: 176 },
  pdl1: { daysBefore: 110, percent: 60 },
  metastases: [{ site: 'liver', lesions: 2, daysBefore: 115 }],
  labs: [
    {
      daysBefore: 93,
      ldh: 244,
      bloodCount: { leukocytes: 8.6, neutrophils: 5.9, lymphocytes: 1.6, platelets: 301, haemoglobin: 12.8 },
    },
    {
      daysBefore: 49,
      ldh: 288,
      bloodCount: { leukocytes: 10.1, neutrophils: 8.0, lymphocytes: 1.1, platelets: 352, haemoglobin: 11.4 },
    },
    {
      daysBefore: 28,
      ldh: 317,
      bloodCount: { leukocytes: 10.9, neutrophils: 8.9, lymphocytes: 1.0, platelets: 371, haemoglobin: 10.9 },
    },
    {
      daysBefore: 6,
      ldh: 331,
      bloodCount: { leukocytes: 11.2, neutrophils: 9.1, lymphocytes: 1.0, platelets: 366, haemoglobin: 10.7 },
    },
  ],
  orders: [{ drug: 'pembrolizumab', daysBefore: 91 }],
  cycles: [90, 69, 48, 27].map((daysBefore) => ({ daysBefore, drugs: ['pembrolizumab'] })),
  tumour: gorseTumour,
  node: subcarinalNode,
  imaging: [
    { visit: 'baseline', daysBefore: 97, phases: ['venous'], segmented: true },
    {
      visit: 'follow-up',
      daysBefore: 45,
      phases: ['venous'],
      segmented: true,
      change: { radiusMm: 1.08 * gorseTumour.radiusMm, heterogeneity: 1.1 * gorseTumour.heterogeneity },
      nodeScale: 1.1,
    },
    {
      visit: 'second-follow-up',
      daysBefore: 8,
      phases: ['venous'],
      segmented: true,
      change: { radiusMm: 1.2 * gorseTumour.radiusMm, heterogeneity: 1.2 * gorseTumour.heterogeneity, necrosis: 0.4 },
      nodeScale: 1.25,
    },
  ],
};

/** Before any therapy, PD-L1 not tested yet, CT with tumour mask. */
const hazel: SyntheticPatient = {
  id: 'synthetic-hazel',
  PatientID: 'SYN-0009',
  family: 'Synthetic-Hazel',
  given: 'Helga',
  gender: 'female',
  ageYears: 61,
  historyLine: 'Lung adenocarcinoma with a lung metastasis, untreated, PD-L1 result outstanding',
  seed: 909,
  diagnosis: 'lung-adenocarcinoma',
  diagnosisDaysBefore: 21,
  stage: { daysBefore: 18, t: 2, n: 1, m: 1 },
  ecog: { daysBefore: 5, score: 0 },
  smoking: { daysBefore: 18, status: 'never', packYears: 0 },
  body: { daysBefore: 5, weight: 63, height: 165 },
  metastases: [{ site: 'lung', lesions: 1, daysBefore: 18 }],
  labs: [
    {
      daysBefore: 5,
      ldh: 198,
      bloodCount: { leukocytes: 6.4, neutrophils: 3.9, lymphocytes: 1.9, platelets: 246, haemoglobin: 13.4 },
    },
  ],
  orders: [],
  cycles: [],
  tumour: tumourOfAggressiveness(-0.4, [-60, 6, 3], 909),
  imaging: [{ visit: 'baseline', daysBefore: 11, phases: ['venous'], segmented: true }],
};

/** Patients with non-small-cell lung cancer. */
export const nsclcCases: readonly SyntheticPatient[] = [gorse, hazel];
