import pkg from 'onnx-proto';
import type { NetworkDeclaration } from '../../onnx/network-schema.ts';
import { createRandom } from '../../statistics/random.ts';

const { onnx } = pkg;

/** Everything of the declaration but the file's hash. */
export const demonstrationDeclaration: Omit<NetworkDeclaration, 'sha256'> = {
  type: 'onnx',
  about:
    'Convolution of a 48 x 48 mm block of five slices with four fixed random kernels, rectified, averaged, and weighted by a logistic regression on synthetic phantoms: made by src/demo/fits/nsclc-pdl1.ts',
  notice: 'DEMONSTRATION NETWORK, fitted on computer-made phantoms: no clinical result',
  file: 'nsclc-pdl1-demonstration.onnx',
  crop: { centre: 'mask-centroid', sizeMm: [48, 48, null], sizeVoxels: [32, 32, 5], outsideHu: -1000 },
  interpolation: 'linear',
  clip: [-1000, 400],
  normalise: { mean: -300, sd: 400 },
  input: { name: 'block', layout: 'NDHW' },
  outputs: [{ name: 'score', names: ['dlsig_score'] }],
};

/** Kernels of the convolution, `filters x slices x edge x edge`, the last axis fastest; whole float32 numbers. */
export interface Kernels {
  readonly filters: number;
  readonly slices: number;
  readonly edge: number;
  readonly values: Float32Array;
}

/**
 * Fixed random kernels: standard normal, every second one without its mean, so that it answers to texture and not to density.
 *
 * @param seed The same seed gives the same kernels.
 */
export function drawKernels(seed: number): Kernels {
  const [filters, slices, edge] = [4, 5, 3];
  const random = createRandom(seed);
  const length = slices * edge * edge;
  const values = new Float32Array(filters * length);
  for (let filter = 0; filter < filters; filter++) {
    const drawn = Array.from({ length }, () => random.normal());
    const mean = filter % 2 === 0 ? 0 : drawn.reduce((sum, value) => sum + value, 0) / length;
    values.set(
      drawn.map((value) => (value - mean) / Math.sqrt(length)),
      filter * length,
    );
  }
  return { filters, slices, edge, values };
}

/**
 * Mean of the rectified answers of each kernel over the positions where it lies within the block: the network without its last
 * layer.
 *
 * @param block Row-major `slices x rows x columns`.
 * @param rows Rows and columns of the block.
 * @returns One number a kernel.
 */
export function pooledAnswers(block: Float32Array, rows: number, kernels: Kernels): Float64Array {
  const { filters, slices, edge, values } = kernels;
  const places = rows - edge + 1;
  return Float64Array.from({ length: filters }, (_, filter) => {
    let total = 0;
    for (let y = 0; y < places; y++) {
      for (let x = 0; x < places; x++) {
        let answer = 0;
        for (let z = 0; z < slices; z++) {
          for (let j = 0; j < edge; j++) {
            const from = (z * rows + y + j) * rows + x;
            const weight = ((filter * slices + z) * edge + j) * edge;
            for (let i = 0; i < edge; i++) answer += (block[from + i] ?? 0) * (values[weight + i] ?? 0);
          }
        }
        total += Math.max(0, answer);
      }
    }
    return total / places ** 2;
  });
}

/**
 * The network as an ONNX file: convolution, rectifier, mean over the positions, weighted sum.
 *
 * @param weights One a kernel, log odds.
 * @param bias Log odds.
 */
export function networkFile(kernels: Kernels, weights: readonly number[], bias: number): Uint8Array {
  const { crop, input, outputs } = demonstrationDeclaration;
  const { filters, slices, edge, values } = kernels;
  const [columns, rows] = crop.sizeVoxels;
  const dataType = onnx.TensorProto.DataType.FLOAT;
  const shaped = (name: string, dims: readonly number[]) => ({
    name,
    type: { tensorType: { elemType: dataType, shape: { dim: dims.map((dimValue) => ({ dimValue })) } } },
  });
  const constant = (name: string, dims: number[], floatData: number[]) => ({ name, dims, dataType, floatData });
  const node = (opType: string, from: string[], to: string) => ({ opType, input: from, output: [to] });
  const score = outputs[0]?.name ?? 'score';
  return onnx.ModelProto.encode({
    irVersion: 8,
    opsetImport: [{ domain: '', version: 13 }],
    producerName: 'deltascope',
    docString: demonstrationDeclaration.notice,
    graph: {
      name: 'nsclc-pdl1-demonstration',
      input: [shaped(input.name, [1, slices, rows, columns])],
      output: [shaped(score, [1, 1])],
      initializer: [
        constant('kernels', [filters, slices, edge, edge], [...values]),
        constant('weights', [filters, 1], [...weights]),
        constant('bias', [1], [bias]),
      ],
      node: [
        node('Conv', [input.name, 'kernels'], 'answers'),
        node('Relu', ['answers'], 'rectified'),
        node('GlobalAveragePool', ['rectified'], 'pooled'),
        node('Flatten', ['pooled'], 'flat'),
        node('Gemm', ['flat', 'weights', 'bias'], score),
      ],
    },
  }).finish();
}
