import type { Forest } from '../../statistics/random-forest.ts';
import type { Explanation, Outcome } from '../model-result.ts';
import type { ModelInput } from '../model-schema.ts';

/** What a form says about one patient. */
export interface Prediction {
  readonly kind: Outcome['kind'];
  readonly value: number;
  readonly relativeTo: string | null;
  readonly risks: Outcome['risks'];
  /** The number that cut-offs are compared with: the value, for a Cox form its logarithm. */
  readonly position: number;
  readonly explanation: Explanation;
  readonly members: Outcome['members'];
}

/** What a form is evaluated on. */
export interface FormContext {
  /** Numbers as the forms take them, by input name; others may be there. */
  readonly values: Readonly<Record<string, number>>;
  readonly inputs: readonly ModelInput[];
  /** By the file that a form names. */
  readonly forests: ReadonlyMap<string, Forest>;
}

/** A number without reference, months or members. */
export const plain = { relativeTo: null, risks: [], members: [] } as const;
