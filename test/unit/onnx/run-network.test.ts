import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { readNetwork } from '../../../src/onnx/network.ts';
import type { NetworkDeclaration } from '../../../src/onnx/network-schema.ts';
import { runNetwork } from '../../../src/onnx/run-network.ts';
import { onnxFile, writeNetwork } from '../../helpers/onnx-graphs.ts';

const folders: string[] = [];
function network(bytes: Uint8Array, changes: Partial<NetworkDeclaration> = {}) {
  const folder = mkdtempSync(path.join(tmpdir(), 'deltascope-network-'));
  folders.push(folder);
  return { folder, ...writeNetwork(folder, bytes, changes) };
}
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true });
});

// y = x W + b with two columns: powers of two and halves, exact in single precision.
const gemm = onnxFile(
  [1, 1, 2, 2],
  [{ name: 'y', dims: [1, 2] }],
  [
    { opType: 'Flatten', input: ['x'], output: ['flat'] },
    { opType: 'Gemm', input: ['flat', 'w', 'b'], output: ['y'] },
  ],
  [
    { name: 'w', dims: [4, 2], values: [1, 0.5, 2, 0.5, 4, 0.5, 8, 0.5] },
    { name: 'b', dims: [2], values: [0.25, -1] },
  ],
);
// A 2 x 2 window over 3 x 3 values, then the largest of nothing below 0.
const convolution = onnxFile(
  [1, 1, 3, 3],
  [{ name: 'y', dims: [1, 1, 2, 2] }],
  [
    { opType: 'Conv', input: ['x', 'w', 'b'], output: ['conv'], ints: { kernel_shape: [2, 2] } },
    { opType: 'Relu', input: ['conv'], output: ['y'] },
  ],
  [
    { name: 'w', dims: [1, 1, 2, 2], values: [1, -1, 2, 0.5] },
    { name: 'b', dims: [1], values: [-3] },
  ],
);
const logarithm = onnxFile(
  [1, 1, 1, 1],
  [{ name: 'y', dims: [1, 1, 1, 1] }],
  [{ opType: 'Log', input: ['x'], output: ['y'] }],
  [],
);

describe('networks whose answers are worked out by hand', () => {
  it('Gemm: [1 2 3 4] gives 1 + 4 + 12 + 32 + 0.25 and half the sum less 1', async () => {
    const { declarationFile } = network(gemm, { outputs: [{ name: 'y', names: ['dlsig_score', 'dlsig_half'] }] });
    const input = { data: Float32Array.of(1, 2, 3, 4), dims: [1, 1, 2, 2] };
    expect(await runNetwork(readNetwork(declarationFile), input)).toEqual({ dlsig_score: 49.25, dlsig_half: 4 });
  });

  it('Conv and Relu: windows of 1..9, numbered under a prefix', async () => {
    const { declarationFile } = network(convolution, { outputs: [{ name: 'y', prefix: 'deep_' }] });
    const input = { data: Float32Array.of(0, 4, 0, 1, 2, 6, 1, 0, 2), dims: [1, 1, 3, 3] };
    // 0 - 4 + 2 + 1 - 3 = -4; 4 - 0 + 4 + 3 - 3 = 8; 1 - 2 + 2 + 0 - 3 = -2; 2 - 6 + 0 + 1 - 3 = -6.
    expect(await runNetwork(readNetwork(declarationFile), input)).toEqual({
      deep_0: 0,
      deep_1: 8,
      deep_2: 0,
      deep_3: 0,
    });
  });
});

describe('what must never become a feature', () => {
  const ones = { data: Float32Array.of(1, 1, 1, 1), dims: [1, 1, 2, 2] };

  it('the logarithm of a negative number: NETWORK_FAILED', async () => {
    const { declarationFile } = network(logarithm);
    const input = { data: Float32Array.of(-1), dims: [1, 1, 1, 1] };
    await expect(runNetwork(readNetwork(declarationFile), input)).rejects.toMatchObject({
      code: 'NETWORK_FAILED',
      subject: 'test.onnx',
      message: expect.stringContaining('no numbers'),
    });
  });

  it('an input of another size: NETWORK_FAILED', async () => {
    const { declarationFile } = network(gemm, { outputs: [{ name: 'y', prefix: 'deep_' }] });
    const input = { data: Float32Array.of(1), dims: [1, 1, 1, 1] };
    await expect(runNetwork(readNetwork(declarationFile), input)).rejects.toMatchObject({ code: 'NETWORK_FAILED' });
  });

  it.each<[string, Partial<NetworkDeclaration>, RegExp]>([
    ['fewer names than outputs', {}, /2 values and 1 declared names/],
    ['an output that is not there', { outputs: [{ name: 'z', names: ['a'] }] }, /no output z \(it has y\)/],
    [
      'an input of another name',
      { input: { name: 'image', layout: 'NDHW' } },
      /inputs are x: declare exactly that one, not image/,
    ],
  ])('%s: NETWORK_INVALID', async (_, changes, message) => {
    const { declarationFile } = network(gemm, changes);
    await expect(runNetwork(readNetwork(declarationFile), ones)).rejects.toMatchObject({
      code: 'NETWORK_INVALID',
      message: expect.stringMatching(message),
    });
  });

  it('a file that was exchanged after it was read: NETWORK_INVALID before it runs', async () => {
    const { declarationFile, folder } = network(gemm, { about: 'exchanged', clip: [-999, 3000] });
    const read = readNetwork(declarationFile);
    writeFileSync(path.join(folder, 'test.onnx'), convolution);
    await expect(runNetwork(read, ones)).rejects.toMatchObject({
      code: 'NETWORK_INVALID',
      message: expect.stringContaining('SHA-256'),
    });
  });

  it('a file that is no ONNX: NETWORK_INVALID', async () => {
    const { declarationFile } = network(new TextEncoder().encode('not a network'));
    await expect(runNetwork(readNetwork(declarationFile), ones)).rejects.toMatchObject({ code: 'NETWORK_INVALID' });
  });
});

describe('readNetwork', () => {
  it('a file that the site has not supplied: NETWORK_MISSING, and what to do', () => {
    const { declarationFile, folder } = network(gemm);
    rmSync(path.join(folder, 'test.onnx'));
    expect(() => readNetwork(declarationFile)).toThrow(
      expect.objectContaining({
        code: 'NETWORK_MISSING',
        message: expect.stringContaining('has not supplied the network'),
      }),
    );
  });

  it('another file than the declared one: NETWORK_INVALID', () => {
    const { declarationFile } = network(gemm, { sha256: '0'.repeat(64) });
    expect(() => readNetwork(declarationFile)).toThrow(expect.objectContaining({ code: 'NETWORK_INVALID' }));
  });

  it.each<[string, Record<string, unknown>, RegExp]>([
    ['a path out of the folder', { file: '../x.onnx' }, /file: a path to an .onnx file below the folder/],
    ['an absolute path', { file: '/x.onnx' }, /file:/],
    ['a layout without rows', { input: { name: 'x', layout: 'NCDW' } }, /input.layout/],
    ['a layout with an axis twice', { input: { name: 'x', layout: 'NDHWW' } }, /input.layout/],
    ['a clip the wrong way round', { clip: [10, -10] }, /clip: the lower bound comes first/],
    ['an empty range', { normalise: { minimum: 1, maximum: 1 } }, /normalise/],
    ['an unknown key', { activation: 'tanh' }, /activation/],
  ])('%s is named', (_, changes, message) => {
    const { declarationFile } = network(gemm);
    const json = { ...(JSON.parse(readFileSync(declarationFile, 'utf8')) as object), ...changes };
    writeFileSync(declarationFile, JSON.stringify(json));
    expect(() => readNetwork(declarationFile)).toThrow(
      expect.objectContaining({
        code: 'NETWORK_INVALID',
        subject: 'test.json',
        message: expect.stringMatching(message),
      }),
    );
  });

  it('the hash follows what decides the numbers, not the words around them', () => {
    const hashOf = (changes: Partial<NetworkDeclaration>) => readNetwork(network(gemm, changes).declarationFile).hash;
    const hash = hashOf({});
    expect(hashOf({ about: 'other words', notice: 'other notice' })).toBe(hash);
    expect(hashOf({ clip: [-1000, 3000] })).not.toBe(hash);
    expect(hashOf({ interpolation: 'linear' })).not.toBe(hash);
    expect(readNetwork(network(convolution).declarationFile).hash).not.toBe(hash);
  });
});
