import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { exportJWK, importJWK } from 'jose';
import {
  type ClientAuth,
  ClientSecretBasic,
  type CryptoKey,
  modifyAssertion,
  None,
  PrivateKeyJwt,
} from 'openid-client';
import { ConfigError, DeltascopeError } from '../../errors.ts';
import { readClientKey } from '../../fhir/auth/client-key.ts';
import { withoutSlash } from '../../server-addresses.ts';
import { type IssuerEntry, issuersFileSchema } from './issuer-schema.ts';

/** An EHR that may launch Deltascope. */
export interface SmartIssuer
  extends Pick<IssuerEntry, 'iss' | 'name' | 'clientId' | 'scope' | 'standalone' | 'frameAncestors'> {
  /** Where its authorization server may be. */
  readonly origins: ReadonlySet<string>;
  /** How the client proves itself at a token endpoint. */
  authentication(tokenEndpoint: string): ClientAuth;
}

/** The EHRs that may launch, and no others. */
export interface SmartIssuers {
  /** @param iss As a launch names it; a slash at the end makes no difference. */
  find(iss: string): SmartIssuer | undefined;
  readonly all: readonly SmartIssuer[];
}

/**
 * Reads the file of issuers, and the key and secret files that it names (relative to its own folder).
 *
 * @param fhirServer FHIR base that Deltascope reads from: a Patient id of any other record would name somebody else.
 * @throws ConfigError `FILE_UNREADABLE`, or `CONFIG_INVALID` naming each wrong field.
 */
export async function readSmartIssuers(file: string, fhirServer: string): Promise<SmartIssuers> {
  const parsed = issuersFileSchema.safeParse(parseJson(await readText(file), file));
  if (!parsed.success) {
    const wrong = parsed.error.issues.map((issue) => `${issue.path.join('.') || 'file'}: ${issue.message}`);
    throw new ConfigError('CONFIG_INVALID', file, wrong.join('; '));
  }
  const all = await Promise.all(parsed.data.issuers.map((entry) => openIssuer(entry, file, fhirServer)));
  const byIss = new Map(all.map((issuer) => [withoutSlash(issuer.iss), issuer]));
  return { all, find: (iss) => byIss.get(withoutSlash(iss)) };
}

async function openIssuer(entry: IssuerEntry, file: string, fhirServer: string): Promise<SmartIssuer> {
  const { iss, name, clientId, scope, standalone, frameAncestors, authorizationOrigins } = entry;
  if (withoutSlash(entry.fhirServer ?? iss) !== withoutSlash(fhirServer)) {
    const text = `${iss} is not the record that Deltascope reads (${fhirServer}): its Patient ids could name other people`;
    throw new ConfigError('CONFIG_INVALID', file, text);
  }
  const origins = new Set([new URL(iss).origin, ...authorizationOrigins]);
  const authentication = await authenticationOf(entry, file);
  return { iss, name, clientId, scope, standalone, frameAncestors, origins, authentication };
}

async function authenticationOf(
  { keyFile, secretFile }: IssuerEntry,
  file: string,
): Promise<SmartIssuer['authentication']> {
  const beside = (name: string) => path.resolve(path.dirname(file), name);
  if (secretFile !== undefined) {
    const secret = (await readText(beside(secretFile))).trim();
    if (secret === '') throw new ConfigError('CONFIG_INVALID', secretFile, 'holds no secret');
    return () => ClientSecretBasic(secret);
  }
  if (keyFile === undefined) return () => None();
  const { key, algorithm, kid } = await readKey(beside(keyFile), file);
  const imported = (await importJWK(await exportJWK(key), algorithm)) as CryptoKey;
  return (tokenEndpoint) =>
    PrivateKeyJwt(
      { key: imported, kid },
      {
        // SMART names the endpoint as the audience; the library would name the issuer.
        [modifyAssertion](header, payload) {
          header.typ = 'JWT';
          payload.aud = tokenEndpoint;
        },
      },
    );
}

async function readKey(keyFile: string, file: string) {
  try {
    return await readClientKey(keyFile);
  } catch (cause) {
    // The reader speaks of the setting that it was written for.
    if (cause instanceof DeltascopeError) throw new ConfigError(cause.code, file, cause.message, { cause });
    throw cause;
  }
}

async function readText(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (cause) {
    throw new ConfigError('FILE_UNREADABLE', file, `can't be read: ${String(cause)}`, { cause });
  }
}

function parseJson(text: string, file: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new ConfigError('CONFIG_INVALID', file, 'not valid JSON', { cause });
  }
}
