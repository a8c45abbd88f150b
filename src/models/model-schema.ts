import { z } from 'zod';
import { phases } from './phase.ts';

/** Where a model's coefficients come from; a standing that is not clinical is said first on every surface. */
export const standings = ['published', 'site-fitted', 'imported', 'synthetic-demo'] as const;
export type Standing = (typeof standings)[number];

const name = z.string().regex(/^[a-z][A-Za-z0-9]*$/, 'a camelCase name');
const text = z.string().min(1);
const finite = z.number();
const interval = z.tuple([finite, finite]);

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

/** A condition on a fact under which the model may be used. Exactly one test. */
const applicabilityRule = z
  .strictObject({
    fact: text,
    equals: z.union([z.string(), z.number(), z.boolean()]).optional(),
    minimum: finite.optional(),
    maximum: finite.optional(),
    /** Said when the rule is not met. */
    reason: text,
    /** What happens when the record does not say: abstain, or go on with a warning. */
    whenUnknown: z.enum(['abstain', 'warn']),
  })
  .refine((rule) => rule.equals !== undefined || rule.minimum !== undefined || rule.maximum !== undefined, {
    error: 'a rule needs equals, minimum or maximum',
  });

/** Which images a signature is computed from. */
const imaging = z.strictObject({
  visit: z.enum(['baseline', 'follow-up']),
  /** In order of preference; any but the first is used with a warning. */
  phases: z.array(z.enum(phases)).min(1),
  region: z.enum(['tumour']),
  /** A parameter file under `mappings/processing`. */
  processing: text,
  /** Days; an older study is used with a warning. */
  maximumAgeDays: finite.positive(),
  /** Slice thickness (mm) of the cohort; outside it a warning. */
  sliceThicknessMm: interval,
});

/** `score = intercept + sum(beta * (value - mean) / sd)` over features of the imaging above. */
const signature = z.strictObject({
  name,
  label: text,
  intercept: finite,
  terms: z.array(z.strictObject({ feature: text, mean: finite, sd: finite.positive(), beta: finite })).min(1),
  /** Said next to the score when it stands alone. */
  aloneWarning: text,
});

const input = z.strictObject({
  name,
  label: text,
  from: z.union([z.strictObject({ fact: text }), z.strictObject({ signature: text })]),
  /** UCUM code, or null for a category or a score. */
  unit: z.string().nullable(),
  /** Range of the cohort; outside it the value is used with a warning. */
  range: interval.optional(),
  /** Days; an older value counts as missing. Left out for what does not change. */
  maximumAgeDays: finite.positive().optional(),
  /** 1 when the fact's number is at least (or equals) this, else 0. */
  indicator: z.union([z.strictObject({ atLeast: finite }), z.strictObject({ equals: z.boolean() })]).optional(),
  /** How the value is printed when `indicator` is set. */
  words: z.strictObject({ yes: text, no: text }).optional(),
  /** How the value is printed, with `{}` in its place: `N{}` for an N stage. */
  format: z.string().includes('{}').optional(),
  /** What would mend a missing value. */
  mend: text,
});

const endpoint = z.strictObject({
  event: z.enum(['death', 'progression']),
  horizonMonths: finite.positive().optional(),
});

const logistic = z.strictObject({
  type: z.literal('logistic'),
  endpoint,
  intercept: finite,
  terms: z
    .array(z.strictObject({ input: name, coefficient: finite, standardError: finite.positive().optional() }))
    .min(1),
  /** Probability at and above which the patient is in the high group; `source` says where it comes from. */
  cutoff: z.strictObject({ probability: z.number().min(0).max(1), source: text }),
});

const hazardRatioTerm = z.strictObject({
  input: name,
  hazardRatio: finite.positive(),
  ci95: interval,
  p: z.number().min(0).max(1).optional(),
});

const stratum = z.strictObject({
  input: name,
  value: z.union([z.literal(0), z.literal(1)]),
  label: text,
  medianMonths: finite,
  ci95: interval,
  survival: z.array(z.strictObject({ months: finite, percent: finite })),
});

const cox = z.strictObject({
  type: z.literal('cox'),
  endpoints: z
    .array(
      z.strictObject({
        endpoint,
        /** The source's table. */
        source: text,
        terms: z.array(hazardRatioTerm).min(1),
        strata: z.array(stratum),
      }),
    )
    .min(1),
  /** Said where a reader expects a risk group: why there is none. */
  noGroupReason: text,
});

const example = z.strictObject({
  /** Who worked it: a paper's example, or arithmetic written out in `working`. */
  working: text,
  inputs: z.record(name, finite),
  expected: z.array(z.strictObject({ event: z.enum(['death', 'progression']), value: finite })).min(1),
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
  population: text,
  applicability: z.array(applicabilityRule),
  imaging: imaging.optional(),
  signatures: z.array(signature),
  inputs: z.array(input).min(1),
  form: z.discriminatedUnion('type', [logistic, cox]),
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
export type LogisticForm = z.infer<typeof logistic>;
export type CoxForm = z.infer<typeof cox>;
export type Endpoint = z.infer<typeof endpoint>;
export type ApplicabilityRule = Model['applicability'][number];
export type ImagingRequirement = NonNullable<Model['imaging']>;
