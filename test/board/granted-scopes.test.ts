import { execFile } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Bundle } from '@medplum/fhirtypes';
import type { JWK } from 'jose';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { loadClinicalContent } from '../../src/assessment/clinical-content.ts';
import { packageRoot } from '../../src/config.ts';
import { resourceTypesRead } from '../../src/fhir/prefetch.ts';
import { writtenTypes } from '../../src/fhir/write-back/result-bundle.ts';
import { type AuthorizationServer, startAuthorizationServer } from '../helpers/authorization-server.ts';
import { type ArchiveAndRecord, startArchiveAndRecord, startEmbeddedArchive } from './archive-and-record.ts';

const patientId = 'synthetic-aster';
const program = path.join(packageRoot(), 'dist/src/cli/main.js');
const { mappings } = loadClinicalContent(path.join(packageRoot(), 'mappings'));
const reading = [...resourceTypesRead(mappings), 'ImagingStudy'].map((type) => `system/${type}.rs`);
const creating = writtenTypes.map((type) => `system/${type}.crs`);
const nothing = { Device: 0, Observation: 0, RiskAssessment: 0, DiagnosticReport: 0, Provenance: 0 };

const member = { reference: `Patient/${patientId}` };
const boards: Readonly<Record<string, object>> = {
  Group: { resourceType: 'Group', id: 'board', type: 'person', actual: true, member: [{ entity: member }] },
  List: { resourceType: 'List', id: 'board', status: 'current', mode: 'working', entry: [{ item: member }] },
  Encounter: { resourceType: 'Encounter', id: 'board', status: 'planned', class: { code: 'VR' }, subject: member },
};

/** The line that says why a command failed. */
const failure = (stderr: string) => /^[A-Z]+_[A-Z_]+ \(.*/m.exec(stderr)?.[0];

describe('a record with SMART Backend Services', { timeout: 300_000 }, () => {
  let world: ArchiveAndRecord;
  let publicJwk: JWK;
  let server: AuthorizationServer;

  beforeAll(async () => {
    world = await startArchiveAndRecord(patientId, startEmbeddedArchive);
    const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-384' });
    const key = { kid: 'key-1', alg: 'ES384' };
    publicJwk = { ...(publicKey.export({ format: 'jwk' }) as JWK), ...key, use: 'sig' };
    await writeFile(
      path.join(world.folder, 'key.json'),
      JSON.stringify({ ...privateKey.export({ format: 'jwk' }), ...key }),
    );
  });
  afterEach(() => server?.close());
  afterAll(() => world?.close());

  /** Runs a command on a record whose authorization server grants no more than these scopes. */
  async function deltascope(scopes: readonly string[], words: readonly string[], scope?: string) {
    const clientId = 'deltascope-at-the-test-hospital';
    server = await startAuthorizationServer({ clientId, publicJwk, scopes, record: world.fhir.url });
    const env = {
      ...process.env,
      DELTASCOPE_FHIR_URL: server.fhirUrl,
      DELTASCOPE_FHIR_CLIENT_ID: clientId,
      DELTASCOPE_FHIR_KEY_FILE: path.join(world.folder, 'key.json'),
      ...(scope !== undefined && { DELTASCOPE_FHIR_SCOPE: scope }),
      DELTASCOPE_DICOMWEB_URL: world.dicomwebUrl,
      DELTASCOPE_DATA_DIR: world.folder,
    };
    return new Promise<{ code: number; stdout: string; stderr: string }>((resolve) => {
      const options = { env, cwd: world.folder, maxBuffer: 1 << 26 };
      execFile(process.execPath, [program, ...words], options, (error, stdout, stderr) =>
        resolve({ code: error === null ? 0 : Number(error.code), stdout, stderr }),
      );
    });
  }
  const publish = (scopes: readonly string[], more: readonly string[] = [], scope?: string) =>
    deltascope(scopes, ['publish', '--patient', patientId, '--fhir', ...more], scope);
  const transactions = () => server.requests.filter((url) => /^\/fhir\/?$/.test(url));

  it('a dry run needs no scope to create, and asks for none', async () => {
    const { code, stdout, stderr } = await publish(reading);
    expect([code, failure(stderr)]).toEqual([0, undefined]);
    expect(stdout).toMatch(/^Record: a transaction of \d+ conditional creates$/m);
    expect(server.asked.flatMap((scopes) => scopes.split(' ')).toSorted()).toEqual(reading.toSorted());
    expect(transactions()).toEqual([]);
  });

  it('without the scopes to create, nothing is sent, and they are named', async () => {
    const granted = creating.filter((scope) => !/Device|Provenance/.test(scope));
    const { code, stdout, stderr } = await publish([...reading, ...granted], ['--confirm']);
    expect([code, stdout]).toEqual([1, '']);
    expect(stderr).toMatch(/^FHIR_SCOPE \(.* lack system\/Device\.c, system\/Provenance\.c$/m);
    expect(transactions()).toEqual([]);
    expect(await world.writtenResources()).toEqual(nothing);
  });

  it('with them it is stored, once; what is asked for is reading of what is read, and creating of what is created', async () => {
    const first = await publish([...reading, ...creating], ['--confirm']);
    expect([first.code, failure(first.stderr)]).toEqual([0, undefined]);
    expect(first.stdout).toMatch(/^Created \d+ resources in the record:$/m);
    expect(server.asked.flatMap((scopes) => scopes.split(' ')).toSorted()).toEqual(
      [...reading, ...creating].toSorted(),
    );
    expect(transactions()).toHaveLength(1);
    expect(await world.writtenResources()).toMatchObject({ DiagnosticReport: 1, Provenance: 1 });
  });

  it('SMART 1: system/*.write, as configured', async () => {
    const scopes = ['system/*.read', 'system/*.write'];
    const again = await publish(scopes, ['--confirm'], scopes.join(' '));
    expect([again.code, failure(again.stderr)]).toEqual([0, undefined]);
    expect(again.stdout).toBe('All of it was there already; nothing was stored.\n');
    expect(server.asked).toEqual([scopes.join(' ')]);
  });

  it.each([
    ['--group', 'Group', 'board'],
    ['--list', 'List', 'List/board'],
    ['--encounter', 'Encounter', 'board'],
  ])('the board of %s asks for %s, and for no other command', async (option, type, value) => {
    await world.fhir.load({
      resourceType: 'Bundle',
      type: 'batch',
      entry: [{ resource: boards[type], request: { method: 'PUT', url: `${type}/board` } }],
    } as Bundle);
    const words = ['board', '--format', 'html', '--json', '--out', path.join(world.folder, type)];
    const refused = await deltascope(reading, [...words, option, value]);
    expect([refused.code, failure(refused.stderr)]).toEqual([1, expect.stringContaining(`FHIR_SCOPE (${type}`)]);
    const allowed = await deltascope([...reading, `system/${type}.rs`], [...words, option, value]);
    expect([allowed.code, failure(allowed.stderr)]).toEqual([0, undefined]);
    expect(allowed.stdout).toContain(patientId);
    expect(server.asked).toEqual([[...reading, `system/${type}.rs`].join(' ')]);
  });

  it('a sweep goes on without the boards where Appointment is not granted', async () => {
    const { code, stdout, stderr } = await deltascope(
      reading.filter((scope) => !scope.includes('Appointment')),
      ['jobs', 'sweep'],
    );
    expect([code, failure(stderr)]).toEqual([0, undefined]);
    expect(stdout).not.toBe('');
    expect(server.requests.filter((url) => url.startsWith('/fhir/Appointment'))).toEqual([]);
  });
});
