import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Card } from '../../cds-hooks/card.ts';
import { type ClinicalContent, loadClinicalContent } from '../../src/assessment/clinical-content.ts';
import { readConfig } from '../../src/config.ts';
import { startFhirServer } from '../../src/demo/fhir-server.ts';
import { createPatient, syntheticPatients } from '../../src/demo/patients.ts';
import { startService } from '../../src/http/service.ts';
import { type Engine, openEngine } from '../../src/jobs/engine.ts';
import { extractorVersion } from '../../src/radiomics/extractor.ts';
import { createCookieBrowser } from '../helpers/cookie-browser.ts';
import { type Ehr, ehrClientId, startEhr } from '../helpers/ehr.ts';
import { orderSign } from '../helpers/hook-calls.ts';
import { freePort } from '../helpers/loopback.ts';
import { madeUpFeatures } from '../helpers/made-up-features.ts';
import { checkPrivacy, keepLog } from '../helpers/private-log.ts';

const patientId = 'synthetic-aster';
const other = 'synthetic-elm';
const today = new Date().toISOString().slice(0, 10);
const studyDate = new Date(Date.now() - 3 * 86_400_000).toISOString().slice(0, 10);
const closers: (() => Promise<unknown>)[] = [];
let url: string;
let ehr: Ehr;
let engine: Engine;
let startAt: (publicUrl: string) => Promise<unknown>;

/** Images of a patient as an analysis leaves them behind. */
async function saveImages(content: ClinicalContent, id: string, date: string): Promise<void> {
  const patient = `Patient/${id}`;
  const sets = madeUpFeatures(content.models, patient, date, 2);
  for (const set of sets) {
    // Several models take features of one and the same set.
    const same = sets.filter(({ processing, region }) => processing === set.processing && region === set.region);
    const features = Object.assign({}, ...same.map((each) => each.features)) as typeof set.features;
    const settingsHash = content.settingsHashes[set.processing]!;
    await engine.store.saveFeatureSet({ ...set, features, settingsHash, extractorVersion });
  }
  const status = { state: 'ready', code: null, message: null } as const;
  await engine.store.saveImagingStatus({ ...status, patient, selection: [], updatedAt: new Date().toISOString() });
}

beforeAll(async () => {
  const folder = await mkdtemp(path.join(tmpdir(), 'deltascope-smart-card-'));
  closers.push(() => rm(folder, { recursive: true, force: true }));
  const fhir = await startFhirServer();
  closers.push(fhir.close);
  for (const patient of syntheticPatients.filter(({ id }) => id === patientId || id === other)) {
    await fhir.load(createPatient(patient, today).bundle);
  }
  const port = await freePort();
  url = `http://127.0.0.1:${port}`;
  ehr = await startEhr({ redirectUri: `${url}/callback` });
  closers.push(ehr.close);
  const file = path.join(folder, 'issuers.json');
  // The record that the EHR's FHIR base stands for is the one that Deltascope reads.
  const issuer = { iss: ehr.iss, name: 'Test EHR', clientId: ehrClientId, fhirServer: fhir.url };
  await writeFile(file, JSON.stringify({ issuers: [issuer] }));
  const config = readConfig({
    DELTASCOPE_DATA_DIR: folder,
    DELTASCOPE_PORT: String(port),
    DELTASCOPE_DEADLINE_MS: '20000',
    DELTASCOPE_SMART_LAUNCH_URL: `${url}/launch`,
    DELTASCOPE_SMART_ISSUERS: file,
  });
  const content = loadClinicalContent(config.mappingsFolder);
  const { logger, text } = keepLog();
  const servers = { fhir: { url: fhir.url }, dicomweb: { url: 'http://127.0.0.1:9' } };
  engine = await openEngine({ config, servers, content, version: 'test', logger, jobs: { analyses: 0, cron: null } });
  closers.push(() => engine.close());
  await saveImages(content, patientId, studyDate);
  const options = { config, engine, content, version: 'test', logger };
  startAt = (publicUrl) => startService({ ...options, config: { ...config, publicUrl, port: 0 } });
  const service = await startService(options);
  closers.push(service.close, async () => checkPrivacy(text()));
  expect(service.url).toBe(url);
}, 180_000);
afterAll(async () => {
  for (const close of closers.reverse()) await close();
});

describe('the SMART link of an order-sign card', () => {
  let link: NonNullable<Card['links']>[number];
  beforeAll(async () => {
    const response = await fetch(`${url}/cds-services/deltascope-order-sign`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify(orderSign(patientId, 'atezolizumab')),
    });
    const { cards } = (await response.json()) as { cards: Card[] };
    link = cards.flatMap(({ links = [] }) => links).find(({ type }) => type === 'smart')!;
  }, 60_000);

  /** What an EHR makes of it: the registered address with iss and launch, and appContext in the token response. */
  const follow = (patient: string) => {
    const appContext = link.type === 'smart' ? link.appContext : '';
    const query = new URLSearchParams({ iss: ehr.iss, launch: ehr.launchOf(patient, { appContext }) });
    return `${link.url}?${query}`;
  };

  it('opens the right patient and study', async () => {
    expect(link).toMatchObject({ type: 'smart', url: `${url}/launch` });
    const study = `2.25.1${studyDate.replaceAll('-', '')}`;
    const browser = createCookieBrowser();
    const page = await browser.visit(follow(patientId));
    expect(page.status).toBe(200);
    const text = await page.text();
    expect(text).toContain('Synthetic-Aster');
    expect(text).toContain('href="/logout"');
    expect(browser.visited.at(-1)).toBe(`${url}/report/patients/${patientId}?StudyInstanceUIDs=${study}`);
    expect((await browser.visit(`${url}/report/patients/${other}`)).status).toBe(403);
    const cookie = browser.cookieHeader(url);
    const own = await fetch(`${url}/api/patients/${patientId}/analysis`, { headers: { cookie } });
    const others = await fetch(`${url}/api/patients/${other}/analysis`, { headers: { cookie } });
    expect([own.status, others.status]).toEqual([200, 403]);
  });

  it('opens nothing in the chart of another patient', async () => {
    const page = await createCookieBrowser().visit(follow(other));
    expect([page.status, /Code (\w+)/.exec(await page.text())?.[1]]).toEqual([403, 'SMART_PATIENT_MISMATCH']);
  });

  it('leaves nobody in without a session, open mode for hooks or not', async () => {
    expect((await fetch(`${url}/api/patients/${patientId}/analysis`)).status).toBe(401);
  });

  it('needs HTTPS beyond this machine', async () => {
    await expect(startAt('http://cds.example')).rejects.toMatchObject({
      code: 'CONFIG_INCOMPLETE',
      subject: 'DELTASCOPE_PUBLIC_URL',
    });
  });
});
