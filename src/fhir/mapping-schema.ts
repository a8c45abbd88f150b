import { z } from 'zod';
import type { CodeSet } from './code-set.ts';

const text = z.string().min(1);
const concept = z.strictObject({ code: text, display: text });

/** Codes in the form of a FHIR ValueSet's `compose.include`; `prefix` takes whole ICD-10 categories. */
export const codeSet = z
  .array(z.strictObject({ system: text, concept: z.array(concept).min(1), prefix: z.boolean().optional() }))
  .transform(
    (includes): CodeSet =>
      includes.flatMap(({ system, concept, prefix = false }) => concept.map((each) => ({ system, prefix, ...each }))),
  );

const days = z.number().positive();
export const description = z.strictObject({ label: text, maximumAgeDays: days.nullable(), mend: text });

const lab = z.strictObject({
  label: text,
  /** UCUM code of the internal unit. */
  unit: text,
  /** In the internal unit; a value outside is set aside. */
  plausible: z.tuple([z.number(), z.number()]),
  maximumAgeDays: days,
  mend: text,
  /** Which table of unit spellings holds for this test. */
  aliases: z.enum(['count', 'enzyme', 'mass', 'percent', 'body', 'packYears']),
  /** Which one stands for a time that has several: the one whose code comes first, or the largest. */
  ofSeveral: z.enum(['preferred', 'largest']).default('preferred'),
  /** Measured on the lung cancer: nothing in the record of a patient who has none. */
  about: z.enum(['patient', 'lung-cancer']).default('patient'),
  /** In g/mol, where results are recorded as an amount of substance as well. */
  molarMass: z.number().positive().optional(),
  /** In order of preference. */
  include: codeSet,
  /** Look-alikes that must not be taken for the test. */
  exclude: codeSet.default([]),
  /** The same analyte in a kind of quantity that can't be converted: reported, not used. */
  notConvertible: z
    .array(z.strictObject({ system: text, code: text, display: text, reason: text }))
    .default([])
    .transform((entries) => entries.map((entry) => ({ ...entry, prefix: false }))),
  /** Share of the leukocytes. */
  percent: codeSet.default([]),
  /** Parts that make up the count when all of them are of one collection. */
  sumOf: z.array(z.strictObject({ label: text, include: codeSet })).default([]),
});

const aliasTable = z.record(text, text);

/** Contents of `mappings/labs.json`. */
export const labsSchema = z.strictObject({
  /** Those that code refers to by name, and any other: a further test needs no code. */
  labs: z
    .object({
      ldh: lab,
      nse: lab,
      progrp: lab,
      neutrophils: lab,
      lymphocytes: lab,
      leukocytes: lab,
      platelets: lab,
      haemoglobin: lab,
      albumin: lab,
      pdl1Tps: lab,
      bmi: lab,
      bodyWeight: lab,
      bodyHeight: lab,
      packYears: lab,
      tumourDiameter: lab,
    })
    .catchall(lab)
    .refine((labs) => Object.keys(labs).every((key) => /^[a-z][A-Za-z0-9]*$/.test(key)), {
      error: 'a test is named in camelCase',
    }),
  derived: z.strictObject({
    nlr: description,
    dnlr: description,
    sii: description,
    plr: description,
    lipi: description,
    smokingIndex: description,
  }),
  unitAliases: z.strictObject({
    count: aliasTable,
    enzyme: aliasTable,
    mass: aliasTable,
    percent: aliasTable,
    body: aliasTable,
    packYears: aliasTable,
  }),
});

/** Contents of `mappings/conditions.json`. */
export const conditionsSchema = z.strictObject({
  facts: z.strictObject({
    age: description,
    sex: description,
    histology: description,
    extent: description,
    liverMetastases: description,
    lungMetastases: description,
    brainMetastases: description,
    boneMetastases: description,
    pleuralMetastases: description,
    adrenalMetastases: description,
    metastaticLesions: description,
    histologySubtype: description,
    smokingStatus: description,
    metastases: description,
    death: description,
  }),
  lungCancer: z.strictObject({ sclc: codeSet, nsclc: codeSet, unspecified: codeSet }),
  /** Histology of a lung cancer whose own code leaves it open. */
  morphology: z.strictObject({ observations: codeSet, sclc: codeSet, nsclc: codeSet }),
  /** Subtypes of non-small-cell cancer, by the Condition's own code or by morphology. */
  histologySubtypes: z.strictObject({ adenocarcinoma: codeSet, squamous: codeSet, 'large-cell': codeSet }),
  extensive: codeSet,
  metastases: z.array(
    z.strictObject({
      organ: text,
      fact: z
        .enum([
          'liverMetastases',
          'lungMetastases',
          'brainMetastases',
          'boneMetastases',
          'pleuralMetastases',
          'adrenalMetastases',
        ])
        .optional(),
      /** A metastasis there means M1. */
      distant: z.boolean(),
      /** Belongs to the N category: no organ of its own when metastatic organs are counted. */
      regional: z.boolean().default(false),
      include: codeSet,
      /** Sites that place a metastasis whose own code leaves the site open. */
      bodySites: codeSet,
    }),
  ),
  metastasisOfUnknownSite: codeSet,
  metastasisSiteObservations: codeSet,
  tumourMorphology: z.strictObject({ primary: codeSet, secondary: codeSet }),
  diseaseStatus: z.strictObject({ observations: codeSet, progression: codeSet }),
  smoking: z.strictObject({ observations: codeSet, never: codeSet, former: codeSet, current: codeSet }),
});

const category = z.strictObject({
  /** Letter of the category in written forms such as `cN2a`. */
  letter: text,
  maximum: z.number().int(),
  include: codeSet,
  values: z.record(z.string().regex(/^\d$/), codeSet),
  notAssessed: codeSet,
});

const stageGroupName = z.string().regex(/^(0|I{1,3}[A-C]?[1-3]?|IV[A-C]?)$/);

/** Contents of `mappings/stages.json`. */
export const stagesSchema = z.strictObject({
  facts: z.strictObject({
    tStage: description,
    nStage: description,
    mStage: description,
    stageGroup: description,
    ecog: description,
    karnofsky: description,
  }),
  /** Code systems whose codes are the written forms themselves. */
  stringSystems: z.array(text),
  categories: z.strictObject({ tStage: category, nStage: category, mStage: category }),
  ecog: z.strictObject({ include: codeSet, values: z.record(z.string().regex(/^\d$/), codeSet) }),
  karnofsky: z.strictObject({ include: codeSet, values: z.record(z.string().regex(/^(\d0|0|100)$/), codeSet) }),
  stageGroup: z.strictObject({
    include: codeSet,
    values: z.record(stageGroupName, codeSet),
    /** Conditions of lung cancer whose own code says the stage. */
    conditions: z.record(stageGroupName, codeSet),
  }),
});

const codes = z.array(text);
const systems = z.array(text).min(1);

/** Contents of `mappings/drugs.json`. */
export const drugsSchema = z.strictObject({
  facts: z.strictObject({
    immunotherapyStart: description,
    therapyLine: description,
    firstLinePfsMonths: description,
    checkpointInhibitorDose: description,
    chemotherapyDose: description,
    radiotherapy: description,
  }),
  /** Procedures, by code or category. */
  radiotherapy: codeSet,
  systems: z.strictObject({ atc: systems, rxnorm: systems, hcpcs: systems }),
  /** Every ATC code that begins so is systemic therapy of a cancer. */
  antineoplasticAtcPrefix: text,
  drugs: z.array(
    z.strictObject({
      /** International nonproprietary name, lower case. */
      inn: z.string().regex(/^[a-z]+$/),
      group: z.enum(['checkpoint-inhibitor', 'chemotherapy']),
      atc: codes,
      rxnorm: codes,
      hcpcs: codes,
      /** Further names, as in records of other scripts. */
      names: codes,
    }),
  ),
});
