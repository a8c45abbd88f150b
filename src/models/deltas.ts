import type { DeltaRequirement } from './image-schema.ts';

/** Feature key to value; undefined or NaN where a region has none. */
export type FeatureValues = Readonly<Record<string, number | undefined>>;

const operators: Readonly<Record<DeltaRequirement['operator'], (first: number, second: number) => number>> = {
  absolute: (first, second) => Math.abs(second - first),
  relative: (first, second) => Math.abs(second - first) / second,
  'net-change': (first, second) => (second - first) / first,
};

/**
 * Sets two feature sets against each other, feature by feature: `|b - a|`, `|b - a| / b` or `(b - a) / a`.
 *
 * @param first `a`: plain scan, or baseline.
 * @param second `b`: venous phase, or follow-up.
 * @returns A change per feature that both have; one with a zero denominator is left out, never infinite.
 */
export function deltaFeatures(
  operator: DeltaRequirement['operator'],
  first: FeatureValues,
  second: FeatureValues,
): Record<string, number> {
  const change = operators[operator];
  return Object.fromEntries(
    Object.entries(first).flatMap(([key, value]): [string, number][] => {
      const result = change(value ?? Number.NaN, second[key] ?? Number.NaN);
      return Number.isFinite(result) ? [[key, result]] : [];
    }),
  );
}
