import { type WaveletFilter, waveletFilter } from '../kernels/wavelet-filters.ts';
import { copyPeriodic, type PeriodicRange, splitAlong } from '../kernels/wavelet-transform.ts';
import { storedVoxels, type ToIntensities } from '../normalise.ts';
import { planeNormal, type Settings } from '../settings.ts';
import type { Dims, Vector } from '../volume.ts';
import type { DerivedImage, FilterInput, ImageType } from './image-type.ts';

type Axis = 0 | 1 | 2;
type Ranges = readonly [PeriodicRange, PeriodicRange, PeriodicRange];

/** Voxels of a periodic image at some positions. */
interface Part {
  readonly voxels: ArrayLike<number>;
  /** What turns copies of the voxels into intensities, where they aren't that. */
  readonly toIntensities: ToIntensities | null;
  readonly ranges: Ranges;
}

/** What one transform needs: the axes to split, the filters, and one period of the image. */
interface Transform {
  readonly axes: readonly Axis[];
  readonly filter: WaveletFilter;
  readonly period: Dims;
  /** Whether the image is single precision: PyWavelets then computes in it. */
  readonly single: boolean;
}

function perAxis<T>(of: (axis: Axis) => T): readonly [T, T, T] {
  return [of(0), of(1), of(2)];
}

/** What the filters look at for some results: `taps / 2 - 1` voxels before, `taps / 2` after them. */
function widen(ranges: Ranges, { axes, filter, period }: Transform): Ranges {
  const half = filter.low.length / 2;
  return perAxis((axis) => {
    const range = ranges[axis];
    if (!axes.includes(axis)) return range;
    const [lower, count] = [range.lower - half + 1, range.count + 2 * half - 1];
    return count < period[axis] ? { lower, count, whole: false } : { lower: 0, count: period[axis], whole: true };
  });
}

/** The voxels that the filters need for results at `ranges`, copied out of a part that holds them. */
function neighbourhood(part: Part, wanted: Ranges, { axes, filter, period }: Transform) {
  const half = filter.low.length / 2;
  const lower: Vector = perAxis((axis) => wanted[axis].lower - (axes.includes(axis) ? half - 1 : 0));
  const size: Dims = perAxis((axis) => wanted[axis].count + (axes.includes(axis) ? 2 * half - 1 : 0));
  const voxels = copyPeriodic(part.voxels, part.ranges, period, lower, size);
  part.toIntensities?.(voxels);
  return { voxels, size };
}

function shorten(size: Dims, axis: Axis, by: number): Dims {
  return perAxis((at) => size[at] - (at === axis ? by : 0));
}

/** The approximation only: low pass along every axis. */
function approximate(part: Part, wanted: Ranges, transform: Transform): Part {
  const { low, high } = transform.filter;
  let { voxels, size } = neighbourhood(part, wanted, transform);
  for (const axis of transform.axes) {
    const next = shorten(size, axis, low.length - 1);
    const out = new Float64Array(next[0] * next[1] * next[2]);
    splitAlong(voxels, size, axis, low, high, out, null, transform.single);
    [voxels, size] = [out, next];
  }
  return { voxels, toIntensities: null, ranges: wanted };
}

/** All sub-bands, one letter per split axis: `L` low pass, `H` high pass, `LL`, `LH`, `HL`, `HH`. */
function* subBands(
  voxels: Float64Array,
  size: Dims,
  axes: readonly Axis[],
  transform: Transform,
  letters: string,
): Generator<DerivedImage> {
  const [axis, ...rest] = axes;
  if (axis === undefined) {
    yield { name: letters, values: voxels };
    return;
  }
  const { filter, single } = transform;
  const next = shorten(size, axis, filter.low.length - 1);
  const low = new Float64Array(next[0] * next[1] * next[2]);
  const high = new Float64Array(low.length);
  splitAlong(voxels, size, axis, filter.low, filter.high, low, high, single);
  yield* subBands(low, next, rest, transform, `${letters}L`);
  yield* subBands(high, next, rest, transform, `${letters}H`);
}

function transformOf({ volume }: FilterInput, settings: Settings): Transform {
  const normal = planeNormal(settings);
  const single = volume.voxels instanceof Float32Array;
  return {
    axes: ([0, 1, 2] as const).filter((axis) => axis !== normal),
    filter: waveletFilter(settings.wavelet, single),
    period: perAxis((axis) => volume.dims[axis] + (volume.dims[axis] % 2)),
    single,
  };
}

/**
 * Stationary wavelet transform of the periodic image: per level one image per combination of low and high pass along x, y
 * and z (`HLL`: high along x), the approximation of the last level only. Level 2 and on apply the same filters to the
 * approximation; `start_level` approximations come before the first.
 *
 * Along an axis of `N` voxels: `L(i) = sum_k l(k) f((i + K/2 - k) mod N)`, `H` likewise with `h(k)`, `l` and `h` the `K` taps
 * of the decomposition filters of `setting.wavelet`, gain sqrt(2) per low pass. IBSI's stationary wavelets extend the image
 * and name their sub-bands in another way: other numbers, so their identifiers are not claimed.
 *
 * @see PyRadiomics, imageoperations.py `getWaveletImage`; PyWavelets, `swtn`
 */
export const wavelet: ImageType = {
  name: 'Wavelet',
  *derive(input, settings) {
    const transform = transformOf(input, settings);
    const levels = settings.start_level + settings.level;
    const { dims } = input.volume;
    const box: Ranges = perAxis((axis) => ({
      lower: input.box.lower[axis],
      count: input.box.size[axis],
      whole: false,
    }));
    /** Where each level's approximation must be known for the results of the last on the box. */
    const needed = [box];
    while (needed.length < levels) needed.unshift(widen(needed[0] ?? box, transform));
    const [stored, toIntensities] = storedVoxels(input.volume);
    let part: Part = {
      voxels: stored,
      toIntensities,
      ranges: perAxis((axis) => ({ lower: 0, count: dims[axis], whole: true })),
    };
    const approximation = 'L'.repeat(transform.axes.length);
    for (let level = 0; level < levels; level++) {
      const number = level - settings.start_level + 1;
      if (number >= 1) {
        const { voxels, size } = neighbourhood(part, box, transform);
        const prefix = number === 1 ? 'wavelet' : `wavelet${number}`;
        let last: DerivedImage | null = null;
        for (const { name, values } of subBands(voxels, size, transform.axes, transform, '')) {
          if (name !== approximation) yield { name: `${prefix}-${name}`, values };
          else last = { name: `${prefix}-${name}`, values };
        }
        if (level === levels - 1 && last !== null) yield last;
      }
      if (level < levels - 1) part = approximate(part, needed[level] ?? box, transform);
    }
  },
};
