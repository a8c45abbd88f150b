import type { Vector } from '../../radiomics/volume.ts';
import type { TumourParameters } from './phantom-tumour.ts';

/** How far one tumour is from what its aggressiveness predicts, in standard deviations; all 0 for the typical one. */
export interface TumourScatter {
  readonly radius: number;
  readonly irregularity: number;
  readonly heterogeneity: number;
  readonly necrosis: number;
  readonly infiltration?: number;
  /** Density in the plain scan: no sign of anything. */
  readonly density?: number;
  /** Gain in density from plain to venous phase: how well the tumour is supplied with blood, whatever its aggressiveness. */
  readonly enhancement: number;
}

const typical: TumourScatter = { radius: 0, irregularity: 0, heterogeneity: 0, necrosis: 0, enhancement: 0 };

/**
 * The invented rule by which synthetic tumours look the worse the more aggressive they are: larger, of a more irregular
 * border and a coarser texture, with more necrosis, and with more strands into the lung around them. The demonstration's
 * patients and the cohorts that its models are fitted on share it. No finding in people.
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
    infiltration: clamp(0.5 + 0.28 * aggressiveness + 0.18 * (scatter.infiltration ?? 0), 0, 1.5),
    plainHu: 38 + 7 * (scatter.density ?? 0),
    enhancementHu: clamp(48 + 12 * scatter.enhancement, 12, 90),
    seed,
  };
}

function clamp(value: number, low: number, high: number): number {
  return Math.min(high, Math.max(low, value));
}
