import { logisticProbability } from '../../statistics/logistic.ts';
import type { SclcPerson } from './sclc-cohort.ts';

/**
 * Log odds of death within 24 months, planted in the cohorts. Age and N stage have the odds ratios of the multivariable model
 * that `es-sclc-os24-nomogram` was published with (1.168 a year, 2.917 a category); the intercept makes about 7 of 10 high risk,
 * as there; the effect of the hidden aggressiveness is invented, as no published number belongs to it.
 */
export const plantedDeathEffects = {
  /** At the middle of the aggressiveness, age 61 and N2. */
  intercept: 2.2,
  /** Per standard deviation of the hidden aggressiveness. */
  aggressiveness: 2.2,
  /** Per year. */
  age: Math.log(1.168),
  /** Per N category. */
  nStage: Math.log(2.917),
} as const;

/** Log hazards of progression, planted in the cohorts. All invented: the paper gives its coefficients in figures only. */
export const plantedProgressionEffects = {
  /** Per standard deviation of the hidden aggressiveness. */
  aggressiveness: 0.8,
  /** Per T category. */
  tStage: 0.4,
  /** Per N category. */
  nStage: 0.45,
  /** M1 against M0. */
  mStage: 1,
  /** Per ECOG point. */
  ecog: 0.65,
  /** Per LIPI group. */
  lipi: 0.6,
} as const;

/** Clinical values at which the hazard is `typicalHazard`'s. */
const typical = { tStage: 3, nStage: 2, mStage: 1, ecog: 1, lipi: 1 } as const;
/** Weibull distribution of the months to progression of the typical person. */
const typicalHazard = { shape: 1.3, scaleMonths: 5.3 } as const;
/** Everybody is followed from recruitment to one closing date: 18 months for the last one, 42 for the first. */
const followUpMonths = [18, 42] as const;

/** What happened to a person. */
export interface SclcOutcome {
  /** 1: dead within 24 months. */
  readonly death24: 0 | 1;
  /** Months to progression, or to the end of follow-up where `progressed` is 0. */
  readonly pfsMonths: number;
  readonly progressed: 0 | 1;
}

/**
 * What happens to a person: death within 24 months by a logistic model, time to progression by a proportional hazards model, both
 * with the planted effects.
 *
 * @param chance Numbers in `(0, 1)`; those of a plan are balanced over its cohort, independent ones are what a trial has.
 */
export function sclcOutcome(person: Omit<SclcPerson, 'images'>, chance: SclcPerson['chance']): SclcOutcome {
  const { shape, scaleMonths } = typicalHazard;
  const hazard = Math.exp(progressionLogHazard(person));
  const months = scaleMonths * (-Math.log(1 - chance.progression) / hazard) ** (1 / shape);
  const [shortest, longest] = followUpMonths;
  const end = shortest + (longest - shortest) * person.recruitment;
  return {
    death24: chance.death < logisticProbability(deathLogOdds(person)) ? 1 : 0,
    pfsMonths: Math.min(months, end),
    progressed: months <= end ? 1 : 0,
  };
}

type Traits = Pick<SclcPerson, 'aggressiveness' | 'clinical'>;

function deathLogOdds({ aggressiveness, clinical }: Traits): number {
  const effects = plantedDeathEffects;
  return (
    effects.intercept +
    effects.aggressiveness * aggressiveness +
    effects.age * (clinical.age - 61) +
    effects.nStage * (clinical.nStage - 2)
  );
}

function progressionLogHazard({ aggressiveness, clinical }: Traits): number {
  const effects = plantedProgressionEffects;
  return (Object.keys(typical) as (keyof typeof typical)[]).reduce(
    (sum, key) => sum + effects[key] * (clinical[key] - typical[key]),
    effects.aggressiveness * aggressiveness,
  );
}
