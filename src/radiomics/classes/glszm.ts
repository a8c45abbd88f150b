import { returnRooms, takeRoom } from '../kernels/rooms.ts';
import { findZones } from '../kernels/zones.ts';
import type { Region } from '../region.ts';
import type { Settings } from '../settings.ts';
import { define, type FeatureClass, type FeatureDefinition } from './feature-class.ts';
import { alikeNeighboursOf } from './level-grid.ts';
import { emptySizeMatrix, type SizeMatrix, sizeMatrixFeatures } from './size-matrix.ts';

/** `P(i, j)`: how many zones of grey level `i` have `j` voxels; `p = P / Nz`, `Nz` the number of zones. */
const definitions: Readonly<Record<string, FeatureDefinition>> = {
  GrayLevelNonUniformity: define('sum_i (sum_j P(i,j))^2 / Nz', ['JNSA', 'szm_glnu']),
  GrayLevelNonUniformityNormalized: define('sum_i (sum_j P(i,j))^2 / Nz^2', ['Y1RO', 'szm_glnu_norm']),
  GrayLevelVariance: define('sum_ij p(i,j) (i - mean_i)^2', ['BYLV', 'szm_gl_var']),
  HighGrayLevelZoneEmphasis: define('sum_ij P(i,j) i^2 / Nz', ['5GN9', 'szm_hgze']),
  LargeAreaEmphasis: define('sum_ij P(i,j) j^2 / Nz', ['48P8', 'szm_lze']),
  LargeAreaHighGrayLevelEmphasis: define('sum_ij P(i,j) i^2 j^2 / Nz', ['J17V', 'szm_lzhge']),
  LargeAreaLowGrayLevelEmphasis: define('sum_ij P(i,j) j^2 / i^2 / Nz', ['YH51', 'szm_lzlge']),
  LowGrayLevelZoneEmphasis: define('sum_ij P(i,j) / i^2 / Nz', ['XMSY', 'szm_lgze']),
  SizeZoneNonUniformity: define('sum_j (sum_i P(i,j))^2 / Nz', ['4JP3', 'szm_zsnu']),
  SizeZoneNonUniformityNormalized: define('sum_j (sum_i P(i,j))^2 / Nz^2', ['VB3A', 'szm_zsnu_norm']),
  SmallAreaEmphasis: define('sum_ij P(i,j) / j^2 / Nz', ['5QRC', 'szm_sze']),
  SmallAreaHighGrayLevelEmphasis: define('sum_ij P(i,j) i^2 / j^2 / Nz', ['HW1V', 'szm_szhge']),
  SmallAreaLowGrayLevelEmphasis: define('sum_ij P(i,j) / (i^2 j^2) / Nz', ['5RAI', 'szm_szlge']),
  ZoneEntropy: define('-sum_ij p(i,j) log2(p(i,j) + 2.2e-16)', ['GU8N', 'szm_zs_entr']),
  ZonePercentage: define('Nz / sum_ij P(i,j) j', ['P30P', 'szm_z_perc']),
  ZoneVariance: define('sum_ij p(i,j) (j - mean_j)^2', ['3NSA', 'szm_zs_var']),
};

/**
 * Counts the zones of a region: voxels of one grey level that are connected through faces, edges or corners.
 *
 * The matrix is kept as the cells that are not empty: a dense one would have a column for every size up to the largest.
 *
 * @param region Region of interest.
 * @param settings Binning, `force2D` (zones within a plane only); `distances` has no influence.
 * @returns Cells ordered by grey level, then by size.
 */
export function countZones(region: Region, settings: Settings): SizeMatrix {
  const { alike, grid, offsets, strides } = alikeNeighboursOf(region, settings);
  const { greyLevels, levels, voxels } = grid;
  const parent = takeRoom(Int32Array, levels.length);
  const zoneLevels = takeRoom(Uint16Array, voxels.length);
  const zoneSizes = takeRoom(Int32Array, voxels.length);
  const zones = findZones(levels, voxels, alike, offsets, strides, parent, zoneLevels, zoneSizes);
  // Level and size as one number, which sorts by level and then by size.
  const base = voxels.length + 1;
  const keys = takeRoom(Float64Array, zones);
  for (let zone = 0; zone < zones; zone++) keys[zone] = zoneLevels[zone]! * base + zoneSizes[zone]!;
  keys.sort();
  let different = 0;
  for (let k = 0; k < zones; k++) if (k === 0 || keys[k] !== keys[k - 1]) different++;
  const cells = emptySizeMatrix(different);
  let cell = -1;
  for (let k = 0; k < zones; k++) {
    const key = keys[k]!;
    if (k === 0 || keys[k - 1] !== key) {
      const index = Math.floor(key / base);
      cell++;
      cells.greyLevels[cell] = greyLevels[index - 1]!;
      cells.sizes[cell] = key - index * base;
    }
    cells.counts[cell]! += 1;
  }
  returnRooms(parent, zoneLevels, zoneSizes, keys);
  return cells;
}

function compute(region: Region, settings: Settings): Record<string, number> {
  const of = sizeMatrixFeatures(countZones(region, settings));
  return {
    GrayLevelNonUniformity: of.greyNonUniformity,
    GrayLevelNonUniformityNormalized: of.greyNonUniformityNormalised,
    GrayLevelVariance: of.greyVariance,
    HighGrayLevelZoneEmphasis: of.highGreyEmphasis,
    LargeAreaEmphasis: of.largeEmphasis,
    LargeAreaHighGrayLevelEmphasis: of.largeHighGreyEmphasis,
    LargeAreaLowGrayLevelEmphasis: of.largeLowGreyEmphasis,
    LowGrayLevelZoneEmphasis: of.lowGreyEmphasis,
    SizeZoneNonUniformity: of.sizeNonUniformity,
    SizeZoneNonUniformityNormalized: of.sizeNonUniformityNormalised,
    SmallAreaEmphasis: of.smallEmphasis,
    SmallAreaHighGrayLevelEmphasis: of.smallHighGreyEmphasis,
    SmallAreaLowGrayLevelEmphasis: of.smallLowGreyEmphasis,
    ZoneEntropy: of.entropy,
    ZonePercentage: of.percentage,
    ZoneVariance: of.sizeVariance,
  };
}

/**
 * Grey level size zone matrix, one for the whole region.
 *
 * @see PyRadiomics, glszm.py; Thibault 2009, Pattern Recognition and Information Processing, 140-145
 */
export const glszm: FeatureClass = {
  name: 'glszm',
  appliesTo: 'image',
  byDefault: true,
  features: Object.keys(definitions),
  definitions,
  ibsiAggregation: { inSpace: '3D', inPlane: '2_5D' },
  namedOnly: [],
  withdrawn: {},
  compute,
};
