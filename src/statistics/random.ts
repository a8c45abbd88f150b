/** A stream of pseudo-random numbers. The same seed gives the same stream. */
export interface Random {
  /** Uniform on `[0, 1)`, 53 random bits. */
  uniform(): number;
  /** Standard normal. */
  normal(): number;
  /** Uniform whole number in `[0, below)`; `below` up to 2^32. */
  integer(below: number): number;
}

/**
 * Seeded generator: the small fast counting generator sfc32 (state 3 x 32 bits and a 32-bit counter, so that a period
 * is at least 2^32), seeded through splitmix32. Not for secrets.
 *
 * The normals come from Marsaglia's polar method: it needs only `Math.log` and `Math.sqrt`.
 *
 * @param seed Any finite number; only its lowest 32 bits as a whole number count.
 * @see PractRand, sfc32; Marsaglia G, Bray TA. SIAM Review 1964;6:260-264, doi 10.1137/1006063
 */
export function createRandom(seed: number): Random {
  const next32 = sfc32(seed);
  let spare: number | undefined;

  function uniform(): number {
    return ((next32() >>> 5) * 67_108_864 + (next32() >>> 6)) / 9_007_199_254_740_992;
  }

  function normal(): number {
    if (spare !== undefined) {
      const value = spare;
      spare = undefined;
      return value;
    }
    for (;;) {
      const u = 2 * uniform() - 1;
      const v = 2 * uniform() - 1;
      const s = u * u + v * v;
      if (s >= 1 || s === 0) continue;
      const factor = Math.sqrt((-2 * Math.log(s)) / s);
      spare = v * factor;
      return u * factor;
    }
  }

  return { uniform, normal, integer: (below) => Math.floor(uniform() * below) };
}

/**
 * Adds independent normal deviates with mean 0 to `out`.
 *
 * @param random Source of the deviates.
 * @param sd Standard deviation, 0 or more.
 * @param out Added to, in index order; never cleared.
 */
export function addNormalNoise(random: Random, sd: number, out: Float32Array | Float64Array): void {
  for (let i = 0; i < out.length; i++) out[i]! += sd * random.normal();
}

/**
 * Deals `n` rows into `k` folds whose sizes differ by at most one, in random order.
 *
 * @param n Number of rows, at least `k`.
 * @param k Number of folds, 2 or more.
 * @returns Fold number `0..k-1` per row.
 */
export function dealFolds(random: Random, n: number, k: number): Uint16Array {
  const folds = Uint16Array.from({ length: n }, (_, i) => i % k);
  for (let i = n - 1; i > 0; i--) {
    const j = random.integer(i + 1);
    const kept = folds[i]!;
    folds[i] = folds[j]!;
    folds[j] = kept;
  }
  return folds;
}

function sfc32(seed: number): () => number {
  const next = splitmix32(seed);
  let a = next();
  let b = next();
  let c = next();
  let counter = 1;
  const step = (): number => {
    const sum = (((a + b) | 0) + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = ((c << 21) | (c >>> 11)) + sum;
    return sum >>> 0;
  };
  // The first outputs still show the seed's own pattern.
  for (let i = 0; i < 12; i++) step();
  return step;
}

function splitmix32(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x9e37_79b9) | 0;
    let z = state;
    z = Math.imul(z ^ (z >>> 16), 0x21f0_aaad);
    z = Math.imul(z ^ (z >>> 15), 0x735a_2d97);
    return z ^ (z >>> 15);
  };
}
