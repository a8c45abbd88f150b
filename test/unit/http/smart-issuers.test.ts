import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { readSmartIssuers } from '../../../src/http/smart/smart-issuers.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'deltascope-issuers-'));
afterAll(() => rmSync(folder, { recursive: true }));

const fhirServer = 'https://ehr.example/fhir';
const entry = { iss: fhirServer, name: 'EHR', clientId: 'app' };
function write(name: string, text: string): string {
  writeFileSync(path.join(folder, name), text);
  return path.join(folder, name);
}
const read = (...issuers: readonly unknown[]) =>
  readSmartIssuers(write('issuers.json', JSON.stringify({ issuers })), fhirServer);

describe('the issuers file', () => {
  it('finds an EHR by its iss, with a slash at the end or without, and no other', async () => {
    const issuers = await read({ ...entry, iss: `${fhirServer}/` });
    for (const iss of [fhirServer, `${fhirServer}/`]) expect(issuers.find(iss)?.clientId).toBe('app');
    for (const iss of ['https://ehr.example/fhir/r4', 'https://ehr.example', 'http://ehr.example/fhir', '']) {
      expect(issuers.find(iss)).toBeUndefined();
    }
  });

  it('may name another address of the same record', async () => {
    const gateway = 'https://gateway.example/fhir';
    expect((await read({ ...entry, iss: gateway, fhirServer })).find(gateway)).toBeDefined();
  });

  write(
    'rsa1024.pem',
    generateKeyPairSync('rsa', { modulusLength: 1024 }).privateKey.export({ type: 'pkcs8', format: 'pem' }) as string,
  );
  write('empty', '\n');
  it.each<[string, Record<string, unknown>, RegExp]>([
    ['another record', { iss: 'https://other.example/fhir' }, /Patient ids could name other people/],
    ['plain HTTP', { iss: 'http://ehr.example/fhir' }, /https, or http on loopback/],
    ['a query', { iss: `${fhirServer}?tenant=1` }, /no query/],
    ['key and secret', { keyFile: 'a', secretFile: 'b' }, /one of them/],
    ['a weak key', { keyFile: 'rsa1024.pem' }, /2048 bits/],
    ['no key file', { keyFile: 'gone.pem' }, /can not be read/],
    ['an empty secret', { secretFile: 'empty' }, /holds no secret/],
    ['scopes without openid', { scope: 'patient/*.rs' }, /needs openid/],
    ['a frame of everybody', { frameAncestors: ['*'] }, /an address/],
    ['a frame by its path', { frameAncestors: ['https://ehr.example/app'] }, /without a path/],
    ['a misspelt field', { clientSecret: 'x' }, /clientSecret/],
  ])('with %s is refused', async (_, changes, message) => {
    await expect(read({ ...entry, ...changes })).rejects.toMatchObject({ message: expect.stringMatching(message) });
  });

  it('with one iss twice is refused', async () => {
    await expect(read(entry, { ...entry, iss: `${fhirServer}/` })).rejects.toThrow(/two issuers have one iss/);
  });
});
