import { createServer } from 'node:http';
import express, { type Request, type Response } from 'express';
import type { JWK } from 'jose';
import { Provider } from 'oidc-provider';
import { listenOnLoopback } from './loopback.ts';

export interface AuthorizationServer {
  /** FHIR base: it answers only to tokens of the authorization server on the same origin. */
  readonly fhirUrl: string;
  readonly tokenEndpoint: string;
  /** Paths with query of every request, in order. */
  readonly requests: string[];
  /** Tokens that the FHIR base was shown. */
  readonly tokens: string[];
  /** Scopes that each token was asked for with. */
  readonly asked: string[];
  /** Why a request for a token was refused, as the server says it to itself. */
  readonly refusals: string[];
  /** Every token that was issued until now is refused from now on. */
  withdraw(): void;
  close(): Promise<void>;
}

export interface AuthorizationServerOptions {
  readonly clientId: string;
  readonly publicJwk: JWK;
  /** What the client may be granted; what it asks for beyond is left out of the grant, as oidc-provider does. */
  readonly scopes: readonly string[];
  /** Of a token (s). */
  readonly lifetime?: number;
  /** `token_endpoint` of .well-known/smart-configuration instead of the real one. */
  readonly announcedEndpoint?: string;
  /** Answers of the FHIR base by path, or the base of the FHIR server that gives them. */
  readonly record: ((path: string) => unknown) | string;
}

/** oidc-provider with `private_key_jwt`, and a FHIR base beside it that demands its tokens. */
export async function startAuthorizationServer(options: AuthorizationServerOptions): Promise<AuthorizationServer> {
  const app = express();
  const { url: origin, close } = await listenOnLoopback(createServer(app));
  const tokenEndpoint = `${origin}/auth/token`;
  const provider = new Provider(`${origin}/auth`, {
    clients: [
      {
        client_id: options.clientId,
        grant_types: ['client_credentials'],
        response_types: [],
        redirect_uris: [],
        token_endpoint_auth_method: 'private_key_jwt',
        token_endpoint_auth_signing_alg: options.publicJwk.alg,
        jwks: { keys: [options.publicJwk] },
        scope: options.scopes.join(' '),
      },
    ],
    scopes: [...options.scopes],
    clientAuthMethods: ['private_key_jwt'],
    enabledJWA: { clientAuthSigningAlgValues: ['RS384', 'ES384'] },
    features: { clientCredentials: { enabled: true }, devInteractions: { enabled: false } },
    ttl: { ClientCredentials: options.lifetime ?? 300 },
  });
  const requests: string[] = [];
  const refusals: string[] = [];
  const asked: string[] = [];
  provider.on('grant.success', (context) => {
    asked.push(
      String((context as { readonly oidc: { readonly params: { readonly scope?: string } } }).oidc.params.scope),
    );
  });
  provider.on('grant.error', (_context, error) => {
    refusals.push(String((error as { readonly error_detail?: string }).error_detail));
  });
  const tokens: string[] = [];
  const withdrawn = new Set<string>();

  app.use((request, _response, next) => {
    requests.push(request.originalUrl);
    next();
  });
  app.use('/auth', provider.callback());
  app.get('/fhir/.well-known/smart-configuration', (_request: Request, response: Response) => {
    response.json({
      token_endpoint: options.announcedEndpoint ?? tokenEndpoint,
      token_endpoint_auth_signing_alg_values_supported: ['RS384', 'ES384'],
    });
  });
  app.use('/fhir', async (request: Request, response: Response) => {
    const [, token] = /^Bearer (.+)$/.exec(request.headers.authorization ?? '') ?? [];
    const known = token === undefined ? undefined : await provider.ClientCredentials.find(token);
    if (token !== undefined) tokens.push(token);
    if (token === undefined || known === undefined || known.isExpired || withdrawn.has(token)) {
      response.status(401).json({ resourceType: 'OperationOutcome' });
      return;
    }
    const { record } = options;
    if (typeof record === 'string') await forward(request, response, record, `${origin}/fhir`);
    else response.json(record(request.url));
  });
  return {
    fhirUrl: `${origin}/fhir`,
    tokenEndpoint,
    requests,
    tokens,
    refusals,
    asked,
    withdraw: () => {
      for (const token of tokens) withdrawn.add(token);
    },
    close,
  };
}

/** Has the FHIR server at `target` answer, under the address that the client knows. */
async function forward(request: Request, response: Response, target: string, own: string): Promise<void> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const answer = await fetch(`${target}${request.url === '/' ? '' : request.url}`, {
    method: request.method,
    // A connection that the server behind has just closed would be taken for its failure.
    headers: { 'content-type': 'application/fhir+json', connection: 'close' },
    ...(chunks.length > 0 && { body: Buffer.concat(chunks) }),
  });
  const text = await answer.text();
  response.status(answer.status).type('application/fhir+json').send(text.replaceAll(target, own));
}
