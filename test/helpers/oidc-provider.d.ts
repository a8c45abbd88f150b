declare module 'oidc-provider' {
  import type { RequestListener } from 'node:http';

  interface ClientCredentials {
    readonly scope?: string;
    readonly isExpired: boolean;
  }

  /** As much of oidc-provider as the tests use; it has no declarations of its own. */
  export class Provider {
    constructor(issuer: string, configuration: Readonly<Record<string, unknown>>);
    readonly ClientCredentials: { find(token: string): Promise<ClientCredentials | undefined> };
    callback(): RequestListener;
    on(event: string, listener: (...given: readonly unknown[]) => void): this;
  }
}
