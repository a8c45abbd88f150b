import type { CodeableConcept, Coding, Meta } from '@medplum/fhirtypes';
import type { Diagnosis, DrugName, MetastaticSite } from './plan.ts';

export const loinc = 'http://loinc.org';
export const snomed = 'http://snomed.info/sct';
export const ucum = 'http://unitsofmeasure.org';
/** `identifier.system` whose value is the PatientID in the images. */
export const pacsPatientIdSystem = 'https://deltascope.example/pacs-patient-id';

const mcode = 'http://hl7.org/fhir/us/mcode/StructureDefinition';

/** The mark that says: made for tests, no person. */
export const testDataTag: Coding = {
  system: 'http://terminology.hl7.org/CodeSystem/v3-ActReason',
  code: 'HTEST',
  display: 'test health data',
};

/** `meta` of a resource: its mCODE or US Core profile and the mark of test data. */
export function meta(profile: string): Meta {
  const url = profile.startsWith('us-core')
    ? `http://hl7.org/fhir/us/core/StructureDefinition/${profile}`
    : mcodeUrl(profile);
  return { profile: [url], tag: [testDataTag] };
}

/** Canonical URL of an mCODE profile or extension. */
export function mcodeUrl(name: string): string {
  return `${mcode}/${name}`;
}

/** A concept with one coding. */
export function concept(system: string, code: string, display: string): CodeableConcept {
  return { coding: [{ system, code, display }] };
}

export const diagnosisConcepts: Readonly<Record<Diagnosis, CodeableConcept>> = {
  'extensive-sclc': concept(snomed, '683991000119103', 'Extensive stage primary small cell carcinoma of lung'),
  'lung-adenocarcinoma': concept(snomed, '254626006', 'Adenocarcinoma of lung'),
};

/** Values of the smoking status. */
export const smokingConcepts = {
  never: concept(snomed, '266919005', 'Never smoked tobacco'),
  former: concept(snomed, '8517006', 'Ex-smoker'),
  current: concept(snomed, '77176002', 'Smoker'),
} as const;

const ajcc = 'American Joint Committee on Cancer';

/** Values of the clinical TNM categories by their number. */
export const tnmValues = {
  t: {
    1: concept(snomed, '1228889001', `${ajcc} cT1`),
    2: concept(snomed, '1228929004', `${ajcc} cT2`),
    3: concept(snomed, '1228938002', `${ajcc} cT3`),
    4: concept(snomed, '1228944003', `${ajcc} cT4`),
  },
  n: {
    0: concept(snomed, '1229967007', `${ajcc} cN0`),
    1: concept(snomed, '1229973008', `${ajcc} cN1`),
    2: concept(snomed, '1229978004', `${ajcc} cN2`),
    3: concept(snomed, '1229984001', `${ajcc} cN3`),
  },
  m: {
    0: concept(snomed, '1229901006', `${ajcc} cM0`),
    1: concept(snomed, '1229903009', `${ajcc} cM1`),
  },
} as const;

export const metastasisConcepts: Readonly<Record<MetastaticSite, CodeableConcept>> = {
  liver: concept(snomed, '94381002', 'Secondary malignant neoplasm of liver'),
  brain: concept(snomed, '94225005', 'Secondary malignant neoplasm of brain'),
  bone: concept(snomed, '94222008', 'Secondary malignant neoplasm of bone'),
  lung: concept(snomed, '94391008', 'Secondary malignant neoplasm of lung'),
  adrenal: concept(snomed, '94161006', 'Secondary malignant neoplasm of adrenal gland'),
};

/** Body structures of the lesions. Sites without a checked code are named in words. */
export const siteConcepts: Readonly<Record<MetastaticSite, CodeableConcept>> = {
  liver: concept(snomed, '10200004', 'Liver structure'),
  brain: { text: 'Brain' },
  bone: { text: 'Bone' },
  lung: concept(snomed, '39607008', 'Lung structure'),
  adrenal: { text: 'Adrenal gland' },
};

const atc = 'http://www.whocc.no/atc';
const rxnorm = 'http://www.nlm.nih.gov/research/umls/rxnorm';

/** Drug, usual dose and its UCUM unit. */
export const drugs: Readonly<Record<DrugName, { concept: CodeableConcept; dose: number; unit: string }>> = {
  atezolizumab: {
    concept: {
      coding: [
        { system: atc, code: 'L01FF05', display: 'atezolizumab' },
        { system: rxnorm, code: '1792776', display: 'atezolizumab' },
      ],
      text: 'atezolizumab',
    },
    dose: 1200,
    unit: 'mg',
  },
  pembrolizumab: {
    concept: {
      coding: [
        { system: atc, code: 'L01FF02', display: 'pembrolizumab' },
        { system: rxnorm, code: '1547545', display: 'pembrolizumab' },
      ],
      text: 'pembrolizumab',
    },
    dose: 200,
    unit: 'mg',
  },
  carboplatin: {
    concept: {
      coding: [
        { system: atc, code: 'L01XA02', display: 'carboplatin' },
        { system: rxnorm, code: '40048', display: 'carboplatin' },
      ],
      text: 'carboplatin',
    },
    dose: 500,
    unit: 'mg',
  },
  etoposide: {
    concept: { coding: [{ system: atc, code: 'L01CB01', display: 'etoposide' }], text: 'etoposide' },
    dose: 180,
    unit: 'mg',
  },
};
