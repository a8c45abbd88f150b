import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { NetworkError } from '../../src/errors.ts';
import { createNetworkThread } from '../../src/jobs/network-thread.ts';
import { readNetwork } from '../../src/onnx/network.ts';
import { onnxFile, writeNetwork } from '../helpers/onnx-graphs.ts';

describe('networks on a worker thread', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'deltascope-network-thread-'));
  const thread = createNetworkThread();
  afterAll(async () => {
    await thread.close();
    rmSync(folder, { recursive: true });
  });
  const sum = onnxFile(
    [1, 1, 2, 2],
    [{ name: 'y', dims: [1, 1] }],
    [
      { opType: 'Flatten', input: ['x'], output: ['flat'] },
      { opType: 'Gemm', input: ['flat', 'w'], output: ['y'] },
    ],
    [{ name: 'w', dims: [4, 1], values: [1, 1, 1, 1] }],
  );
  const network = readNetwork(writeNetwork(folder, sum).declarationFile);

  it('answers as on the main thread: 1 + 2 + 3 + 4', async () => {
    const input = { data: Float32Array.of(1, 2, 3, 4), dims: [1, 1, 2, 2] };
    expect(await thread.infer(network, input)).toEqual({ test_score: 10 });
  });

  it('a failure keeps its code', async () => {
    const answer = thread.infer(network, { data: Float32Array.of(1), dims: [1, 1, 1, 1] });
    await expect(answer).rejects.toBeInstanceOf(NetworkError);
    await expect(answer).rejects.toMatchObject({ code: 'NETWORK_FAILED', subject: 'test.onnx' });
  });
});
