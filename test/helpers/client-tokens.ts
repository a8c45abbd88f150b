import { randomUUID } from 'node:crypto';
import { type CryptoKey, exportJWK, generateKeyPair, type JWK, type JWTPayload, SignJWT } from 'jose';

/** A client's key pair, with the public half as it is registered or published. */
export interface SigningKey {
  readonly alg: string;
  readonly kid: string;
  readonly privateKey: CryptoKey;
  readonly publicJwk: JWK;
}

export async function createSigningKey(alg: string, kid: string): Promise<SigningKey> {
  const { privateKey, publicKey } = await generateKeyPair(alg, { extractable: true });
  return { alg, kid, privateKey, publicJwk: { ...(await exportJWK(publicKey)), kid, alg, use: 'sig' } };
}

/** What a test changes in a token; a claim or header field that is `undefined` is left out. */
export interface TokenChanges {
  readonly claims?: Readonly<Record<string, unknown>>;
  readonly header?: Readonly<Record<string, unknown>>;
  /** Signs in place of the named key. */
  readonly signWith?: CryptoKey | Uint8Array;
}

/** Claims as CDS Hooks 2.0.1 asks for, for five minutes, with an identifier of their own. */
export function clientClaims(issuer: string, aud: unknown): Record<string, unknown> {
  const now = Math.floor(Date.now() / 1000);
  return { iss: issuer, aud, iat: now, exp: now + 300, jti: randomUUID() };
}

/** A token of a client for one endpoint, signed, with what the test changes. */
export async function signToken(key: SigningKey, issuer: string, aud: unknown, changes: TokenChanges = {}) {
  const claims = { ...clientClaims(issuer, aud), ...changes.claims } as JWTPayload;
  const header = { alg: key.alg, kid: key.kid, typ: 'JWT', ...changes.header };
  return new SignJWT(claims).setProtectedHeader(header).sign(changes.signWith ?? key.privateKey);
}

/** Two JSON parts and a signature as they stand: what no library signs. */
export function rawToken(header: unknown, claims: unknown, signature = ''): string {
  const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
  return `${part(header)}.${part(claims)}.${signature}`;
}
