import { type Dims, type Grid, type Mask, type Vector, type Volume, voxelCount } from '../../radiomics/volume.ts';
import { addNormalNoise, createRandom } from '../../statistics/random.ts';
import { type NodeParameters, paintNode } from './phantom-node.ts';
import { createCanvas } from './phantom-shape.ts';
import { type PhantomPhase, paintThorax } from './phantom-thorax.ts';
import { paintTumour, type TumourParameters } from './phantom-tumour.ts';

/** One CT of one synthetic person at one visit in one contrast phase. */
export interface PhantomParameters {
  /** The person: build and vessels. */
  readonly anatomySeed: number;
  readonly tumour: TumourParameters;
  /** An enlarged lymph node; none by default. */
  readonly node?: NodeParameters;
  readonly phase: PhantomPhase;
  /** The scan: another seed is another acquisition of the same person. */
  readonly noiseSeed: number;
  /** Another reader's outline, which strays about half a millimetre from the border; without it the mask ends at the border. */
  readonly outlineSeed?: number;
  /** Standard deviation of the scanner's noise, 12 HU by default. */
  readonly noiseSdHu?: number;
  /** How the person lies in the scanner, relative to its centre (mm); at the centre by default. */
  readonly shiftMm?: Vector;
  /** Voxel counts, 192 x 192 x 48 by default. */
  readonly dims?: Dims;
  /** Voxel spacing (mm), 1.8 x 1.8 x 3 by default. */
  readonly spacingMm?: Vector;
}

export interface Phantom {
  /** Whole Hounsfield units in -1024..3071. */
  readonly volume: Volume & { readonly voxels: Int16Array };
  /** 1 in the tumour, 0 elsewhere; on the volume's grid. */
  readonly mask: Mask;
  /** 1 in the lymph node, 0 elsewhere; left out without one. */
  readonly nodeMask?: Mask;
}

/**
 * Makes a synthetic chest CT with a tumour and its mask. The same parameters give the same voxels.
 *
 * Plain and venous phase of one person differ in contrast medium and noise only, so that delta features have a cause; a
 * follow-up is the same person and tumour with changed `radiusMm`, `heterogeneity` or `necrosis`.
 *
 * @returns Axes along the patient's (LPS), slices from feet to head.
 * @throws RangeError if no voxel lies in the tumour.
 */
export function createPhantom(parameters: PhantomParameters): Phantom {
  const { tumour, node, phase, anatomySeed, noiseSeed, noiseSdHu = 12, shiftMm = [0, 0, 0] } = parameters;
  const grid = centredGrid(parameters.dims ?? [192, 192, 48], parameters.spacingMm ?? [1.8, 1.8, 3]);
  const { originMm, dims } = grid;
  // Painted in the person's own coordinates: lying further left is a grid further right.
  const origin: Vector = [originMm[0] - shiftMm[0], originMm[1] - shiftMm[1], originMm[2] - shiftMm[2]];
  const canvas = createCanvas({ ...grid, originMm: origin });
  const inTumour = new Uint8Array(voxelCount(dims));
  const inNode = new Uint8Array(node === undefined ? 0 : inTumour.length);
  paintThorax(canvas, phase, anatomySeed);
  if (node !== undefined) paintNode(canvas, node, phase, inNode);
  paintTumour(canvas, tumour, phase, inTumour, parameters.outlineSeed);
  if (!inTumour.includes(1)) throw new RangeError('tumour: no voxel inside, move its centre into the grid');
  blurInPlane(canvas.hu, dims);
  addNormalNoise(createRandom(noiseSeed), noiseSdHu, canvas.hu);
  const voxels = new Int16Array(canvas.hu.length);
  for (let i = 0; i < voxels.length; i++) voxels[i] = Math.round(Math.min(3071, Math.max(-1024, canvas.hu[i]!)));
  // Where the two touch, the tumour is painted over the node.
  const nodeVoxels = inNode.map((inside, i) => inside & ~inTumour[i]!);
  return {
    volume: { ...grid, voxels },
    mask: { ...grid, voxels: inTumour },
    ...(node !== undefined && { nodeMask: { ...grid, voxels: nodeVoxels } }),
  };
}

function centredGrid(dims: Dims, spacingMm: Vector): Grid {
  const start = (axis: 0 | 1 | 2) => round((-(dims[axis] - 1) * spacingMm[axis]) / 2);
  return {
    dims,
    spacingMm,
    originMm: [start(0), start(1), start(2)],
    direction: [
      [1, 0, 0],
      [0, 1, 0],
      [0, 0, 1],
    ],
  };
}

/** To micrometres: DICOM keeps positions as short decimal strings, and the grid shall survive that. */
function round(mm: number): number {
  return Math.round(mm * 1000) / 1000;
}

/** The scanner's point spread: weights 1 2 1 along x and y, so that borders get their partial volume. */
function blurInPlane(hu: Float32Array, [nx, ny]: Dims): void {
  blurRows(hu, nx, 1);
  const plane = nx * ny;
  for (let start = 0; start < hu.length; start += plane) {
    for (let x = 0; x < nx; x++) blurLine(hu, start + x, ny, nx);
  }
}

function blurRows(hu: Float32Array, nx: number, stride: number): void {
  for (let start = 0; start < hu.length; start += nx) blurLine(hu, start, nx, stride);
}

function blurLine(hu: Float32Array, start: number, count: number, stride: number): void {
  let before = hu[start]!;
  for (let k = 0, index = start; k < count; k++, index += stride) {
    const here = hu[index]!;
    const after = k + 1 < count ? hu[index + stride]! : here;
    hu[index] = (before + 2 * here + after) / 4;
    before = here;
  }
}
