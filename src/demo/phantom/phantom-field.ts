import { addNormalNoise, type Random } from '../../statistics/random.ts';

/** Voxels per side and distance between them (mm) of the field's own lattice: 126 mm across. */
const side = 64;
const stepMm = 2;

/** A smooth random function of space, mean about 0 and standard deviation about 1, around a centre. */
export type Field = (dx: number, dy: number, dz: number) => number;

/**
 * Draws Gaussian noise on a lattice of 2 mm, correlates it with a Gaussian kernel and interpolates linearly. The lattice
 * belongs to the tumour, not to the image, so that a shifted or later image of the same tumour shows the same texture.
 *
 * @param correlationMm Standard deviation of the kernel, 2 to 20 mm.
 * @returns Function of the offset from the centre (mm); beyond 63 mm it keeps its border value.
 */
export function createField(random: Random, correlationMm: number): Field {
  let values = new Float32Array(side ** 3);
  addNormalNoise(random, 1, values);
  for (const stride of [1, side, side * side]) values = smoothAlong(values, stride, correlationMm / stepMm);
  let sum = 0;
  let squares = 0;
  for (let i = 0; i < values.length; i++) {
    sum += values[i]!;
    squares += values[i]! ** 2;
  }
  const mean = sum / values.length;
  const sd = Math.sqrt(squares / values.length - mean * mean);
  return (dx, dy, dz) => (interpolate(values, latticeOf(dx), latticeOf(dy), latticeOf(dz)) - mean) / sd;
}

function latticeOf(offsetMm: number): number {
  return Math.min(side - 1.001, Math.max(0, offsetMm / stepMm + (side - 1) / 2));
}

/** Convolves along one axis, the lattice being periodic so that its border is as rough as its middle. */
function smoothAlong(values: Float32Array, stride: number, sigma: number): Float32Array<ArrayBuffer> {
  const reach = Math.min(side / 2 - 1, Math.ceil(3 * sigma));
  const kernel = Float64Array.from({ length: 2 * reach + 1 }, (_, k) => Math.exp(-0.5 * ((k - reach) / sigma) ** 2));
  const out = new Float32Array(values.length);
  for (let index = 0; index < values.length; index++) {
    const position = Math.floor(index / stride) % side;
    const start = index - position * stride;
    let sum = 0;
    for (let k = 0; k < kernel.length; k++) {
      sum += kernel[k]! * values[start + ((position + k - reach + side) % side) * stride]!;
    }
    out[index] = sum;
  }
  return out;
}

function interpolate(values: Float32Array, x: number, y: number, z: number): number {
  const [i, j, k] = [Math.floor(x), Math.floor(y), Math.floor(z)];
  const [u, v, w] = [x - i, y - j, z - k];
  const at = i + side * (j + side * k);
  const plane = (base: number) =>
    (1 - v) * ((1 - u) * values[base]! + u * values[base + 1]!) +
    v * ((1 - u) * values[base + side]! + u * values[base + side + 1]!);
  return (1 - w) * plane(at) + w * plane(at + side * side);
}
