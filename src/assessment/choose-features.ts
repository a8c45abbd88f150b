import type { ClinicalFacts } from '../fhir/facts.ts';
import { newest } from '../fhir/facts.ts';
import { formatDate } from '../models/calendar.ts';
import { type ImageRequirement, type ImagingVisit, regionId } from '../models/image-schema.ts';
import type { FeatureAnswer, NamedFeatures } from '../models/model-result.ts';
import type { FeatureSetRecord, ImagingStatus } from '../store/records.ts';
import { daysFromFirstDose, isWithinWindow, visitDays } from './imaging-visits.ts';
import { isCurrent, newestMaskFirst, phaseOf, selectedDates, wasKnown } from './known-features.ts';

const visitNames: Readonly<Record<ImagingVisit, string>> = {
  baseline: 'baseline',
  'first-follow-up': 'first follow-up',
  'second-follow-up': 'second follow-up',
  'newest-follow-up': 'newest follow-up',
};

/**
 * Picks the feature set that a model asks for, from what was known as of the facts' time: the CT of the visit (`visitDays`), its
 * preferred phase, the newest segmentation. Several series that fit equally are a gap, never a guess, and so is a series
 * that the last look at the archive did not choose.
 *
 * @param featureSets All of the patient, made by the current settings and extractor.
 * @param status What the imaging job last said, or undefined when it has never run.
 * @param unavailable Why features can't be computed at this site, by name of the parameter file or network.
 */
export function chooseFeatures(
  requirement: ImageRequirement,
  featureSets: readonly FeatureSetRecord[],
  facts: ClinicalFacts,
  status: ImagingStatus | undefined,
  unavailable: Readonly<Record<string, string>> = {},
): FeatureAnswer {
  const reason = unavailable[requirement.processing];
  if (reason !== undefined) return { gap: reason };
  const today = facts.asOf.slice(0, 10);
  const known = featureSets.filter((set) => wasKnown(set, facts.asOf));
  const dose = newest(facts, 'immunotherapyStart')?.value;
  const firstDose = typeof dose === 'string' ? dose : null;
  const dates = [...known.map(({ studyDate }) => studyDate), ...selectedDates(status, today)];
  const day = visitDays(
    dates.filter((date) => date === null || date <= today),
    firstDose,
  )[requirement.visit];
  if (day === undefined) return { gap: whyNoVisit(requirement.visit, firstDose, dates, status) };
  if (!isWithinWindow(requirement, day, firstDose))
    return { gap: outsideWindow(requirement, day ?? '', firstDose ?? '') };
  const sets = known.filter(
    (set) =>
      set.studyDate === day &&
      set.processing === requirement.processing &&
      set.region === regionId(requirement.region) &&
      isCurrent(set, status, today),
  );
  for (const phase of requirement.phases) {
    const ofPhase = sets.filter((set) => phaseOf(set, status).phase === phase).sort(newestMaskFirst);
    const [best] = ofPhase;
    if (best === undefined) continue;
    if (ofPhase.some(({ SeriesInstanceUID }) => SeriesInstanceUID !== best.SeriesInstanceUID)) {
      return {
        gap: `several ${phase} series of the ${nameOf(requirement.visit, day)} fit equally: a person must choose`,
      };
    }
    return { found: describe(best, requirement.visit, status) };
  }
  return { gap: whyNoFeatures(requirement, day, sets.length > 0, status) };
}

function describe(set: FeatureSetRecord, visit: ImagingVisit, status: ImagingStatus | undefined): NamedFeatures {
  const { phase, phaseReason } = phaseOf(set, status);
  return {
    features: set.features,
    visit,
    phase,
    phaseReason,
    studyDate: set.studyDate,
    SeriesDescription: set.SeriesDescription,
    sliceThicknessMm: set.SliceThickness,
    sources: [set.StudyInstanceUID, set.SeriesInstanceUID, set.segSOPInstanceUID],
    mask: set.mask,
    ...(set.preparation === undefined ? {} : { preparation: set.preparation }),
  };
}

function nameOf(visit: ImagingVisit, day: string | null): string {
  return `${visitNames[visit]} CT${day === null ? ' (without a date)' : ` of ${formatDate(day)}`}`;
}

function whyNoVisit(
  visit: ImagingVisit,
  firstDose: string | null,
  dates: readonly (string | null)[],
  status: ImagingStatus | undefined,
): string {
  if (status === undefined || status.state === 'pending') return 'image analysis is pending';
  if (status.state !== 'ready') return status.message ?? 'no images could be analysed';
  if (firstDose === null && visit !== 'baseline') {
    return 'no dose of a checkpoint inhibitor is recorded, so no CT counts as follow-up';
  }
  const undated = firstDose !== null && dates.includes(null) ? '; a CT without a date can not be assigned' : '';
  if (visit === 'baseline' && firstDose !== null) {
    return `no CT with a tumour mask on or before the first dose (${formatDate(firstDose)})${undated}`;
  }
  return `no ${visitNames[visit]} CT with a tumour mask${undated}`;
}

function outsideWindow(requirement: ImageRequirement, day: string, firstDose: string): string {
  const [from, to] = requirement.daysFromFirstDose ?? [];
  const days = daysFromFirstDose(day, firstDose);
  return `the ${nameOf(requirement.visit, day)} is day ${days} from the first dose, the model needs day ${from} to ${to}`;
}

function whyNoFeatures(
  { visit, phases }: ImageRequirement,
  day: string | null,
  otherPhase: boolean,
  status: ImagingStatus | undefined,
): string {
  const ct = nameOf(visit, day);
  if (otherPhase) return `the ${ct} has no ${phases.join(' or ')} series with a tumour mask`;
  const studies = (status?.selection ?? []).filter(({ studyDate }) => studyDate === day);
  if (studies.some(({ code }) => code === 'SERIES_AMBIGUOUS')) {
    return `the ${ct} has several equally good series with a tumour mask: a person must choose`;
  }
  const inPhase = studies.some(({ series }) => series.some((one) => one.chosen && phases.includes(one.phase)));
  if (studies.length > 0 && !inPhase) return `the ${ct} has no ${phases.join(' or ')} series with a tumour mask`;
  if (status === undefined || status.state === 'pending') return 'image analysis is pending';
  return `the features of the ${ct} could not be computed${status.message === null ? '' : ` (${status.message})`}`;
}
