import { randomUUID } from 'node:crypto';
import { createServer } from 'node:http';
import express, { type Request, type Response } from 'express';
import { exportJWK, generateKeyPair, type JWK, SignJWT } from 'jose';
import { Provider } from 'oidc-provider';
import { listenOnLoopback } from './loopback.ts';

export type TokenResponse = Record<string, unknown>;

/** What the tests do to a token response before it is sent. */
export type Alteration = (
  response: TokenResponse,
  sign: (claims: Record<string, unknown>) => Promise<string>,
) => TokenResponse | Promise<TokenResponse>;

/** An EHR with SMART App Launch, played by oidc-provider: its FHIR base, its authorization server and a user who always agrees. */
export interface Ehr {
  /** FHIR base. */
  readonly iss: string;
  /** A launch from a chart: the value of `launch`. @param context Further members of its token response. */
  launchOf(patient: string, context?: TokenResponse): string;
  /** Parameters of every authorization request. */
  readonly authorizations: Readonly<Record<string, string | undefined>>[];
  /** Tokens that were issued. */
  readonly tokens: string[];
  /** Alters the token responses from now on. */
  alter(alteration: Alteration): void;
  /** Changes what smart-configuration says from now on. */
  configuration: Record<string, unknown>;
  close(): Promise<void>;
}

export interface EhrOptions {
  readonly redirectUri: string;
  /** Origin under which browsers see it, where that is another one than its own: TLS ends in front of it. */
  readonly browserOrigin?: string;
  /** Registers a confidential client with this key or secret; a public one without both. */
  readonly publicJwk?: JWK;
  readonly secret?: string;
  /** Who is in front of the screen. */
  readonly user?: string;
  /** Whom the user chooses in a standalone launch. */
  readonly chosenPatient?: string;
  /** Of a token (s). */
  readonly lifetime?: number;
  readonly scopes?: readonly string[];
}

export const ehrClientId = 'deltascope-app';
const algorithm = 'RS256';
const everyScope = ['openid', 'fhirUser', 'launch', 'launch/patient', 'patient/*.rs', 'patient/Patient.rs'];

export async function startEhr(options: EhrOptions): Promise<Ehr> {
  const { user = 'dr-who', chosenPatient = 'chosen', lifetime = 600 } = options;
  const app = express();
  const { url: origin, close } = await listenOnLoopback(createServer(app));
  const iss = `${origin}/fhir`;
  const issuer = `${options.browserOrigin ?? origin}/auth`;
  const { privateKey } = await generateKeyPair(algorithm, { extractable: true });
  const signingJwk = { ...(await exportJWK(privateKey)), kid: 'ehr-1', alg: algorithm, use: 'sig' };
  const launches = new Map<string, TokenResponse>();
  const contexts = new Map<string, TokenResponse>();
  const authorizations: Ehr['authorizations'] = [];
  const tokens: string[] = [];
  let alteration: Alteration = (response) => response;

  const provider: Provider = new Provider(issuer, {
    clients: [clientOf(options)],
    jwks: { keys: [signingJwk] },
    scopes: [...(options.scopes ?? everyScope)],
    claims: { openid: ['sub'], fhirUser: ['fhirUser'] },
    conformIdTokenClaims: false,
    extraParams: ['launch', 'aud'],
    pkce: { required: () => true },
    cookies: { keys: ['a key of this test'] },
    clientAuthMethods: ['none', 'private_key_jwt', 'client_secret_basic'],
    enabledJWA: { clientAuthSigningAlgValues: ['RS384', 'ES384'] },
    features: { devInteractions: { enabled: false } },
    // Every launch is asked about anew: it may be of another chart.
    loadExistingGrant: async ({ oidc }: { oidc: { result?: { consent?: { grantId: string } } } }) =>
      oidc.result?.consent === undefined ? undefined : provider.Grant.find(oidc.result.consent.grantId),
    interactions: { url: (_context: unknown, { uid }: { uid: string }) => `/interaction/${uid}` },
    ttl: { AccessToken: lifetime, AuthorizationCode: 60, Grant: 600, IdToken: 600, Interaction: 600, Session: 600 },
    findAccount: (_context: unknown, accountId: string) => ({
      accountId,
      claims: async () => ({ sub: accountId, fhirUser: `${iss}/Practitioner/${accountId}` }),
    }),
  });
  provider.proxy = options.browserOrigin !== undefined;
  const sign = (claims: Record<string, unknown>) =>
    new SignJWT(claims).setProtectedHeader({ alg: algorithm, kid: 'ehr-1' }).sign(privateKey);
  provider.use(async (context, next) => {
    await next();
    if (context.oidc?.route !== 'token' || context.status !== 200) return;
    tokens.push(String(context.body.access_token));
    const known = contexts.get(context.oidc.entities.Grant?.jti ?? '') ?? {};
    context.body = await alteration({ ...context.body, ...known }, sign);
  });

  app.get('/interaction/:uid', async (request: Request, response: Response) => {
    const { params } = await provider.interactionDetails(request, response);
    authorizations.push(params);
    const context = params.launch === undefined ? { patient: chosenPatient } : launches.get(params.launch);
    if (params.aud !== iss || context === undefined) {
      await provider.interactionFinished(request, response, { error: 'invalid_request' });
      return;
    }
    const grant = new provider.Grant({ accountId: user, clientId: params.client_id });
    grant.addOIDCScope(params.scope ?? '');
    const grantId = await grant.save();
    contexts.set(grantId, context);
    await provider.interactionFinished(request, response, { login: { accountId: user }, consent: { grantId } });
  });
  app.use('/auth', provider.callback());
  const ehr = {
    iss,
    authorizations,
    tokens,
    configuration: {
      issuer,
      jwks_uri: `${origin}/auth/jwks`,
      authorization_endpoint: `${issuer}/auth`,
      token_endpoint: `${origin}/auth/token`,
      code_challenge_methods_supported: ['S256'],
      capabilities: ['launch-ehr', 'launch-standalone', 'sso-openid-connect', 'context-ehr-patient'],
    } as Record<string, unknown>,
    launchOf(patient: string, context: TokenResponse = {}) {
      const launch = randomUUID();
      launches.set(launch, { patient, ...context });
      return launch;
    },
    alter(next: Alteration) {
      alteration = next;
    },
    close,
  };
  app.get('/fhir/.well-known/smart-configuration', (_request: Request, response: Response) => {
    response.json(ehr.configuration);
  });
  return ehr;
}

function clientOf({ redirectUri, publicJwk, secret }: EhrOptions) {
  const client = { client_id: ehrClientId, redirect_uris: [redirectUri], response_types: ['code'] };
  if (publicJwk !== undefined) {
    return {
      ...client,
      token_endpoint_auth_method: 'private_key_jwt',
      token_endpoint_auth_signing_alg: publicJwk.alg,
      jwks: { keys: [publicJwk] },
    };
  }
  if (secret !== undefined) {
    return { ...client, token_endpoint_auth_method: 'client_secret_basic', client_secret: secret };
  }
  return { ...client, token_endpoint_auth_method: 'none' };
}
