import { z } from 'zod';
import { isSecureUrl } from './loopback.ts';

/**
 * Signature algorithms that a client may be registered with, and the key type that each needs (RFC 7518, RFC 8037).
 * None and HMAC are not among them: a shared secret would let the service sign in the client's name.
 */
export const signatureKeyTypes = {
  ES256: 'EC',
  ES384: 'EC',
  ES512: 'EC',
  RS256: 'RSA',
  RS384: 'RSA',
  RS512: 'RSA',
  PS256: 'RSA',
  PS384: 'RSA',
  PS512: 'RSA',
  EdDSA: 'OKP',
} as const;

export type SignatureAlgorithm = keyof typeof signatureKeyTypes;

const algorithms = Object.keys(signatureKeyTypes) as [SignatureAlgorithm, ...SignatureAlgorithm[]];
/** Smallest RSA modulus that is taken, in bytes (RFC 7518, section 3.3: 2048 bits). */
const smallestModulus = 256;

const secureUrl = z
  .url({ error: 'an address' })
  .refine((text) => URL.canParse(text) && isSecureUrl(new URL(text)), { error: 'https, or http on loopback' })
  .refine((text) => !/[@#]/.test(text), { error: 'no user name and no fragment' });

const publicKey = z
  .looseObject({ kty: z.enum(['EC', 'RSA', 'OKP'], { error: 'EC, RSA or OKP' }), kid: z.string().min(1).max(256) })
  .refine((key) => !('d' in key) && !('k' in key), { error: 'a public key: this one holds a secret part' })
  .refine((key) => key.kty !== 'RSA' || modulusBytes(key.n) >= smallestModulus, { error: 'RSA of 2048 bits or more' });

/** A JSON Web Key Set (RFC 7517) of public keys, each with a `kid` of its own. */
export const keySetSchema = z.looseObject({
  keys: z
    .array(publicKey)
    .min(1)
    .refine((keys) => new Set(keys.map(({ kid }) => kid)).size === keys.length, { error: 'two keys have one kid' }),
});

const clientSchema = z
  .strictObject({
    issuer: z.string().min(1).max(512).describe('`iss` of its tokens, exactly as it sends it'),
    name: z.string().min(1).max(200).describe('who that is, for people'),
    jku: secureUrl
      .optional()
      .describe('address of its key set: https, or http on loopback; a `jku` in a token must be this one'),
    keysFile: z
      .string()
      .min(1)
      .optional()
      .describe('its key set as a file beside this one; read again when it changes'),
    jwks: keySetSchema.optional().describe('its key set itself'),
    algorithms: z
      .array(z.enum(algorithms))
      .min(1)
      .default(['ES384', 'RS384'])
      .describe(`allowed signatures, of ${algorithms.join(', ')}`),
    fhirServers: z
      .array(secureUrl.transform((url) => url.replace(/\/+$/, '')))
      .default([])
      .describe('FHIR bases that a hook call may name to be read with its own token'),
    tenants: z
      .array(z.string().min(1).max(256))
      .min(1)
      .optional()
      .describe('allowed `tenant`; without the list any, or none'),
    clockSkewSeconds: z.int().min(0).max(300).default(60).describe('how far its clock may differ'),
    maximumTokenLifetimeSeconds: z.int().min(1).max(86_400).default(3600).describe('longest time from `iat` to `exp`'),
    requestsPerMinute: z.int().min(1).max(1_000_000).default(6000).describe('more are refused for the minute (429)'),
  })
  .refine(({ jku, keysFile, jwks }) => jku !== undefined || keysFile !== undefined || jwks !== undefined, {
    error: 'needs jku, keysFile or jwks',
  })
  .refine(({ keysFile, jwks }) => keysFile === undefined || jwks === undefined, {
    error: 'has keysFile and jwks: one of them',
  });

/** The clients file: `{ "clients": [ ... ] }`. A field that is not known is an error. */
export const clientsFileSchema = z.strictObject({
  clients: z
    .array(clientSchema)
    .min(1)
    .refine((clients) => new Set(clients.map(({ issuer }) => issuer)).size === clients.length, {
      error: 'two clients have one issuer',
    }),
});

export type ClientEntry = z.infer<typeof clientSchema>;

/** Name, meaning and default of each field of a client, for the help of the command line. */
export const clientFields: readonly { name: string; meaning: string; default: string | null }[] = Object.entries(
  clientSchema.shape,
).map(([name, schema]) => {
  const parsed = schema.safeParse(undefined);
  const usual = parsed.success ? parsed.data : undefined;
  return { name, meaning: schema.description ?? '', default: usual === undefined ? null : JSON.stringify(usual) };
});

function modulusBytes(n: unknown): number {
  return typeof n === 'string' ? Buffer.from(n, 'base64url').length : 0;
}
