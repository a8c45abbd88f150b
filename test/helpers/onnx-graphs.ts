import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import pkg from 'onnx-proto';
import type { NetworkDeclaration } from '../../src/onnx/network-schema.ts';

const { onnx } = pkg;
const float = onnx.TensorProto.DataType.FLOAT;

/** A constant of a graph. */
export interface Weights {
  readonly name: string;
  readonly dims: readonly number[];
  readonly values: readonly number[];
}

/** One operation of a graph. */
export interface Operation {
  readonly opType: string;
  readonly input: readonly string[];
  readonly output: readonly string[];
  readonly ints?: Readonly<Record<string, readonly number[]>>;
}

/** Encodes a graph of one input `x` as an ONNX file. */
export function onnxFile(
  inputDims: readonly number[],
  outputs: readonly { readonly name: string; readonly dims: readonly number[] }[],
  operations: readonly Operation[],
  weights: readonly Weights[],
): Uint8Array {
  const valueInfo = (name: string, dims: readonly number[]) => ({
    name,
    type: { tensorType: { elemType: float, shape: { dim: dims.map((dimValue) => ({ dimValue })) } } },
  });
  return onnx.ModelProto.encode({
    irVersion: 8,
    opsetImport: [{ domain: '', version: 13 }],
    graph: {
      name: 'test',
      input: [valueInfo('x', inputDims)],
      output: outputs.map(({ name, dims }) => valueInfo(name, dims)),
      initializer: weights.map(({ name, dims, values }) => ({
        name,
        dims: [...dims],
        dataType: float,
        floatData: [...values],
      })),
      node: operations.map(({ opType, input, output, ints = {} }) => ({
        opType,
        input: [...input],
        output: [...output],
        attribute: Object.entries(ints).map(([name, values]) => ({
          name,
          type: onnx.AttributeProto.AttributeType.INTS,
          ints: [...values],
        })),
      })),
    },
  }).finish();
}

/** Writes an ONNX file and its declaration into a folder. */
export function writeNetwork(
  folder: string,
  bytes: Uint8Array,
  changes: Partial<NetworkDeclaration> = {},
): { readonly declarationFile: string; readonly declaration: NetworkDeclaration } {
  const declaration: NetworkDeclaration = {
    type: 'onnx',
    about: 'test network',
    notice: 'TEST NETWORK',
    file: 'test.onnx',
    sha256: createHash('sha256').update(bytes).digest('hex'),
    crop: { centre: 'mask-centroid', sizeMm: [2, 2, null], sizeVoxels: [2, 2, 1], outsideHu: -1000 },
    interpolation: 'nearest',
    clip: [-1000, 3050],
    normalise: { minimum: -1000, maximum: 3050 },
    input: { name: 'x', layout: 'NDHW' },
    outputs: [{ name: 'y', names: ['test_score'] }],
    ...changes,
  };
  const declarationFile = path.join(folder, 'test.json');
  writeFileSync(path.join(folder, 'test.onnx'), bytes);
  writeFileSync(declarationFile, JSON.stringify(declaration));
  return { declarationFile, declaration };
}
