import type { ApplicabilityRule, Model } from '../../models/model-schema.ts';
import type { Recovery, ReplicatedEffect } from './recovery.ts';
import type { FittedSignature } from './signature.ts';

type Image = Model['images'][number];

/** Adults with extensive-stage SCLC before or under the first line of therapy: the population of both ES-SCLC papers. */
export const firstLineExtensiveSclc: ApplicabilityRule[] = [
  {
    fact: 'histology',
    equals: 'sclc',
    reason: 'the model is for small-cell lung cancer only',
    whenUnknown: 'abstain',
  },
  {
    fact: 'extent',
    equals: 'extensive',
    reason: 'the model is for extensive-stage disease only',
    whenUnknown: 'abstain',
  },
  { fact: 'therapyLine', maximum: 1, reason: 'the model is for first-line therapy only', whenUnknown: 'warn' },
  { fact: 'age', minimum: 18, reason: 'the model is for adults only', whenUnknown: 'warn' },
];

/** What all images of the ES-SCLC models have in common. */
export const sclcImage: Pick<Image, 'maximumAgeDays' | 'sliceThicknessMm'> = {
  maximumAgeDays: 60,
  sliceThicknessMm: [1, 5],
};

/** What a person reads of the mending of a missing image. */
export const segmentationNeeded = 'with the primary tumour segmented (DICOM SEG)';

/** The first sentence of every demonstration model's limits. */
export const notClinical = 'Not a clinical result: no coefficient comes from patients';

/** An area under a curve or a concordance as it is printed. */
export function three(value: number): string {
  return value.toFixed(3);
}

/** An estimate with its 95% limits: "0.919 (0.850-0.960)". */
export function withLimits(value: number, [low, high]: readonly number[]): string {
  return `${three(value)} (${three(low ?? Number.NaN)}-${three(high ?? Number.NaN)})`;
}

/**
 * A linear predictor written out, so that a worked example can be checked by hand.
 *
 * @param start Intercept, or minus the reference.
 */
export function workOut(
  start: number,
  terms: readonly { readonly name: string; readonly coefficient: number }[],
  inputs: Readonly<Record<string, number>>,
): { readonly written: string; readonly value: number } {
  const products = terms.map(({ name, coefficient }) => ({ coefficient, value: inputs[name] ?? Number.NaN }));
  return {
    written: [String(start), ...products.map(({ coefficient, value }) => `${coefficient} x ${value}`)].join(' + '),
    value: products.reduce((sum, { coefficient, value }) => sum + coefficient * value, start),
  };
}

/** A table of what each step of the selection left, a row a signature. */
export function selectionTable(signatures: Readonly<Record<string, FittedSignature>>): string {
  const steps = Object.keys(Object.values(signatures)[0]?.selection ?? {}).filter(
    (step) => !['alpha', 'meanMse', 'lambda', 'meanDeviance'].includes(step),
  );
  const row = (cells: readonly (string | number)[]) => `| ${cells.join(' | ')} |`;
  return [
    row(['signature', ...steps]),
    row(['---', ...steps.map(() => '---')]),
    ...Object.entries(signatures).map(([name, { selection }]) =>
      row([name, ...steps.map((step) => selection[step] ?? '')]),
    ),
  ].join('\n');
}

/** A table of planted effects and what the fit says of them. */
export function recoveryTable(recovered: readonly Recovery[]): string {
  const rows = recovered.map(({ name, planted, ci95: [low, high], agrees }) => {
    return `| ${name} | ${plantedText(planted)} | ${three(low)} to ${three(high)} | ${agrees ? 'yes' : 'no'} | ${low > 0 || high < 0 ? 'yes' : 'no'} |`;
  });
  return [
    '| predictor | planted | 95% interval of the fit | found | excludes 0 |',
    '|---|---|---|---|---|',
    ...rows,
  ].join('\n');
}

/** A table of what the intervals are worth over many outcomes, with the hidden traits in sight and with scores in their place. */
export function replicatesTable({
  withTraits,
  withScores,
}: Readonly<Record<Seen, readonly ReplicatedEffect[]>>): string {
  const rows = (seen: string, effects: readonly ReplicatedEffect[]) =>
    effects.map(({ name, planted, covered, detected }) => {
      const coverage = covered === null ? '' : percent(covered);
      return `| ${seen} | ${name} | ${plantedText(planted)} | ${coverage} | ${percent(detected)} |`;
    });
  return [
    '| the fit sees | predictor | planted | intervals that hold it | intervals on its side of 0 |',
    '|---|---|---|---|---|',
    ...rows('the hidden trait', withTraits),
    ...rows('scores of images', withScores),
  ].join('\n');
}

type Seen = 'withTraits' | 'withScores';

function plantedText(planted: Recovery['planted']): string {
  return typeof planted === 'number' ? three(planted) : planted;
}

function percent(share: number): string {
  return `${(100 * share).toFixed(1)}%`;
}
