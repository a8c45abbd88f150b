import path from 'node:path';
import { z } from 'zod';
import { ConfigError } from './errors.ts';

/** An address that a server is reached by. */
export const httpUrl = z.url({ protocol: /^https?$/, error: 'an http:// or https:// address' });

/** The variables about the servers that Deltascope reads from. */
export const serverVariables = {
  DELTASCOPE_FHIR_URL: httpUrl
    .optional()
    .describe('FHIR R4 base; with DELTASCOPE_DICOMWEB_URL it ends the demonstration'),
  DELTASCOPE_FHIR_TOKEN: z.string().optional().describe('bearer token for the FHIR server'),
  DELTASCOPE_FHIR_CLIENT_ID: z
    .string()
    .optional()
    .describe('client id for tokens by SMART Backend Services, with DELTASCOPE_FHIR_KEY_FILE'),
  DELTASCOPE_FHIR_KEY_FILE: z
    .string()
    .optional()
    .describe('private key of that client: JWK, JWK Set or PEM (RSA, P-384)'),
  DELTASCOPE_FHIR_SCOPE: z
    .string()
    .optional()
    .describe('scopes to ask for (system/Type.rs of every type that is read)'),
  DELTASCOPE_FHIR_TOKEN_URL: httpUrl
    .optional()
    .describe('token endpoint, where it is not on the origin of the FHIR base (from smart-configuration)'),
  DELTASCOPE_FHIR_CERT: z.string().optional().describe('client certificate for the FHIR server (PEM file)'),
  DELTASCOPE_FHIR_CERT_KEY: z.string().optional().describe('private key of that certificate (PEM file)'),
  DELTASCOPE_FHIR_CA: z.string().optional().describe('authorities that the FHIR server is trusted by (PEM file)'),
  DELTASCOPE_DICOMWEB_URL: httpUrl.optional().describe('DICOMweb root (QIDO-RS, WADO-RS)'),
  DELTASCOPE_DICOMWEB_TOKEN: z.string().optional().describe('bearer token for the DICOMweb server'),
  DELTASCOPE_DICOMWEB_USER: z.string().optional().describe('user for the DICOMweb server (HTTP Basic)'),
  DELTASCOPE_DICOMWEB_PASSWORD: z.string().optional().describe('password of that user'),
  DELTASCOPE_DICOMWEB_CERT: z.string().optional().describe('client certificate for the DICOMweb server (PEM file)'),
  DELTASCOPE_DICOMWEB_KEY: z.string().optional().describe('private key of that certificate (PEM file)'),
  DELTASCOPE_DICOMWEB_CA: z
    .string()
    .optional()
    .describe('authorities that the DICOMweb server is trusted by (PEM file)'),
};

/** Files in PEM of a connection that both ends prove themselves on (mutual TLS), or of a private authority alone. */
export interface TlsFiles {
  readonly cert?: string;
  readonly key?: string;
  readonly ca?: string;
}

/** A server, and how Deltascope proves itself to it. */
export interface ServerAddress {
  readonly url: string;
  readonly token?: string;
  readonly tls?: TlsFiles;
}

export interface DicomwebAddress extends ServerAddress {
  readonly basic?: { readonly user: string; readonly password: string };
}

export interface FhirAddress extends ServerAddress {
  /** SMART Backend Services. */
  readonly backend?: {
    readonly clientId: string;
    readonly keyFile: string;
    readonly scope?: string;
    readonly tokenUrl?: string;
  };
}

const environmentSchema = z.object(serverVariables);
type Environment = z.infer<typeof environmentSchema>;

/**
 * The two servers with their credentials.
 *
 * @returns Nothing when neither is configured.
 * @throws ConfigError `CONFIG_INCOMPLETE` when one of two that belong together is missing, `CONFIG_INVALID` when two exclude
 *   each other.
 */
export function serverAddresses(env: Environment): {
  readonly servers?: { readonly fhir: FhirAddress; readonly dicomweb: DicomwebAddress };
} {
  const fhirUrl = env.DELTASCOPE_FHIR_URL;
  const dicomwebUrl = env.DELTASCOPE_DICOMWEB_URL;
  if (fhirUrl === undefined && dicomwebUrl === undefined) return {};
  if (fhirUrl === undefined || dicomwebUrl === undefined) {
    const missing = fhirUrl === undefined ? 'DELTASCOPE_FHIR_URL' : 'DELTASCOPE_DICOMWEB_URL';
    throw new ConfigError('CONFIG_INCOMPLETE', missing, 'set both server addresses, or neither for the demonstration');
  }
  together(env, 'DELTASCOPE_FHIR_CLIENT_ID', 'DELTASCOPE_FHIR_KEY_FILE');
  together(env, 'DELTASCOPE_FHIR_CERT', 'DELTASCOPE_FHIR_CERT_KEY');
  together(env, 'DELTASCOPE_DICOMWEB_USER', 'DELTASCOPE_DICOMWEB_PASSWORD');
  together(env, 'DELTASCOPE_DICOMWEB_CERT', 'DELTASCOPE_DICOMWEB_KEY');
  oneOf(env, 'DELTASCOPE_FHIR_TOKEN', 'DELTASCOPE_FHIR_CLIENT_ID');
  oneOf(env, 'DELTASCOPE_DICOMWEB_TOKEN', 'DELTASCOPE_DICOMWEB_USER');
  return {
    servers: {
      fhir: {
        url: withoutSlash(fhirUrl),
        ...(env.DELTASCOPE_FHIR_TOKEN !== undefined && { token: env.DELTASCOPE_FHIR_TOKEN }),
        ...backendOf(env),
        ...tlsOf({ cert: env.DELTASCOPE_FHIR_CERT, key: env.DELTASCOPE_FHIR_CERT_KEY, ca: env.DELTASCOPE_FHIR_CA }),
      },
      dicomweb: {
        url: withoutSlash(dicomwebUrl),
        ...(env.DELTASCOPE_DICOMWEB_TOKEN !== undefined && { token: env.DELTASCOPE_DICOMWEB_TOKEN }),
        ...(env.DELTASCOPE_DICOMWEB_USER !== undefined && {
          basic: { user: env.DELTASCOPE_DICOMWEB_USER, password: env.DELTASCOPE_DICOMWEB_PASSWORD ?? '' },
        }),
        ...tlsOf({
          cert: env.DELTASCOPE_DICOMWEB_CERT,
          key: env.DELTASCOPE_DICOMWEB_KEY,
          ca: env.DELTASCOPE_DICOMWEB_CA,
        }),
      },
    },
  };
}

function backendOf(env: Environment): Pick<FhirAddress, 'backend'> {
  const clientId = env.DELTASCOPE_FHIR_CLIENT_ID;
  const keyFile = env.DELTASCOPE_FHIR_KEY_FILE;
  if (clientId === undefined || keyFile === undefined) return {};
  return {
    backend: {
      clientId,
      keyFile: path.resolve(keyFile),
      ...(env.DELTASCOPE_FHIR_SCOPE !== undefined && { scope: env.DELTASCOPE_FHIR_SCOPE }),
      ...(env.DELTASCOPE_FHIR_TOKEN_URL !== undefined && { tokenUrl: env.DELTASCOPE_FHIR_TOKEN_URL }),
    },
  };
}

function tlsOf(files: { readonly [name in keyof TlsFiles]: string | undefined }): Pick<ServerAddress, 'tls'> {
  const given = Object.entries(files).flatMap(([name, file]) =>
    file === undefined ? [] : [[name, path.resolve(file)]],
  );
  return given.length === 0 ? {} : { tls: Object.fromEntries(given) };
}

function together(env: Environment, first: keyof Environment, second: keyof Environment): void {
  if ((env[first] === undefined) === (env[second] === undefined)) return;
  const missing = env[first] === undefined ? first : second;
  throw new ConfigError('CONFIG_INCOMPLETE', missing, `${first} and ${second} are set together, or neither`);
}

function oneOf(env: Environment, first: keyof Environment, second: keyof Environment): void {
  if (env[first] === undefined || env[second] === undefined) return;
  throw new ConfigError('CONFIG_INVALID', `${first}, ${second}`, 'two ways to prove who asks: set one of them');
}

/** The address as it is kept: without slashes at the end. */
export function withoutSlash(url: string): string {
  return url.replace(/\/+$/, '');
}
