import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { configVariables, readConfig } from '../../src/config.ts';
import { readClientsFile } from '../../src/http/client-registry.ts';
import { checkExposure } from '../../src/http/client-trust.ts';
import { isLoopback } from '../../src/http/loopback.ts';

interface ComposeService {
  readonly image?: string;
  readonly build?: { readonly context: string; readonly dockerfile: string };
  readonly environment?: Readonly<Record<string, string>>;
  readonly ports?: readonly string[];
  readonly volumes?: readonly string[];
  readonly depends_on?: Readonly<Record<string, { readonly condition: string }>>;
  readonly healthcheck?: unknown;
}

const text = readFileSync('docker/compose.yaml', 'utf8');
const compose = parse(text) as {
  readonly services: Readonly<Record<string, ComposeService>>;
  readonly volumes: Readonly<Record<string, null>>;
};
const services = Object.entries(compose.services);
const { deltascope } = compose.services;

/** `${NAME:-default}` and `${NAME:?text}` filled in as Compose does. */
function interpolate(value: string): string {
  return value.replace(/\$\{(\w+)(?::([-?])([^}]*))?\}/g, (_all, _name, kind, rest) =>
    kind === '-' ? rest : 'secret1',
  );
}

const environment = Object.fromEntries(
  Object.entries(deltascope?.environment ?? {}).map(([name, value]) => [name, interpolate(value)]),
);

describe('docker/compose.yaml', () => {
  it('starts the service, PostgreSQL, Orthanc and a FHIR server', () => {
    expect(Object.keys(compose.services)).toEqual(['deltascope', 'postgres', 'orthanc', 'fhir']);
    expect(deltascope?.build).toEqual({ context: '..', dockerfile: 'docker/Dockerfile' });
  });

  it('mentions no variable that the service does not know', () => {
    const known = configVariables.map(({ name }) => name);
    const used = new Set(text.match(/DELTASCOPE_\w+/g));
    expect([...used].filter((name) => !known.includes(name))).toEqual([]);
  });

  it('is a configuration that the service accepts, and not the demonstration', () => {
    const config = readConfig(environment);
    expect(config.servers?.fhir.url).toBe('http://fhir:8080/fhir');
    expect(config.databaseUrl).toBe('postgres://deltascope:secret1@postgres:5432/deltascope');
  });

  it('starts in open mode only because its port is published on loopback; registered clients end that', () => {
    const host = /DELTASCOPE_HOST=(\S+)/.exec(readFileSync('docker/Dockerfile', 'utf8'))?.[1] ?? '';
    expect(isLoopback(host)).toBe(false);
    const config = readConfig({ ...environment, DELTASCOPE_HOST: host });
    expect(() => checkExposure(config)).not.toThrow();
    expect(config.publishedOnLoopback).toBe(true);
    expect(deltascope?.ports).toEqual(['127.0.0.1:4180:4180']);
    expect(() => checkExposure({ ...config, publishedOnLoopback: false })).toThrow('DELTASCOPE_CLIENTS_FILE');
    expect(() => checkExposure({ ...config, publishedOnLoopback: false, clientsFile: 'clients.json' })).not.toThrow();
  });

  it('has an example of the clients file that the service accepts', async () => {
    const { clients } = await readClientsFile('docker/clients/example.json');
    expect(clients.map(({ algorithms }) => algorithms)).toEqual([['ES384', 'RS384']]);
    expect(deltascope?.volumes).toEqual(['./clients:/etc/deltascope/clients:ro']);
  });

  it('every server in an address is a service that the service waits for', () => {
    const hosts = ['DELTASCOPE_FHIR_URL', 'DELTASCOPE_DICOMWEB_URL', 'DELTASCOPE_DATABASE_URL'].map(
      (name) => new URL(String(environment[name])).hostname,
    );
    expect(Object.keys(deltascope?.depends_on ?? {}).sort()).toEqual(hosts.sort());
  });

  it('waits for health only where there is a health check', () => {
    for (const [name, service] of services) {
      for (const [other, { condition }] of Object.entries(service.depends_on ?? {})) {
        expect(Object.keys(compose.services), name).toContain(other);
        if (condition === 'service_healthy') expect(compose.services[other]?.healthcheck, other).toBeDefined();
      }
    }
  });

  it('names a version of every image', () => {
    for (const [name, { image }] of services) {
      if (name === 'deltascope') continue;
      expect(image, name).toMatch(/^[\w./-]+:[\w.-]*\d[\w.-]*$/);
      expect(image, name).not.toMatch(/:latest/);
    }
  });

  it('publishes ports on loopback only', () => {
    for (const port of services.flatMap(([, service]) => service.ports ?? [])) {
      expect(port).toMatch(/^127\.0\.0\.1:\d+:\d+$/);
    }
  });

  it('mounts files that are there and volumes that are declared', () => {
    for (const volume of services.flatMap(([, service]) => service.volumes ?? [])) {
      const [source = ''] = volume.split(':');
      if (source.startsWith('.')) expect(existsSync(`docker/${source}`), source).toBe(true);
      else expect(Object.keys(compose.volumes)).toContain(source);
    }
  });

  it('keeps no password in the file', () => {
    for (const line of text.split('\n').filter((each) => /password:/i.test(each))) {
      expect(line).toContain('POSTGRES_PASSWORD:?');
    }
  });

  it('Orthanc serves DICOMweb where the service looks for it', () => {
    const orthanc = JSON.parse(readFileSync('docker/orthanc.json', 'utf8'));
    expect(`${new URL(String(environment.DELTASCOPE_DICOMWEB_URL)).pathname}/`).toBe(orthanc.DicomWeb.Root);
    expect(orthanc).toMatchObject({ DicomWeb: { Enable: true }, RemoteAccessAllowed: true });
  });
});
