import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Card } from '../../cds-hooks/card.ts';
import { packageRoot } from '../../src/config.ts';
import { type FhirServer, startFhirServer } from '../../src/demo/fhir-server.ts';
import { createPatient, syntheticPatients } from '../../src/demo/patients.ts';
import type { AuditEntry } from '../../src/store/audit.ts';
import { type Database, openDatabase } from '../../src/store/database.ts';
import { createStore } from '../../src/store/store.ts';
import { createSigningKey, type SigningKey, signToken } from '../helpers/client-tokens.ts';
import { orderSign, patientView } from '../helpers/hook-calls.ts';
import { lung1Bundle } from '../helpers/lung1-record.ts';
import { checkPrivacy, privateWordsIn } from '../helpers/private-log.ts';
import { assessablePatient } from '../helpers/record-service.ts';
import { until } from '../helpers/until.ts';

const issuer = 'https://ehr.example/fhir';
const secret = 'a-secret-access-token-0123456789';
const person = 'Grimhilde Musterfrau';

let folder: string;
let fhir: FhirServer;
let key: SigningKey;
let environment: Record<string, string>;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'deltascope-process-'));
  fhir = await startFhirServer();
  await fhir.load(lung1Bundle());
  const patient = syntheticPatients.find(({ id }) => id === assessablePatient);
  if (patient === undefined) throw new Error('no such patient');
  await fhir.load(createPatient(patient, new Date().toISOString().slice(0, 10)).bundle);
  key = await createSigningKey('ES384', 'k');
  const clientsFile = path.join(folder, 'clients.json');
  await writeFile(clientsFile, JSON.stringify({ clients: [{ issuer, name: 'EHR', jwks: { keys: [key.publicJwk] } }] }));
  environment = {
    DELTASCOPE_FHIR_URL: fhir.url,
    DELTASCOPE_FHIR_TOKEN: secret,
    // Nothing listens there.
    DELTASCOPE_DICOMWEB_URL: 'http://127.0.0.1:9/dicom-web',
    DELTASCOPE_DATA_DIR: folder,
    DELTASCOPE_CLIENTS_FILE: clientsFile,
    DELTASCOPE_PORT: '0',
    DELTASCOPE_SWEEP: 'off',
    DELTASCOPE_DEADLINE_MS: '60000',
    DELTASCOPE_REPEAT_ADVICE: 'always',
    DELTASCOPE_LOG_LEVEL: 'trace',
  };
});
afterAll(async () => {
  await fhir.close();
  await rm(folder, { recursive: true, force: true });
});

/** A command of the built program, with everything that it prints. */
function start(command: string): { child: ChildProcess; output(): string; exited: Promise<number | null> } {
  const given = { PATH: process.env.PATH ?? '', ...environment };
  const child = spawn(process.execPath, [path.join(packageRoot(), 'dist/src/cli/main.js'), command], {
    env: given,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let printed = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding('utf8').on('data', (text: string) => {
      printed += text;
    });
  }
  const exited = new Promise<number | null>((resolve) => child.once('close', (code) => resolve(code)));
  return { child, output: () => printed, exited };
}

function checkOutput(output: string, tokens: readonly string[]): void {
  checkPrivacy(output);
  expect(privateWordsIn(output, [secret, person, 'Grimhilde', 'Musterfrau'])).toEqual([]);
  for (const part of tokens.flatMap((token) => token.split('.')).filter(({ length }) => length > 8))
    expect(output).not.toContain(part);
}

/** A process starts in seconds; a machine that runs many of them needs more. */
const patienceMs = 240_000;

describe('processes of their own', { timeout: 2 * patienceMs }, () => {
  const calls = 12;

  it('the service: stopped right after its answers it has written all of them down, and has printed nothing private', async () => {
    const { child, output, exited } = start('serve');
    await until(() => output().includes('answers CDS Hooks at'), 'the service listens', patienceMs);
    const url = /answers CDS Hooks at (\S+)\/cds-services/.exec(output())?.[1] ?? '';
    const tokens: string[] = [];
    const post = async (hook: string, body: unknown) => {
      const token = await signToken(key, issuer, `${url}/cds-services/deltascope-${hook}`);
      tokens.push(token);
      return fetch(`${url}/cds-services/deltascope-${hook}`, {
        method: 'POST',
        headers: { 'Content-Type': 'application/json', Authorization: `Bearer ${token}` },
        body: typeof body === 'string' ? body : JSON.stringify(body),
      });
    };
    await post('patient-view', patientView('lung1'));
    await post('order-sign', orderSign('lung1', 'atezolizumab'));
    await post('order-sign', {
      ...orderSign('lung1', 'atezolizumab'),
      prefetch: { patient: { resourceType: 'Patient', id: person } },
    });
    await post('order-sign', `{"context": {"patientId": "${person}", `);
    const answers = await Promise.all(
      Array.from({ length: calls }, async () => {
        const response = await post('order-sign', orderSign(assessablePatient, 'atezolizumab'));
        const answer = (await response.json()) as { cards: Card[] };
        expect(response.status, JSON.stringify(answer)).toBe(200);
        return answer.cards;
      }),
    );
    child.kill('SIGTERM');
    expect(await exited).toBe(0);
    checkOutput(output(), tokens);

    const database = await openDatabase({ folder: path.join(folder, 'database') });
    try {
      await expectAllWritten(database, answers.flat());
    } finally {
      await database.close();
    }
  });

  async function expectAllWritten(database: Database, cards: readonly Card[]): Promise<void> {
    expect(cards).toHaveLength(calls);
    const noted = await database.query<{ uuid: string }>('select uuid from issued_card');
    const uuids = new Set(noted.map(({ uuid }) => uuid));
    expect(cards.filter(({ uuid }) => !uuids.has(uuid))).toEqual([]);
    const { audit } = createStore(database);
    expect(await audit.verify()).toMatchObject({ intact: true });
    const entries: AuditEntry[] = [];
    for await (const { text } of audit.read(new Date(0), new Date('2100-01-01'))) entries.push(JSON.parse(text));
    const about = entries.filter(
      ({ event, patient }) => event === 'hook' && patient === `Patient/${assessablePatient}`,
    );
    expect(about).toHaveLength(calls);
  }

  it('the worker, on the jobs that the service has left', async () => {
    const { child, output, exited } = start('worker');
    await until(() => output().includes('image analysis ended'), 'an analysis has ended', patienceMs);
    child.kill('SIGTERM');
    expect(await exited).toBe(0);
    checkOutput(output(), []);
  });
});
