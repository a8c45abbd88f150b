import type { Assessment } from '../../assessment/assessment.ts';
import type { Lesion } from '../../assessment/course-types.ts';
import { outcomeHeading } from '../../assessment/wording.ts';
import { formatDate } from '../../models/calendar.ts';
import type { RiskGroup } from '../../models/model-result.ts';
import type { LesionRisk } from './panel-types.ts';

/**
 * What the viewer writes on each lesion. The risk is that of the patient as the models see it on the primary tumour: other
 * lesions have none of their own.
 */
export function lesionRisks(assessment: Assessment, lesions: readonly Lesion[]): LesionRisk[] {
  const primary = primaryRisk(assessment);
  return lesions.map((lesion) => ({
    lesion: lesion.key,
    ...(lesion.primary ? primary : { group: null, text: 'not assessable: models use the primary tumour only' }),
    ...changes(lesion),
  }));
}

function primaryRisk({ combined, models }: Assessment): { group: RiskGroup | null; text: string } {
  if (combined.group === null) return { group: null, text: whyNone(models) };
  const outcomes = models.filter(({ status }) => status === 'assessed').flatMap((model) => model.outcomes);
  const highest = outcomes.find(({ group }) => group === combined.group);
  const text = highest === undefined ? `${combined.group} risk` : lowerFirst(outcomeHeading(highest));
  return { group: combined.group, text };
}

/** What stands in the way of the first model that would apply. */
function whyNone(models: Assessment['models']): string {
  if (models.some(({ status }) => status === 'assessed')) return 'not assessable: no model gives a risk group';
  const [lacking] = models.filter(({ status }) => status === 'not-assessable').flatMap(({ reasons }) => reasons);
  if (lacking !== undefined) return `not assessable: ${lacking}`;
  return 'not assessable: no model applies to this patient';
}

/** Change of the volume to the newest study: from the one before, and from the baseline where that is an earlier one. */
function changes({ features }: Lesion): Pick<LesionRisk, 'change' | 'changeSinceBaseline'> {
  const volume = features.find(({ feature }) => feature === 'original_shape_VoxelVolume');
  const [before, now] = volume?.points.slice(-2) ?? [];
  if (before === undefined || now === undefined) return { change: null, changeSinceBaseline: null };
  const since = before.date === null ? 'the study before' : formatDate(before.date);
  return {
    change: before.value === 0 ? null : volumeChange((now.value - before.value) / before.value, since),
    changeSinceBaseline: now.relativeDelta === null ? null : volumeChange(now.relativeDelta, 'baseline'),
  };
}

function volumeChange(share: number, since: string): string {
  const percent = Math.round(100 * share);
  return `volume ${percent < 0 ? '' : '+'}${percent}% since ${since}`;
}

function lowerFirst(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}
