import { decodeJwt, decodeProtectedHeader, errors, jwtVerify } from 'jose';
import { z } from 'zod';
import type { RegisteredClient } from '../../src/http/client-registry.ts';
import type { ClientTrust } from '../../src/http/client-trust.ts';
import type { Caller } from './caller.ts';
import type { ClientKeys } from './client-keys.ts';

/** Why a token is refused: for the log of the service, never for the caller. */
export type RefusalReason =
  | 'TOKEN_MISSING'
  | 'TOKEN_MALFORMED'
  | 'ISSUER_UNKNOWN'
  | 'AUDIENCE_WRONG'
  | 'TOKEN_EXPIRED'
  | 'TOKEN_NOT_YET_VALID'
  | 'LIFETIME_TOO_LONG'
  | 'TENANT_UNKNOWN'
  | 'ALGORITHM_NOT_ALLOWED'
  | 'JKU_NOT_REGISTERED'
  | 'KEY_UNKNOWN'
  | 'KEYS_UNAVAILABLE'
  | 'SIGNATURE_WRONG'
  | 'TOKEN_REPLAYED';

/** The caller, or why the token is refused with what may be logged of it. */
export type Verification =
  | { readonly caller: Caller }
  | { readonly reason: RefusalReason; readonly issuer: string | null; readonly jti: string | null };

/** No control characters: PostgreSQL takes no NUL, and nothing else belongs into an identifier. */
const identifier = z.string().regex(/^\P{C}{1,256}$/u);
const headerSchema = z.looseObject({
  alg: z.string(),
  kid: z.string().min(1),
  typ: z.string().regex(/^JWT$/i),
  jku: z.string().optional(),
});
const claimsSchema = z.looseObject({
  iss: z.string().min(1),
  aud: z.union([z.string(), z.array(z.string())]),
  exp: z.number(),
  iat: z.number(),
  nbf: z.number().optional(),
  jti: identifier,
  tenant: identifier.optional(),
});
type Header = z.infer<typeof headerSchema>;
type Claims = z.infer<typeof claimsSchema>;

/**
 * Checks the token of a client (CDS Hooks 2.0.1, "Trusting CDS Clients") in the order of its best practices: issuer,
 * audience, times, tenant, signature, and last that it was not used before. What costs nothing comes first, so that a
 * forged token makes the service neither compute nor call out.
 *
 * @param token Compact JWT.
 * @param endpoint Path of the called endpoint under the public URL, from `/cds-services` on.
 * @throws StoreError when the database can't say whether the token is new.
 */
export async function verifyToken(
  token: string,
  endpoint: string,
  trust: Omit<ClientTrust, 'clients'> & { readonly clients: NonNullable<ClientTrust['clients']> },
  clientKeys: ClientKeys,
): Promise<Verification> {
  const decoded = decode(token);
  if (decoded === null) return { reason: 'TOKEN_MALFORMED', issuer: null, jti: null };
  const { header, claims } = decoded;
  const refused = (reason: RefusalReason) => ({ reason, issuer: claims.iss.slice(0, 256), jti: claims.jti });
  const client = trust.clients.clientOf(claims.iss);
  if (client === undefined) return refused('ISSUER_UNKNOWN');
  const now = Date.now() / 1000;
  const wrong =
    wrongClaim(claims, client, `${trust.publicUrl()}${endpoint}`, now) ??
    wrongHeader(header, client) ??
    (await wrongSignature(token, client, clientKeys, now));
  if (wrong !== null) return refused(wrong);
  const acceptedUntil = new Date((claims.exp + client.clockSkewSeconds) * 1000);
  if (!(await trust.replay.claimToken(claims.iss, claims.jti, acceptedUntil))) return refused('TOKEN_REPLAYED');
  return { caller: { issuer: claims.iss, tenant: claims.tenant ?? null, fhirServers: client.fhirServers } };
}

/** Header and claims, not verified yet; null when the token is no JWT or lacks something that CDS Hooks requires. */
function decode(token: string): { header: Header; claims: Claims } | null {
  try {
    const header = headerSchema.safeParse(decodeProtectedHeader(token));
    const claims = claimsSchema.safeParse(decodeJwt(token));
    return header.success && claims.success ? { header: header.data, claims: claims.data } : null;
  } catch {
    return null;
  }
}

function wrongClaim(claims: Claims, client: RegisteredClient, url: string, now: number): RefusalReason | null {
  const { aud, exp, iat, nbf = iat, tenant } = claims;
  const { clockSkewSeconds: skew, maximumTokenLifetimeSeconds: longest, tenants } = client;
  if (!(Array.isArray(aud) ? aud : [aud]).some((each) => isSameUrl(each, url))) return 'AUDIENCE_WRONG';
  if (exp + skew <= now) return 'TOKEN_EXPIRED';
  if (Math.max(iat, nbf) - skew > now) return 'TOKEN_NOT_YET_VALID';
  if (exp - iat > longest) return 'LIFETIME_TOO_LONG';
  if (tenants !== undefined && (tenant === undefined || !tenants.includes(tenant))) return 'TENANT_UNKNOWN';
  return null;
}

/** Equal but for what may be written in two ways: case of the host, default port, a slash at the end. */
function isSameUrl(one: string, other: string): boolean {
  return URL.canParse(one) && new URL(one).href.replace(/\/$/, '') === new URL(other).href;
}

function wrongHeader({ alg, jku }: Header, client: RegisteredClient): RefusalReason | null {
  if (!client.algorithms.some((allowed) => allowed === alg)) return 'ALGORITHM_NOT_ALLOWED';
  if (jku !== undefined && jku !== client.jku) return 'JKU_NOT_REGISTERED';
  return null;
}

async function wrongSignature(
  token: string,
  client: RegisteredClient,
  clientKeys: ClientKeys,
  now: number,
): Promise<RefusalReason | null> {
  try {
    await jwtVerify(token, clientKeys(client), {
      algorithms: [...client.algorithms],
      issuer: client.issuer,
      typ: 'JWT',
      clockTolerance: client.clockSkewSeconds,
      currentDate: new Date(now * 1000),
    });
    return null;
  } catch (error) {
    return reasonOf(error);
  }
}

const reasons: Readonly<Record<string, RefusalReason>> = {
  [errors.JWKSNoMatchingKey.code]: 'KEY_UNKNOWN',
  [errors.JWKSMultipleMatchingKeys.code]: 'KEY_UNKNOWN',
  [errors.JWSSignatureVerificationFailed.code]: 'SIGNATURE_WRONG',
  [errors.JWSInvalid.code]: 'TOKEN_MALFORMED',
  [errors.JWTInvalid.code]: 'TOKEN_MALFORMED',
  // A critical header extension that nobody here understands (RFC 7515, section 4.1.11).
  [errors.JOSENotSupported.code]: 'TOKEN_MALFORMED',
  [errors.JWTClaimValidationFailed.code]: 'TOKEN_MALFORMED',
  [errors.JWTExpired.code]: 'TOKEN_EXPIRED',
};

/** What is not about the token is about its keys: the key set can't be fetched or read, or a key in it is broken. */
function reasonOf(error: unknown): RefusalReason {
  return (error instanceof errors.JOSEError ? reasons[error.code] : undefined) ?? 'KEYS_UNAVAILABLE';
}
