import { z } from 'zod';
import type { Bundle } from './resources.ts';

const operationOutcome = z.object({
  resourceType: z.literal('OperationOutcome'),
  issue: z
    .array(z.object({ severity: z.string().optional().catch(undefined), code: z.string().optional().catch(undefined) }))
    .optional()
    .catch(undefined),
});

/** Remarks with these codes say that there may be more than was answered; others (nothing found, a code unknown) do not. */
const withholding = new Set([
  'suppressed',
  'forbidden',
  'security',
  'login',
  'expired',
  'incomplete',
  'too-costly',
  'throttled',
  'timeout',
  'transient',
  'lock-error',
  'no-store',
  'exception',
]);

/** What a server says about its own answer: `failed`, `withheld` (there may be more than it gives), or nothing of that kind. */
export interface SearchOutcome {
  readonly state: 'failed' | 'withheld' | 'complete';
  /** Code of the issue. Its text could name the patient and is not read. */
  readonly code: string;
}

const complete: SearchOutcome = { state: 'complete', code: '' };

/** Reads an OperationOutcome; any other value says nothing. */
export function readOutcome(value: unknown): SearchOutcome {
  const parsed = operationOutcome.safeParse(value);
  if (!parsed.success) return complete;
  const issues = parsed.data.issue ?? [];
  const failure = issues.find(({ severity }) => severity !== 'warning' && severity !== 'information');
  if (failure !== undefined || issues.length === 0) return { state: 'failed', code: failure?.code ?? 'no code' };
  const held = issues.find(({ code }) => code !== undefined && withholding.has(code));
  return held === undefined ? complete : { state: 'withheld', code: held.code ?? 'no code' };
}

/**
 * The worst of what the OperationOutcomes among the entries of a Bundle say. Servers add one for "nothing found" too.
 *
 * @see FHIR R4, Bundle.entry.search.mode `outcome`
 */
export function searchOutcome({ entry = [] }: Bundle): SearchOutcome {
  const outcomes = entry.map(({ resource }) => readOutcome(resource));
  return (
    outcomes.find(({ state }) => state === 'failed') ?? outcomes.find(({ state }) => state === 'withheld') ?? complete
  );
}
