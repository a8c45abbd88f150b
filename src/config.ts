import { existsSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { validate as validateCron } from 'node-cron';
import { z } from 'zod';
import { ConfigError } from './errors.ts';
import {
  type DicomwebAddress,
  type FhirAddress,
  httpUrl,
  serverAddresses,
  serverVariables,
  withoutSlash,
} from './server-addresses.ts';

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

const port = z.coerce.number({ error: 'a port number' }).int().min(0).max(65535);

const list = z.string().transform((text) =>
  text
    .split(',')
    .map((entry) => entry.trim())
    .filter(Boolean),
);
const originList = list.refine((origins) => origins.every(isOrigin), {
  error: 'origins as https://host or http://host:port, separated by commas; no * and no null',
});

/** One environment variable each. An empty variable counts as not set. */
const environmentSchema = z.object({
  DELTASCOPE_HOST: z.string().default('127.0.0.1').describe('address to listen on'),
  DELTASCOPE_PORT: port.optional().describe('port to listen on (4180, or a free one when that is taken)'),
  DELTASCOPE_PUBLIC_URL: httpUrl.optional().describe('address under which clients see the service'),
  ...serverVariables,
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
  DELTASCOPE_CLIENTS_FILE: z.string().optional().describe('registered CDS Hooks clients (`deltascope clients --help`)'),
  DELTASCOPE_OPEN_MODE: z
    .enum(['published-on-loopback'], { error: 'published-on-loopback' })
    .optional()
    .describe('without clients file: `published-on-loopback` where only loopback reaches the address (container)'),
  DELTASCOPE_TRUSTED_PROXIES: list
    .optional()
    .describe('addresses or networks of reverse proxies, separated by commas: their X-Forwarded-For is believed'),
  DELTASCOPE_CORS_ORIGINS: originList.optional().describe('origins of browser clients, separated by commas'),
  DELTASCOPE_DEADLINE_MS: z.coerce
    .number({ error: 'milliseconds, 50 to 60000' })
    .int()
    .min(50)
    .max(60_000)
    .default(450)
    .describe('time for all that a hook call asks of other servers (ms); what comes later is named as missing'),
  DELTASCOPE_WORKERS: z.coerce
    .number({ error: 'a whole number' })
    .int()
    .min(0)
    .max(64)
    .default(2)
    .describe('image analyses at the same time (0: all of them by `deltascope worker`)'),
  DELTASCOPE_SWEEP: z
    .string()
    .refine((text) => text === 'off' || validateCron(text), { error: 'a cron expression, or off' })
    .default('*/15 * * * *')
    .describe('when to look for new images to analyse ahead (cron expression), or off'),
  DELTASCOPE_AUDIT_REQUIRED: z
    .enum(['true', 'false'], { error: 'true or false' })
    .default('false')
    .describe('true: what can not be written to the audit trail is not done either (503)'),
  DELTASCOPE_WRITE_BACK: z
    .enum(['off', 'dicom', 'fhir', 'both'], { error: 'off, dicom, fhir or both' })
    .default('off')
    .describe('where results are stored: `dicom` the image archive, `fhir` the record, `both`, or `off` (nowhere)'),
  DELTASCOPE_REPEAT_ADVICE: z
    .enum(['when-changed', 'always'], { error: 'when-changed or always' })
    .default('when-changed')
    .describe('at order-sign: `when-changed` leaves out what order-select has said, `always` says it again'),
  DELTASCOPE_VIEWER: z
    .enum(['on', 'off'], { error: 'on or off' })
    .optional()
    .describe('on: serve the OHIF viewer too (fetched once from npm, 50 MB); in the demonstration unless off'),
  DELTASCOPE_VIEWER_URL: httpUrl
    .optional()
    .describe('address of the OHIF viewer, for links on cards (that of the service where it serves the viewer)'),
  DELTASCOPE_VIEWER_ISSUER: httpUrl
    .optional()
    .describe("identity provider (iss) whose tokens open the viewer's panel; its metadata say where its keys are"),
  DELTASCOPE_VIEWER_AUDIENCE: z.string().optional().describe('what those tokens name as their audience (aud)'),
  DELTASCOPE_SMART_LAUNCH_URL: httpUrl
    .optional()
    .describe('SMART launch URL as registered at the EHR, for links on cards'),
  DELTASCOPE_SMART_ISSUERS: z
    .string()
    .optional()
    .describe('EHRs that may open pages by SMART launch: a JSON file (docs/integration.md)'),
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

export interface Config {
  readonly host: string;
  /** Undefined: the default port, or a free one when that is taken. */
  readonly port?: number;
  readonly publicUrl?: string;
  /** Both are set, or neither: without them the service runs as a demonstration on embedded servers. */
  readonly servers?: { readonly fhir: FhirAddress; readonly dicomweb: DicomwebAddress };
  readonly databaseUrl?: string;
  readonly dataFolder: string;
  readonly mappingsFolder: string;
  readonly patientIdSystem?: string;
  readonly corsOrigins: readonly string[];
  /** Undefined: open mode, nobody is asked who calls. */
  readonly clientsFile?: string;
  /** Open mode is wanted although the address is not loopback: only loopback is published. */
  readonly publishedOnLoopback: boolean;
  readonly trustedProxies: readonly string[];
  /** For all that a hook call asks of other servers (ms). */
  readonly deadlineMs: number;
  /** Whether order-sign says again what order-select has said. */
  readonly repeatAdvice: 'when-changed' | 'always';
  /** Whether the service serves the viewer; undefined where nothing is said. */
  readonly viewer?: boolean;
  readonly viewerUrl?: string;
  /** Whose tokens open the panel; undefined where only sessions do, or, in open mode, everybody. */
  readonly viewerTokens?: { readonly issuer: string; readonly audience: string };
  readonly smartLaunchUrl?: string;
  /** File of the EHRs that may launch. */
  readonly smartIssuersFile?: string;
  /** Image analyses at the same time in this process. */
  readonly workers: number;
  /** Cron expression of the sweeps; null for none. */
  readonly sweep: string | null;
  /** Whether what can't be recorded must not be done either. */
  readonly auditRequired: boolean;
  /** Where results are stored by themselves; empty for nowhere. */
  readonly writeBack: readonly ('dicom' | 'fhir')[];
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
  if (env.DELTASCOPE_WORKERS === 0 && env.DELTASCOPE_DATABASE_URL === undefined) {
    const text = '0 needs DELTASCOPE_DATABASE_URL: no worker can use the embedded database beside the service';
    throw new ConfigError('CONFIG_INVALID', 'DELTASCOPE_WORKERS', text);
  }
  return {
    host: env.DELTASCOPE_HOST,
    ...(env.DELTASCOPE_PORT !== undefined && { port: env.DELTASCOPE_PORT }),
    ...(env.DELTASCOPE_PUBLIC_URL !== undefined && { publicUrl: withoutSlash(env.DELTASCOPE_PUBLIC_URL) }),
    ...serverAddresses(env),
    ...(env.DELTASCOPE_DATABASE_URL !== undefined && { databaseUrl: env.DELTASCOPE_DATABASE_URL }),
    dataFolder: path.resolve(env.DELTASCOPE_DATA_DIR),
    mappingsFolder: path.resolve(env.DELTASCOPE_MAPPINGS_DIR ?? path.join(packageRoot(), 'mappings')),
    ...(env.DELTASCOPE_PATIENT_ID_SYSTEM !== undefined && { patientIdSystem: env.DELTASCOPE_PATIENT_ID_SYSTEM }),
    corsOrigins: env.DELTASCOPE_CORS_ORIGINS ?? [],
    ...(env.DELTASCOPE_CLIENTS_FILE !== undefined && { clientsFile: path.resolve(env.DELTASCOPE_CLIENTS_FILE) }),
    publishedOnLoopback: env.DELTASCOPE_OPEN_MODE === 'published-on-loopback',
    trustedProxies: env.DELTASCOPE_TRUSTED_PROXIES ?? [],
    deadlineMs: env.DELTASCOPE_DEADLINE_MS,
    repeatAdvice: env.DELTASCOPE_REPEAT_ADVICE,
    ...(env.DELTASCOPE_VIEWER !== undefined && { viewer: env.DELTASCOPE_VIEWER === 'on' }),
    ...(env.DELTASCOPE_VIEWER_URL !== undefined && { viewerUrl: withoutSlash(env.DELTASCOPE_VIEWER_URL) }),
    ...viewerTokens(env),
    ...(env.DELTASCOPE_SMART_LAUNCH_URL !== undefined && { smartLaunchUrl: env.DELTASCOPE_SMART_LAUNCH_URL }),
    ...(env.DELTASCOPE_SMART_ISSUERS !== undefined && { smartIssuersFile: path.resolve(env.DELTASCOPE_SMART_ISSUERS) }),
    workers: env.DELTASCOPE_WORKERS,
    sweep: env.DELTASCOPE_SWEEP === 'off' ? null : env.DELTASCOPE_SWEEP,
    auditRequired: env.DELTASCOPE_AUDIT_REQUIRED === 'true',
    writeBack: (['dicom', 'fhir'] as const).filter((target) => ['both', target].includes(env.DELTASCOPE_WRITE_BACK)),
    logLevel: env.DELTASCOPE_LOG_LEVEL,
  };
}

function viewerTokens({
  DELTASCOPE_VIEWER_ISSUER: issuer,
  DELTASCOPE_VIEWER_AUDIENCE: audience,
}: z.output<typeof environmentSchema>): Pick<Config, 'viewerTokens'> {
  if (issuer === undefined && audience === undefined) return {};
  if (issuer === undefined || audience === undefined) {
    const missing = issuer === undefined ? 'DELTASCOPE_VIEWER_ISSUER' : 'DELTASCOPE_VIEWER_AUDIENCE';
    throw new ConfigError('CONFIG_INCOMPLETE', missing, 'the issuer of tokens and their audience belong together');
  }
  return { viewerTokens: { issuer, audience } };
}

/** A wildcard or `null` would let any page in; a path would never equal what a browser sends. */
function isOrigin(text: string): boolean {
  return /^https?:\/\//.test(text) && URL.canParse(text) && new URL(text).origin === text;
}
