import { z } from 'zod';
import { loadMapping, pattern } from './mapping-file.ts';
import type { Phase } from './types.ts';

const seriesRulesSchema = z.strictObject({
  about: z.string(),
  chest: z.strictObject({ bodyPartPattern: pattern, descriptionPattern: pattern }),
  exclude: z.strictObject({
    descriptionPattern: pattern,
    imageTypes: z.array(z.string()),
    /** Fewer slices than this are no volume. */
    minimumSlices: z.int().positive(),
  }),
  /** The first rule that fits decides; `unknown` where none does. */
  phases: z.array(
    z.strictObject({
      phase: z.enum(['plain', 'venous', 'unknown']),
      descriptionPattern: pattern,
      /** Fits only where ContrastBolusAgent is present, or absent. */
      contrast: z.enum(['present', 'absent']).optional(),
    }),
  ),
});

/** Which CT series are chest CT, and in which contrast phase. */
export type SeriesRules = z.output<typeof seriesRulesSchema>;

/** What the rules look at; null where the PACS does not say. */
export interface SeriesTraits {
  readonly BodyPartExamined: string | null;
  readonly StudyDescription: string | null;
  readonly SeriesDescription: string | null;
  /** Images, or frames of enhanced images. */
  readonly slices: number | null;
}

/**
 * Reads `series-rules.json`.
 *
 * @throws ConfigError `FILE_UNREADABLE` or `CONFIG_INVALID`.
 */
export function loadSeriesRules(mappingsFolder: string): SeriesRules {
  return loadMapping(mappingsFolder, 'series-rules.json', seriesRulesSchema);
}

/**
 * Which part of the body a CT series shows: `chest`, by BodyPartExamined or a description, because a scan of chest and
 * abdomen often says ABDOMEN; `other` where only BodyPartExamined speaks and names another part; `unknown` where nothing
 * says; `excluded` for localisers, reports and stacks too small to be a volume.
 */
export function bodyPartOf(rules: SeriesRules, series: SeriesTraits): 'chest' | 'other' | 'unknown' | 'excluded' {
  const { chest, exclude } = rules;
  if (exclude.descriptionPattern.test(series.SeriesDescription ?? '')) return 'excluded';
  if (series.slices !== null && series.slices < exclude.minimumSlices) return 'excluded';
  const descriptions = [series.SeriesDescription, series.StudyDescription];
  if (chest.bodyPartPattern.test(series.BodyPartExamined ?? '')) return 'chest';
  if (descriptions.some((text) => chest.descriptionPattern.test(text ?? ''))) return 'chest';
  return series.BodyPartExamined === null ? 'unknown' : 'other';
}

/** True where ImageType marks an image that is no slice of a volume. */
export function isExcludedImageType({ exclude }: SeriesRules, imageType: readonly string[]): boolean {
  return imageType.some((value) => exclude.imageTypes.includes(value));
}

/**
 * Contrast phase of a series by its description.
 *
 * @param contrastAgent True where ContrastBolusAgent is present. A `plain` series with an agent is not believed.
 */
export function phaseOf(rules: SeriesRules, SeriesDescription: string | null, contrastAgent: boolean): Phase {
  const contrast = contrastAgent ? 'present' : 'absent';
  const rule = rules.phases.find(
    (candidate) =>
      (candidate.contrast === undefined || candidate.contrast === contrast) &&
      candidate.descriptionPattern.test(SeriesDescription ?? ''),
  );
  return rule?.phase ?? 'unknown';
}
