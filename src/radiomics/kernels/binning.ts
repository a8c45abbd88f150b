/** PyRadiomics' upper limit is memory; a level is stored in 16 bits here, which is far above any sensible binning. */
const maximumLevels = 65_535;

/**
 * Edges of bins of a fixed width, aligned to multiples of the width (not to the smallest value, as IBSI has it).
 *
 * @param minimum Smallest value of the region.
 * @param maximum Largest value of the region.
 * @param binWidth Width, > 0, in the unit of the values.
 * @returns Ascending edges; bin `i` is `[edges[i], edges[i + 1])`.
 * @throws RangeError if there were more than {@link maximumLevels} bins.
 * @see PyRadiomics, imageoperations.py `getBinEdges`
 */
export function fixedWidthEdges(minimum: number, maximum: number, binWidth: number): Float64Array {
  const low = minimum - floorModulo(minimum, binWidth);
  const count = Math.ceil((maximum + 2 * binWidth - low) / binWidth);
  requireLevels(count - 1);
  if (count === 1) return Float64Array.of(low - 0.5, low + 0.5);
  // numpy.arange steps by the difference of its first two elements, which is not the width when that has no exact form.
  const step = low + binWidth - low;
  return Float64Array.from({ length: count }, (_, i) => low + i * step);
}

/**
 * Edges of a fixed number of bins between the smallest and the largest value.
 *
 * @param minimum Smallest value of the region.
 * @param maximum Largest value of the region.
 * @param binCount Number of bins, integer >= 1.
 * @returns Ascending edges; the last one is 1 higher, so that the largest value falls in the last bin.
 * @throws RangeError if there were more than {@link maximumLevels} bins.
 * @see PyRadiomics, imageoperations.py `getBinEdges`; numpy.histogram
 */
export function fixedCountEdges(minimum: number, maximum: number, binCount: number): Float64Array {
  requireLevels(binCount);
  const flat = minimum === maximum;
  const low = flat ? minimum - 0.5 : minimum;
  const high = flat ? maximum + 0.5 : maximum;
  const step = (high - low) / binCount;
  const edges = Float64Array.from({ length: binCount + 1 }, (_, i) => i * step + low);
  edges[binCount] = high + 1;
  return edges;
}

/**
 * Writes the bin number of every value: how many edges are at or below it; fast where the bins are equally wide.
 *
 * @param values Values, none below the first edge.
 * @param edges Ascending edges.
 * @param out Receives the numbers, 1 for the first bin; same length as `values`.
 * @throws RangeError if the lengths differ.
 */
export function digitise(values: Float64Array, edges: Float64Array, out: Uint16Array): void {
  if (out.length !== values.length) throw new RangeError(`out: ${out.length} elements, expected ${values.length}`);
  const first = edges[0]!;
  const last = edges.length - 1;
  // Bins have (nearly) one width: the guess is right or next to it, and the edges themselves decide.
  const width = last > 0 ? edges[1]! - first : 0;
  const perWidth = width > 0 ? 1 / width : 0;
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!;
    const guess = (value - first) * perWidth;
    let below = guess < last ? Math.max(0, guess | 0) : last;
    while (below > 0 && edges[below]! > value) below--;
    while (below < last && edges[below + 1]! <= value) below++;
    out[i] = edges[below]! <= value ? below + 1 : 0;
  }
}

/** The remainder with the sign of the divisor, as in Python. */
function floorModulo(value: number, divisor: number): number {
  const remainder = value % divisor;
  return remainder < 0 ? remainder + divisor : remainder;
}

function requireLevels(count: number): void {
  if (count > maximumLevels) throw new RangeError(`${count} grey levels, at most ${maximumLevels}`);
}
