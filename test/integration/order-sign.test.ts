import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Card } from '../../cds-hooks/card.ts';
import type { Assessment } from '../../src/assessment/assessment.ts';
import { readConfig } from '../../src/config.ts';
import { startFhirServer } from '../../src/demo/fhir-server.ts';
import { createDicomwebClient } from '../../src/dicomweb/client.ts';
import type { Engine } from '../../src/jobs/engine.ts';
import { constructedJson } from '../helpers/constructed-model.ts';
import { orderSign } from '../helpers/hook-calls.ts';
import { lung1Bundle } from '../helpers/lung1-record.ts';
import { hasOracles, oracleJson, oraclePath, oracleSkipReason } from '../helpers/oracles.ts';
import { orthancAvailable, orthancSkipReason, startOrthanc } from '../helpers/orthanc.ts';
import { startTestService, type TestService } from '../helpers/test-service.ts';

const skipReason = `${orthancSkipReason}; ${oracleSkipReason}`;

/** The package's tables with one model, on a single series and the features of three classes: what this record and CT have. */
function mappingsWithOneModel(): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'deltascope-mappings-'));
  const isModel = (file: string) => file.includes(`${path.sep}models`);
  cpSync(readConfig({}).mappingsFolder, folder, { recursive: true, filter: (file) => !isModel(file) });
  const model = constructedJson();
  const images = model.images.map((image) => ({ ...image, processing: 'original-shape-firstorder-glcm.yaml' }));
  const context = ['ldh', 'nse', 'progrp', 'nlr', 'sii'];
  mkdirSync(path.join(folder, 'models', model.id), { recursive: true });
  writeFileSync(path.join(folder, 'models', model.id, 'model.json'), JSON.stringify({ ...model, images, context }));
  return folder;
}

describe.skipIf(!orthancAvailable() || !hasOracles)(
  `order-sign against Orthanc and a FHIR server (${skipReason})`,
  () => {
    const closers: (() => Promise<unknown>)[] = [];
    let service: TestService;
    let engine: Engine;

    beforeAll(async () => {
      const orthanc = await startOrthanc();
      closers.push(orthanc.close);
      const dicom = oraclePath('radiomics/lung-pat1/dicom');
      const slices = readdirSync(`${dicom}/ct`).map((name) => new Uint8Array(readFileSync(`${dicom}/ct/${name}`)));
      const seg = new Uint8Array(readFileSync(`${dicom}/seg.dcm`));
      await createDicomwebClient({ url: orthanc.url }).storeInstances([...slices, seg]);
      const fhirServer = await startFhirServer();
      closers.push(fhirServer.close);
      await fhirServer.load(lung1Bundle());
      const mappings = mappingsWithOneModel();
      closers.push(async () => rmSync(mappings, { recursive: true }));
      service = await startTestService(fhirServer.url, orthanc.url, mappings);
      closers.push(service.close);
      engine = service.engine;
    });
    afterAll(async () => {
      for (const close of closers.reverse()) await close();
    });

    async function sign(): Promise<Card[]> {
      const { status, cards } = await service.call(orderSign('lung1', 'atezolizumab'));
      expect(status).toBe(200);
      return cards;
    }

    it('first says that the images are pending, then gives the risk', async () => {
      const [pending] = await sign();
      expect(pending?.detail).toContain('image analysis is pending');
      const { finished } = await engine.requestImaging('lung1');
      expect(await finished).toMatchObject({ state: 'ready', code: null });
      const [card, ...others] = await sign();
      expect(others).toEqual([]);
      expect(card?.summary).toMatch(
        /^SYNTHETIC DEMO MODEL: (low|high) risk of death within 24 months \(.+\) on atezolizumab; CT 4 Aug 2016/,
      );
      expect(card?.detail).toContain('SYNTHETIC DEMO MODEL, not a clinical result');
      expect(card?.detail).toContain('| N stage | N3 |');
      expect(card?.detail).toMatch(/\| LDH \| 412 U\/L \(1\.6 x upper limit\) \|/);
      expect(card?.indicator).toBe('warning');
      expect(card?.detail).toContain('the CT of 4 Aug 2016 is older than');
    });

    it('stores the Assessment that the card presents, with sources, dates and units', async () => {
      const [assessment] = await engine.store.assessmentsOf<Assessment>('Patient/lung1', 1);
      const result = assessment?.models.find(({ model }) => model.id === 'constructed');
      expect(result).toMatchObject({ status: 'assessed', model: { standing: 'synthetic-demo' } });
      expect(result?.used.map(({ name }) => name).sort()).toEqual(['age', 'beforeScore', 'nStage']);
      expect(result?.context.map(({ name }) => name)).toEqual(
        expect.arrayContaining(['ldh', 'nse', 'progrp', 'nlr', 'sii']),
      );
      for (const { date, sources } of [...(result?.used ?? []), ...(result?.context ?? [])]) {
        expect(date).not.toBeNull();
        expect(sources.length).toBeGreaterThan(0);
      }
    });

    it('each of the 56 features equals PyRadiomics to 1e-6 relative', async () => {
      const { features: expected } = oracleJson<{ features: Record<string, number> }>(
        'radiomics/lung-pat1/pyradiomics-values/default107.json',
      );
      const sets = await engine.store.featureSetsOf('Patient/lung1');
      expect(sets.map(({ processing }) => processing)).toContain('lesion-size.yaml');
      const [set, ...others] = sets.filter(({ processing }) => processing !== 'lesion-size.yaml');
      expect(others).toEqual([]);
      const wanted = Object.keys(expected).filter((key) => /^original_(shape|firstorder|glcm)_/.test(key));
      expect(wanted).toHaveLength(56);
      expect(Object.keys(set?.features ?? {}).sort()).toEqual(wanted.sort());
      for (const key of wanted) {
        const reference = expected[key] ?? Number.NaN;
        const difference = Math.abs((set?.features[key] ?? Number.NaN) - reference) / Math.abs(reference);
        expect(difference, key).toBeLessThanOrEqual(1e-6);
      }
    });

    it('computes nothing again for what is stored', async () => {
      const before = await engine.store.featureSetsOf('Patient/lung1');
      await sign();
      const after = await engine.store.featureSetsOf('Patient/lung1');
      expect(after).toEqual(before);
    });
  },
);
