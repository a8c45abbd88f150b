import type { Vector } from '../../radiomics/volume.ts';
import { logisticProbability } from '../../statistics/logistic.ts';
import { createRandom, type Random } from '../../statistics/random.ts';
import type { PhantomParameters } from './phantom.ts';
import { tumourOfAggressiveness } from './phantom-aggressiveness.ts';

/** Log odds of death within 24 months, planted in the cohort. */
export interface PlantedEffects {
  /** At aggressiveness 0, age 61 and N2. */
  readonly intercept: number;
  /** Per standard deviation of the hidden aggressiveness. */
  readonly aggressiveness: number;
  /** Per year. */
  readonly age: number;
  /** Per N category. */
  readonly nStage: number;
}

/**
 * Effects of the demonstration's cohorts. Age and N stage have the odds ratios of the multivariable model that
 * `es-sclc-os24-nomogram` was published with (1.168 a year, 2.917 a category); the intercept makes about 7 of 10 high
 * risk, as there; the effect of the hidden aggressiveness is invented, as no published number belongs to it.
 */
export const plantedEffects: PlantedEffects = {
  intercept: 1.1,
  aggressiveness: 1.4,
  age: Math.log(1.168),
  nStage: Math.log(2.917),
};

export interface CohortPlan {
  readonly size: number;
  readonly seed: number;
  /** Noise of this site's scanner (HU). */
  readonly noiseSdHu: number;
}

/** One invented person: what a model may know, what it shall predict, and how the CT is made. */
export interface CohortMember {
  readonly ageYears: number;
  readonly nStage: number;
  /** Hidden from every model. */
  readonly aggressiveness: number;
  /** 1: dead within 24 months. */
  readonly outcome: 0 | 1;
  /** Venous phase at baseline. */
  readonly phantom: PhantomParameters;
}

/** Shares of N0, of N0 or N1, of N0 to N2; the rest is N3. */
const nStageBelow = [0.08, 0.22, 0.62] as const;

/**
 * Draws a cohort: age about 60.7 with SD 8.9 in 38..82 years (the published training cohort's), N0 to N3, a hidden
 * aggressiveness that shapes the tumour, and an outcome from a logistic model with the planted effects.
 *
 * @param plan The same plan gives the same cohort.
 */
export function drawCohort(plan: CohortPlan, effects: PlantedEffects = plantedEffects): CohortMember[] {
  const random = createRandom(plan.seed);
  return Array.from({ length: plan.size }, (_, at) => drawMember(random, plan, at, effects));
}

function drawMember(random: Random, plan: CohortPlan, at: number, effects: PlantedEffects): CohortMember {
  const aggressiveness = random.normal();
  const ageYears = Math.round(Math.min(82, Math.max(38, 60.7 + 8.9 * random.normal())));
  const nStage = drawNStage(random);
  const logOdds =
    effects.intercept +
    effects.aggressiveness * aggressiveness +
    effects.age * (ageYears - 61) +
    effects.nStage * (nStage - 2);
  const outcome = random.uniform() < logisticProbability(logOdds) ? 1 : 0;
  const seed = plan.seed * 10_000 + at;
  const centreMm: Vector = [-58 + 4 * random.normal(), 6 + 5 * random.normal(), 4 + 5 * random.normal()];
  const tumour = tumourOfAggressiveness(aggressiveness, centreMm, seed, {
    radius: random.normal(),
    irregularity: random.normal(),
    heterogeneity: random.normal(),
    necrosis: random.normal(),
    enhancement: random.normal(),
  });
  const phantom = { anatomySeed: seed, tumour, phase: 'venous', noiseSeed: seed, noiseSdHu: plan.noiseSdHu } as const;
  return { ageYears, nStage, aggressiveness, outcome, phantom };
}

function drawNStage(random: Random): number {
  const level = random.uniform();
  return nStageBelow.filter((share) => level >= share).length;
}
