import { z } from 'zod';
import { phases } from '../models/phase.ts';
import { words } from './description-words.ts';
import { loadMapping, pattern } from './mapping-file.ts';

const kernel = z.strictObject({ pattern, words });

const seriesRulesSchema = z.strictObject({
  about: z.string(),
  chest: z.strictObject({ bodyParts: words, words }),
  exclude: z.strictObject({
    words,
    imageTypes: z.array(z.string()),
    /** Fewer slices than this are no volume. */
    minimumSlices: z.int().positive(),
    /** Angle between the slices' normal and the patient's long axis; more is a reformat. */
    maximumTiltDegrees: z.number().positive(),
  }),
  contrast: z.strictObject({
    /** Values of ContrastBolusAgent that say that there was none. */
    noAgentPattern: pattern,
    /** Values of ContrastBolusRoute that do not enhance vessels. */
    notIntravenousPattern: pattern,
  }),
  /** The first rule that fits decides; `unknown` where none does. */
  phases: z.array(
    z.strictObject({
      phase: z.enum(phases),
      words,
      /** Believed only where a contrast agent is absent. */
      contrast: z.literal('absent').optional(),
    }),
  ),
  /** Seconds between the start of the bolus and the scan, both ends included; they may overlap: then nothing is settled. */
  timing: z.array(z.strictObject({ phase: z.enum(phases), secondsAfterBolus: z.tuple([z.number(), z.number()]) })),
  kernels: z.strictObject({ soft: kernel, sharp: kernel }),
});

/** Which CT series are chest CT, in which contrast phase, and which of several is preferred. */
export type SeriesRules = z.output<typeof seriesRulesSchema>;

/** What the rules look at; null where the PACS does not say. */
export interface SeriesTraits {
  readonly BodyPartExamined: string | null;
  readonly StudyDescription: string | null;
  readonly SeriesDescription: string | null;
  /** Images, or frames of enhanced images. */
  readonly slices: number | null;
}

/** Whether a reconstruction shows soft tissue smoothly or edges sharply. */
export type KernelKind = 'soft' | 'sharp' | 'unknown';

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
 * says.
 */
export function bodyPartOf({ chest }: SeriesRules, series: SeriesTraits): 'chest' | 'other' | 'unknown' {
  const { BodyPartExamined, SeriesDescription, StudyDescription } = series;
  if (chest.bodyParts(BodyPartExamined) !== null) return 'chest';
  if (chest.words(SeriesDescription) !== null || chest.words(StudyDescription) !== null) return 'chest';
  return BodyPartExamined === null ? 'unknown' : 'other';
}

/** Why a series can be no volume by its description or size: localiser, reformat, report, too few slices; null if it can. */
export function excludedByTraits({ exclude }: SeriesRules, { SeriesDescription, slices }: SeriesTraits): string | null {
  const word = exclude.words(SeriesDescription);
  if (word !== null)
    return `'${word}' in SeriesDescription: a localiser, a reformat, a report or another special series`;
  if (slices === null || slices >= exclude.minimumSlices) return null;
  return `${slices} ${slices === 1 ? 'slice' : 'slices'}: too few for a volume`;
}

/**
 * Why an image is no axial slice of a volume, or null if it is one.
 *
 * @param imageType Values of ImageType.
 * @param orientation ImageOrientationPatient, or empty where it is not known.
 */
export function excludedByImage(
  { exclude }: SeriesRules,
  imageType: readonly string[],
  orientation: readonly number[],
): string | null {
  const type = imageType.find((value) => exclude.imageTypes.includes(value));
  if (type !== undefined) return `ImageType ${type}: no original slices`;
  const [rx, ry, , cx, cy] = orientation;
  if (rx === undefined || ry === undefined || cx === undefined || cy === undefined) return null;
  const tilt = (Math.acos(Math.min(1, Math.abs(rx * cy - ry * cx))) * 180) / Math.PI;
  return tilt > exclude.maximumTiltDegrees ? `ImageOrientationPatient is ${Math.round(tilt)} degrees off axial` : null;
}

/** Kind of a reconstruction, by ConvolutionKernel, else by the description. */
export function kernelKind(
  { kernels: { soft, sharp } }: SeriesRules,
  ConvolutionKernel: string | null,
  SeriesDescription: string | null,
): KernelKind {
  if (ConvolutionKernel !== null) {
    if (soft.pattern.test(ConvolutionKernel)) return 'soft';
    return sharp.pattern.test(ConvolutionKernel) ? 'sharp' : 'unknown';
  }
  if (soft.words(SeriesDescription) !== null) return 'soft';
  return sharp.words(SeriesDescription) === null ? 'unknown' : 'sharp';
}
