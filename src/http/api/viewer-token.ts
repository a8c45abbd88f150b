import { createRemoteJWKSet, customFetch, errors, type JWTVerifyGetKey, jwtVerify } from 'jose';
import type { Config } from '../../config.ts';
import { ConfigError } from '../../errors.ts';
import { createBoundedFetch, createMetadataFetch } from '../bounded-fetch.ts';
import { isSecureUrl } from '../loopback.ts';

const fetchTimeoutMs = 3000;
/** Keys are fetched again when they are older, */
const cacheMaxAgeMs = 10 * 60_000;
/** and for a `kid` that is not among them (rotation), but no sooner than this after the last time. */
const cooldownMs = 30_000;
const clockSkewSeconds = 30;
/** Signatures with public keys only: a shared secret would let every holder make tokens. */
const algorithms = [
  'RS256',
  'RS384',
  'RS512',
  'PS256',
  'PS384',
  'PS512',
  'ES256',
  'ES384',
  'ES512',
  'EdDSA',
  'Ed25519',
];

/** Whom a token speaks for, or why it is refused: for the log, never for the caller. */
export type TokenCheck =
  | { readonly user: string; readonly issuer: string; readonly patient: string | null }
  | { readonly reason: string };

/**
 * Checks access tokens of the hospital's identity provider: issuer, audience, times and signature. Its keys stand where its
 * metadata say (OpenID Connect Discovery 1.0).
 *
 * @throws ConfigError `CONFIG_INVALID` for an issuer over plain HTTP beyond this machine.
 */
export function createTokenCheck({
  issuer,
  audience,
}: NonNullable<Config['viewerTokens']>): (token: string) => Promise<TokenCheck> {
  if (!isSecureUrl(new URL(issuer))) {
    const text = 'keys need https (http only on this machine)';
    throw new ConfigError('CONFIG_INVALID', 'DELTASCOPE_VIEWER_ISSUER', text);
  }
  const keys = createIssuerKeys(issuer);
  return async (token) => {
    try {
      const { payload } = await jwtVerify(token, keys, {
        issuer,
        audience,
        algorithms,
        requiredClaims: ['exp', 'sub'],
        clockTolerance: clockSkewSeconds,
      });
      const { sub = '', patient } = payload;
      return { user: sub, issuer, patient: typeof patient === 'string' ? patient : null };
    } catch (error) {
      return { reason: error instanceof errors.JOSEError ? error.code : 'KEYS_UNAVAILABLE' };
    }
  };
}

/** The provider's keys, found with the first token. */
function createIssuerKeys(issuer: string): JWTVerifyGetKey {
  const fetchMetadata = createMetadataFetch();
  let known: Promise<JWTVerifyGetKey> | undefined;
  async function discover(): Promise<JWTVerifyGetKey> {
    const address = `${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`;
    const answer = await fetchMetadata(address, {
      headers: new Headers({ Accept: 'application/json' }),
      method: 'GET',
      redirect: 'manual',
      signal: AbortSignal.timeout(fetchTimeoutMs),
    });
    const metadata = (await answer.json()) as { issuer: string; jwks_uri: string };
    const keysAt = new URL(metadata.jwks_uri);
    if (metadata.issuer !== issuer || !isSecureUrl(keysAt)) throw new Error('the metadata are of another issuer');
    return createRemoteJWKSet(keysAt, {
      timeoutDuration: fetchTimeoutMs,
      cooldownDuration: cooldownMs,
      cacheMaxAge: cacheMaxAgeMs,
      [customFetch]: createBoundedFetch(),
    });
  }
  return async (header, token) => {
    known ??= discover();
    try {
      return await (await known)(header, token);
    } catch (error) {
      // Metadata that could not be had are asked for again with a later token.
      if (!(error instanceof errors.JOSEError)) known = undefined;
      throw error;
    }
  };
}
