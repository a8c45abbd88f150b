import type { BodyStructure, Condition, Extension, Observation, Patient, Reference } from '@medplum/fhirtypes';
import {
  concept,
  diagnosisConcepts,
  loinc,
  mcodeUrl,
  meta,
  metastasisConcepts,
  pacsPatientIdSystem,
  siteConcepts,
  smokingConcepts,
  snomed,
  tnmValues,
  ucum,
} from './fhir-codes.ts';
import type { SyntheticPatient } from './plan.ts';
import { birthDateFor, dateBefore } from './relative-date.ts';

/** mCODE CancerPatient. */
export function patientResource(patient: SyntheticPatient, referenceDate: string): Patient {
  return {
    resourceType: 'Patient',
    id: patient.id,
    meta: meta('mcode-cancer-patient'),
    identifier: [
      {
        use: 'usual',
        type: concept('http://terminology.hl7.org/CodeSystem/v2-0203', 'MR', 'Medical record number'),
        system: pacsPatientIdSystem,
        value: patient.PatientID,
      },
    ],
    active: true,
    name: [{ use: 'official', family: patient.family, given: [patient.given] }],
    gender: patient.gender,
    birthDate: birthDateFor(referenceDate, patient.ageYears),
  };
}

export function subjectOf(patient: SyntheticPatient): Reference<Patient> {
  return { reference: `Patient/${patient.id}` };
}

function primaryReference(patient: SyntheticPatient): Reference<Condition> {
  return { reference: `Condition/${patient.id}-primary` };
}

const confirmed: Pick<Condition, 'clinicalStatus' | 'verificationStatus' | 'category'> = {
  clinicalStatus: concept('http://terminology.hl7.org/CodeSystem/condition-clinical', 'active', 'Active'),
  verificationStatus: concept('http://terminology.hl7.org/CodeSystem/condition-ver-status', 'confirmed', 'Confirmed'),
  category: [
    concept('http://terminology.hl7.org/CodeSystem/condition-category', 'problem-list-item', 'Problem List Item'),
  ],
};

/** mCODE PrimaryCancerCondition first, then a SecondaryCancerCondition per metastatic site. */
export function conditionResources(patient: SyntheticPatient, referenceDate: string): Condition[] {
  const primary: Condition = {
    resourceType: 'Condition',
    id: `${patient.id}-primary`,
    meta: meta('mcode-primary-cancer-condition'),
    ...confirmed,
    code: diagnosisConcepts[patient.diagnosis],
    bodySite: [concept(snomed, '39607008', 'Lung structure')],
    subject: subjectOf(patient),
    onsetDateTime: dateBefore(referenceDate, patient.diagnosisDaysBefore),
  };
  const secondary = patient.metastases.map(
    ({ site, daysBefore }): Condition => ({
      resourceType: 'Condition',
      id: `${patient.id}-metastasis-${site}`,
      meta: meta('mcode-secondary-cancer-condition'),
      extension: [
        {
          url: 'http://hl7.org/fhir/StructureDefinition/condition-related',
          valueReference: primaryReference(patient),
        },
      ],
      ...confirmed,
      code: metastasisConcepts[site],
      subject: subjectOf(patient),
      onsetDateTime: dateBefore(referenceDate, daysBefore),
    }),
  );
  return [primary, ...secondary];
}

/** mCODE Tumor: a BodyStructure with an identifier per metastatic lesion. */
export function tumourResources(patient: SyntheticPatient): BodyStructure[] {
  const relatedTo = (condition: string): Extension[] => [
    { url: mcodeUrl('mcode-related-condition'), valueReference: { reference: `Condition/${condition}` } },
  ];
  return patient.metastases.flatMap(({ site, lesions }) =>
    Array.from({ length: lesions }, (_, at): BodyStructure => {
      const name = `${site}-${at + 1}`;
      return {
        resourceType: 'BodyStructure',
        id: `${patient.id}-tumour-${name}`,
        meta: meta('mcode-tumor'),
        extension: relatedTo(`${patient.id}-metastasis-${site}`),
        identifier: [
          { use: 'usual', system: 'https://deltascope.example/tumour', value: `${patient.PatientID}-${name}` },
        ],
        location: siteConcepts[site],
        patient: subjectOf(patient),
      };
    }),
  );
}

const ajcc8 = concept(
  snomed,
  '897275008',
  'American Joint Commission on Cancer, Cancer Staging Manual, 8th edition neoplasm staging system',
);

/** mCODE TNM categories, each only where the plan has it. */
export function stageResources(patient: SyntheticPatient, referenceDate: string): Observation[] {
  const { daysBefore, t, n, m } = patient.stage;
  const category = (letter: string, profile: string, code: Observation['code'], value: Observation['code']) => ({
    resourceType: 'Observation' as const,
    id: `${patient.id}-c${letter}`,
    meta: meta(profile),
    status: 'final' as const,
    code,
    subject: subjectOf(patient),
    focus: [primaryReference(patient)],
    effectiveDateTime: dateBefore(referenceDate, daysBefore),
    valueCodeableConcept: value,
    method: ajcc8,
  });
  const observations: Observation[] = [];
  if (t !== undefined)
    observations.push(
      category('t', 'mcode-tnm-primary-tumor-category', concept(snomed, '399504009', 'cT category'), tnmValues.t[t]),
    );
  if (n !== undefined)
    observations.push(
      category('n', 'mcode-tnm-regional-nodes-category', concept(snomed, '399534004', 'cN category'), tnmValues.n[n]),
    );
  if (m !== undefined)
    observations.push(
      category(
        'm',
        'mcode-tnm-distant-metastases-category',
        concept(snomed, '399387003', 'cM category'),
        tnmValues.m[m],
      ),
    );
  return observations;
}

const ecogAnswers = ['LA9622-7', 'LA9623-5', 'LA9624-3', 'LA9625-0', 'LA9626-8'] as const;

/** mCODE ECOGPerformanceStatus and CancerDiseaseStatus, each only where the plan has it. */
export function statusResources(patient: SyntheticPatient, referenceDate: string): Observation[] {
  const { ecog, diseaseStatus } = patient;
  const observations: Observation[] = [];
  if (ecog !== undefined)
    observations.push({
      resourceType: 'Observation',
      id: `${patient.id}-ecog`,
      meta: meta('mcode-ecog-performance-status'),
      status: 'final',
      category: [concept('http://terminology.hl7.org/CodeSystem/observation-category', 'survey', 'Survey')],
      code: concept(loinc, '89247-1', 'ECOG Performance Status score'),
      subject: subjectOf(patient),
      effectiveDateTime: dateBefore(referenceDate, ecog.daysBefore),
      valueInteger: ecog.score,
      interpretation: [{ coding: [{ system: loinc, code: ecogAnswers[ecog.score] }] }],
    });
  if (diseaseStatus !== undefined)
    observations.push({
      resourceType: 'Observation',
      id: `${patient.id}-disease-status`,
      meta: meta('mcode-cancer-disease-status'),
      extension: [
        {
          url: mcodeUrl('mcode-cancer-disease-status-evidence-type'),
          valueCodeableConcept: concept(snomed, '363679005', 'Imaging (procedure)'),
        },
      ],
      status: 'final',
      code: concept(loinc, '97509-4', 'Cancer Disease Progression'),
      subject: subjectOf(patient),
      focus: [primaryReference(patient)],
      effectiveDateTime: dateBefore(referenceDate, diseaseStatus.daysBefore),
      valueCodeableConcept:
        diseaseStatus.status === 'progressed'
          ? concept(snomed, '271299001', "Patient's condition worsened (finding)")
          : concept(snomed, '268910001', "Patient's condition improved (finding)"),
    });
  return observations;
}

/** Smoking status, pack-years, weight, height and PD-L1, each only where the plan has it. */
export function personResources(patient: SyntheticPatient, referenceDate: string): Observation[] {
  const { smoking, body, pdl1 } = patient;
  const observation = (
    name: string,
    daysBefore: number,
    profile: string,
    category: string,
    code: Observation['code'],
  ) => ({
    resourceType: 'Observation' as const,
    id: `${patient.id}-${name}`,
    meta: meta(profile),
    status: 'final' as const,
    category: [concept('http://terminology.hl7.org/CodeSystem/observation-category', category, category)],
    code,
    subject: subjectOf(patient),
    effectiveDateTime: dateBefore(referenceDate, daysBefore),
  });
  const quantity = (value: number, unit: string) => ({ valueQuantity: { value, unit, system: ucum, code: unit } });
  const observations: Observation[] = [];
  if (smoking !== undefined) {
    const status = concept(loinc, '72166-2', 'Tobacco smoking status');
    const packYears = concept(loinc, '8664-5', 'Cigarettes smoked total (pack per year) - Reported');
    observations.push(
      {
        ...observation('smoking', smoking.daysBefore, 'us-core-smokingstatus', 'social-history', status),
        valueCodeableConcept: smokingConcepts[smoking.status],
      },
      {
        ...observation('pack-years', smoking.daysBefore, 'us-core-smokingstatus', 'social-history', packYears),
        ...quantity(smoking.packYears, '{pack-years}'),
      },
    );
  }
  if (body !== undefined) {
    const weight = concept(loinc, '29463-7', 'Body weight');
    const height = concept(loinc, '8302-2', 'Body height');
    observations.push(
      {
        ...observation('weight', body.daysBefore, 'us-core-body-weight', 'vital-signs', weight),
        ...quantity(body.weight, 'kg'),
      },
      {
        ...observation('height', body.daysBefore, 'us-core-body-height', 'vital-signs', height),
        ...quantity(body.height, 'cm'),
      },
    );
  }
  if (pdl1 !== undefined) {
    const tps = concept(
      loinc,
      '83053-9',
      'Cells.programmed cell death ligand 1/100 viable tumor cells in Tissue by Immune stain',
    );
    observations.push({
      ...observation('pdl1', pdl1.daysBefore, 'mcode-tumor-marker-test', 'laboratory', tps),
      ...quantity(pdl1.percent, '%'),
    });
  }
  return observations;
}
