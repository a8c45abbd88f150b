import { type DestinationStream, type Logger, pino } from 'pino';

export type { Logger } from 'pino';

/**
 * The service's logger: JSON lines on standard error (standard output belongs to the command's result).
 * Logs carry ids, codes and durations, never patient content or tokens; the redaction list is the second fence.
 */
export function createLogger(level: string, destination: DestinationStream = process.stderr): Logger {
  return pino(
    { level, base: null, redact: ['*.authorization', '*.access_token', '*.fhirAuthorization', 'fhirAuthorization'] },
    destination,
  );
}
