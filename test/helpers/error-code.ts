import { DeltascopeError } from '../../src/errors.ts';

function codeOfError(error: unknown): string {
  if (error instanceof DeltascopeError) return error.code;
  throw error;
}

/** Code of the error that an action throws, `none` if it throws nothing; other errors are passed on. */
export function codeOf(action: () => unknown): string {
  try {
    action();
  } catch (error) {
    return codeOfError(error);
  }
  return 'none';
}

/** The same of a promise that is rejected. */
export function codeOfRejection(work: Promise<unknown>): Promise<string> {
  return work.then(() => 'none', codeOfError);
}
