/** The cells of a matrix of grey level and size (run length, zone size, dependence) that are not empty. */
export interface SizeMatrix {
  /** Grey level `i` of each cell. */
  readonly greyLevels: Uint16Array;
  /** Size `j` of each cell, >= 1. */
  readonly sizes: Int32Array;
  /** `P(i, j)`, > 0: how often level and size occur together. */
  readonly counts: Float64Array;
}

/** The features that the run length, size zone and dependence matrices share; `N = sum_ij P(i, j)`. */
export interface SizeMatrixFeatures {
  /** `sum_ij P(i, j) / j^2 / N` */
  readonly smallEmphasis: number;
  /** `sum_ij P(i, j) j^2 / N` */
  readonly largeEmphasis: number;
  /** `sum_ij P(i, j) / i^2 / N` */
  readonly lowGreyEmphasis: number;
  /** `sum_ij P(i, j) i^2 / N` */
  readonly highGreyEmphasis: number;
  /** `sum_ij P(i, j) / (i^2 j^2) / N` */
  readonly smallLowGreyEmphasis: number;
  /** `sum_ij P(i, j) i^2 / j^2 / N` */
  readonly smallHighGreyEmphasis: number;
  /** `sum_ij P(i, j) j^2 / i^2 / N` */
  readonly largeLowGreyEmphasis: number;
  /** `sum_ij P(i, j) i^2 j^2 / N` */
  readonly largeHighGreyEmphasis: number;
  /** `sum_i (sum_j P(i, j))^2 / N` */
  readonly greyNonUniformity: number;
  /** `sum_i (sum_j P(i, j))^2 / N^2` */
  readonly greyNonUniformityNormalised: number;
  /** `sum_j (sum_i P(i, j))^2 / N` */
  readonly sizeNonUniformity: number;
  /** `sum_j (sum_i P(i, j))^2 / N^2` */
  readonly sizeNonUniformityNormalised: number;
  /** `sum_ij p(i, j) (i - mean i)^2`, `p = P / N` */
  readonly greyVariance: number;
  /** `sum_ij p(i, j) (j - mean j)^2`, `p = P / N` */
  readonly sizeVariance: number;
  /** `-sum_ij p(i, j) log2(p(i, j) + eps)`, `eps = 2.2e-16` */
  readonly entropy: number;
  /** `N / sum_ij P(i, j) j` */
  readonly percentage: number;
}

/** Sum of the squares of the marginal counts: the counts of all cells with the same key, squared, added up. */
function squaredMargin(keys: Uint16Array | Int32Array, counts: Float64Array): number {
  let highest = 0;
  for (let c = 0; c < keys.length; c++) highest = Math.max(highest, keys[c]!);
  const margin = new Float64Array(highest + 1);
  for (let c = 0; c < keys.length; c++) margin[keys[c]!]! += counts[c]!;
  let sum = 0;
  for (let key = 0; key <= highest; key++) sum += margin[key]! ** 2;
  return sum;
}

/**
 * Features of a matrix of grey level and size.
 *
 * @param matrix Cells that are not empty, at least one; each pair of level and size at most once.
 * @see IBSI reference manual, grey level run length, size zone and neighbouring grey level dependence based features
 */
export function sizeMatrixFeatures({ greyLevels, sizes, counts }: SizeMatrix): SizeMatrixFeatures {
  let [total, voxels, levelSum] = [0, 0, 0];
  for (let c = 0; c < counts.length; c++) {
    total += counts[c]!;
    voxels += counts[c]! * sizes[c]!;
    levelSum += counts[c]! * greyLevels[c]!;
  }
  const [meanLevel, meanSize] = [levelSum / total, voxels / total];
  let [small, large, low, high] = [0, 0, 0, 0];
  let [smallLow, smallHigh, largeLow, largeHigh] = [0, 0, 0, 0];
  let [greyVariance, sizeVariance, entropy] = [0, 0, 0];
  for (let c = 0; c < counts.length; c++) {
    const p = counts[c]! / total;
    const [i, j] = [greyLevels[c]!, sizes[c]!];
    const [i2, j2] = [i * i, j * j];
    small += p / j2;
    large += p * j2;
    low += p / i2;
    high += p * i2;
    smallLow += p / (i2 * j2);
    smallHigh += (p * i2) / j2;
    largeLow += (p * j2) / i2;
    largeHigh += p * i2 * j2;
    greyVariance += p * (i - meanLevel) ** 2;
    sizeVariance += p * (j - meanSize) ** 2;
    entropy -= p * Math.log2(p + Number.EPSILON);
  }
  const grey = squaredMargin(greyLevels, counts) / total;
  const size = squaredMargin(sizes, counts) / total;
  return {
    smallEmphasis: small,
    largeEmphasis: large,
    lowGreyEmphasis: low,
    highGreyEmphasis: high,
    smallLowGreyEmphasis: smallLow,
    smallHighGreyEmphasis: smallHigh,
    largeLowGreyEmphasis: largeLow,
    largeHighGreyEmphasis: largeHigh,
    greyNonUniformity: grey,
    greyNonUniformityNormalised: grey / total,
    sizeNonUniformity: size,
    sizeNonUniformityNormalised: size / total,
    greyVariance,
    sizeVariance,
    entropy,
    percentage: total / voxels,
  };
}

/**
 * The non-empty cells of a dense matrix.
 *
 * @param counts Shape `(greyLevels.length, columns)` row-major, column `c` for size `c + 1`.
 * @param greyLevels Grey level of each row.
 */
export function sizeMatrixOf(counts: Float64Array | Uint32Array, greyLevels: Uint16Array): SizeMatrix {
  const columns = counts.length / greyLevels.length;
  let filled = 0;
  for (let cell = 0; cell < counts.length; cell++) if (counts[cell] !== 0) filled++;
  const cells = emptySizeMatrix(filled);
  let next = 0;
  for (let row = 0; row < greyLevels.length; row++) {
    for (let column = 0; column < columns; column++) {
      const count = counts[row * columns + column]!;
      if (count === 0) continue;
      cells.greyLevels[next] = greyLevels[row]!;
      cells.sizes[next] = column + 1;
      cells.counts[next++] = count;
    }
  }
  return cells;
}

/**
 * A matrix to be filled.
 *
 * @param cells Cells that are not empty.
 */
export function emptySizeMatrix(cells: number): SizeMatrix {
  return { greyLevels: new Uint16Array(cells), sizes: new Int32Array(cells), counts: new Float64Array(cells) };
}
