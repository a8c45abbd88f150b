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
function variant(of: string, name: string, number: string, more: Partial<SyntheticPatient>): SyntheticPatient {
  return { ...synthetic(of), id: `constructed-${name}`, PatientID: `CON-${number}`, ...more };
}

const implausible: LabDraw = {
  daysBefore: 3,
  ldh: 4_120_000,
  nse: 96.4,
  progrp: 2140,
  bloodCount: { leukocytes: 10_400, neutrophils: 8200, lymphocytes: 1.1, platelets: 341, haemoglobin: 12.2 },
};

/** Those of the constructed patients that are not in the demonstration: the same as in `test/golden/assessment`. */
const constructed: readonly SyntheticPatient[] = [
  variant('synthetic-aster', 'ct-only', '1', { labs: [], stage: { daysBefore: 12, t: 4, m: 1 } }),
  variant('synthetic-aster', 'wrong-histology', '2', { diagnosis: 'lung-adenocarcinoma' }),
  variant('synthetic-aster', 'implausible-lab', '3', { labs: [implausible] }),
  // A name as long as they come, and a patient of whom nothing is known that a model could use.
  variant('synthetic-elm', 'long-name', '4', {
    // 64 characters: the longest that DICOM lets a name be.
    family: 'Wolfeschlegelsteinhausenbergerdorff von',
    given: 'Maximiliana Annegret Ida',
  }),
  variant('synthetic-aster', 'nothing', '5', { labs: [], stage: { daysBefore: 12 }, metastases: [], imaging: [] }),
];

/** All patients whose reports are looked at: those of the demonstration and the constructed ones. */
export const reportPatients: readonly SyntheticPatient[] = [...syntheticPatients, ...constructed];
