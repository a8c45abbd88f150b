/**
 * Smallest and largest value of a cohort.
 *
 * @param values At least one number.
 */
export function rangeOf(values: ArrayLike<number>): [number, number] {
  const all = Array.from(values);
  return [Math.min(...all), Math.max(...all)];
}

/** Multiples of 0.1, 0.2, 0.5, 1, 2 or 5 that a range lies between, at most nine of them: an axis' ticks. */
export function evenTicks([low, high]: readonly [number, number]): number[] {
  const count = (step: number) => Math.ceil(high / step) - Math.floor(low / step) + 1;
  const step = [0.1, 0.2, 0.5, 1, 2].find((candidate) => count(candidate) <= 9) ?? 5;
  const first = Math.floor(low / step);
  return Array.from({ length: count(step) }, (_, at) => Number(((first + at) * step).toFixed(1)));
}
