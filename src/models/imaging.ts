import { daysBetween, formatDate } from './calendar.ts';
import type { ModelData, ModelWarning, NamedFeatures } from './model-result.ts';
import type { Model } from './model-schema.ts';

/** What makes a CT series less than what the model was made on: phase, age, slice thickness, an automatic mask. */
export function imagingWarnings(model: Model, found: NamedFeatures | null, data: ModelData): ModelWarning[] {
  if (found === null || model.imaging === undefined) return [];
  const warnings: (ModelWarning | null)[] = [
    phaseWarning(model.imaging.phases, found),
    ageWarning(model.imaging, found, data),
    thicknessWarning(model.imaging.sliceThicknessMm, found),
    maskWarning(found),
  ];
  return warnings.filter((warning) => warning !== null);
}

type Imaging = NonNullable<Model['imaging']>;

function phaseWarning([preferred]: Imaging['phases'], { phase }: NamedFeatures): ModelWarning | null {
  if (phase === preferred) return null;
  const which = phase === 'unknown' ? 'contrast phase is not recorded' : `phase is ${phase}`;
  return { code: 'OTHER_PHASE', text: `The CT's ${which}; the model was made on the ${preferred} phase` };
}

/** A baseline CT does not grow old under therapy: its age counts to the first dose, where one was given. */
function ageWarning(
  { visit, maximumAgeDays }: Imaging,
  { studyDate }: NamedFeatures,
  data: ModelData,
): ModelWarning | null {
  if (studyDate === null) return { code: 'IMAGING_UNDATED', text: 'The CT study carries no date' };
  const firstDose = data.fact('immunotherapyStart')?.value;
  const until = visit === 'baseline' && typeof firstDose === 'string' ? firstDose : data.asOf;
  if (daysBetween(studyDate, until) <= maximumAgeDays) return null;
  const before = until === data.asOf ? '' : ' at the first dose';
  return {
    code: 'IMAGING_OLD',
    text: `The CT of ${formatDate(studyDate)} is older than ${maximumAgeDays} days${before}`,
  };
}

function thicknessWarning(
  [thinnest, thickest]: Imaging['sliceThicknessMm'],
  found: NamedFeatures,
): ModelWarning | null {
  const code = 'OTHER_SLICE_THICKNESS';
  const thickness = found.sliceThicknessMm;
  if (thickness === null) return { code, text: 'The CT does not state its slice thickness' };
  if (thickness >= thinnest && thickness <= thickest) return null;
  return { code, text: `Slice thickness ${thickness} mm is outside the model's cohort (${thinnest}-${thickest} mm)` };
}

function maskWarning({ maskOrigin }: NamedFeatures): ModelWarning | null {
  if (!maskOrigin.startsWith('AUTOMATIC')) return null;
  return { code: 'MASK_AUTOMATIC', text: 'The tumour mask was made by a program and not confirmed by a reader' };
}
