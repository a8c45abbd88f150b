import { runRecursion, type Source } from '../kernels/recursion-lines.ts';
import { curvatureRecursion, gaussianReach, gaussianRecursion } from '../kernels/recursive-gaussian.ts';
import { returnRooms, takeRoom } from '../kernels/rooms.ts';
import { storedVoxels } from '../normalise.ts';
import type { Dims, Vector } from '../volume.ts';
import type { FilterInput, ImageType } from './image-type.ts';

/** The box of voxels that results of a width depend on, in the image, and the wanted box within it. */
interface Window {
  readonly source: Source;
  readonly from: Dims;
  readonly to: Dims;
}

type Axis = 0 | 1 | 2;

const axes: readonly [Axis, Axis, Axis] = [0, 1, 2];

/** Samples beyond {@link gaussianReach} widths from the box don't count: the lines are cut there. */
function windowOf({ volume, box }: FilterInput, sigma: number): Window {
  const { dims, spacingMm } = volume;
  const reach = (axis: Axis) => Math.ceil((gaussianReach * sigma) / spacingMm[axis]);
  const low = (axis: Axis) => Math.max(0, box.lower[axis] - reach(axis));
  const high = (axis: Axis) => Math.min(dims[axis], box.lower[axis] + box.size[axis] + reach(axis));
  const lower: Dims = [low(0), low(1), low(2)];
  const from = (axis: Axis) => box.lower[axis] - lower[axis];
  const [stored, toIntensities] = storedVoxels(volume);
  return {
    source: {
      voxels: stored,
      convert: toIntensities,
      first: lower[0] + dims[0] * (lower[1] + dims[1] * lower[2]),
      strides: [dims[0], dims[0] * dims[1]],
      size: [high(0) - lower[0], high(1) - lower[1], high(2) - lower[2]],
    },
    from: [from(0), from(1), from(2)],
    to: [from(0) + box.size[0], from(1) + box.size[1], from(2) + box.size[2]],
  };
}

/** One pass along an axis into a room: only the lines that later passes look at are left. */
function pass(
  source: Source,
  axis: Axis,
  { from, to }: Window,
  curved: boolean,
  sigma: number,
  spacingMm: Vector,
  room: Float32Array,
): Source {
  const width = sigma / spacingMm[axis];
  const recursion = curved ? curvatureRecursion(width, sigma * sigma) : gaussianRecursion(width);
  const along = (at: Axis) => (at === axis ? to[at] - from[at] : source.size[at]);
  const size: Dims = [along(0), along(1), along(2)];
  const out = room.subarray(0, size[0] * size[1] * size[2]);
  runRecursion(source, axis, recursion, from[axis], to[axis], out);
  return { voxels: out, convert: null, first: 0, strides: [size[0], size[0] * size[1]], size };
}

/**
 * Laplacian of Gaussian on the box: `sigma^2 (d2/dx2 + d2/dy2 + d2/dz2) G * f`, by recursive filters.
 *
 * As in ITK every pass is stored in single precision, the derivative comes first and the axes follow in order.
 */
function laplacianOfGaussian(input: FilterInput, sigma: number): Float64Array {
  const { spacingMm } = input.volume;
  const window = windowOf(input, sigma);
  const sum = takeRoom(Float32Array, input.inside.length).fill(0);
  // No pass leaves more than the first along some axis, and each reads what the one before it wrote.
  const { size } = window.source;
  const kept = Math.max(...axes.map((axis) => (window.to[axis] - window.from[axis]) / size[axis]));
  const most = Math.round(size[0] * size[1] * size[2] * kept);
  const rooms = [takeRoom(Float32Array, most), takeRoom(Float32Array, most)] as const;
  for (const curved of axes) {
    let part = pass(window.source, curved, window, true, sigma, spacingMm, rooms[0]);
    let next: 0 | 1 = 1;
    for (const axis of axes) {
      if (axis === curved) continue;
      part = pass(part, axis, window, false, sigma, spacingMm, rooms[next]);
      next = next === 1 ? 0 : 1;
    }
    const perArea = 1 / (spacingMm[curved] * spacingMm[curved]);
    const { voxels } = part;
    for (let i = 0; i < sum.length; i++) sum[i] = (sum[i] ?? 0) + (voxels[i] ?? 0) * perArea;
  }
  const result = new Float64Array(sum);
  returnRooms(sum, ...rooms);
  return result;
}

/**
 * Laplacian of Gaussian, one image per `sigma` (mm): blobs and edges of that size. The image must have 4 voxels along
 * each axis and `ceil(sigma / spacing) + 1`; PyRadiomics leaves other widths out, and so do we.
 *
 * `h = sigma^2 (d2/dx2 + d2/dy2 + d2/dz2) (G * f)`, `G(r) = (2 pi sigma^2)^(-3/2) exp(-|r|^2 / (2 sigma^2))`, with Deriche's
 * recursive fit of `G` and its derivatives. IBSI's filter of this name convolves with a sampled kernel that is cut off
 * and not scaled by `sigma^2`: other numbers, so its identifier is not claimed.
 *
 * @see PyRadiomics, imageoperations.py `getLoGImage`; ITK, LaplacianRecursiveGaussianImageFilter, scale-normalised
 */
export const log: ImageType = {
  name: 'LoG',
  needs: 'sigma',
  *derive(input, { sigma }) {
    const { dims, spacingMm } = input.volume;
    for (const { mm, text } of sigma) {
      const name = `log-sigma-${text.replaceAll('.', '-')}-mm-3D`;
      const least = axes.map((axis) => Math.max(4, Math.ceil(mm / spacingMm[axis]) + 1));
      const tooSmall = axes.some((axis) => dims[axis] < (least[axis] ?? 4));
      if (tooSmall) {
        const reason = `the image has ${dims.join(' x ')} voxels, at least ${least.join(' x ')} are needed`;
        yield { name, reason };
      } else yield { name, values: laplacianOfGaussian(input, mm) };
    }
  },
};
