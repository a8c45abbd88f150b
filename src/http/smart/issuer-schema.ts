import { z } from 'zod';
import { isSecureUrl } from '../loopback.ts';

const secureUrl = z
  .url({ error: 'an address' })
  .refine((text) => URL.canParse(text) && isSecureUrl(new URL(text)), { error: 'https, or http on loopback' })
  .refine((text) => !/[@#?]/.test(text), { error: 'no user name, no query and no fragment' });
const secureOrigin = secureUrl.refine((text) => URL.canParse(text) && new URL(text).origin === text, {
  error: 'an origin: https://host, without a path',
});

const issuerSchema = z
  .strictObject({
    iss: secureUrl.describe('FHIR base, as the EHR sends it in `iss`'),
    name: z.string().min(1).max(200).describe('what users call it'),
    clientId: z.string().min(1).max(512).describe('client id that the EHR has given to Deltascope'),
    keyFile: z
      .string()
      .min(1)
      .optional()
      .describe('private key of a confidential client: JWK, JWK Set or PEM (RSA, P-384), beside this file'),
    secretFile: z.string().min(1).optional().describe('or a file with its secret; without either a public client'),
    scope: z
      .string()
      .min(1)
      .max(2000)
      .default('openid fhirUser patient/*.rs')
      .describe(
        'scopes to ask for; `launch` or `launch/patient` is added. Who is granted fewer of patient/ is refused',
      ),
    authorizationOrigins: z
      .array(secureOrigin)
      .default([])
      .describe('origins of its authorization server, where that is not on the origin of `iss`'),
    fhirServer: secureUrl
      .optional()
      .describe('DELTASCOPE_FHIR_URL, where `iss` is another address of the same record with the same Patient ids'),
    standalone: z.boolean().default(false).describe('true: users may begin here and choose the patient at the EHR'),
    frameAncestors: z.array(secureOrigin).default([]).describe('origins of EHR pages that show Deltascope in a frame'),
  })
  .refine(({ keyFile, secretFile }) => keyFile === undefined || secretFile === undefined, {
    error: 'has keyFile and secretFile: one of them',
  })
  .refine(({ scope }) => scope.split(/\s+/).includes('openid'), {
    error: 'scope needs openid: nobody reads a record without a name',
  });

/** The issuers file: `{ "issuers": [ ... ] }`. A field that is not known is an error. */
export const issuersFileSchema = z.strictObject({
  issuers: z
    .array(issuerSchema)
    .min(1)
    .refine((issuers) => new Set(issuers.map(({ iss }) => iss.replace(/\/+$/, ''))).size === issuers.length, {
      error: 'two issuers have one iss',
    }),
});

export type IssuerEntry = z.infer<typeof issuerSchema>;
