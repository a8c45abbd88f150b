import { daysBetween, formatDate } from './calendar.ts';
import type { ImageRequirement } from './image-schema.ts';
import { lossyWords } from './lossy-words.ts';
import type { ModelData, ModelWarning, NamedFeatures } from './model-result.ts';

/**
 * What makes CT series less than what the model was made on: phase, age, slice thickness, a mask that no reader made or that is
 * fractional, images compressed with loss or resampled to a straight grid. Each is said once for a series, also where several regions are measured on it.
 */
export function imagingWarnings(
  found: readonly { readonly image: ImageRequirement; readonly found: NamedFeatures }[],
  data: ModelData,
): ModelWarning[] {
  const said = new Set<string>();
  return found.flatMap(({ image, found: series }) =>
    warningsOf(image, series, data).flatMap(({ code, text }) => {
      const key = `${series.sources.join()} ${text}`;
      if (said.has(key)) return [];
      said.add(key);
      return [{ code, text: `${image.label}: ${text}` }];
    }),
  );
}

function warningsOf(image: ImageRequirement, found: NamedFeatures, data: ModelData): ModelWarning[] {
  const warnings: (ModelWarning | null)[] = [
    phaseWarning(image.phases, found),
    ageWarning(image, found, data),
    thicknessWarning(image.sliceThicknessMm, found),
    maskWarning(found),
    ...preparationWarnings(found),
  ];
  return warnings.filter((warning) => warning !== null);
}

function phaseWarning([preferred]: ImageRequirement['phases'], { phase }: NamedFeatures): ModelWarning | null {
  if (phase === preferred) return null;
  const which = phase === 'unknown' ? 'the contrast phase is not recorded' : `the phase is ${phase}`;
  return { code: 'OTHER_PHASE', text: `${which}; the model was made on the ${preferred} phase` };
}

/** A baseline CT does not grow old under therapy: its age counts to the first dose, where one was given. */
function ageWarning(
  { maximumAgeDays }: ImageRequirement,
  { visit, studyDate }: NamedFeatures,
  data: ModelData,
): ModelWarning | null {
  if (studyDate === null) return { code: 'IMAGING_UNDATED', text: 'the study carries no date' };
  const firstDose = data.fact('immunotherapyStart')?.value;
  const until = visit === 'baseline' && typeof firstDose === 'string' ? firstDose : data.asOf;
  if (daysBetween(studyDate, until) <= maximumAgeDays) return null;
  const before = until === data.asOf ? '' : ' at the first dose';
  return {
    code: 'IMAGING_OLD',
    text: `the CT of ${formatDate(studyDate)} is older than ${maximumAgeDays} days${before}`,
  };
}

function thicknessWarning(
  [thinnest, thickest]: ImageRequirement['sliceThicknessMm'],
  found: NamedFeatures,
): ModelWarning | null {
  const code = 'OTHER_SLICE_THICKNESS';
  const thickness = found.sliceThicknessMm;
  if (thickness === null) return { code, text: 'the series does not state its slice thickness' };
  if (thickness >= thinnest && thickness <= thickest) return null;
  return { code, text: `slice thickness ${thickness} mm is outside the model's cohort (${thinnest}-${thickest} mm)` };
}

function maskWarning({ mask }: NamedFeatures): ModelWarning | null {
  if (mask.type === 'AUTOMATIC')
    return { code: 'MASK_AUTOMATIC', text: 'the tumour mask was made by a program and not confirmed by a reader' };
  if (mask.type === 'MANUAL' || mask.type === 'SEMIAUTOMATIC') return null;
  return { code: 'MASK_UNKNOWN', text: 'the tumour mask does not say whether a reader or a program made it' };
}

function preparationWarnings({ preparation }: NamedFeatures): ModelWarning[] {
  if (preparation === undefined) return [];
  const { lossyCompression, straightened, maskThreshold } = preparation;
  const warnings: ModelWarning[] = [];
  if (lossyCompression !== null) {
    const text = `the images have been ${lossyWords(lossyCompression)}: texture features suffer from it`;
    warnings.push({ code: 'LOSSY_COMPRESSION', text });
  }
  if (straightened !== null) {
    const text = `${straightened}: the slices were resampled to a straight grid, which changes texture features`;
    warnings.push({ code: 'IMAGES_STRAIGHTENED', text });
  }
  if (maskThreshold !== null) {
    const text = `the tumour mask is fractional: what reaches ${maskThreshold} of its maximum counts as tumour`;
    warnings.push({ code: 'MASK_FRACTIONAL', text });
  }
  return warnings;
}
