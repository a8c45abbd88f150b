import { z } from 'zod';
import { formSchema } from './form-schema.ts';
import { deltasSchema, imagesSchema } from './image-schema.ts';

/** Where a model's coefficients come from; a standing that is not clinical is said first on every surface. */
const standings = ['published', 'site-fitted', 'imported', 'synthetic-demo'] as const;
export type Standing = (typeof standings)[number];

const name = z.string().regex(/^[a-z][A-Za-z0-9]*$/, 'a camelCase name');
const text = z.string().min(1);
const finite = z.number();
const interval = z.tuple([finite, finite]);
const category = z.union([z.string(), z.number(), z.boolean()]);

const source = z.strictObject({
  citation: text,
  /** Left out where the source's DOI is not known: never guessed. */
  doi: z
    .string()
    .regex(/^10\.\d{4,}\/\S+$/, 'a DOI such as 10.3389/fimmu.2025.1658017')
    .optional(),
  /** Table or page that the coefficients stand in; for a fitted model, the script and the cohort. */
  coefficients: text,
});

/** A condition on a fact under which the model may be used. Exactly one test, or a range. */
const applicabilityRule = z
  .strictObject({
    fact: text,
    equals: category.optional(),
    oneOf: z.array(category).min(1).optional(),
    minimum: finite.optional(),
    maximum: finite.optional(),
    /** Said when the rule is not met. */
    reason: text,
    /** What happens when it is not met; without it the model abstains. */
    whenNotMet: z.enum(['abstain', 'warn']).optional(),
    /** What happens when the record does not say; `ignore` only for exclusions that records state when they are there. */
    whenUnknown: z.enum(['abstain', 'warn', 'ignore']),
  })
  .refine((rule) => [rule.equals, rule.oneOf, rule.minimum, rule.maximum].some((test) => test !== undefined), {
    error: 'a rule needs equals, oneOf, minimum or maximum',
  });

/**
 * When a fact counts as one of a visit: `baseline`, the last value before the first dose of a checkpoint inhibitor; `after-cycle-2` and
 * `after-cycle-3`, the value nearest to the end of that cycle (the dose of the next one, or `cycleDays` after its own).
 */
const clinicalVisit = z.strictObject({
  name,
  label: text,
  at: z.enum(['baseline', 'after-cycle-2', 'after-cycle-3']),
  /** Days by which a value may lie off the visit. */
  windowDays: finite.positive(),
  /** Length of a cycle in days, for the end of one that no other follows yet. */
  cycleDays: finite.positive(),
});
export type ClinicalVisit = z.infer<typeof clinicalVisit>;

/** `score = intercept + sum(beta * (value - mean) / sd)` over features of the images or deltas that `of` names. */
const signature = z.strictObject({
  name,
  label: text,
  intercept: finite,
  terms: z.array(z.strictObject({ feature: text, of: name, mean: finite, sd: finite.positive(), beta: finite })).min(1),
  /** Said next to the score when it stands alone. */
  aloneWarning: text,
});

/** Applied in order to the number, after `indicator`. */
const transformation = z.union([
  z.strictObject({ clip: interval }),
  z.strictObject({ log: z.enum(['natural', 'one-plus']) }),
  z.strictObject({ zScore: z.strictObject({ mean: finite, sd: finite.positive() }) }),
]);
export type Transformation = z.infer<typeof transformation>;

const input = z.strictObject({
  name,
  label: text,
  from: z.union([
    /** `visit`: one of the model's clinical visits; without it the newest value. */
    z.strictObject({ fact: text, visit: name.optional() }),
    z.strictObject({ signature: name }),
    /** One feature of an image or delta; the output of a network is a feature, too. */
    z.strictObject({ feature: text, of: name }),
    /** The paper does not give what it is computed from: always missing, with this reason. */
    z.strictObject({ unpublished: text }),
  ]),
  /** UCUM code, or null for a category or a score. */
  unit: z.string().nullable(),
  /** Range of the cohort; outside it the value is used with a warning. */
  range: interval.optional(),
  /** Days; an older value counts as missing. Left out for what does not change. */
  maximumAgeDays: finite.positive().optional(),
  /** 1 when the fact is at least, equals, or is one of this, else 0: a dummy variable. */
  indicator: z
    .union([
      z.strictObject({ atLeast: finite }),
      z.strictObject({ equals: category }),
      z.strictObject({ oneOf: z.array(category).min(1) }),
    ])
    .optional(),
  transform: z.array(transformation).optional(),
  /**
   * What stands in for a missing value, always with a warning: a number (on the scale before `transform`), the fact of other visits
   * in order, or the mean of the nearest cluster of the model's `clusters`. Without it the model abstains.
   */
  whenMissing: z
    .union([
      z.strictObject({ value: finite, reason: text }),
      z.strictObject({ visits: z.array(name).min(1) }),
      z.literal('cluster'),
    ])
    .optional(),
  /** How the value is printed when `indicator` is set. */
  words: z.strictObject({ yes: text, no: text }).optional(),
  /** How the value is printed, with `{}` in its place: `N{}` for an N stage. */
  format: z.string().includes('{}').optional(),
  /** Values that the nomogram's axis shows; without them the range in even steps. */
  ticks: z.array(finite).min(2).optional(),
  /** What would mend a missing value. */
  mend: text,
});

/** Means of groups of similar patients over some inputs (numbers after `transform`): stand in for `whenMissing: 'cluster'`. */
const clusters = z.strictObject({
  inputs: z.array(name).min(2),
  centres: z.array(z.array(finite)).min(1),
  source: text,
});
export type Clusters = z.infer<typeof clusters>;

/** A comparison of therapies that the study made in a part of its cohort. */
const comparison = z.strictObject({
  label: text,
  event: z.enum(['death', 'progression']),
  hazardRatio: finite.positive(),
  ci95: interval,
  p: z.number().min(0).max(1).optional(),
  /** Whom it describes; without it everybody. */
  when: z.strictObject({ fact: text, equals: category }).optional(),
  source: text,
});
export type Comparison = z.infer<typeof comparison>;

const example = z.strictObject({
  /** Who worked it: a paper's example, or arithmetic written out in `working`. */
  working: text,
  /** Numbers of the inputs as the forms take them, after indicator and transformations. */
  inputs: z.record(name, finite),
  /** `form`: position in `forms`; `months`: of the baseline survival, then `value` is the probability. */
  expected: z
    .array(z.strictObject({ form: z.number().int().nonnegative(), months: finite.optional(), value: finite }))
    .min(1),
});

/** Contents of `mappings/models/<id>/model.json`. */
export const modelSchema = z.strictObject({
  id: z.string().regex(/^[a-z0-9-]+$/),
  version: z.string().regex(/^\d+\.\d+\.\d+$/, 'a version such as 1.0.0'),
  title: text,
  standing: z.enum(standings),
  /** What the standing rests on: said with every result. */
  standingNote: text,
  source,
  /** What the paper does not give, so that it must be fitted or imported, and why. */
  unpublished: z.array(z.strictObject({ what: text, why: text })).optional(),
  population: text,
  applicability: z.array(applicabilityRule),
  images: imagesSchema,
  deltas: deltasSchema,
  signatures: z.array(signature),
  visits: z.array(clinicalVisit),
  inputs: z.array(input).min(1),
  clusters: clusters.optional(),
  /** One an endpoint; the first one with groups gives the risk group. */
  forms: z.array(formSchema).min(1),
  comparisons: z.array(comparison),
  /** Facts shown beside the result that are not part of the score. */
  context: z.array(text),
  /** Reported performance, one line each, with cohort. */
  performance: z.array(text).min(1),
  /** What the result is not. */
  limits: z.array(text).min(1),
  examples: z.array(example).min(1),
});

export type Model = z.infer<typeof modelSchema>;
export type ModelInput = Model['inputs'][number];
export type Signature = Model['signatures'][number];
export type ApplicabilityRule = Model['applicability'][number];
