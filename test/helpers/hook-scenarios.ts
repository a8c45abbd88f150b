import { type Card, cardsOf } from '../../cds-hooks/card.ts';
import type { JudgedOrders } from '../../cds-hooks/orders.ts';
import { type Assessment, type AssessmentParts, buildAssessment } from '../../src/assessment/assessment.ts';
import type { SyntheticPatient } from '../../src/demo/patients/plan.ts';
import { createPatient, syntheticPatients } from '../../src/demo/patients.ts';
import type { ClinicalFacts } from '../../src/fhir/facts.ts';
import { factsFromResources } from '../../src/fhir/read-facts.ts';
import { loadModels } from '../../src/models/registry.ts';
import type { ImagingStatus } from '../../src/store/records.ts';
import { clinicalFacts, fact } from './facts.ts';
import { asOf, mappings, mappingsFolder } from './fhir-resources.ts';
import { madeUpExtractor, madeUpFeatures, madeUpHash } from './made-up-features.ts';

export const models = loadModels(mappingsFolder);

/** Imaging of a patient: looked for or not, with features on the side of a high or a low score. */
export type Imaging = 'pending' | 'none' | 'failed' | 'high' | 'low';

const day = asOf.toISOString().slice(0, 10);
const settingsHashes = Object.fromEntries(
  models.flatMap(({ images }) => images.map((image) => [image.processing, madeUpHash])),
);

/** The Assessment of a record with made-up imaging. */
export function assess(facts: ClinicalFacts, imaging: Imaging, parts: Partial<AssessmentParts> = {}): Assessment {
  const { reference } = facts.patient;
  const studied = imaging === 'high' || imaging === 'low';
  return buildAssessment({
    id: 'assessment-1',
    createdAt: asOf.toISOString(),
    facts,
    featureSets: studied ? madeUpFeatures(models, reference, '2026-11-12', imaging === 'high' ? 2 : -2) : [],
    settingsHashes,
    imagingStatus: imagingStatus(reference, imaging),
    models,
    contextFacts: mappings.facts,
    versions: { deltascope: '0', extractor: madeUpExtractor },
    unavailable: {},
    previous: undefined,
    ...parts,
  });
}

function imagingStatus(patient: string, imaging: Imaging): ImagingStatus {
  const base = { patient, selection: [], updatedAt: asOf.toISOString() };
  if (imaging === 'none') {
    return { ...base, state: 'none', code: 'IMAGING_NO_CT', message: 'no CT study in the archive' };
  }
  if (imaging === 'failed') {
    return { ...base, state: 'failed', code: 'PACS_UNREACHABLE', message: 'the archive <pacs> does not answer' };
  }
  return { ...base, state: imaging === 'pending' ? 'pending' : 'ready', code: null, message: null };
}

export const atezolizumab: JudgedOrders = { drugs: ['atezolizumab'], references: ['MedicationRequest/draft-1'] };
export const twoDrugs: JudgedOrders = {
  drugs: ['nivolumab', 'ipilimumab'],
  references: ['MedicationRequest/a', 'MedicationRequest/b'],
};
const links = {
  report: (id: string) => `https://deltascope.example/report/${id}`,
  viewer: () => 'https://viewer.example/viewer',
  smartLaunchUrl: 'https://deltascope.example/launch',
};

/** Cards of an Assessment as the service gives them. */
export function cards(
  assessment: Assessment,
  orders: JudgedOrders | null,
  ordered: ReadonlySet<string> = new Set(),
): Card[] {
  return cardsOf(assessment, { orders, mappings, models, links, ordered });
}

const sclc = [fact('histology', 'sclc', null, '2026-10-01'), fact('extent', 'extensive', null, '2026-10-01')];
const secondLine = [
  ...sclc,
  fact('therapyLine', 2, null, '2026-10-01'),
  fact('age', 66, 'a', day),
  fact('liverMetastases', true, null, '2026-10-01'),
  fact('lungMetastases', false, null, '2026-10-01'),
  fact('metastaticLesions', 4, '{lesions}', '2026-10-01'),
  fact('firstLinePfsMonths', 4.8, 'mo', '2026-10-01'),
];

/** Patients that no list of demonstration patients holds: what is unusual in their record is in the title. */
export const constructedPatients: Readonly<Record<string, ClinicalFacts>> = {
  'second line, all inputs': clinicalFacts(secondLine),
  'second line, one input missing': clinicalFacts(secondLine.filter(({ key }) => key !== 'metastaticLesions')),
  'second line, aged 102 with markup in what was set aside': clinicalFacts(
    [...secondLine.filter(({ key }) => key !== 'age'), fact('age', 102, 'a', day)],
    {
      problems: Array.from({ length: 9 }, (_, at) => ({
        code: 'LAB_IMPLAUSIBLE' as const,
        key: 'ldh',
        source: `Observation/${at}`,
        text: `LDH "<b onclick=x>4|000*</b>" [link](javascript:x) is outside 50-20000 U/L`,
      })),
    },
  ),
  'non-small-cell cancer before any dose': clinicalFacts([fact('histology', 'nsclc', null, '2026-10-01')]),
  'small-cell cancer of limited stage': clinicalFacts([
    fact('histology', 'sclc', null, '2026-10-01'),
    fact('extent', 'limited', null, '2026-10-01'),
    fact('therapyLine', 1, null, '2026-10-01'),
  ]),
  'small-cell cancer of limited stage, procedures not read': clinicalFacts(
    [
      fact('histology', 'sclc', null, '2026-10-01'),
      fact('extent', 'limited', null, '2026-10-01'),
      fact('therapyLine', 1, null, '2026-10-01'),
    ],
    { unread: ['Procedure'] },
  ),
  'no lung cancer in the record': clinicalFacts([]),
  'parts of the record not read': clinicalFacts(sclc, {
    unread: ['Observation', 'MedicationAdministration'],
    problems: [{ code: 'FHIR_LATE', key: null, source: null, text: 'Observation did not come in time' }],
  }),
};

/** The record of a synthetic patient, without images; changed where `more` says so. */
export function syntheticFacts(id: string, more: Partial<SyntheticPatient> = {}): ClinicalFacts {
  const patient = syntheticPatients.find((each) => each.id === id);
  if (patient === undefined) throw new Error(`no synthetic patient ${id}`);
  const { entry = [] } = createPatient({ ...patient, ...more }, day).bundle;
  const resources = entry.flatMap(({ resource }) => resource ?? []);
  return factsFromResources(resources, id, { mappings, asOf });
}

/** LDH that nobody has, and counts per microlitre under a unit of thousands. */
const implausible = {
  daysBefore: 3,
  ldh: 4_120_000,
  bloodCount: { leukocytes: 10_400, neutrophils: 8200, lymphocytes: 1.1, platelets: 341, haemoglobin: 12.2 },
};

export const patients: Readonly<Record<string, ClinicalFacts>> = {
  ...constructedPatients,
  'no laboratory results and no N stage': syntheticFacts('synthetic-aster', {
    labs: [],
    stage: { daysBefore: 12, t: 4, m: 1 },
  }),
  'another histology than the models of the therapy': syntheticFacts('synthetic-aster', {
    diagnosis: 'lung-adenocarcinoma',
  }),
  'implausible laboratory results': syntheticFacts('synthetic-aster', { labs: [implausible] }),
  ...Object.fromEntries(syntheticPatients.map(({ id }) => [id, syntheticFacts(id)])),
};
