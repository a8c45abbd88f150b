import { z } from 'zod';
import { phases } from './phase.ts';

const name = z.string().regex(/^[a-z][A-Za-z0-9]*$/, 'a camelCase name');
const text = z.string().min(1);

/**
 * Imaging visits, counted from the first dose of a checkpoint inhibitor: the last study on or before it, the first and the second
 * after it, and the newest after it.
 */
export const imagingVisits = ['baseline', 'first-follow-up', 'second-follow-up', 'newest-follow-up'] as const;
export type ImagingVisit = (typeof imagingVisits)[number];

/** The tumour mask itself, or the ring that growing and shrinking it by so many millimetres leaves. */
const region = z.discriminatedUnion('name', [
  z.strictObject({ name: z.literal('tumour') }),
  z.strictObject({ name: z.literal('ring'), growMm: z.number().positive(), shrinkMm: z.number().positive() }),
]);
export type Region = z.infer<typeof region>;

/** One set of features that a model takes from a CT: which visit, phase and region, and how it is computed. */
const image = z.strictObject({
  /** By which terms and inputs refer to it. */
  name,
  /** As a person reads it: "baseline CT, venous phase". */
  label: text,
  visit: z.enum(imagingVisits),
  /** In order of preference; any but the first is used with a warning. */
  phases: z.array(z.enum(phases)).min(1),
  region,
  /** A file under `mappings/processing`: a PyRadiomics parameter file (`.yaml`) or the declaration of a network (`.json`). */
  processing: text,
  /** Days from the first dose that a study of this visit may have; one outside is not this visit. */
  daysFromFirstDose: z.tuple([z.number(), z.number()]).optional(),
  /** Days; an older study is used with a warning. */
  maximumAgeDays: z.number().positive(),
  /** Slice thickness (mm) of the cohort; outside it a warning. */
  sliceThicknessMm: z.tuple([z.number(), z.number()]),
  /** What stands in when this visit has no study: the same features of these visits, tried in order, always with the warning. */
  whenMissing: z.strictObject({ visits: z.array(z.enum(imagingVisits)).min(1), warning: text }).optional(),
});

/**
 * Features of two images set against each other, feature by feature, for `of = [first, second]`: `absolute`
 * `|second - first|`, `relative` `|second - first| / second`, `net-change` `(second - first) / first`. A zero denominator makes the
 * feature missing.
 */
const delta = z.strictObject({
  name,
  label: text,
  operator: z.enum(['absolute', 'relative', 'net-change']),
  of: z.tuple([name, name]),
});

export const imagesSchema = z.array(image);
export const deltasSchema = z.array(delta);
export type ImageRequirement = z.infer<typeof image>;
export type DeltaRequirement = z.infer<typeof delta>;

/** Name of a region in a feature set's identity: `tumour`, `ring-2-2`. */
export function regionId(of: Region): string {
  return of.name === 'tumour' ? 'tumour' : `ring-${of.growMm}-${of.shrinkMm}`;
}
