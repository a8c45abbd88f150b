import { returnRooms, takeRoom } from '../kernels/rooms.ts';
import { secondEigenvalue } from '../kernels/second-eigenvalue.ts';

/** One normalised co-occurrence matrix. */
export interface Cooccurrence {
  /** Joint probabilities, shape `(n, n)` row-major, sum 1. */
  readonly p: Float64Array;
  /** Grey levels of the rows and columns, ascending. */
  readonly levels: Uint16Array;
  /** Probabilities of the rows. */
  readonly px: Float64Array;
  /** Probabilities of the columns. */
  readonly py: Float64Array;
}

const eps = Number.EPSILON;

function entropy(probabilities: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < probabilities.length; i++) sum -= probabilities[i]! * Math.log2(probabilities[i]! + eps);
  return sum;
}

/** Normalises counts in place, which become `p`; null for a matrix without any pair. */
export function normaliseCounts(counts: Float64Array, levels: Uint16Array): Cooccurrence | null {
  const n = levels.length;
  let total = 0;
  for (let at = 0; at < counts.length; at++) total += counts[at]!;
  if (total === 0) return null;
  for (let at = 0; at < counts.length; at++) counts[at]! /= total;
  const p = counts;
  const px = new Float64Array(n);
  const py = new Float64Array(n);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < n; j++) {
      px[i]! += p[i * n + j]!;
      py[j]! += p[i * n + j]!;
    }
  }
  return { p, levels, px, py };
}

/** Features of the joint distribution: sums over all pairs of levels. */
function jointFeatures({ p, levels, px, py }: Cooccurrence): Record<string, number> {
  const n = levels.length;
  let [ux, uy] = [0, 0];
  for (let i = 0; i < n; i++) {
    ux += levels[i]! * px[i]!;
    uy += levels[i]! * py[i]!;
  }
  let [varianceX, varianceY] = [0, 0];
  for (let i = 0; i < n; i++) {
    varianceX += px[i]! * (levels[i]! - ux) ** 2;
    varianceY += py[i]! * (levels[i]! - uy) ** 2;
  }
  let autocorrelation = 0;
  let prominence = 0;
  let shade = 0;
  let tendency = 0;
  let contrast = 0;
  let covariance = 0;
  let energy = 0;
  let most = 0;
  for (let i = 0; i < n; i++) {
    const li = levels[i]!;
    for (let j = 0; j < n; j++) {
      const pij = p[i * n + j]!;
      if (pij === 0) continue;
      const lj = levels[j]!;
      const sum = li + lj - ux - uy;
      autocorrelation += pij * li * lj;
      const squared = sum * sum;
      tendency += pij * squared;
      shade += pij * squared * sum;
      prominence += pij * squared * squared;
      contrast += pij * (li - lj) * (li - lj);
      covariance += pij * (li - ux) * (lj - uy);
      energy += pij * pij;
      most = Math.max(most, pij);
    }
  }
  const spread = Math.sqrt(varianceX) * Math.sqrt(varianceY);
  return {
    Autocorrelation: autocorrelation,
    ClusterProminence: prominence,
    ClusterShade: shade,
    ClusterTendency: tendency,
    Contrast: contrast,
    Correlation: spread === 0 ? 1 : covariance / (spread + eps),
    JointAverage: ux,
    JointEnergy: energy,
    MaximumProbability: most,
    SumSquares: varianceX,
  };
}

/** Features of the sum and of the absolute difference of the two levels. */
function sumAndDifferenceFeatures({ p, levels }: Cooccurrence): Record<string, number> {
  const n = levels.length;
  /** The highest level, not the number of levels: PyRadiomics' Ng. */
  const ng = levels[n - 1]!;
  const sums = new Float64Array(2 * ng + 1);
  const differences = new Float64Array(ng);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < n; j++) {
      sums[levels[i]! + levels[j]!]! += p[i * n + j]!;
      differences[Math.abs(levels[i]! - levels[j]!)]! += p[i * n + j]!;
    }
  }
  let sumAverage = 0;
  for (let k = 2; k < sums.length; k++) sumAverage += k * sums[k]!;
  let [average, id, idm, idn, idmn, inverseVariance] = [0, 0, 0, 0, 0, 0];
  for (let k = 0; k < ng; k++) {
    const pk = differences[k]!;
    average += k * pk;
    id += pk / (1 + k);
    idm += pk / (1 + k * k);
    idn += pk / (1 + k / ng);
    idmn += pk / (1 + (k * k) / (ng * ng));
    if (k > 0) inverseVariance += pk / (k * k);
  }
  let variance = 0;
  for (let k = 0; k < ng; k++) variance += differences[k]! * (k - average) ** 2;
  return {
    DifferenceAverage: average,
    DifferenceEntropy: entropy(differences),
    DifferenceVariance: variance,
    Id: id,
    Idm: idm,
    Idmn: idmn,
    Idn: idn,
    InverseVariance: inverseVariance,
    SumAverage: sumAverage,
    SumEntropy: entropy(sums),
  };
}

/** Joint entropy and the two informational measures of correlation, which compare it with independent levels. */
function informationFeatures({ p, px, py }: Cooccurrence): Record<string, number> {
  const n = px.length;
  let [hxy, hxy1, hxy2] = [0, 0, 0];
  // Logarithms cost more than all else here: those of equal margins are the same above and below the diagonal.
  const isSymmetric = px.every((value, i) => value === py[i]);
  const logs = takeRoom(Float64Array, n * n);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < n; j++) {
      const pij = p[i * n + j]!;
      const independent = px[i]! * py[j]!;
      const information = isSymmetric && j < i ? logs[j * n + i]! : Math.log2(independent + eps);
      logs[i * n + j] = information;
      hxy2 -= independent * information;
      if (pij === 0) continue;
      hxy1 -= pij * information;
      hxy -= pij * Math.log2(pij + eps);
    }
  }
  returnRooms(logs);
  const highest = Math.max(entropy(px), entropy(py));
  return {
    JointEntropy: hxy,
    Imc1: highest === 0 ? 0 : (hxy - hxy1) / highest,
    // NaN where rounding makes hxy the larger: such an angle does not take part in the mean.
    Imc2: hxy2 === hxy ? 0 : Math.sqrt(1 - Math.exp(-2 * (hxy2 - hxy))),
  };
}

/**
 * Maximal correlation coefficient: the root of the second largest eigenvalue of
 * `Q(i, j) = sum_k p(i, k) p(j, k) / (px(i) py(k) + eps)`.
 *
 * Levels without a neighbour add eigenvalues 0 and are left out. The rest is scaled with `sqrt(px)`, which keeps the
 * eigenvalues and makes the matrix nearly symmetric, so that rounding hardly moves them.
 */
function maximalCorrelation({ p, levels, px, py }: Cooccurrence): number {
  const n = levels.length;
  if (n < 2) return 1;
  const rows = Array.from(levels.keys()).filter((i) => px[i]! > 0);
  const starts = new Int32Array(rows.length + 1);
  const columns = takeRoom(Int32Array, rows.length * n);
  const left = takeRoom(Float64Array, columns.length);
  const right = takeRoom(Float64Array, columns.length);
  let [cells, mean] = [0, 0];
  rows.forEach((i, r) => {
    const root = Math.sqrt(px[i]!);
    for (let k = 0; k < n; k++) {
      const pik = p[i * n + k]!;
      if (pik === 0) continue;
      columns[cells] = k;
      left[cells] = (root * pik) / (px[i]! * py[k]! + eps);
      right[cells++] = pik / root;
    }
    starts[r + 1] = cells;
    mean += px[i]! * levels[i]!;
  });
  // What is most correlated with its neighbour usually rises or falls with the level itself.
  const start = Float64Array.from(rows, (i) => Math.sqrt(px[i]!) * (levels[i]! - mean));
  const second = secondEigenvalue({ starts, columns, left, right }, n, start);
  returnRooms(columns, left, right);
  return Math.sqrt(second);
}

/**
 * Features of one co-occurrence matrix, `eps = 2.2e-16` wherever PyRadiomics has it.
 *
 * @param matrix Normalised matrix.
 * @param withMcc Whether to compute MCC, which costs more than all the others.
 * @returns Feature name to value.
 * @see PyRadiomics, glcm.py; IBSI reference manual, grey level co-occurrence based features
 */
export function cooccurrenceFeatures(matrix: Cooccurrence, withMcc: boolean): Record<string, number> {
  return {
    ...jointFeatures(matrix),
    ...sumAndDifferenceFeatures(matrix),
    ...informationFeatures(matrix),
    ...(withMcc ? { MCC: maximalCorrelation(matrix) } : {}),
  };
}
