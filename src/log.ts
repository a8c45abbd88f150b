import { type DestinationStream, type Logger, pino } from 'pino';
import { DeltascopeError } from './errors.ts';

export type { Logger } from 'pino';

/** Fields that hold tokens or a part of a record, wherever an object that is logged has them. */
const privateFields = [
  'authorization',
  'access_token',
  'token',
  'password',
  'fhirAuthorization',
  'prefetch',
  'context',
  'userComment',
  'headers',
  'body',
  'patient',
  'patientId',
];

/**
 * The service's logger: JSON lines on standard error (standard output belongs to the command's result).
 * Logs carry codes, durations and the ids of jobs and requests, never patients, patient content or tokens. The lists here are
 * the second fence: named fields are left out, errors are logged without what others put into them, and what looks like a
 * token or a patient's reference is masked.
 */
export function createLogger(level: string, destination: DestinationStream = process.stderr): Logger {
  return pino(
    {
      level,
      base: null,
      redact: privateFields.flatMap((name) => [name, `*.${name}`, `*.*.${name}`]),
      serializers: { err: loggedError },
      hooks: { streamWrite: mask },
    },
    destination,
  );
}

/** An error as it may be logged. */
interface LoggedError {
  readonly type: string;
  readonly code?: string;
  readonly message?: string;
  readonly stack?: string;
  readonly cause?: LoggedError;
}

const deepestCause = 5;

/**
 * Our own messages hold no patient content. Those of others may: a JSON parser quotes what it read, a database the values, an
 * HTTP client keeps request and response. So of those only type, code and stack are kept, and the message where the
 * language or the operating system made it.
 */
function loggedError(error: unknown, depth = 0): LoggedError {
  if (!(error instanceof Error)) return { type: typeof error };
  const code = 'code' in error && typeof error.code === 'string' ? error.code : undefined;
  const frames = error.stack?.split('\n').filter((line) => /^\s+at /.test(line));
  return {
    type: error.name,
    ...(code !== undefined && { code }),
    ...(isHarmless(error) && { message: error.message }),
    ...(frames !== undefined && frames.length > 0 && { stack: frames.join('\n') }),
    ...(error.cause !== undefined && depth < deepestCause && { cause: loggedError(error.cause, depth + 1) }),
  };
}

function isHarmless(error: Error): boolean {
  return (
    error instanceof DeltascopeError ||
    error instanceof TypeError ||
    error instanceof RangeError ||
    error instanceof ReferenceError ||
    'syscall' in error
  );
}

const masks: readonly [RegExp, string][] = [
  [/eyJ[\w-]+\.[\w-]+(\.[\w-]*)*/g, '[token]'],
  [/\b(Bearer|Basic) +[\w.~+/=-]+/gi, '$1 [token]'],
  [/\bPatient(\/|%2F)[\w.-]+/gi, 'Patient/[id]'],
  [/\b(patient|subject|PatientID|identifier)=[^&\s"\\]+/gi, '$1=[id]'],
];

/** The last fence, over a whole line. */
function mask(line: string): string {
  return masks.reduce((text, [pattern, replacement]) => text.replace(pattern, replacement), line);
}

/**
 * Calls `report` once for an error, however many share it: all that was to be written together fails with the same.
 *
 * @returns What takes the errors of each.
 */
export function onceForEach(report: (error: unknown) => void): (error: unknown) => void {
  const told = new WeakSet<object>();
  return (error) => {
    if (typeof error === 'object' && error !== null) {
      if (told.has(error)) return;
      told.add(error);
    }
    report(error);
  };
}
