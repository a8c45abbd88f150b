/** How the signs around a pixel become a number. */
export type PatternMethod = 'default' | 'ror' | 'uniform' | 'var';

/** A plane of an image in a buffer. */
export interface Plane {
  readonly voxels: ArrayLike<number>;
  /** Index of the plane's first pixel. */
  readonly first: number;
  readonly rows: number;
  readonly columns: number;
  readonly rowStep: number;
  readonly columnStep: number;
}

/** Where around a pixel its neighbours are sampled. */
export interface Circle {
  readonly rows: Float64Array;
  readonly columns: Float64Array;
}

/** Rounds to 5 decimals, halves to even. */
function roundTo5(value: number): number {
  const scaled = value * 1e5;
  const below = Math.floor(scaled);
  const rest = scaled - below;
  const up = rest > 0.5 || (rest === 0.5 && below % 2 !== 0);
  return (up ? below + 1 : below) / 1e5;
}

/**
 * Sampling positions on a circle, in pixels from its centre, to 5 decimals.
 *
 * @param samples Number of positions.
 * @param radius Pixels, in single precision.
 */
export function circle(samples: number, radius: number): Circle {
  const r = Math.fround(radius);
  const angle = (i: number) => (2 * Math.PI * i) / samples;
  return {
    rows: Float64Array.from({ length: samples }, (_, i) => roundTo5(-r * Math.sin(angle(i)))),
    columns: Float64Array.from({ length: samples }, (_, i) => roundTo5(r * Math.cos(angle(i)))),
  };
}

function pixel({ voxels, first, rows, columns, rowStep, columnStep }: Plane, row: number, column: number): number {
  if (row < 0 || row >= rows || column < 0 || column >= columns) return 0;
  return voxels[first + row * rowStep + column * columnStep]!;
}

/** Linear in rows and columns, 0 outside the plane. Flat surroundings lose bits here that decide signs: keep the order. */
function sample(plane: Plane, row: number, column: number): number {
  const [r, c] = [Math.floor(row), Math.floor(column)];
  const [r1, c1] = [Math.ceil(row), Math.ceil(column)];
  const [dr, dc] = [row - r, column - c];
  const top = (1 - dc) * pixel(plane, r, c) + dc * pixel(plane, r, c1);
  const bottom = (1 - dc) * pixel(plane, r1, c) + dc * pixel(plane, r1, c1);
  return (1 - dr) * top + dr * bottom;
}

/** Variance by sum and sum of squares: equal neighbours give exactly 0 or a residue, as the source's formula does. */
function variance(values: Float64Array): number {
  let [sum, squares] = [0, 0];
  for (let i = 0; i < values.length; i++) {
    sum += values[i]!;
    squares += values[i]! * values[i]!;
  }
  return (squares - (sum * sum) / values.length) / values.length;
}

/** The smallest number that rotating the bits gives. */
function leastRotation(bits: number, count: number): number {
  let least = bits;
  let turned = bits;
  for (let i = 1; i < count; i++) {
    turned = (turned >>> 1) | ((turned & 1) << (count - 1));
    least = Math.min(least, turned);
  }
  return least;
}

/**
 * Local binary pattern of one pixel: which neighbours on a circle are at least as bright as it.
 *
 * `default`: the signs as a binary number. `ror`: the smallest number that rotating them gives. `uniform`: their number
 * where they change at most twice (from first to last, not around), else `P + 1`. `var`: the variance of the neighbours,
 * NaN where it is 0.
 *
 * @param plane Image.
 * @param row Row of the pixel.
 * @param column Column of the pixel.
 * @param around Positions of the neighbours.
 * @param method How the signs become a number.
 * @param texture Room for the neighbours' intensities, one per position.
 * @see Ojala 2002, doi:10.1109/TPAMI.2002.1017623; scikit-image, `local_binary_pattern`
 */
export function localBinaryPattern(
  plane: Plane,
  row: number,
  column: number,
  around: Circle,
  method: PatternMethod,
  texture: Float64Array,
): number {
  const count = around.rows.length;
  const centre = pixel(plane, row, column);
  let [bits, ones, changes, before] = [0, 0, 0, 0];
  for (let i = 0; i < count; i++) {
    texture[i] = sample(plane, row + around.rows[i]!, column + around.columns[i]!);
    const sign = texture[i]! - centre >= 0 ? 1 : 0;
    bits |= sign << i;
    ones += sign;
    if (i > 0 && sign !== before) changes++;
    before = sign;
  }
  if (method === 'default') return bits;
  if (method === 'ror') return leastRotation(bits, count);
  if (method === 'uniform') return changes <= 2 ? ones : count + 1;
  return variance(texture) || Number.NaN;
}
