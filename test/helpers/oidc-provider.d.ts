declare module 'oidc-provider' {
  import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';

  interface ClientCredentials {
    readonly scope?: string;
    readonly isExpired: boolean;
  }

  interface Interaction {
    readonly params: Readonly<Record<string, string | undefined>>;
  }

  interface Grant {
    addOIDCScope(scope: string): void;
    save(): Promise<string>;
  }

  /** Of a Koa middleware, what the tests look at. */
  interface Context {
    status: number;
    body: Record<string, unknown>;
    readonly oidc?: {
      readonly route?: string;
      readonly params?: Readonly<Record<string, string | undefined>>;
      readonly entities: { readonly Grant?: { readonly jti: string } };
    };
  }

  /** As much of oidc-provider as the tests use; it has no declarations of its own. */
  export class Provider {
    constructor(issuer: string, configuration: Readonly<Record<string, unknown>>);
    /** Whether X-Forwarded-Proto and -Host are believed. */
    proxy: boolean;
    readonly ClientCredentials: { find(token: string): Promise<ClientCredentials | undefined> };
    readonly Grant: {
      new (of: { accountId: string; clientId: string | undefined }): Grant;
      find(id: string): Promise<Grant | undefined>;
    };
    callback(): RequestListener;
    on(event: string, listener: (...given: readonly unknown[]) => void): this;
    use(middleware: (context: Context, next: () => Promise<void>) => Promise<void>): this;
    interactionDetails(request: IncomingMessage, response: ServerResponse): Promise<Interaction>;
    interactionFinished(request: IncomingMessage, response: ServerResponse, result: unknown): Promise<void>;
  }
}
