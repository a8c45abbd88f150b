import type { Vector } from '../../radiomics/volume.ts';
import { createRandom, type Random } from '../../statistics/random.ts';
import type { PhantomParameters } from '../phantom/phantom.ts';
import { tumourOfAggressiveness } from '../phantom/phantom-aggressiveness.ts';
import type { TumourParameters } from '../phantom/phantom-tumour.ts';
import { drawBloodCounts } from './nsclc-benefit-blood.ts';

/** Log odds of progression within 6 months, planted in the cohorts; no finding in people. */
export const plantedBenefitEffects = {
  /** At the middle of the cohort, without liver metastases. */
  intercept: 0.05,
  /** Per standard deviation of ln(NLR) after cycle 2. */
  nlrAfterCycle2: 1,
  /** Per standard deviation of ln(SII) after cycle 2. */
  siiAfterCycle2: 0.8,
  liverMetastases: 1.8,
  /** Per standard deviation of the haemoglobin before therapy. */
  haemoglobinBaseline: -0.8,
  /** Per standard deviation of the hidden resistance: the tumour does not shrink, or grows. */
  resistance: 1.5,
  /** Per unit of ln(months / 6): about 55% progress within 6 months and 66% within 9, near the published 56% and 67%. */
  logTime: 2,
} as const;

/** Where the planted effects count from, and what a standard deviation is. */
const benefitScales = {
  lnNlr: { mean: Math.log(3.5), sd: 0.5 },
  lnSii: { mean: Math.log(950), sd: 0.65 },
  haemoglobin: { mean: 12.6, sd: 1.5 },
} as const;

export interface BenefitPlan {
  readonly size: number;
  readonly seed: number;
  /** Noise of this site's scanner (HU). */
  readonly noiseSdHu: number;
}

/** One invented person with advanced NSCLC under a checkpoint inhibitor. */
export interface BenefitMember {
  /** By fact key, `nlr@afterCycle2` for one of a visit; what was not recorded is not there. */
  readonly facts: Readonly<Record<string, number | string | boolean>>;
  /** What the plan knows of a laboratory value whether or not it was recorded, by the same keys. */
  readonly trueBlood: Readonly<Record<string, number>>;
  /** Hidden from every model: standard normal, high where the tumour does not answer. */
  readonly resistance: number;
  /** Months to progression. */
  readonly pfsMonths: number;
  /** Venous phase; every tenth person or so has no second follow-up. */
  readonly images: {
    readonly baseline: PhantomParameters;
    readonly firstFollowUp: PhantomParameters;
    readonly secondFollowUp: PhantomParameters | null;
  };
}

/** The cohort that the forests are fitted on, and the one that they are tried on. */
export const benefitSites: { readonly training: BenefitPlan; readonly second: BenefitPlan } = {
  training: { size: 110, seed: 31_415, noiseSdHu: 12 },
  second: { size: 50, seed: 27_182, noiseSdHu: 15 },
};

/**
 * Draws a cohort whose marginals follow the published one (age median 65, 70% men, 77% adenocarcinoma, 90% smokers, 14%
 * operated), whose outcome follows a logistic model with the planted effects, and whose tumours change on CT by a hidden
 * resistance.
 *
 * @param plan The same plan gives the same cohort.
 */
export function drawBenefitCohort(plan: BenefitPlan): BenefitMember[] {
  const random = createRandom(plan.seed);
  return Array.from({ length: plan.size }, (_, at) => drawMember(random, plan, at));
}

function drawMember(random: Random, plan: BenefitPlan, at: number): BenefitMember {
  const blood = drawBloodCounts(random);
  const person = drawPerson(random);
  const resistance = random.normal();
  const logOdds = benefitLogOdds(blood.trueValues, person.liverMetastases === true, resistance);
  const level = Math.min(1 - 1e-9, Math.max(1e-9, random.uniform()));
  const pfsMonths = 6 * Math.exp((Math.log(level / (1 - level)) - logOdds) / plantedBenefitEffects.logTime);
  return {
    facts: { ...person, ...blood.recorded },
    trueBlood: blood.trueValues,
    resistance,
    pfsMonths,
    images: drawImages(random, plan, at, resistance),
  };
}

/** Log odds of progression within 6 months by the planted effects. */
function benefitLogOdds(blood: Readonly<Record<string, number>>, liver: boolean, resistance: number): number {
  const effects = plantedBenefitEffects;
  const { nlr, sii, haemoglobin } = benefitScores(blood);
  return (
    effects.intercept +
    effects.nlrAfterCycle2 * nlr +
    effects.siiAfterCycle2 * sii +
    effects.liverMetastases * (liver ? 1 : 0) +
    effects.haemoglobinBaseline * haemoglobin +
    effects.resistance * resistance
  );
}

/** The laboratory values that have a planted effect, in standard deviations from the cohort's middle. */
export function benefitScores(blood: Readonly<Record<string, number>>) {
  const z = (value: number, { mean, sd }: { readonly mean: number; readonly sd: number }) => (value - mean) / sd;
  return {
    nlr: z(Math.log(blood['nlr@afterCycle2'] ?? Number.NaN), benefitScales.lnNlr),
    sii: z(Math.log(blood['sii@afterCycle2'] ?? Number.NaN), benefitScales.lnSii),
    haemoglobin: z(blood['haemoglobin@baseline'] ?? Number.NaN, benefitScales.haemoglobin),
  };
}

/** Whether a person of the cohort progresses within a time. */
export function progressedWithin(months: number, { pfsMonths }: BenefitMember): 0 | 1 {
  return pfsMonths <= months ? 1 : 0;
}

function drawPerson(random: Random): Record<string, number | string | boolean> {
  const below = (share: number) => random.uniform() < share;
  const smoking = random.uniform();
  const bmi = clamp(25.5 + 4 * random.normal(), 16, 42);
  const histology = random.uniform();
  const liverMetastases = below(0.22);
  return {
    age: Math.round(clamp(65 + 9 * random.normal(), 38, 86)),
    sex: below(0.7) ? 'male' : 'female',
    histology: 'nsclc',
    histologySubtype: histology < 0.77 ? 'adenocarcinoma' : histology < 0.965 ? 'squamous' : 'large-cell',
    smokingStatus: smoking < 0.21 ? 'current' : smoking < 0.9 ? 'former' : 'never',
    surgery: below(0.14),
    liverMetastases,
    metastases: liverMetastases || below(0.8),
    ...(below(0.95) ? { bmi: Math.round(10 * bmi) / 10 } : {}),
  };
}

/**
 * Baseline, about 8 and about 15 weeks. The field of view is centred near the tumour: the regions are those of a whole
 * thorax, the painting is shorter.
 */
function drawImages(random: Random, plan: BenefitPlan, at: number, resistance: number): BenefitMember['images'] {
  const seed = plan.seed * 10_000 + at;
  const centreMm: Vector = [-58 + 4 * random.normal(), 6 + 5 * random.normal(), 4 + 5 * random.normal()];
  const baseline = tumourOfAggressiveness(0.8 * random.normal(), centreMm, seed, {
    radius: random.normal(),
    irregularity: random.normal(),
    heterogeneity: random.normal(),
    necrosis: random.normal(),
    enhancement: random.normal(),
  });
  const scan = (visit: number, tumour: TumourParameters): PhantomParameters => ({
    ...{ anatomySeed: seed, tumour, phase: 'venous', noiseSeed: 3 * seed + visit, noiseSdHu: plan.noiseSdHu },
    ...{ dims: [64, 64, 40], shiftMm: [-centreMm[0], -centreMm[1], -centreMm[2]] },
  });
  const first = changed(baseline, -0.12 + 0.11 * resistance + 0.04 * random.normal());
  const second = changed(baseline, -0.2 + 0.19 * resistance + 0.06 * random.normal());
  const seenTwice = random.uniform() >= 0.12;
  return {
    baseline: scan(0, baseline),
    firstFollowUp: scan(1, first),
    secondFollowUp: seenTwice ? scan(2, second) : null,
  };
}

/** A tumour that shrinks gets a larger core without blood supply and a smoother texture. */
function changed(tumour: TumourParameters, logGrowth: number): TumourParameters {
  return {
    ...tumour,
    radiusMm: clamp(tumour.radiusMm * Math.exp(logGrowth), 8, 34),
    heterogeneity: clamp(tumour.heterogeneity * Math.exp(0.6 * logGrowth), 0.05, 1.6),
    necrosis: clamp(tumour.necrosis - 0.25 * logGrowth, 0, 0.65),
  };
}

function clamp(value: number, low: number, high: number): number {
  return Math.min(high, Math.max(low, value));
}
