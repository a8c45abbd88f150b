import { afterAll, describe, expect, it } from 'vitest';
import { createExtractionPool } from '../../src/jobs/extraction-pool.ts';
import { extractFeatures } from '../../src/radiomics/extractor.ts';
import { parseParameters } from '../../src/radiomics/parameters.ts';
import { smallPhantom } from '../helpers/phantom-files.ts';

const { volume, mask } = smallPhantom();

const everyImageType = `
imageType:
  Original: {}
  LoG: { sigma: [4.0, 8.0, 200.0] }
  Wavelet: { level: 2 }
  Square: {}
  SquareRoot: {}
  Logarithm: {}
  Exponential: {}
  Gradient: {}
  LBP2D: {}
  LBP3D: {}
setting: { resampledPixelSpacing: [3, 3, 3], resegmentRange: [-500, 400] }
`;

describe('extraction on threads', () => {
  const pools = [1, 2, 3].map((threads) => ({ threads, pool: createExtractionPool(threads) }));
  afterAll(() => Promise.all(pools.map(({ pool }) => pool.close())));

  it.each(pools)('gives the same bits and the same order as one thread: $threads', async ({ pool }) => {
    const parameters = parseParameters(everyImageType, 'test');
    const expected = extractFeatures(volume, mask, parameters);
    const divided = await pool.extractDivided({ volume, mask, parameters });
    expect(Object.keys(divided.features)).toEqual(Object.keys(expected.features));
    expect(Object.keys(divided.features).length).toBeGreaterThan(93 * 25);
    for (const [key, value] of Object.entries(expected.features)) expect(divided.features[key], key).toBe(value);
    expect(divided.diagnostics).toEqual(expected.diagnostics);
    expect(divided.diagnostics.diagnostics_Configuration_ImagesLeftOut).toHaveProperty('log-sigma-200-0-mm-3D');
  });

  it('gives a whole extraction on one thread, the same', async () => {
    const parameters = parseParameters('', 'test');
    const result = await pools[0]!.pool.extract({ volume, mask, parameters });
    expect(result).toEqual(extractFeatures(volume, mask, parameters));
  });

  it('fails with the code of the share that failed', async () => {
    const parameters = parseParameters('setting: { binWidth: 0.000001 }', 'test');
    await expect(pools[1]!.pool.extractDivided({ volume, mask, parameters })).rejects.toMatchObject({
      code: 'PARAMS_INVALID',
      subject: 'setting.binWidth',
    });
  });

  it('leaves the image as it was', async () => {
    const before = volume.voxels.slice();
    await pools[1]!.pool.extractDivided({ volume, mask, parameters: parseParameters('', 'test') });
    expect(volume.voxels).toEqual(before);
  });
});
