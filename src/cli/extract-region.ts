import { ConfigError } from '../errors.ts';
import { defaultRing, largestPart, peripheralRing, type RingWidth } from '../radiomics/regions.ts';
import type { Mask, Volume } from '../radiomics/volume.ts';

/** Regions that can be made of a mask. */
export const regionNames = ['tumour', 'ring', 'largest'] as const;

/** What of the mask to extract from. */
export interface RegionChoice {
  /** `tumour`: the mask itself. `ring`: its peripheral ring, within the body. `largest`: its largest connected part. */
  readonly name: (typeof regionNames)[number];
  readonly ring: RingWidth;
}

/** The mask as it is. */
export const wholeTumour: RegionChoice = { name: 'tumour', ring: defaultRing };

/**
 * Reads `--ring-mm`.
 *
 * @param text Two widths in mm, outwards and inwards, e.g. `2,2`.
 * @throws ConfigError `CONFIG_INVALID` unless both are 0 or more and one is above 0.
 */
export function readRingWidth(text: string): RingWidth {
  const widths = text.split(',').map((part) => (part.trim() === '' ? Number.NaN : Number(part)));
  const [outsideMm = Number.NaN, insideMm = Number.NaN] = widths;
  const valid = widths.length === 2 && widths.every((width) => Number.isFinite(width) && width >= 0);
  if (valid && outsideMm + insideMm > 0) return { outsideMm, insideMm };
  throw new ConfigError(
    'CONFIG_INVALID',
    '--ring-mm',
    `"${text}" is not a ring: give mm outwards and inwards, e.g. 2,2`,
  );
}

/** How a region is called in the output; undefined for the mask itself. */
export function describeRegion({ name, ring }: RegionChoice): string | undefined {
  if (name === 'tumour') return undefined;
  return name === 'ring' ? `ring ${ring.outsideMm} + ${ring.insideMm} mm` : name;
}

/**
 * Makes the region.
 *
 * @throws RadiomicsError what {@link peripheralRing} and {@link largestPart} refuse.
 */
export function chooseRegion(volume: Volume, mask: Mask, label: number, { name, ring }: RegionChoice): Mask {
  if (name === 'tumour') return mask;
  return name === 'ring' ? peripheralRing(mask, label, ring, volume) : largestPart(mask, label);
}
