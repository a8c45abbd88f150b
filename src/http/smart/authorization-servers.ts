import { allowInsecureRequests, Configuration, customFetch, enableNonRepudiationChecks } from 'openid-client';
import { z } from 'zod';
import { RequestError } from '../../errors.ts';
import { withoutSlash } from '../../server-addresses.ts';
import { createSmartMetadataFetch, readBounded } from '../bounded-fetch.ts';
import type { SmartIssuer } from './smart-issuers.ts';

/** For each request to an authorization server; the user waits for them. */
const timeoutMs = 5000;
/** Metadata are fetched again when they are older. */
const metadataMaxAgeMs = 10 * 60_000;

const metadataSchema = z.looseObject({
  issuer: z.url({ error: 'missing: single sign-on (sso-openid-connect) says who the user is' }),
  jwks_uri: z.url({ error: 'missing: the id_token is signed with keys from there' }),
  authorization_endpoint: z.url(),
  token_endpoint: z.url(),
  code_challenge_methods_supported: z
    .array(z.string())
    .refine((methods) => methods.includes('S256'), { error: 'needs S256' }),
  id_token_signing_alg_values_supported: z.array(z.string()).optional(),
  authorization_response_iss_parameter_supported: z.boolean().optional(),
});

/** What is known of the issuers' authorization servers. */
export interface AuthorizationServers {
  /**
   * @throws RequestError `SMART_UNREACHABLE` when the EHR does not answer, `SMART_ANSWER_INVALID` for metadata that lack
   *   something or lead to an origin that is not configured.
   */
  of(issuer: SmartIssuer): Promise<Configuration>;
}

/**
 * Authorization servers, by `.well-known/smart-configuration` of the FHIR base and nothing else: asked for with the first launch
 * and every ten minutes.
 *
 * @see SMART App Launch 2.2, Conformance
 */
export function createAuthorizationServers(): AuthorizationServers {
  const known = new Map<string, { readonly configuration: Promise<Configuration>; readonly until: number }>();
  const fetches = new Map<string, ReturnType<typeof createSmartMetadataFetch>>();
  return {
    of(issuer) {
      const entry = known.get(issuer.iss);
      if (entry !== undefined && entry.until > Date.now()) return entry.configuration;
      const fetchMetadata = fetches.get(issuer.iss) ?? createSmartMetadataFetch();
      fetches.set(issuer.iss, fetchMetadata);
      const configuration = discover(issuer, fetchMetadata).catch((error: unknown) => {
        known.delete(issuer.iss);
        throw error;
      });
      known.set(issuer.iss, { configuration, until: Date.now() + metadataMaxAgeMs });
      return configuration;
    },
  };
}

async function discover(
  issuer: SmartIssuer,
  fetchMetadata: ReturnType<typeof createSmartMetadataFetch>,
): Promise<Configuration> {
  const address = `${withoutSlash(issuer.iss)}/.well-known/smart-configuration`;
  const answer = await fetchMetadata(address, {
    headers: new Headers({ Accept: 'application/json' }),
    method: 'GET',
    redirect: 'manual',
    signal: AbortSignal.timeout(timeoutMs),
  }).catch((cause: unknown) => {
    throw new RequestError('SMART_UNREACHABLE', 'iss', 'the EHR does not say where to log in: try again later', {
      cause,
    });
  });
  const parsed = metadataSchema.safeParse(await answer.json());
  if (!parsed.success) {
    const wrong = parsed.error.issues.map((issue) => `${issue.path.join('.')} ${issue.message}`);
    throw invalid(`the EHR's smart-configuration: ${wrong.join('; ')}`);
  }
  const { authorization_endpoint, token_endpoint, jwks_uri } = parsed.data;
  for (const endpoint of [authorization_endpoint, token_endpoint, jwks_uri]) {
    if (!issuer.origins.has(new URL(endpoint).origin)) {
      throw invalid(`${new URL(endpoint).origin} is not configured for this EHR: name it in authorizationOrigins`);
    }
  }
  return configure(issuer, parsed.data);
}

function configure(issuer: SmartIssuer, metadata: z.output<typeof metadataSchema>): Configuration {
  const { id_token_signing_alg_values_supported: signing, authorization_response_iss_parameter_supported: iss } =
    metadata;
  const configuration = new Configuration(
    {
      issuer: metadata.issuer,
      authorization_endpoint: metadata.authorization_endpoint,
      token_endpoint: metadata.token_endpoint,
      jwks_uri: metadata.jwks_uri,
      code_challenge_methods_supported: metadata.code_challenge_methods_supported,
      ...(signing !== undefined && { id_token_signing_alg_values_supported: signing }),
      ...(iss !== undefined && { authorization_response_iss_parameter_supported: iss }),
    },
    issuer.clientId,
    undefined,
    issuer.authentication(metadata.token_endpoint),
  );
  configuration.timeout = timeoutMs / 1000;
  configuration[customFetch] = async (url, options) => {
    const answer = await fetch(url, { ...(options as RequestInit), redirect: 'error' });
    const { status, headers } = answer;
    return new Response(await readBounded(answer), { status, headers });
  };
  // The signature counts, not only the connection that the id_token came by.
  enableNonRepudiationChecks(configuration);
  // Configured origins are https, or http on this machine.
  if ([...issuer.origins].some((origin) => origin.startsWith('http:'))) allowInsecureRequests(configuration);
  return configuration;
}

function invalid(text: string): RequestError {
  return new RequestError('SMART_ANSWER_INVALID', 'iss', text);
}
