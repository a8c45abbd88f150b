/** Binary digits after the point: the most sensitive wavelet filter loses about 150 of them. */
export const digits = 384n;

/** The number 1 in fixed point. */
export const one = 1n << digits;

/** A polynomial with coefficients in fixed point, constant first. */
export type Polynomial = readonly bigint[];

/** The product of two numbers in fixed point. */
export function times(a: bigint, b: bigint): bigint {
  return (a * b) >> digits;
}

/** A double in fixed point, to 52 digits after the point. */
export function fixed(value: number): bigint {
  return (BigInt(Math.round(value * 2 ** 52)) << digits) >> 52n;
}

/** A number in fixed point as a double, to 52 digits after the point. */
export function float(value: bigint): number {
  return Number(value >> (digits - 52n)) / 2 ** 52;
}

/** The product of polynomials. */
export function multiplyPolynomials(...factors: readonly Polynomial[]): Polynomial {
  return factors.reduce<bigint[]>(
    (product, factor) => {
      const out = new Array<bigint>(product.length + factor.length - 1).fill(0n);
      product.forEach((a, i) => {
        factor.forEach((b, j) => {
          out[i + j]! += times(a, b);
        });
      });
      return out;
    },
    [one],
  );
}

/** The integer part of a square root, by Newton's method from above. */
function integerRoot(square: bigint): bigint {
  let root = 1n << BigInt(Math.ceil(square.toString(2).length / 2));
  for (;;) {
    const next = (root + square / root) >> 1n;
    if (next >= root) return root;
    root = next;
  }
}

const rootOfTwo = integerRoot(2n << (2n * digits));

/** The closest double to a number in fixed point. */
function closest(value: bigint): number {
  // A conversion rounds once; the division by a power of two does not round.
  return Number(value) / 2 ** Number(digits);
}

/** A polynomial's coefficients as doubles, each the closest to the exact one, scaled to the sum `sqrt(2)` of a low pass. */
export function toFilter(polynomial: Polynomial): Float64Array {
  const sum = polynomial.reduce((total, value) => total + value, 0n);
  return Float64Array.from(polynomial, (value) => closest((value * rootOfTwo) / sum));
}

/**
 * A polynomial with the sum 1 as doubles times the double `sqrt(2)`: rounded twice, up to 1 ulp off.
 *
 * PyWavelets' coiflets are made so. Where the exact result of a filter lies on the edge of a bin (flat surroundings), the
 * last bit decides, and an equal result needs equal filters.
 *
 * @param single The same with both factors and the product in single precision.
 */
export function scaleToFilter(polynomial: Polynomial, single: boolean): Float64Array {
  const round = single ? Math.fround : (value: number) => value;
  return Float64Array.from(polynomial, (value) => round(round(closest(value)) * round(Math.SQRT2)));
}
