import type { Config } from '../config.ts';
import { ConfigError } from '../errors.ts';
import type { ReplayStore } from '../store/replay.ts';
import type { ClientRegistry } from './client-registry.ts';
import { isLoopback } from './loopback.ts';

/** What the check of a client stands on. */
export interface ClientTrust {
  /** Null in open mode: nobody is asked who calls. */
  readonly clients: ClientRegistry | null;
  readonly replay: ReplayStore;
  /** Address under which clients see the service, without a slash at the end: the `aud` of their tokens begins with it. */
  readonly publicUrl: () => string;
}

/**
 * Refuses a configuration under which somebody on the network could ask about any patient.
 *
 * @throws ConfigError `CONFIG_INCOMPLETE` for open mode on an address beyond loopback, and for registered clients without
 *   the address that they put into their tokens.
 */
export function checkExposure(
  config: Pick<Config, 'host' | 'publicUrl' | 'clientsFile' | 'publishedOnLoopback'>,
): void {
  if (isLoopback(config.host)) return;
  if (config.clientsFile === undefined && !config.publishedOnLoopback) {
    throw new ConfigError(
      'CONFIG_INCOMPLETE',
      'DELTASCOPE_CLIENTS_FILE',
      `DELTASCOPE_HOST is ${config.host}, and without registered clients whoever reaches it can ask about any patient. ` +
        'Set DELTASCOPE_CLIENTS_FILE (`deltascope clients --help` explains it), or listen on 127.0.0.1, or, in a ' +
        'container whose port is published on loopback only, set DELTASCOPE_OPEN_MODE=published-on-loopback',
    );
  }
  if (config.clientsFile !== undefined && config.publicUrl === undefined) {
    throw new ConfigError(
      'CONFIG_INCOMPLETE',
      'DELTASCOPE_PUBLIC_URL',
      'registered clients name the address that they call in their tokens (aud): set it as they see it',
    );
  }
}

/** Does a client reach the service over a connection that others can read? CDS Hooks asks for HTTPS. */
export function isPlainHttp(publicUrl: string | undefined): boolean {
  if (publicUrl === undefined) return false;
  const { protocol, hostname } = new URL(publicUrl);
  return protocol === 'http:' && !isLoopback(hostname);
}
