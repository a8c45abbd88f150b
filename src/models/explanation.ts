import { inputWords } from './input-words.ts';
import type { Explanation } from './model-result.ts';
import type { ModelInput } from './model-schema.ts';
import { transformed, untransformed } from './transformation.ts';

export type Contribution = Explanation['contributions'][number];

/** The patient against whom contributions count. */
export interface Reference {
  /** Numbers as the forms take them, by input name. */
  readonly values: Readonly<Record<string, number>>;
  readonly label: string;
}

/**
 * The reference patient of a linear predictor: the one that the model states, or the middle of the cohort's range for an input that
 * has one and 0 for the others. The bare product would make any age look like a strong driver.
 *
 * @param names Inputs of the predictor.
 * @param stated Numbers as the forms take them.
 */
export function referenceOf(
  names: readonly string[],
  inputs: readonly ModelInput[],
  stated?: Readonly<Record<string, number>>,
): Reference {
  const used = inputs.filter(({ name }) => names.includes(name));
  if (stated !== undefined) {
    const parts = used.map((input) => {
      const raw = untransformed(input, stated[input.name] ?? 0);
      return `${input.label} ${inputWords(input, raw)}`;
    });
    return { values: stated, label: `a patient with ${parts.join(', ')}` };
  }
  const ranged = used.filter(({ range, indicator }) => range !== undefined && indicator === undefined);
  const values = Object.fromEntries(
    used.map((input) => {
      const middle = ranged.includes(input) && input.range !== undefined ? (input.range[0] + input.range[1]) / 2 : null;
      return [input.name, middle === null ? 0 : transformed(input, middle)];
    }),
  );
  return { values, label: referenceLabel(used, ranged) };
}

function referenceLabel(used: readonly ModelInput[], ranged: readonly ModelInput[]): string {
  const factors = used.filter(({ indicator }) => indicator !== undefined);
  const others = used.filter((input) => !ranged.includes(input) && !factors.includes(input));
  const parts = [
    ranged.length > 0 ? "in the middle of the cohort's ranges" : '',
    factors.length > 0 ? `without any of the ${ranged.length + others.length > 0 ? 'other ' : ''}factors` : '',
    others.length > 0 ? `with 0 for ${others.map(({ label }) => label).join(', ')}` : '',
  ];
  return `a patient ${parts.filter((part) => part !== '').join(' and ')}`;
}

/** Label of an input; its name where there is none. */
export function inputLabel(inputs: readonly ModelInput[], name: string): string {
  return inputs.find((input) => input.name === name)?.label ?? name;
}

/** Sorted by size of the effect. */
export function strongestFirst(contributions: readonly Contribution[]): Contribution[] {
  return contributions.toSorted((a, b) => Math.abs(b.contribution) - Math.abs(a.contribution));
}

/** Adds up contributions of the same input from several sources. */
export function addUp(contributions: readonly Contribution[]): Contribution[] {
  const sums = new Map<string, Contribution>();
  for (const one of contributions) {
    const before = sums.get(one.input)?.contribution ?? 0;
    sums.set(one.input, { ...one, contribution: before + one.contribution });
  }
  return strongestFirst([...sums.values()]);
}
