import { createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { calculateJwkThumbprint, exportJWK } from 'jose';
import { z } from 'zod';
import { ConfigError } from '../../errors.ts';

/** The private key that we sign with, as the authorization server knows it. */
export interface ClientKey {
  readonly key: KeyObject;
  /** The two algorithms that every SMART server knows. */
  readonly algorithm: 'RS384' | 'ES384';
  /** Of the JWK; of a key without one, its thumbprint by RFC 7638. */
  readonly kid: string;
}

const setting = 'DELTASCOPE_FHIR_KEY_FILE';
const jwk = z.looseObject({ kty: z.string(), d: z.string(), kid: z.string().optional(), alg: z.string().optional() });
const jwkSet = z.object({ keys: z.array(z.looseObject({})) });
const shortestRsaBits = 2048;

/**
 * Reads the private key of the SMART client.
 *
 * @param file JWK, JWK Set with one private key, or PEM. RSA of at least 2048 bits or EC on P-384.
 * @throws ConfigError `CONFIG_INVALID` for a file that is not there or holds something else.
 * @see SMART App Launch 2.2, Client Authentication: Asymmetric
 */
export async function readClientKey(file: string): Promise<ClientKey> {
  const text = readKeyFile(file);
  const { key, kid } = text.trimStart().startsWith('{')
    ? fromJson(text, file)
    : { key: fromPem(text, file), kid: null };
  const algorithm = algorithmOf(key);
  if (algorithm === undefined) throw unusable(file, 'needs RSA of at least 2048 bits or EC on the curve P-384');
  return { key, algorithm, kid: kid ?? (await calculateJwkThumbprint(await exportJWK(createPublicKey(key)))) };
}

function readKeyFile(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (cause) {
    throw new ConfigError('CONFIG_INVALID', setting, `${file} can not be read: check path and rights`, { cause });
  }
}

function fromJson(text: string, file: string): { key: KeyObject; kid: string | null } {
  const json = parseJson(text, file);
  const candidates = jwkSet.safeParse(json).data?.keys ?? [json];
  const keys = candidates.flatMap((candidate) => jwk.safeParse(candidate).data ?? []);
  const [only] = keys;
  if (only === undefined || keys.length > 1) throw unusable(file, `holds ${keys.length} private keys, one is needed`);
  try {
    return { key: createPrivateKey({ key: only, format: 'jwk' }), kid: only.kid ?? null };
  } catch {
    // The cause could print parts of the key.
    throw unusable(file, 'is no JWK that can be used');
  }
}

function parseJson(text: string, file: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw unusable(file, 'is not valid JSON');
  }
}

function fromPem(text: string, file: string): KeyObject {
  try {
    return createPrivateKey(text);
  } catch {
    throw unusable(file, 'is neither a JWK nor an unencrypted private key in PEM');
  }
}

function algorithmOf({ asymmetricKeyType, asymmetricKeyDetails }: KeyObject): ClientKey['algorithm'] | undefined {
  if (asymmetricKeyType === 'rsa') {
    return (asymmetricKeyDetails?.modulusLength ?? 0) >= shortestRsaBits ? 'RS384' : undefined;
  }
  return asymmetricKeyType === 'ec' && asymmetricKeyDetails?.namedCurve === 'secp384r1' ? 'ES384' : undefined;
}

function unusable(file: string, why: string): ConfigError {
  return new ConfigError('CONFIG_INVALID', setting, `${file} ${why}`);
}
