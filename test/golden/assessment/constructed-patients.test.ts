import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Assessment } from '../../../src/assessment/assessment.ts';
import { loadClinicalContent } from '../../../src/assessment/clinical-content.ts';
import { assessmentText } from '../../../src/cli/assess-text.ts';
import { readConfig } from '../../../src/config.ts';
import { startDicomwebServer } from '../../../src/demo/dicomweb-server.ts';
import { startFhirServer } from '../../../src/demo/fhir-server.ts';
import type { LabDraw, SyntheticPatient } from '../../../src/demo/patients/plan.ts';
import { createPatient, syntheticPatients } from '../../../src/demo/patients.ts';
import { createDicomwebClient } from '../../../src/dicomweb/client.ts';
import { type Engine, openEngine } from '../../../src/jobs/engine.ts';
import { createLogger } from '../../../src/log.ts';

const today = '2026-11-20';

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
  // A slip of units: counts per microlitre under a unit of thousands, and an LDH that nobody has.
  ldh: 4_120_000,
  nse: 96.4,
  progrp: 2140,
  bloodCount: { leukocytes: 10_400, neutrophils: 8200, lymphocytes: 1.1, platelets: 341, haemoglobin: 12.2 },
};

const patients: Readonly<Record<string, SyntheticPatient>> = {
  complete: synthetic('synthetic-aster'),
  'labs-only': synthetic('synthetic-dahlia'),
  'ct-only': variant('synthetic-aster', 'ct-only', '1', { labs: [], stage: { daysBefore: 12, t: 4, m: 1 } }),
  'wrong-histology': variant('synthetic-aster', 'wrong-histology', '2', { diagnosis: 'lung-adenocarcinoma' }),
  'implausible-lab': variant('synthetic-aster', 'implausible-lab', '3', { labs: [implausible] }),
  'second-line': synthetic('synthetic-elm'),
};

/** What changes with the program, not with the patient. */
function stable(text: string): string {
  return text.replace(/\b2\.25\.\d+/g, 'UID');
}

describe('six constructed patients, through record, archive, features and all models', () => {
  const closers: (() => Promise<unknown>)[] = [];
  let engine: Engine;

  beforeAll(async () => {
    const folder = await mkdtemp(path.join(tmpdir(), 'deltascope-constructed-'));
    closers.push(() => rm(folder, { recursive: true, force: true }));
    const fhir = await startFhirServer();
    closers.push(fhir.close);
    const dicomweb = await startDicomwebServer({ folder: path.join(folder, 'dicom') });
    closers.push(dicomweb.close);
    const client = createDicomwebClient({ url: dicomweb.url });
    for (const patient of Object.values(patients)) {
      const { bundle, dicomSeries } = createPatient(patient, today);
      await fhir.load(bundle);
      for (const series of dicomSeries()) await client.storeInstances(series);
    }
    const config = readConfig({ DELTASCOPE_DATA_DIR: folder });
    engine = await openEngine({
      config,
      servers: { fhir: { url: fhir.url }, dicomweb: { url: dicomweb.url } },
      content: loadClinicalContent(config.mappingsFolder),
      version: 'test',
      logger: createLogger('silent'),
    });
    closers.push(engine.close);
  }, 120_000);
  afterAll(async () => {
    for (const close of closers.reverse()) await close();
  });

  async function assess({ id }: SyntheticPatient): Promise<Assessment> {
    const { finished } = await engine.requestImaging(id);
    await finished;
    return engine.assess(id, { asOf: new Date(`${today}T12:00:00Z`) });
  }

  it.each(Object.entries(patients))(
    '%s reads as reviewed',
    async (name, patient) => {
      const assessment = await assess(patient);
      await expect(stable(assessmentText(assessment))).toMatchFileSnapshot(`${name}.txt`);
    },
    120_000,
  );
});
