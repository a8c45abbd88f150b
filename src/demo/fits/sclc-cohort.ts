import type { Vector } from '../../radiomics/volume.ts';
import { normalQuantile } from '../../statistics/distributions.ts';
import type { PhantomParameters } from '../phantom/phantom.ts';
import { tumourOfAggressiveness } from '../phantom/phantom-aggressiveness.ts';
import type { TumourParameters } from '../phantom/phantom-tumour.ts';
import { balancedDesign } from './balanced-design.ts';
import { namedRandom } from './named-random.ts';
import { type SclcOutcome, sclcOutcome } from './sclc-outcomes.ts';

export interface SclcPlan {
  readonly size: number;
  readonly seed: number;
  /** Noise of this site's scanner (HU). */
  readonly noiseSdHu: number;
}

/** The cohort that the models are fitted on, and the one that they are tried on: as large as those of the nomogram's paper. */
export const sclcSites: { readonly training: SclcPlan; readonly second: SclcPlan } = {
  training: { size: 120, seed: 20_260, noiseSdHu: 12 },
  second: { size: 40, seed: 71_113, noiseSdHu: 15 },
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
export interface SclcPerson {
  readonly clinical: SclcClinical;
  /** Standard normal, hidden from every model; images and outcomes follow from it. */
  readonly aggressiveness: number;
  /** Standard normal; the gain from plain to venous phase follows from it, and no outcome. */
  readonly bloodSupply: number;
  /** When the person was recruited: 0 the last one, 1 the first. */
  readonly recruitment: number;
  /** Uniform on `(0, 1)`: what chance makes of the person's odds of death and hazard of progression. */
  readonly chance: { readonly death: number; readonly progression: number };
  readonly images: {
    readonly plain: PhantomParameters;
    readonly venous: PhantomParameters;
    /** Venous phase after two or three cycles. */
    readonly venousAfter: PhantomParameters;
  };
}

export type SclcMember = SclcPerson & SclcOutcome;

/** Shares of persons below each next category; the others have the highest. */
const shares = {
  tStage: [0.25, 0.5, 0.75],
  nStage: [0.25, 0.5, 0.75],
  mStage: [0.33],
  ecog: [0.3, 0.8],
  lipi: [0.33, 0.67],
} as const;

/** The look that is no sign of anything, and everything that a person's outcome depends on, chance among it: balanced. */
const traits = [
  'aggressiveness',
  'bloodSupply',
  'recruitment',
  'age',
  ...(Object.keys(shares) as (keyof typeof shares)[]),
  'death',
  'progression',
];

/**
 * How widely looks stray from what the aggressiveness predicts, against the rule that all phantoms share. Size, border and strands
 * hardly stray, so that scores of the baseline image can follow the aggressiveness; texture, core and density do.
 */
const scatter = {
  radius: 0.35,
  irregularity: 0.5,
  infiltration: 0.35,
  heterogeneity: 2,
  necrosis: 1.5,
  density: 2,
} as const;

/**
 * Draws a cohort: clinical values, hidden traits that shape the tumour, and what happened (see {@link sclcOutcome}). Clinical
 * values and traits are a balanced design, all categories with enough persons to see their effect: no hospital's case mix.
 *
 * @param plan The same plan gives the same cohort.
 */
export function drawSclcCohort(plan: SclcPlan): SclcMember[] {
  const design = balancedDesign(namedRandom(plan.seed, 'traits'), plan.size, traits.length);
  return Array.from({ length: plan.size }, (_, at) => {
    const levels = Object.fromEntries(traits.map((trait, column) => [trait, design[column]?.[at] ?? Number.NaN]));
    const person = drawPerson(plan, at, levels);
    return { ...person, ...sclcOutcome(person, person.chance) };
  });
}

function drawPerson(plan: SclcPlan, at: number, levels: Readonly<Record<string, number>>): SclcPerson {
  const levelOf = (trait: string) => levels[trait] ?? Number.NaN;
  const category = (trait: keyof typeof shares) => shares[trait].filter((share) => levelOf(trait) >= share).length;
  const aggressiveness = normalQuantile(levelOf('aggressiveness'));
  const bloodSupply = normalQuantile(levelOf('bloodSupply'));
  return {
    clinical: {
      age: Math.round(clamp(60.7 + 8.9 * normalQuantile(levelOf('age')), 38, 82)),
      tStage: 1 + category('tStage'),
      nStage: category('nStage'),
      mStage: category('mStage'),
      ecog: category('ecog'),
      lipi: category('lipi'),
    },
    aggressiveness,
    bloodSupply,
    recruitment: levelOf('recruitment'),
    chance: { death: levelOf('death'), progression: levelOf('progression') },
    images: drawImages(plan, at, aggressiveness, bloodSupply),
  };
}

function drawImages(plan: SclcPlan, at: number, aggressiveness: number, bloodSupply: number): SclcPerson['images'] {
  const seed = plan.seed * 10_000 + at;
  const position = namedRandom(plan.seed, 'position', at);
  const centreMm: Vector = [-58 + 4 * position.normal(), 6 + 5 * position.normal(), 4 + 5 * position.normal()];
  const stray = (look: keyof typeof scatter) => scatter[look] * namedRandom(plan.seed, look, at).normal();
  const tumour = tumourOfAggressiveness(aggressiveness, centreMm, seed, {
    radius: stray('radius'),
    irregularity: stray('irregularity'),
    infiltration: stray('infiltration'),
    heterogeneity: stray('heterogeneity'),
    necrosis: stray('necrosis'),
    density: stray('density'),
    enhancement: bloodSupply,
  });
  const response = namedRandom(plan.seed, 'response', at).normal();
  const after = treated(tumour, -0.32 + 0.12 * aggressiveness + 0.12 * response);
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

function clamp(value: number, low: number, high: number): number {
  return Math.min(high, Math.max(low, value));
}
