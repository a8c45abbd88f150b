import { existsSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { ConfigError } from './errors.ts';

/** Folder of the package: the nearest one upwards that holds `package.json`, from the source as from the build. */
export function packageRoot(): string {
  let folder = path.dirname(fileURLToPath(import.meta.url));
  while (!existsSync(path.join(folder, 'package.json'))) {
    const parent = path.dirname(folder);
    if (parent === folder) throw new ConfigError('CONFIG_INVALID', 'package.json', 'not found above the program');
    folder = parent;
  }
  return folder;
}

const httpUrl = z.url({ protocol: /^https?$/, error: 'an http:// or https:// address' });
const port = z.coerce.number({ error: 'a port number' }).int().min(0).max(65535);

/** One environment variable each. An empty variable counts as not set. */
const environmentSchema = z.object({
  DELTASCOPE_HOST: z.string().default('127.0.0.1').describe('address to listen on'),
  DELTASCOPE_PORT: port.optional().describe('port to listen on (4180, or a free one when that is taken)'),
  DELTASCOPE_PUBLIC_URL: httpUrl.optional().describe('address under which clients see the service'),
  DELTASCOPE_FHIR_URL: httpUrl
    .optional()
    .describe('FHIR R4 base; with DELTASCOPE_DICOMWEB_URL it ends the demonstration'),
  DELTASCOPE_FHIR_TOKEN: z.string().optional().describe('bearer token for the FHIR server'),
  DELTASCOPE_DICOMWEB_URL: httpUrl.optional().describe('DICOMweb root (QIDO-RS, WADO-RS)'),
  DELTASCOPE_DICOMWEB_TOKEN: z.string().optional().describe('bearer token for the DICOMweb server'),
  DELTASCOPE_DATABASE_URL: z
    .url({ protocol: /^postgres(ql)?$/, error: 'a postgres:// address' })
    .optional()
    .describe('PostgreSQL; without it PGlite keeps its files in the data folder'),
  DELTASCOPE_DATA_DIR: z
    .string()
    .default('.deltascope')
    .describe('folder for the embedded database and the demonstration'),
  DELTASCOPE_MAPPINGS_DIR: z.string().optional().describe('clinical tables and model folders (those of the package)'),
  DELTASCOPE_PATIENT_ID_SYSTEM: z
    .string()
    .optional()
    .describe('identifier.system whose value is the PACS PatientID (every identifier is tried)'),
  DELTASCOPE_CORS_ORIGINS: z.string().optional().describe('origins of browser clients, separated by commas'),
  DELTASCOPE_LOG_LEVEL: z
    .enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'], {
      error: 'one of trace, debug, info, warn, error, fatal, silent',
    })
    .default('info')
    .describe('trace, debug, info, warn, error, fatal or silent'),
});

/** Names, defaults and meaning of the variables, for `--help`, the README's table and the compose file's check. */
export const configVariables: readonly { name: string; meaning: string; default: string | null }[] = Object.entries(
  environmentSchema.shape,
).map(([name, schema]) => {
  const parsed = schema.safeParse(undefined);
  return {
    name,
    meaning: schema.description ?? '',
    default: parsed.success && parsed.data !== undefined ? String(parsed.data) : null,
  };
});

export interface ServerAddress {
  readonly url: string;
  readonly token?: string;
}

export interface Config {
  readonly host: string;
  /** Undefined: the default port, or a free one when that is taken. */
  readonly port?: number;
  readonly publicUrl?: string;
  /** Both are set, or neither: without them the service runs as a demonstration on embedded servers. */
  readonly servers?: { readonly fhir: ServerAddress; readonly dicomweb: ServerAddress };
  readonly databaseUrl?: string;
  readonly dataFolder: string;
  readonly mappingsFolder: string;
  readonly patientIdSystem?: string;
  readonly corsOrigins: readonly string[];
  readonly logLevel: string;
}

/**
 * Reads and checks the configuration.
 *
 * @param environment Environment variables; names that begin with `DELTASCOPE_` and are unknown are an error,
 *   because a misspelt setting that is silently ignored is worse than a stop.
 * @throws ConfigError `CONFIG_INVALID` naming every wrong variable, `CONFIG_INCOMPLETE` when only one of the two
 *   servers is configured.
 */
export function readConfig(environment: Readonly<Record<string, string | undefined>>): Config {
  const given = Object.fromEntries(
    Object.entries(environment).filter(
      ([name, value]) => name.startsWith('DELTASCOPE_') && value !== '' && value !== undefined,
    ),
  );
  const unknown = Object.keys(given).filter(
    (name) => !(name in environmentSchema.shape) && name !== 'DELTASCOPE_ORACLES',
  );
  if (unknown.length > 0) {
    const known = configVariables.map(({ name }) => name).join(', ');
    throw new ConfigError('CONFIG_INVALID', unknown.join(', '), `unknown variable; known are ${known}`);
  }
  const parsed = environmentSchema.safeParse(given);
  if (!parsed.success) {
    const wrong = parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`);
    throw new ConfigError(
      'CONFIG_INVALID',
      parsed.error.issues.map((issue) => issue.path.join('.')).join(', '),
      wrong.join('; '),
    );
  }
  const env = parsed.data;
  return {
    host: env.DELTASCOPE_HOST,
    ...(env.DELTASCOPE_PORT !== undefined && { port: env.DELTASCOPE_PORT }),
    ...(env.DELTASCOPE_PUBLIC_URL !== undefined && { publicUrl: withoutSlash(env.DELTASCOPE_PUBLIC_URL) }),
    ...serverAddresses(env),
    ...(env.DELTASCOPE_DATABASE_URL !== undefined && { databaseUrl: env.DELTASCOPE_DATABASE_URL }),
    dataFolder: path.resolve(env.DELTASCOPE_DATA_DIR),
    mappingsFolder: path.resolve(env.DELTASCOPE_MAPPINGS_DIR ?? path.join(packageRoot(), 'mappings')),
    ...(env.DELTASCOPE_PATIENT_ID_SYSTEM !== undefined && { patientIdSystem: env.DELTASCOPE_PATIENT_ID_SYSTEM }),
    corsOrigins: (env.DELTASCOPE_CORS_ORIGINS ?? '')
      .split(',')
      .map((origin) => origin.trim())
      .filter(Boolean),
    logLevel: env.DELTASCOPE_LOG_LEVEL,
  };
}

function serverAddresses(env: z.infer<typeof environmentSchema>): Pick<Config, 'servers'> {
  const fhirUrl = env.DELTASCOPE_FHIR_URL;
  const dicomwebUrl = env.DELTASCOPE_DICOMWEB_URL;
  if (fhirUrl === undefined && dicomwebUrl === undefined) return {};
  if (fhirUrl === undefined || dicomwebUrl === undefined) {
    const missing = fhirUrl === undefined ? 'DELTASCOPE_FHIR_URL' : 'DELTASCOPE_DICOMWEB_URL';
    throw new ConfigError('CONFIG_INCOMPLETE', missing, 'set both server addresses, or neither for the demonstration');
  }
  return {
    servers: {
      fhir: {
        url: withoutSlash(fhirUrl),
        ...(env.DELTASCOPE_FHIR_TOKEN !== undefined && { token: env.DELTASCOPE_FHIR_TOKEN }),
      },
      dicomweb: {
        url: withoutSlash(dicomwebUrl),
        ...(env.DELTASCOPE_DICOMWEB_TOKEN !== undefined && { token: env.DELTASCOPE_DICOMWEB_TOKEN }),
      },
    },
  };
}

function withoutSlash(url: string): string {
  return url.replace(/\/+$/, '');
}
