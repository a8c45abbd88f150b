import { readFileSync } from 'node:fs';
import { createSecureContext } from 'node:tls';
import { Agent } from 'undici';
import { createDicomwebClient, type DicomwebClient } from '../dicomweb/client.ts';
import { ConfigError } from '../errors.ts';
import type { FhirAccess, TokenSource } from '../fhir/auth/access.ts';
import { fixedToken } from '../fhir/auth/access.ts';
import { openBackendServices } from '../fhir/auth/backend-services.ts';
import { parseScopes, unknownScopes } from '../fhir/auth/scopes.ts';
import type { Connections } from '../fhir/auth/token-endpoint.ts';
import { createFhirClient, type FhirSource } from '../fhir/client.ts';
import { createFhirWriter, type FhirWriter } from '../fhir/write-back/fhir-writer.ts';
import type { Logger } from '../log.ts';
import type { DicomwebAddress, FhirAddress, TlsFiles } from '../server-addresses.ts';

/** The servers that Deltascope reads from, with the proofs of who it is. */
export interface ServerConnections {
  readonly dicomweb: DicomwebClient;
  readonly fhir: FhirSource;
  /** Writes to the configured record. */
  readonly writer: FhirWriter;
  /** The record that a hook call gives access to, for that call; without access the configured server. */
  recordOf(access: FhirAccess | undefined): FhirSource;
  close(): Promise<void>;
}

/**
 * Prepares the connections; no server is asked yet.
 *
 * @param resourceTypes What is asked for by SMART Backend Services unless scopes are configured.
 * @param created Those of which resources are created, too.
 * @throws ConfigError `CONFIG_INVALID` for a key or certificate file that can't be used.
 */
export async function connectServers(
  { fhir, dicomweb }: { readonly fhir: FhirAddress; readonly dicomweb: DicomwebAddress },
  resourceTypes: readonly string[],
  logger: Logger,
  created: readonly string[] = [],
): Promise<ServerConnections> {
  const agents = {
    fhir: agentOf(fhir.tls, 'DELTASCOPE_FHIR_CERT'),
    dicomweb: agentOf(dicomweb.tls, 'DELTASCOPE_DICOMWEB_CERT'),
  };
  const scopes = [
    // Reading is asked for by itself: a server may grant it and refuse the rest.
    ...resourceTypes.map((type) => `system/${type}.rs`),
    ...created.map((type) => `system/${type}.crs`),
  ];
  const tokens = await tokensOf(fhir, scopes, logger, agents.fhir);
  const connection = {
    baseUrl: fhir.url,
    ...(tokens !== undefined && { token: tokens }),
    ...(agents.fhir !== undefined && { dispatcher: connections(agents.fhir) }),
  };
  const configured = createFhirClient(connection);
  const authorization = authorizationOf(dicomweb);
  return {
    fhir: configured,
    writer: createFhirWriter(connection),
    recordOf(access) {
      if (access === undefined) return configured;
      const token = fixedToken(access.token, parseScopes(access.scope));
      // The certificate is for the configured server, which may be the one that the EHR names.
      const same = new URL(access.fhirServer).origin === new URL(fhir.url).origin;
      const dispatcher = same && agents.fhir !== undefined ? { dispatcher: connections(agents.fhir) } : {};
      return createFhirClient({ baseUrl: access.fhirServer, token, ...dispatcher });
    },
    dicomweb: createDicomwebClient({
      url: dicomweb.url,
      ...(authorization !== undefined && { headers: { Authorization: authorization } }),
      ...(agents.dicomweb !== undefined && { dispatcher: agents.dicomweb }),
    }),
    async close() {
      await agents.fhir?.close();
      await agents.dicomweb?.close();
    },
  };
}

async function tokensOf(
  { url, token, backend }: FhirAddress,
  scopes: readonly string[],
  logger: Logger,
  agent: Agent | undefined,
): Promise<TokenSource | undefined> {
  if (token !== undefined) return fixedToken(token, unknownScopes);
  if (backend === undefined) return undefined;
  const { scope = scopes.join(' '), ...client } = backend;
  return openBackendServices({
    ...client,
    baseUrl: url,
    scope,
    logger,
    ...(agent !== undefined && { dispatcher: connections(agent) }),
  });
}

/** Value of Authorization for the archive; undefined where it asks for none. */
export function authorizationOf({ token, basic }: DicomwebAddress): string | undefined {
  if (token !== undefined) return `Bearer ${token}`;
  if (basic === undefined) return undefined;
  return `Basic ${Buffer.from(`${basic.user}:${basic.password}`, 'utf8').toString('base64')}`;
}

function agentOf(files: TlsFiles | undefined, setting: string): Agent | undefined {
  if (files === undefined) return undefined;
  const pem = readTlsFiles(files, setting);
  try {
    // The agent itself would fail only with the first request.
    createSecureContext(pem);
    return new Agent({ connect: pem });
  } catch (cause) {
    throw new ConfigError(
      'CONFIG_INVALID',
      setting,
      'certificate, key and authorities can not be used: check that they are PEM and belong together',
      { cause },
    );
  }
}

/**
 * The contents of the files of a TLS connection.
 *
 * @param setting Variable that an error names.
 * @throws ConfigError `CONFIG_INVALID` for a file that can't be read.
 */
export function readTlsFiles(files: TlsFiles, setting: string): { cert?: Buffer; key?: Buffer; ca?: Buffer } {
  return Object.fromEntries(Object.entries(files).map(([name, file]) => [name, readPem(file, setting)]));
}

function readPem(file: string, setting: string): Buffer {
  try {
    return readFileSync(file);
  } catch (cause) {
    throw new ConfigError('CONFIG_INVALID', setting, `${file} can not be read: check path and rights`, { cause });
  }
}

/** Node's fetch declares the dispatcher by the types of its own copy of undici; the two are the same at run time. */
function connections(agent: Agent): Connections {
  return agent as unknown as Connections;
}
