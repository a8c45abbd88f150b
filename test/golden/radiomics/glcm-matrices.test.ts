import { describe, expect, it } from 'vitest';
import { countCooccurrences } from '../../../src/radiomics/classes/glcm.ts';
import { normaliseCounts } from '../../../src/radiomics/classes/glcm-features.ts';
import { requireRegion } from '../../../src/radiomics/mask-checks.ts';
import { cutRegion } from '../../../src/radiomics/region.ts';
import { defaultSettings } from '../../../src/radiomics/settings.ts';
import { hasOracles, oracleSkipReason } from '../../helpers/oracles.ts';
import { readNpy, readNrrdCase } from './reference-data.ts';

const title = hasOracles ? 'published co-occurrence matrices' : `co-occurrence matrices: ${oracleSkipReason}`;

describe.skipIf(!hasOracles)(title, () => {
  it.each(['brain1', 'breast1'])('%s: 13 directions, cell by cell', (name) => {
    const { volume, mask } = readNrrdCase(name);
    const region = cutRegion(volume, mask, 1, requireRegion(mask, defaultSettings));
    const { levels, matrices } = countCooccurrences(region, defaultSettings);
    const { shape, values } = readNpy(`${name}/pyradiomics-baseline/${name}_glcm.npy`);
    expect(shape).toEqual([levels.length, levels.length, 13]);
    let direction = 0;
    for (const counts of matrices) {
      const published = Float64Array.from(counts, (_, cell) => values[cell * 13 + direction]!);
      expect(normaliseCounts(counts, levels)?.p).toEqual(published);
      direction++;
    }
    expect(direction).toBe(13);
  });
});
