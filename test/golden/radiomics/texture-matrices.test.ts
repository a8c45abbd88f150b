import { describe, expect, it } from 'vitest';
import { countDependences } from '../../../src/radiomics/classes/gldm.ts';
import { countRuns } from '../../../src/radiomics/classes/glrlm.ts';
import { countZones } from '../../../src/radiomics/classes/glszm.ts';
import { countNeighbourhoodDifferences } from '../../../src/radiomics/classes/ngtdm.ts';
import type { SizeMatrix } from '../../../src/radiomics/classes/size-matrix.ts';
import { requireRegion } from '../../../src/radiomics/mask-checks.ts';
import { cutRegion } from '../../../src/radiomics/region.ts';
import { defaultSettings } from '../../../src/radiomics/settings.ts';
import { hasOracles, oracleSkipReason } from '../../helpers/oracles.ts';
import { readNpy, readNrrdCase } from './reference-data.ts';

function regionOf(name: string) {
  const { volume, mask } = readNrrdCase(name);
  return cutRegion(volume, mask, 1, requireRegion(mask, defaultSettings));
}

/** The dense matrix of the grey levels and sizes that occur, row-major: PyRadiomics leaves the others out. */
function occurring({ greyLevels, sizes, counts }: SizeMatrix): { shape: number[]; values: Float64Array } {
  const ascending = (keys: ArrayLike<number>) => [...new Set(Array.from(keys))].sort((a, b) => a - b);
  const [rows, columns] = [ascending(greyLevels), ascending(sizes)];
  const values = new Float64Array(rows.length * columns.length);
  for (let c = 0; c < counts.length; c++) {
    values[rows.indexOf(greyLevels[c]!) * columns.length + columns.indexOf(sizes[c]!)] = counts[c]!;
  }
  return { shape: [rows.length, columns.length], values };
}

const title = hasOracles ? 'published texture matrices' : `texture matrices: ${oracleSkipReason}`;

describe.skipIf(!hasOracles)(title, () => {
  describe.each(['brain1', 'breast1'])('%s', (name) => {
    const published = (matrix: string) => readNpy(`${name}/pyradiomics-baseline/${name}_${matrix}.npy`);

    it('run length: 13 directions, cell by cell', () => {
      const counted = countRuns(regionOf(name), defaultSettings);
      const { greyLevels } = counted;
      const matrices = [...counted.matrices];
      const { shape, values } = published('glrlm');
      const columns = shape[1]!;
      expect([shape[0], shape[2], matrices.length]).toEqual([greyLevels.length, 13, 13]);
      // The published columns are the lengths that occur in any direction.
      const longest = matrices[0]!.length / greyLevels.length;
      const occurs = Array.from({ length: longest }, (_, column) =>
        matrices.some((counts) => counts?.some((count, cell) => cell % longest === column && count > 0)),
      );
      const kept = [...occurs.keys()].filter((column) => occurs[column]);
      expect(kept.length).toBe(columns);
      matrices.forEach((counts, direction) => {
        const expected = Float64Array.from(
          { length: shape[0]! * columns },
          (_, cell) => values[cell * 13 + direction]!,
        );
        const actual = expected.map(
          (_, cell) => counts![Math.trunc(cell / columns) * longest + kept[cell % columns]!]!,
        );
        expect(actual, `direction ${direction}`).toEqual(expected);
      });
    });

    it('size zone, cell by cell', () => {
      expect(occurring(countZones(regionOf(name), defaultSettings))).toEqual(published('glszm'));
    });

    it('dependence, cell by cell', () => {
      expect(occurring(countDependences(regionOf(name), defaultSettings))).toEqual(published('gldm'));
    });

    it('neighbouring grey tone difference: counts exact, sums to 1e-12', () => {
      const { greyLevels, counts } = countNeighbourhoodDifferences(regionOf(name), defaultSettings);
      const { shape, values } = published('ngtdm');
      expect(shape).toEqual([greyLevels.length, 3]);
      greyLevels.forEach((level, row) => {
        expect([counts[2 * row], level]).toEqual([values[3 * row], values[3 * row + 2]]);
        const sum = values[3 * row + 1]!;
        expect(Math.abs(counts[2 * row + 1]! - sum)).toBeLessThanOrEqual(1e-12 * sum);
      });
    });
  });
});
