import type { Vector } from '../radiomics/volume.ts';

/** `a . b`. */
export function dot([ax, ay, az]: Vector, [bx, by, bz]: Vector): number {
  return ax * bx + ay * by + az * bz;
}

/** `a x b`. */
export function cross([ax, ay, az]: Vector, [bx, by, bz]: Vector): Vector {
  return [ay * bz - az * by, az * bx - ax * bz, ax * by - ay * bx];
}

/** `a - b`. */
export function subtract([ax, ay, az]: Vector, [bx, by, bz]: Vector): Vector {
  return [ax - bx, ay - by, az - bz];
}

/** Euclidean length. */
export function norm(a: Vector): number {
  return Math.hypot(...a);
}

/** The vector of length 1 in the direction of `a`, which must not be zero. Exact for axis-parallel unit vectors. */
export function unit(a: Vector): Vector {
  const length = norm(a);
  // Adding 0 turns -0, which a cross product leaves behind, into 0.
  return [a[0] / length + 0, a[1] / length + 0, a[2] / length + 0];
}

/** Largest difference of a component. */
export function largestDifference(a: readonly number[], b: readonly number[]): number {
  return a.reduce((largest, value, at) => Math.max(largest, Math.abs(value - (b[at] ?? Number.NaN))), 0);
}
