import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { exportJWK, generateKeyPair } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ConfigError } from '../../../src/errors.ts';
import { readClientsFile } from '../../../src/http/client-registry.ts';
import { clientFields } from '../../../src/http/client-schema.ts';
import { createSigningKey, type SigningKey } from '../../helpers/client-tokens.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'deltascope-clients-'));
const file = path.join(folder, 'clients.json');
let key: SigningKey;

beforeAll(async () => {
  key = await createSigningKey('ES384', 'ec');
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function read(content: unknown) {
  writeFileSync(file, typeof content === 'string' ? content : JSON.stringify(content));
  return readClientsFile(file);
}

const client = (changes: Record<string, unknown> = {}) => ({
  issuer: 'https://ehr.example',
  name: 'EHR',
  jwks: { keys: [key.publicJwk] },
  ...changes,
});

/** What is wrong with a clients file of one client. */
async function wrong(changes: Record<string, unknown>): Promise<string> {
  const error: unknown = await read({ clients: [client(changes)] }).then(
    () => null,
    (failure: unknown) => failure,
  );
  if (!(error instanceof ConfigError)) throw new Error('it was taken');
  expect(error.code).toBe('CONFIG_INVALID');
  return error.message;
}

describe('clients file', () => {
  it('J5: allows ES384 and RS384 unless it says otherwise, with limits for every client', async () => {
    const { clients, files } = await read({ clients: [client({ fhirServers: ['https://ehr.example/fhir/'] })] });
    expect(files).toEqual([file]);
    expect(clients).toEqual([
      {
        issuer: 'https://ehr.example',
        name: 'EHR',
        keys: { keys: [key.publicJwk] },
        algorithms: ['ES384', 'RS384'],
        fhirServers: ['https://ehr.example/fhir'],
        clockSkewSeconds: 60,
        maximumTokenLifetimeSeconds: 3600,
        requestsPerMinute: 6000,
      },
    ]);
  });

  it('reads a key file beside it', async () => {
    writeFileSync(path.join(folder, 'keys.json'), JSON.stringify({ keys: [key.publicJwk] }));
    const { clients, files } = await read({ clients: [client({ jwks: undefined, keysFile: 'keys.json' })] });
    expect(clients[0]?.keys).toEqual({ keys: [key.publicJwk] });
    expect(files).toEqual([file, path.join(folder, 'keys.json')]);
  });

  it.each([
    ['an unknown field', { allowedFhirServers: [] }, 'allowedFhirServers'],
    ['no keys', { jwks: undefined }, 'needs jku, keysFile or jwks'],
    ['keys in two places', { keysFile: 'keys.json' }, 'has keysFile and jwks'],
    ['an empty key set', { jwks: { keys: [] } }, 'clients.0.jwks.keys'],
    ['J5: none', { algorithms: ['none'] }, 'clients.0.algorithms.0'],
    ['J5: a shared secret', { algorithms: ['ES384', 'HS256'] }, 'clients.0.algorithms.1'],
    ['no algorithm', { algorithms: [] }, 'clients.0.algorithms'],
    ['J7: jku over plain HTTP', { jku: 'http://ehr.example/jwks' }, 'https, or http on loopback'],
    ['J7: jku as a file', { jku: 'file:///etc/passwd' }, 'https, or http on loopback'],
    ['J7: jku with a password', { jku: 'https://user:password@ehr.example/jwks' }, 'no user name'],
    ['A5: a FHIR server over plain HTTP', { fhirServers: ['http://ehr.example/fhir'] }, 'https, or http on loopback'],
    ['a skew of an hour', { clockSkewSeconds: 3600 }, 'clients.0.clockSkewSeconds'],
    ['a lifetime of two days', { maximumTokenLifetimeSeconds: 172_800 }, 'clients.0.maximumTokenLifetimeSeconds'],
    ['an empty list of tenants', { tenants: [] }, 'clients.0.tenants'],
    ['an empty issuer', { issuer: '' }, 'clients.0.issuer'],
  ])('refuses %s', async (_title, changes, text) => {
    expect(await wrong(changes)).toContain(text);
  });

  it('J7: takes jku on loopback over HTTP, and the same key set address for two issuers', async () => {
    const jku = 'http://127.0.0.1:8080/jwks';
    const { clients } = await read({ clients: [client({ jku }), client({ jku, issuer: 'b' })] });
    expect(clients.map((each) => each.jku)).toEqual([jku, jku]);
  });

  it('refuses two clients with one issuer, no clients, and what is no JSON', async () => {
    await expect(read({ clients: [client(), client()] })).rejects.toThrow('two clients have one issuer');
    await expect(read({ clients: [] })).rejects.toThrow('clients');
    await expect(read('{')).rejects.toMatchObject({ code: 'CONFIG_INVALID', subject: file });
    await expect(readClientsFile(path.join(folder, 'none.json'))).rejects.toMatchObject({ code: 'FILE_UNREADABLE' });
  });
});

describe('keys of a client', () => {
  it('J12: refuses a private or symmetric key, one without kid, and two with one kid', async () => {
    const secret = await exportJWK(key.privateKey);
    expect(await wrong({ jwks: { keys: [{ ...secret, kid: 'ec' }] } })).toContain('a public key');
    expect(await wrong({ jwks: { keys: [{ kty: 'oct', k: 'AAAA', kid: 'x' }] } })).toContain('EC, RSA or OKP');
    expect(await wrong({ jwks: { keys: [{ ...key.publicJwk, kid: undefined }] } })).toContain('kid');
    expect(await wrong({ jwks: { keys: [key.publicJwk, key.publicJwk] } })).toContain('two keys have one kid');
  });

  it('J12: refuses a key that fits none of the algorithms', async () => {
    expect(await wrong({ algorithms: ['RS384'] })).toContain('key ec of https://ehr.example is no key for RS384');
    const p256 = await createSigningKey('ES256', 'p256');
    expect(await wrong({ jwks: { keys: [{ ...p256.publicJwk, alg: undefined }] } })).toContain('no key for ES384');
    expect(await wrong({ jwks: { keys: [{ ...key.publicJwk, use: 'enc' }] } })).toContain('no key for ES384');
    expect(await wrong({ jwks: { keys: [{ ...key.publicJwk, x: 'AAAA' }] } })).toContain('no key for ES384');
  });

  it('J12: refuses RSA of 1024 bits', async () => {
    const { publicKey } = await generateKeyPair('RS384', { extractable: true });
    const n = Buffer.from((await exportJWK(publicKey)).n ?? '', 'base64url');
    const jwk = { kty: 'RSA', e: 'AQAB', n: n.subarray(0, 128).toString('base64url'), kid: 'short' };
    expect(await wrong({ jwks: { keys: [jwk] } })).toContain('RSA of 2048 bits or more');
  });
});

describe('deltascope clients', () => {
  const run = (...args: string[]) =>
    promisify(execFile)(process.execPath, ['--import', 'tsx', 'src/cli/main.ts', 'clients', ...args]);

  it('checks a file', async () => {
    await read({ clients: [client({ jku: 'https://ehr.example/jwks', fhirServers: ['https://ehr.example/fhir'] })] });
    const { stdout } = await run('check', file);
    expect(stdout).toBe(
      'client EHR (https://ehr.example): ES384, RS384; keys ec, keys at https://ehr.example/jwks; https://ehr.example/fhir\n',
    );
    writeFileSync(file, '{}');
    await expect(run('check', file)).rejects.toMatchObject({
      code: 1,
      stderr: expect.stringContaining('CONFIG_INVALID'),
    });
  });

  it('explains every field', async () => {
    const { stdout } = await run('--help');
    for (const { name, meaning } of clientFields) {
      expect(stdout).toContain(name);
      expect(meaning).not.toBe('');
    }
  });
});
