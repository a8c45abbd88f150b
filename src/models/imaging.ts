import { daysBetween, formatDate } from './calendar.ts';
import type { NamedFeatures } from './model-result.ts';
import type { Model } from './model-schema.ts';

/** What makes a CT series less than what the model was made on: phase, age, slice thickness, an automatic mask. */
export function imagingWarnings(model: Model, found: NamedFeatures | null, asOf: string): string[] {
  if (found === null || model.imaging === undefined) return [];
  const { phases, maximumAgeDays, sliceThicknessMm } = model.imaging;
  const warnings: string[] = [];
  if (found.phase !== phases[0]) {
    const which = found.phase === 'unknown' ? 'contrast phase is not recorded' : `phase is ${found.phase}`;
    warnings.push(`The CT's ${which}; the model was made on the ${phases[0]} phase`);
  }
  if (found.studyDate === null) warnings.push('The CT study carries no date');
  else if (daysBetween(found.studyDate, asOf) > maximumAgeDays) {
    warnings.push(`The CT of ${formatDate(found.studyDate)} is older than ${maximumAgeDays} days`);
  }
  const [thinnest, thickest] = sliceThicknessMm;
  const thickness = found.sliceThicknessMm;
  if (thickness === null) warnings.push('The CT does not state its slice thickness');
  else if (thickness < thinnest || thickness > thickest) {
    warnings.push(`Slice thickness ${thickness} mm is outside the model's cohort (${thinnest}-${thickest} mm)`);
  }
  if (found.maskOrigin.startsWith('AUTOMATIC')) {
    warnings.push(`The tumour mask is automatic and was not confirmed by a reader: ${found.maskOrigin}`);
  }
  return warnings;
}
