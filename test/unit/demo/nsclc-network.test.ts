import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { packageRoot } from '../../../src/config.ts';
import { drawExpressionCohort, expressionSites } from '../../../src/demo/fits/nsclc-pdl1-cohort.ts';
import {
  demonstrationDeclaration,
  drawKernels,
  networkFile,
  pooledAnswers,
} from '../../../src/demo/fits/nsclc-pdl1-network.ts';
import { createPhantom } from '../../../src/demo/phantom/phantom.ts';
import { readNetwork } from '../../../src/onnx/network.ts';
import { prepareNetworkInput } from '../../../src/onnx/network-crop.ts';
import { runNetwork } from '../../../src/onnx/run-network.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'nsclc-network-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const [member] = drawExpressionCohort({ ...expressionSites.training, size: 1 });
const { volume, mask } = createPhantom(member!.phantom);
const block = prepareNetworkInput(volume, mask, { ...demonstrationDeclaration, sha256: '' });

/** The network by its definition, one multiplication after the other. */
function scoreByHand(kernels: ReturnType<typeof drawKernels>, weights: readonly number[], bias: number): number {
  const [, slices = 0, rows = 0, columns = 0] = block.dims;
  const { edge, filters } = kernels;
  let score = bias;
  for (let f = 0; f < filters; f++) {
    const answers: number[] = [];
    for (let y = 0; y + edge <= rows; y++) {
      for (let x = 0; x + edge <= columns; x++) {
        let answer = 0;
        for (let z = 0; z < slices; z++)
          for (let j = 0; j < edge; j++)
            for (let i = 0; i < edge; i++) {
              const weight = kernels.values[f * slices * edge * edge + z * edge * edge + j * edge + i]!;
              answer += weight * block.data[z * rows * columns + (y + j) * columns + (x + i)]!;
            }
        answers.push(answer > 0 ? answer : 0);
      }
    }
    score += weights[f]! * (answers.reduce((sum, answer) => sum + answer, 0) / answers.length);
  }
  return score;
}

describe('demonstration network', () => {
  test('kernels follow from their seed, and every second one has no mean', () => {
    const kernels = drawKernels(4);
    expect(drawKernels(4)).toEqual(kernels);
    expect(drawKernels(5)).not.toEqual(kernels);
    const length = kernels.slices * kernels.edge ** 2;
    for (let f = 0; f < kernels.filters; f++) {
      const sum = kernels.values.slice(f * length, (f + 1) * length).reduce((total, value) => total + value, 0);
      if (f % 2 === 1) expect(Math.abs(sum)).toBeLessThan(1e-5);
      else expect(Math.abs(sum)).toBeGreaterThan(1e-2);
    }
  });

  test('the mean rectified answer of a kernel of one weight is the mean of the positive voxels', () => {
    const kernels = { filters: 2, slices: 1, edge: 1, values: Float32Array.of(1, -2) };
    // (1 + 0 + 3 + 0) / 4, and 2 x (0 + 2 + 0 + 4) / 4
    expect([...pooledAnswers(Float32Array.of(1, -2, 3, -4), 2, kernels)]).toEqual([1, 3]);
  });

  test('the ONNX file gives the number of our own arithmetic on the block of a CT', async () => {
    const kernels = drawKernels(4);
    const weights = [0.75, -1.5, 2, -0.25];
    const bytes = networkFile(kernels, weights, 0.5);
    const sha256 = createHash('sha256').update(bytes).digest('hex');
    writeFileSync(path.join(folder, demonstrationDeclaration.file), bytes);
    const declared = path.join(folder, 'network.json');
    writeFileSync(declared, JSON.stringify({ ...demonstrationDeclaration, sha256 }));
    const { dlsig_score: score } = await runNetwork(readNetwork(declared), block);
    // Single precision over some thousand sums: 7 digits, of which the sum may lose two.
    expect(score).toBeCloseTo(scoreByHand(kernels, weights, 0.5), 4);
    expect(block.dims).toEqual([1, 5, 32, 32]);
  });

  test('the network in the package is declared, says that it is a demonstration, and runs', async () => {
    const name = demonstrationDeclaration.file.replace(/onnx$/, 'json');
    const network = readNetwork(path.join(packageRoot(), 'mappings', 'processing', name));
    expect(network.declaration).toMatchObject(demonstrationDeclaration);
    expect(network.declaration.notice).toMatch(/DEMONSTRATION NETWORK.*no clinical result/);
    const values = await runNetwork(network, block);
    expect(Object.keys(values)).toEqual(['dlsig_score']);
  });
});
