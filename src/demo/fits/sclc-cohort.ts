import type { Vector } from '../../radiomics/volume.ts';
import { logisticProbability } from '../../statistics/logistic.ts';
import { createRandom, type Random } from '../../statistics/random.ts';
import type { PhantomParameters } from '../phantom/phantom.ts';
import { tumourOfAggressiveness } from '../phantom/phantom-aggressiveness.ts';
import type { TumourParameters } from '../phantom/phantom-tumour.ts';

/**
 * Log odds of death within 24 months, planted in the cohorts. Age and N stage have the odds ratios of the multivariable model
 * that `es-sclc-os24-nomogram` was published with (1.168 a year, 2.917 a category); the intercept makes about 7 of 10 high risk,
 * as there; the effects of the hidden traits are invented, as no published number belongs to them, and large, so that a hundred
 * persons show them.
 */
export const plantedDeathEffects = {
  /** At the middle of the traits, age 61 and N2. */
  intercept: 1.7,
  /** Per standard deviation of the hidden aggressiveness. */
  aggressiveness: 2,
  /** Per standard deviation of the hidden blood supply, which the gain from plain to venous phase shows. */
  bloodSupply: -1.8,
  /** Per year. */
  age: Math.log(1.168),
  /** Per N category. */
  nStage: Math.log(2.917),
} as const;

/** Log hazards of progression, planted in the cohorts. All invented: the paper gives its coefficients in figures only. */
export const plantedProgressionEffects = {
  /** Per standard deviation of the hidden aggressiveness. */
  aggressiveness: 0.7,
  /** Per T category. */
  tStage: 0.2,
  /** Per N category. */
  nStage: 0.35,
  /** M1 against M0. */
  mStage: 0.5,
  /** Per ECOG point. */
  ecog: 0.5,
  /** Per LIPI group. */
  lipi: 0.5,
} as const;

/** Clinical values at which the hazard is `typicalHazard`'s. */
const typical = { tStage: 3, nStage: 2, mStage: 1, ecog: 1, lipi: 1 } as const;
/** Weibull distribution of the months to progression of the typical person: median 7.4 months. */
const typicalHazard = { shape: 1.3, scaleMonths: 9.8 } as const;
/** Everybody is followed from recruitment to one closing date: 8 months for the last one, 30 for the first. */
const followUpMonths = [8, 30] as const;

export interface SclcPlan {
  readonly size: number;
  readonly seed: number;
  /** Noise of this site's scanner (HU). */
  readonly noiseSdHu: number;
}

/** The cohort that the models are fitted on, and the one that they are tried on. */
export const sclcSites: { readonly training: SclcPlan; readonly second: SclcPlan } = {
  training: { size: 110, seed: 20_260, noiseSdHu: 12 },
  second: { size: 50, seed: 71_113, noiseSdHu: 15 },
};

/** Persons of the training site whose tumour a second reader outlines, as in the paper. */
export const rereadPersons = 30;

/** What a model may know of a person besides the images. */
export interface SclcClinical {
  readonly age: number;
  readonly tStage: number;
  readonly nStage: number;
  readonly mStage: number;
  readonly ecog: number;
  /** 0 good, 1 intermediate, 2 poor. */
  readonly lipi: number;
}

/** One invented person with extensive-stage SCLC under first-line chemo-immunotherapy. */
export interface SclcMember {
  readonly clinical: SclcClinical;
  /** Standard normal, hidden from every model; images and outcomes follow from them. */
  readonly aggressiveness: number;
  readonly bloodSupply: number;
  /** 1: dead within 24 months. */
  readonly death24: 0 | 1;
  /** Months to progression, or to the end of follow-up where `progressed` is 0. */
  readonly pfsMonths: number;
  readonly progressed: 0 | 1;
  readonly images: {
    readonly plain: PhantomParameters;
    readonly venous: PhantomParameters;
    /** Venous phase after two or three cycles. */
    readonly venousAfter: PhantomParameters;
  };
}

/**
 * Draws a cohort: clinical values near the published cohorts' (age 60.7, SD 8.9, 38 to 82 years; 85% M1), hidden traits that
 * shape the tumour, death within 24 months from a logistic model and time to progression from a proportional hazards model with
 * the planted effects.
 *
 * @param plan The same plan gives the same cohort.
 */
export function drawSclcCohort(plan: SclcPlan): SclcMember[] {
  const random = createRandom(plan.seed);
  return Array.from({ length: plan.size }, (_, at) => drawMember(random, plan, at));
}

function drawMember(random: Random, plan: SclcPlan, at: number): SclcMember {
  const aggressiveness = random.normal();
  const bloodSupply = random.normal();
  const images = drawImages(random, plan, at, aggressiveness, bloodSupply);
  const clinical: SclcClinical = {
    age: Math.round(clamp(60.7 + 8.9 * random.normal(), 38, 82)),
    tStage: 1 + drawCategory(random, [0.1, 0.35, 0.6]),
    nStage: drawCategory(random, [0.08, 0.22, 0.62]),
    mStage: drawCategory(random, [0.15]),
    ecog: drawCategory(random, [0.3, 0.9]),
    lipi: drawCategory(random, [0.42, 0.82]),
  };
  const death = plantedDeathEffects;
  const logOdds =
    death.intercept +
    death.aggressiveness * aggressiveness +
    death.bloodSupply * bloodSupply +
    death.age * (clinical.age - 61) +
    death.nStage * (clinical.nStage - 2);
  const death24 = random.uniform() < logisticProbability(logOdds) ? 1 : 0;
  return {
    clinical,
    aggressiveness,
    bloodSupply,
    death24,
    ...drawProgression(random, clinical, aggressiveness),
    images,
  };
}

function drawProgression(random: Random, clinical: SclcClinical, aggressiveness: number) {
  const effects = plantedProgressionEffects;
  const logHazard = (Object.keys(typical) as (keyof typeof typical)[]).reduce(
    (sum, key) => sum + effects[key] * (clinical[key] - typical[key]),
    effects.aggressiveness * aggressiveness,
  );
  const { shape, scaleMonths } = typicalHazard;
  const months = scaleMonths * (-Math.log(1 - random.uniform()) / Math.exp(logHazard)) ** (1 / shape);
  const [shortest, longest] = followUpMonths;
  const end = shortest + (longest - shortest) * random.uniform();
  const progressed: 0 | 1 = months <= end ? 1 : 0;
  return { pfsMonths: Math.min(months, end), progressed };
}

function drawImages(
  random: Random,
  plan: SclcPlan,
  at: number,
  aggressiveness: number,
  bloodSupply: number,
): SclcMember['images'] {
  const seed = plan.seed * 10_000 + at;
  const centreMm: Vector = [-58 + 4 * random.normal(), 6 + 5 * random.normal(), 4 + 5 * random.normal()];
  const tumour = tumourOfAggressiveness(aggressiveness, centreMm, seed, {
    radius: random.normal(),
    irregularity: random.normal(),
    heterogeneity: random.normal(),
    necrosis: random.normal(),
    infiltration: random.normal(),
    density: random.normal(),
    enhancement: bloodSupply,
  });
  const after = treated(tumour, -0.32 + 0.12 * aggressiveness + 0.12 * random.normal());
  const scan = (phase: PhantomParameters['phase'], shown: TumourParameters, acquisition: number): PhantomParameters => {
    return { anatomySeed: seed, tumour: shown, phase, noiseSeed: 3 * seed + acquisition, noiseSdHu: plan.noiseSdHu };
  };
  return { plain: scan('plain', tumour, 0), venous: scan('venous', tumour, 1), venousAfter: scan('venous', after, 2) };
}

/** A tumour that shrinks under therapy loses texture and strands, and its core dies. */
function treated(tumour: TumourParameters, logGrowth: number): TumourParameters {
  return {
    ...tumour,
    radiusMm: clamp(tumour.radiusMm * Math.exp(logGrowth), 8, 40),
    heterogeneity: clamp(tumour.heterogeneity * Math.exp(0.6 * logGrowth), 0.05, 1.6),
    infiltration: clamp((tumour.infiltration ?? 0) * Math.exp(logGrowth), 0, 1.5),
    necrosis: clamp(tumour.necrosis - 0.25 * logGrowth, 0, 0.65),
  };
}

/** A category 0.. from the shares of persons below each next one. */
function drawCategory(random: Random, below: readonly number[]): number {
  const level = random.uniform();
  return below.filter((share) => level >= share).length;
}

function clamp(value: number, low: number, high: number): number {
  return Math.min(high, Math.max(low, value));
}
