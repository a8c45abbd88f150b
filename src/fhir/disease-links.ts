import type { Chart, Reading } from './chart.ts';
import { isInSet } from './code-set.ts';
import type { Condition } from './resources.ts';

interface Link {
  readonly reference?: string | undefined;
}

/** Links to the Conditions that a metastasis or a tumour belongs to (mCODE, by its present and its former extension). */
export function relatedConditions({
  extension = [],
}: {
  readonly extension?: readonly { readonly url: string; readonly valueReference?: Link | undefined }[] | undefined;
}): Link[] {
  return extension.flatMap(({ url, valueReference }) =>
    valueReference !== undefined && /(related-condition|condition-related)$/.test(url) ? [valueReference] : [],
  );
}

/** The Conditions of the chart that links point to. */
export function conditionsAt(links: readonly Link[], chart: Chart): Condition[] {
  return links
    .map(({ reference }) => (reference === undefined ? undefined : chart.resolve(reference)))
    .filter((found) => found?.resourceType === 'Condition');
}

/**
 * Whether something belongs to another disease than the lung cancer and its metastases: it names Conditions of the chart, and
 * all of them are others.
 */
export function isOfAnotherDisease(links: readonly Link[] | undefined, { chart, mappings }: Reading): boolean {
  const { lungCancer, metastases, metastasisOfUnknownSite } = mappings.conditions;
  const ours = [
    ...Object.values(lungCancer).flat(),
    ...metastases.flatMap(({ include }) => include),
    ...metastasisOfUnknownSite,
  ];
  const conditions = conditionsAt(links ?? [], chart);
  return conditions.length > 0 && conditions.every(({ code }) => !isInSet(ours, code));
}
