import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { configVariables, packageRoot, readConfig } from '../../src/config.ts';
import { DeltascopeError } from '../../src/errors.ts';

function failure(environment: Record<string, string>): DeltascopeError {
  try {
    readConfig(environment);
  } catch (error) {
    if (error instanceof DeltascopeError) return error;
  }
  throw new Error('no error was thrown');
}

describe('configuration', () => {
  it('is the demonstration on loopback when nothing is set', () => {
    const config = readConfig({});
    expect(config).toMatchObject({ host: '127.0.0.1', logLevel: 'info', corsOrigins: [] });
    expect(config.servers).toBeUndefined();
    expect(config.port).toBeUndefined();
    expect(config.mappingsFolder).toBe(path.join(packageRoot(), 'mappings'));
  });

  it('takes both servers, and drops slashes at the end', () => {
    const config = readConfig({
      DELTASCOPE_FHIR_URL: 'https://fhir.example/r4/',
      DELTASCOPE_FHIR_TOKEN: 'token',
      DELTASCOPE_DICOMWEB_URL: 'https://pacs.example/dicom-web//',
    });
    expect(config.servers).toEqual({
      fhir: { url: 'https://fhir.example/r4', token: 'token' },
      dicomweb: { url: 'https://pacs.example/dicom-web' },
    });
  });

  it('refuses one server without the other, naming the missing one', () => {
    const error = failure({ DELTASCOPE_FHIR_URL: 'https://fhir.example/r4' });
    expect(error).toMatchObject({ code: 'CONFIG_INCOMPLETE', subject: 'DELTASCOPE_DICOMWEB_URL' });
  });

  const addresses = {
    DELTASCOPE_FHIR_URL: 'https://fhir.example/r4',
    DELTASCOPE_DICOMWEB_URL: 'https://pacs.example/dicom-web',
  };

  it('takes what proves who asks, files as absolute paths', () => {
    const { servers } = readConfig({
      ...addresses,
      DELTASCOPE_FHIR_CLIENT_ID: 'deltascope',
      DELTASCOPE_FHIR_KEY_FILE: '/keys/client.jwk',
      DELTASCOPE_FHIR_TOKEN_URL: 'https://login.example/token',
      DELTASCOPE_FHIR_CA: '/keys/ca.pem',
      DELTASCOPE_DICOMWEB_USER: 'reader',
      DELTASCOPE_DICOMWEB_PASSWORD: 'word',
      DELTASCOPE_DICOMWEB_CERT: 'cert.pem',
      DELTASCOPE_DICOMWEB_KEY: 'key.pem',
    });
    expect(servers).toEqual({
      fhir: {
        url: addresses.DELTASCOPE_FHIR_URL,
        backend: { clientId: 'deltascope', keyFile: '/keys/client.jwk', tokenUrl: 'https://login.example/token' },
        tls: { ca: '/keys/ca.pem' },
      },
      dicomweb: {
        url: addresses.DELTASCOPE_DICOMWEB_URL,
        basic: { user: 'reader', password: 'word' },
        tls: { cert: path.resolve('cert.pem'), key: path.resolve('key.pem') },
      },
    });
  });

  it.each([
    ['DELTASCOPE_FHIR_CLIENT_ID', 'DELTASCOPE_FHIR_KEY_FILE'],
    ['DELTASCOPE_FHIR_CERT', 'DELTASCOPE_FHIR_CERT_KEY'],
    ['DELTASCOPE_DICOMWEB_USER', 'DELTASCOPE_DICOMWEB_PASSWORD'],
    ['DELTASCOPE_DICOMWEB_CERT', 'DELTASCOPE_DICOMWEB_KEY'],
  ])('refuses one of %s and %s without the other, naming the missing one', (first, second) => {
    expect(failure({ ...addresses, [first]: 'x' })).toMatchObject({ code: 'CONFIG_INCOMPLETE', subject: second });
    expect(failure({ ...addresses, [second]: 'x' })).toMatchObject({ code: 'CONFIG_INCOMPLETE', subject: first });
  });

  it('refuses two ways to prove who asks', () => {
    const basic = { DELTASCOPE_DICOMWEB_USER: 'x', DELTASCOPE_DICOMWEB_PASSWORD: 'x' };
    const client = { DELTASCOPE_FHIR_CLIENT_ID: 'x', DELTASCOPE_FHIR_KEY_FILE: 'x' };
    for (const two of [
      { ...basic, DELTASCOPE_DICOMWEB_TOKEN: 'x' },
      { ...client, DELTASCOPE_FHIR_TOKEN: 'x' },
    ]) {
      expect(failure({ ...addresses, ...two }).code).toBe('CONFIG_INVALID');
    }
  });

  it('gives a hook 450 ms, and takes another deadline within reason', () => {
    expect(readConfig({}).deadlineMs).toBe(450);
    expect(readConfig({ DELTASCOPE_DEADLINE_MS: '2000' }).deadlineMs).toBe(2000);
    for (const wrong of ['0', '49', '60001', 'soon', '1.5']) {
      expect(failure({ DELTASCOPE_DEADLINE_MS: wrong }).subject).toBe('DELTASCOPE_DEADLINE_MS');
    }
  });

  it('names every wrong value at once', () => {
    const error = failure({ DELTASCOPE_PORT: 'eighty', DELTASCOPE_FHIR_URL: 'ftp://x', DELTASCOPE_LOG_LEVEL: 'loud' });
    expect(error.code).toBe('CONFIG_INVALID');
    for (const name of ['DELTASCOPE_PORT', 'DELTASCOPE_FHIR_URL', 'DELTASCOPE_LOG_LEVEL'])
      expect(error.message).toContain(name);
  });

  it('refuses a misspelt variable and lists the known ones', () => {
    const error = failure({ DELTASCOPE_FIHR_URL: 'https://fhir.example' });
    expect(error).toMatchObject({ code: 'CONFIG_INVALID', subject: 'DELTASCOPE_FIHR_URL' });
    expect(error.message).toContain('DELTASCOPE_FHIR_URL');
  });

  it('sweeps every quarter of an hour unless told otherwise, and refuses what is no cron expression', () => {
    expect(readConfig({})).toMatchObject({ sweep: '*/15 * * * *', workers: 2 });
    expect(readConfig({ DELTASCOPE_SWEEP: 'off' }).sweep).toBeNull();
    expect(failure({ DELTASCOPE_SWEEP: 'hourly' }).subject).toBe('DELTASCOPE_SWEEP');
  });

  it('leaves no analysis to workers that can not be there', () => {
    const shared = { DELTASCOPE_WORKERS: '0', DELTASCOPE_DATABASE_URL: 'postgres://localhost/deltascope' };
    expect(readConfig(shared).workers).toBe(0);
    expect(failure({ DELTASCOPE_WORKERS: '0' })).toMatchObject({
      code: 'CONFIG_INVALID',
      subject: 'DELTASCOPE_WORKERS',
    });
  });

  it('is what the README lists', () => {
    const readme = readFileSync(path.join(packageRoot(), 'README.md'), 'utf8');
    const listed = readme.match(/^\| `DELTASCOPE_.*$/gm);
    const rows = configVariables.map(
      ({ name, meaning, default: value }) => `| \`${name}\` | ${meaning} | ${value === null ? '' : `\`${value}\``} |`,
    );
    expect(listed).toEqual(rows);
  });

  it('takes an empty variable as not set', () => {
    expect(readConfig({ DELTASCOPE_FHIR_URL: '', DELTASCOPE_PORT: '' }).servers).toBeUndefined();
  });
});
