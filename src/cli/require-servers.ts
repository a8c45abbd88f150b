import type { Config } from '../config.ts';
import { ConfigError } from '../errors.ts';

/**
 * The configured servers, for a command that has no demonstration of its own.
 *
 * @throws ConfigError `CONFIG_INCOMPLETE` where none are.
 */
export function requireServers({ servers }: Config): NonNullable<Config['servers']> {
  if (servers !== undefined) return servers;
  throw new ConfigError(
    'CONFIG_INCOMPLETE',
    'DELTASCOPE_FHIR_URL, DELTASCOPE_DICOMWEB_URL',
    'set both; the demonstration prints those of its own servers',
  );
}
