import type { LabDraw, SyntheticPatient } from '../../src/demo/patients/plan.ts';
import { syntheticPatients } from '../../src/demo/patients.ts';

/** The day on which all of them are looked at. */
export const today = '2026-11-20';

function synthetic(id: string): SyntheticPatient {
  const patient = syntheticPatients.find((candidate) => candidate.id === id);
  if (patient === undefined) throw new Error(`no patient ${id}`);
  return patient;
}

/** The same person under another name, so that both can be in one server. */
export function variant(of: string, name: string, number: string, more: Partial<SyntheticPatient>): SyntheticPatient {
  return { ...synthetic(of), id: `constructed-${name}`, PatientID: `CON-${number}`, ...more };
}

const implausible: LabDraw = {
  daysBefore: 3,
  // A slip of units: counts per microlitre under a unit of thousands, and an LDH that nobody has.
  ldh: 4_120_000,
  nse: 96.4,
  progrp: 2140,
  bloodCount: { leukocytes: 10_400, neutrophils: 8200, lymphocytes: 1.1, platelets: 341, haemoglobin: 12.2 },
};

/** Those of the six that are in no demonstration. */
export const variants = {
  'ct-only': variant('synthetic-aster', 'ct-only', '1', { labs: [], stage: { daysBefore: 12, t: 4, m: 1 } }),
  'wrong-histology': variant('synthetic-aster', 'wrong-histology', '2', { diagnosis: 'lung-adenocarcinoma' }),
  'implausible-lab': variant('synthetic-aster', 'implausible-lab', '3', { labs: [implausible] }),
} as const;

/** Six patients, each with something else that is there or not. */
export const constructedPatients: Readonly<Record<string, SyntheticPatient>> = {
  complete: synthetic('synthetic-aster'),
  'labs-only': synthetic('synthetic-dahlia'),
  ...variants,
  'second-line': synthetic('synthetic-elm'),
};
