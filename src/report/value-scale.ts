/** A change smaller than this share of the value does not fill a chart, or noise would look like a course. */
const leastShare = 0.2;

/**
 * The range of values that a chart shows: all of them, and at least a fifth of the greatest magnitude.
 *
 * @param values One or more; a limit that is drawn beside them is one of them.
 */
export function valueRange(values: readonly number[]): { readonly low: number; readonly high: number } {
  const [low, high] = [Math.min(...values), Math.max(...values)];
  const least = Math.max(Math.abs(low), Math.abs(high)) * leastShare || 1;
  const lacking = Math.max(0, least - (high - low)) / 2;
  return { low: low - lacking, high: high + lacking };
}
