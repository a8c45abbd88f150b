import type { Vector } from '../../radiomics/volume.ts';
import type { TumourParameters } from './phantom-tumour.ts';

/** How far one tumour is from what its aggressiveness predicts, in standard deviations; all 0 for the typical one. */
export interface TumourScatter {
  readonly radius: number;
  readonly irregularity: number;
  readonly heterogeneity: number;
  readonly necrosis: number;
  readonly enhancement: number;
}

const typical: TumourScatter = { radius: 0, irregularity: 0, heterogeneity: 0, necrosis: 0, enhancement: 0 };

/**
 * The invented rule by which synthetic tumours look the worse the more aggressive they are: larger, of a more irregular
 * border and a coarser texture, with more necrosis. It is the only cause of imaging risk in the demonstration: the
 * patients and the cohort that the demonstration model is fitted on share it. No finding in people.
 *
 * @param aggressiveness Standard normal in the cohort; about -1.5 for low and 1.5 for high risk.
 */
export function tumourOfAggressiveness(
  aggressiveness: number,
  centreMm: Vector,
  seed: number,
  scatter: TumourScatter = typical,
): TumourParameters {
  return {
    centreMm,
    radiusMm: clamp(25 * Math.exp(0.16 * aggressiveness + 0.18 * scatter.radius), 11, 40),
    irregularity: clamp(0.14 + 0.045 * aggressiveness + 0.03 * scatter.irregularity, 0.02, 0.32),
    heterogeneity: clamp(0.6 + 0.24 * aggressiveness + 0.14 * scatter.heterogeneity, 0.05, 1.6),
    necrosis: clamp(0.25 + 0.12 * aggressiveness + 0.1 * scatter.necrosis, 0, 0.65),
    enhancementHu: clamp(48 + 9 * scatter.enhancement, 15, 85),
    seed,
  };
}

function clamp(value: number, low: number, high: number): number {
  return Math.min(high, Math.max(low, value));
}
