import { coiflet, highestCoiflet } from './coiflets.ts';
import { multiplyPolynomials, type Polynomial, scaleToFilter, toFilter } from './fixed-point.ts';
import { halfBandRoots, smoothing } from './wavelet-roots.ts';

/** The two decomposition filters of a wavelet, of equal even length. */
export interface WaveletFilter {
  readonly low: Float64Array;
  readonly high: Float64Array;
}

/**
 * Which roots lie inside the unit circle in the symlets 2 to 20, one bit per root of `halfBandRoots`, lowest bit first:
 * the choices that make the filters least asymmetric, as published.
 */
const symletRoots: readonly number[] = [0, 0, 2, 1, 5, 1, 10, 6, 21, 6, 21, 28, 44, 28, 89, 142, 333, 116, 357];

/** Spline wavelets: smoothing order of the reconstruction, then those of the decomposition. */
const splineOrders: readonly (readonly [number, readonly number[]])[] = [
  [1, [1, 3, 5]],
  [2, [2, 4, 6, 8]],
  [3, [1, 3, 5, 7, 9]],
];

/** How the zeros and the other roots (bits, lowest first: the reconstruction's) of the even splits are shared out. */
const evenSplits: Readonly<Record<string, readonly [number, number, number]>> = {
  '4.4': [4, 4, 1],
  '5.5': [6, 4, 1],
  '6.8': [6, 8, 2],
};

const numbered = (family: string, first: number, last: number) =>
  Array.from({ length: last - first + 1 }, (_, i) => `${family}${first + i}`);

const biorthogonal = [
  ...splineOrders.flatMap(([nr, orders]) => orders.map((nd) => `${nr}.${nd}`)),
  ...Object.keys(evenSplits),
];

/** The wavelets that {@link waveletFilter} derives, under PyWavelets' names. */
export const waveletNames: readonly string[] = [
  'haar',
  ...numbered('db', 1, 38),
  ...numbered('sym', 2, 20),
  ...numbered('coif', 1, highestCoiflet),
  ...biorthogonal.map((orders) => `bior${orders}`),
  ...biorthogonal.map((orders) => `rbio${orders}`),
];

/** Whether {@link waveletFilter} knows the name. */
export function isWavelet(name: string): boolean {
  return waveletNames.includes(name);
}

/** The decomposition filters that belong to two low passes in reconstruction order. */
function pairOf(decomposition: Float64Array, reconstruction: Float64Array): WaveletFilter {
  return { low: decomposition, high: reconstruction.map((value, k) => (k % 2 === 0 ? -value : value)) };
}

const orthogonal = (reconstruction: Float64Array): WaveletFilter => pairOf(reconstruction.toReversed(), reconstruction);

/** Minimum phase, but for the roots whose bit is set. */
function fromRoots(n: number, insideBits: number): WaveletFilter {
  const factors = halfBandRoots(n).map(({ minimumPhase }, i) =>
    (insideBits >> i) & 1 ? minimumPhase.toReversed() : minimumPhase,
  );
  return orthogonal(toFilter(multiplyPolynomials(smoothing(n), ...factors)));
}

/** A filter padded with zeros to `length`, an odd one with its middle on the tap `middle`. */
function padTo(length: number, filter: Float64Array, middle: number): Float64Array {
  const out = new Float64Array(length);
  out.set(filter, filter.length % 2 === 1 ? middle - (filter.length - 1) / 2 : (length - filter.length) / 2);
  return out;
}

/** The two low passes of a symmetric pair, reconstruction first. */
function symmetricPair(orders: string): [Float64Array, Float64Array] {
  const [nr = 0, nd = 0] = orders.split('.').map(Number);
  const [zerosR, zerosD, bits] = evenSplits[orders] ?? [nr, nd, 0];
  const share: [Polynomial[], Polynomial[]] = [[smoothing(zerosR)], [smoothing(zerosD)]];
  halfBandRoots((nr + nd) / 2).forEach(({ symmetric }, i) => {
    share[(bits >> i) & 1 ? 0 : 1].push(symmetric);
  });
  return [toFilter(multiplyPolynomials(...share[0])), toFilter(multiplyPolynomials(...share[1]))];
}

function biorthogonalFilter(orders: string, reversed: boolean): WaveletFilter {
  const [first, second] = symmetricPair(orders);
  const [reconstruction, decomposition] = reversed ? [second, first] : [first, second];
  const longest = Math.max(first.length, second.length);
  const length = longest + (longest % 2);
  return pairOf(padTo(length, decomposition, length / 2), padTo(length, reconstruction, length / 2 - 1));
}

/**
 * Derives the decomposition filters of a wavelet, in PyWavelets' order and sign: `sum(low) = sqrt(2)`.
 *
 * Daubechies' (`db`, `haar`), least asymmetric (`sym`) and symmetric biorthogonal (`bior`, `rbio`) filters are products of
 * zeros at the highest frequency and of roots of the half-band polynomial; coiflets solve their own conditions.
 *
 * @param name One of {@link waveletNames}.
 * @param single For images in single precision. The caller rounds the taps; only coiflets come out otherwise.
 * @throws RangeError for another name.
 * @see Daubechies, Ten Lectures on Wavelets (1992), chapters 6 and 8; PyWavelets, `pywt.Wavelet`
 */
export function waveletFilter(name: string, single = false): WaveletFilter {
  if (!isWavelet(name)) throw new RangeError(`unknown wavelet ${name}`);
  const [, family, orders = ''] = /^([a-z]+)([\d.]*)$/.exec(name) ?? [];
  const n = Number(orders);
  if (family === 'haar') return fromRoots(1, 0);
  if (family === 'db') return fromRoots(n, 0);
  if (family === 'sym') return fromRoots(n, symletRoots[n - 2]!);
  if (family === 'coif') return orthogonal(scaleToFilter(coiflet(n), single));
  return biorthogonalFilter(orders, family === 'rbio');
}
