/**
 * Smallest and largest value of a cohort.
 *
 * @param values At least one number.
 */
export function rangeOf(values: ArrayLike<number>): [number, number] {
  const all = Array.from(values);
  return [Math.min(...all), Math.max(...all)];
}

/** Multiples of 0.1, 0.2, 0.5, 1, 2 or 5 within a range, at most nine of them: an axis' ticks. */
export function evenTicks([low, high]: readonly [number, number]): number[] {
  const step = [0.1, 0.2, 0.5, 1, 2].find((candidate) => (high - low) / candidate <= 8) ?? 5;
  const first = Math.ceil(low / step);
  const last = Math.floor(high / step);
  return Array.from({ length: last - first + 1 }, (_, at) => Number(((first + at) * step).toFixed(1)));
}
