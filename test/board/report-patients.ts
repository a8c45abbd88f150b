import type { SyntheticPatient } from '../../src/demo/patients/plan.ts';
import { syntheticPatients } from '../../src/demo/patients.ts';
import { variant, variants } from '../helpers/constructed-patients.ts';

/** A name as long as they come, and a patient of whom nothing is known that a model could use. */
const extremes: readonly SyntheticPatient[] = [
  variant('synthetic-elm', 'long-name', '4', {
    // 64 characters: the longest that DICOM lets a name be.
    family: 'Wolfeschlegelsteinhausenbergerdorff von',
    given: 'Maximiliana Annegret Ida',
  }),
  variant('synthetic-aster', 'nothing', '5', { labs: [], stage: { daysBefore: 12 }, metastases: [], imaging: [] }),
];

/** All patients whose reports are looked at: those of the demonstration and the constructed ones. */
export const reportPatients: readonly SyntheticPatient[] = [
  ...syntheticPatients,
  ...Object.values(variants),
  ...extremes,
];
