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
import type { SyntheticPatient } from '../../../src/demo/patients/plan.ts';
import { createPatient } from '../../../src/demo/patients.ts';
import { createDicomwebClient } from '../../../src/dicomweb/client.ts';
import { type Engine, openEngine } from '../../../src/jobs/engine.ts';
import { createLogger } from '../../../src/log.ts';
import { constructedPatients, today } from '../../helpers/constructed-patients.ts';

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
    for (const patient of Object.values(constructedPatients)) {
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

  it.each(Object.entries(constructedPatients))(
    '%s reads as reviewed',
    async (name, patient) => {
      const assessment = await assess(patient);
      await expect(stable(assessmentText(assessment))).toMatchFileSnapshot(`${name}.txt`);
    },
    120_000,
  );
});
