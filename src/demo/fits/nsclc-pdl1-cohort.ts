import type { Vector } from '../../radiomics/volume.ts';
import { logisticProbability } from '../../statistics/logistic.ts';
import { createRandom, type Random } from '../../statistics/random.ts';
import type { PhantomParameters } from '../phantom/phantom.ts';
import { tumourOfAggressiveness } from '../phantom/phantom-aggressiveness.ts';

/** Log odds of a PD-L1 positive tumour, planted in the cohorts; invented, as no published number belongs to them. */
export const plantedExpressionEffects = {
  /** At the middle of the hidden traits. */
  intercept: -0.2,
  /** Per standard deviation of the hidden trait that shapes the tumour on CT. */
  trait: 1.5,
  /** Per standard deviation of the hidden growth into the lung around the tumour, which only the network's block shows. */
  growth: 1.5,
} as const;

export interface ExpressionPlan {
  readonly size: number;
  readonly seed: number;
  /** Noise of this site's scanner (HU). */
  readonly noiseSdHu: number;
}

/** The cohort that the model is fitted on, and the one that it is tried on. */
export const expressionSites: { readonly training: ExpressionPlan; readonly second: ExpressionPlan } = {
  training: { size: 110, seed: 53_717, noiseSdHu: 12 },
  second: { size: 50, seed: 64_033, noiseSdHu: 15 },
};

/** One invented person with NSCLC before therapy. */
export interface ExpressionMember {
  /** Hidden from every model, as `growth`: standard normal. */
  readonly trait: number;
  readonly growth: number;
  /** 1: PD-L1 positive. */
  readonly positive: 0 | 1;
  /** Venous phase before therapy. */
  readonly phantom: PhantomParameters;
}

/** Tumours of this cohort are mostly early ones: this share of the radius that the aggressiveness gives. */
const earlyRadius = 0.75;

/**
 * Draws a cohort whose tumours and their surroundings look by two hidden traits, which also decide on the PD-L1 status.
 *
 * @param plan The same plan gives the same cohort.
 */
export function drawExpressionCohort(plan: ExpressionPlan): ExpressionMember[] {
  const random = createRandom(plan.seed);
  return Array.from({ length: plan.size }, (_, at) => drawMember(random, plan, at));
}

function drawMember(random: Random, plan: ExpressionPlan, at: number): ExpressionMember {
  const trait = random.normal();
  const growth = random.normal();
  const effects = plantedExpressionEffects;
  const logOdds = effects.intercept + effects.trait * trait + effects.growth * growth;
  const positive = random.uniform() < logisticProbability(logOdds) ? 1 : 0;
  const seed = plan.seed * 10_000 + at;
  const centreMm: Vector = [-58 + 4 * random.normal(), 6 + 5 * random.normal(), 4 + 5 * random.normal()];
  const tumour = tumourOfAggressiveness(trait, centreMm, seed, {
    radius: random.normal(),
    irregularity: random.normal(),
    heterogeneity: random.normal(),
    necrosis: random.normal(),
    enhancement: random.normal(),
  });
  const phantom: PhantomParameters = {
    anatomySeed: seed,
    tumour: {
      ...tumour,
      radiusMm: earlyRadius * tumour.radiusMm,
      infiltration: Math.min(1.5, Math.max(0, 0.7 + 0.4 * growth)),
    },
    phase: 'venous',
    noiseSeed: seed,
    noiseSdHu: plan.noiseSdHu,
    // A field of view around the tumour: its region and surroundings are those of a whole thorax, the painting is shorter.
    dims: [64, 64, 40],
    shiftMm: [-centreMm[0], -centreMm[1], -centreMm[2]],
  };
  return { trait, growth, positive, phantom };
}
