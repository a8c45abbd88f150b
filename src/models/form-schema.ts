import { z } from 'zod';

const name = z.string().regex(/^[a-z][A-Za-z0-9]*$/, 'a camelCase name');
const text = z.string().min(1);
const finite = z.number();
const interval = z.tuple([finite, finite]);

export const riskGroups = ['low', 'intermediate', 'high'] as const;
export type RiskGroup = (typeof riskGroups)[number];

const endpoint = z.strictObject({
  event: z.enum(['death', 'progression', 'pd-l1-expression', 'response']),
  /** Months within which the event is meant. */
  horizonMonths: finite.positive().optional(),
});
export type Endpoint = z.infer<typeof endpoint>;

/** Cut-offs on the form's own scale. A value at a bound belongs to the group above it. */
const groups = z
  .strictObject({
    bounds: z.array(finite).min(1).max(2),
    names: z.array(z.enum(riskGroups)).min(2).max(3),
    /** Where the cut-off comes from: "median of the training cohort". */
    source: text,
  })
  .refine(({ bounds, names }) => names.length === bounds.length + 1, { error: 'one name more than bounds' });

/** For an endpoint that is no risk: what a value below, and one at or above the cut-off is called. */
const classification = z.strictObject({ cutoff: finite, below: text, atOrAbove: text, source: text });

/** What the study saw in a part of its cohort. */
const observed = z.strictObject({
  /** Whom it describes: a value of an indicator input, a group of this form, or everybody. */
  when: z.union([
    z.strictObject({ input: name, value: z.union([z.literal(0), z.literal(1)]) }),
    z.strictObject({ group: z.enum(riskGroups) }),
    z.literal('always'),
  ]),
  /** "training cohort, n = 253". */
  cohort: text,
  label: text,
  /** Null where it was not reached. */
  medianMonths: finite.nullable().optional(),
  ci95: interval.optional(),
  survival: z.array(z.strictObject({ months: finite, percent: finite })),
});
export type Observed = z.infer<typeof observed>;

const shared = {
  endpoint,
  /** Table, page or script that the coefficients stand in. */
  source: text,
  groups: groups.optional(),
  classification: classification.optional(),
  /** Said where a reader expects a risk group and there is none. */
  noGroupReason: text.optional(),
  observed: z.array(observed).optional(),
  /** Said with `observed` where the numbers are not of this very model. */
  observedNote: text.optional(),
};

/** Value: the score `intercept + sum(coefficient * x)`. */
const linear = z.strictObject({
  type: z.literal('linear'),
  ...shared,
  intercept: finite,
  terms: z.array(z.strictObject({ input: name, coefficient: finite })).min(1),
});

const logisticTerm = z.union([
  z.strictObject({ input: name, coefficient: finite, standardError: finite.positive().optional() }),
  z.strictObject({ input: name, oddsRatio: finite.positive(), ci95: interval, p: z.number().min(0).max(1).optional() }),
]);

/**
 * Value: the probability `1 / (1 + exp(-lp))`, `lp = intercept + sum(coefficient * x)`. Without a published intercept (null) the odds
 * relative to the patient at `reference`: points of a nomogram, no probability.
 */
const logistic = z.strictObject({
  type: z.literal('logistic'),
  ...shared,
  intercept: finite.nullable(),
  /** Input values at which the relative odds are 1; needed without an intercept. */
  reference: z.record(name, finite).optional(),
  terms: z.array(logisticTerm).min(1),
});

const coxTerm = z.union([
  z.strictObject({ input: name, coefficient: finite, standardError: finite.positive().optional() }),
  z.strictObject({
    input: name,
    hazardRatio: finite.positive(),
    ci95: interval,
    p: z.number().min(0).max(1).optional(),
  }),
]);

/**
 * Value: the relative hazard `exp(lp - lpReference)`; with baseline survival also the event's probability by each of its months,
 * `1 - S0 ** exp(lp - lpReference)`. Groups are cut on `lp - lpReference`.
 */
const cox = z.strictObject({
  type: z.literal('cox'),
  ...shared,
  terms: z.array(coxTerm).min(1),
  /** Linear predictor at which `baselineSurvival` stands and the relative hazard is 1. */
  lpReference: finite,
  /** Who that is: "a patient without any of the factors", "the mean of the training cohort". */
  lpReferenceLabel: text,
  baselineSurvival: z.array(z.strictObject({ months: finite.positive(), survival: z.number().gt(0).lt(1) })).optional(),
});

/** Value: mean share of the event in the leaves that the patient falls into. Columns are float32, as in scikit-learn. */
const randomForest = z.strictObject({
  type: z.literal('random-forest'),
  ...shared,
  /** Forest beside `model.json`, arrays under scikit-learn's names (`src/statistics/forest-json.ts`). */
  file: text,
  /** Inputs in the order of the forest's columns. */
  columns: z.array(name).min(1),
});

const singleForm = z.discriminatedUnion('type', [linear, logistic, cox, randomForest]);

const member = z.strictObject({ name, label: text, form: singleForm });

/** Value: arithmetic mean of the members' probabilities. */
const meanEnsemble = z.strictObject({
  type: z.literal('mean-ensemble'),
  ...shared,
  members: z.array(member).min(2),
  /** `use-others`: a member that can't be evaluated is left out of the mean, named with a warning. */
  whenMemberMissing: z.enum(['abstain', 'use-others']),
});

/** Value: `1 / (1 + exp(-lp))`, `lp = intercept + sum(coefficient * (value - mean) / sd)` over the members' values. */
const scoreFusion = z.strictObject({
  type: z.literal('score-fusion'),
  ...shared,
  intercept: finite,
  members: z.array(member.extend({ coefficient: finite, mean: finite, sd: finite.positive() })).min(2),
});

export const formSchema = z.discriminatedUnion('type', [
  linear,
  logistic,
  cox,
  randomForest,
  meanEnsemble,
  scoreFusion,
]);

export type Form = z.infer<typeof formSchema>;
export type SingleForm = z.infer<typeof singleForm>;
export type LinearForm = z.infer<typeof linear>;
export type LogisticForm = z.infer<typeof logistic>;
export type CoxForm = z.infer<typeof cox>;
export type RandomForestForm = z.infer<typeof randomForest>;
export type MeanEnsembleForm = z.infer<typeof meanEnsemble>;
export type ScoreFusionForm = z.infer<typeof scoreFusion>;
