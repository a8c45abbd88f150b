/** Mean of the values; NaN when there are none. */
export function mean(values: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i]!;
  return sum / values.length;
}

/**
 * Mean of `(value - centre) ** order`.
 *
 * @param values Values.
 * @param centre What the deviations are taken from, usually the mean.
 * @param order 1, 2, 3 or 4.
 */
export function centralMoment(values: ArrayLike<number>, centre: number, order: 1 | 2 | 3 | 4): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) {
    const deviation = values[i]! - centre;
    let power = deviation;
    for (let k = 1; k < order; k++) power *= deviation;
    sum += power;
  }
  return sum / values.length;
}

/** Smallest and largest value. */
export function range(values: ArrayLike<number>): [number, number] {
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  for (let i = 0; i < values.length; i++) {
    if (values[i]! < low) low = values[i]!;
    if (values[i]! > high) high = values[i]!;
  }
  return [low, high];
}
