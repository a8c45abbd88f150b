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
