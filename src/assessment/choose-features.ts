import type { ClinicalFacts } from '../fhir/facts.ts';
import { newest } from '../fhir/facts.ts';
import { formatDate } from '../models/calendar.ts';
import type { FeatureAnswer } from '../models/model-result.ts';
import type { ImagingRequirement } from '../models/model-schema.ts';
import type { FeatureSetRecord, ImagingStatus } from '../store/records.ts';

/**
 * Picks the feature set that a model asks for. Baseline is the last study on or before the first dose of a checkpoint
 * inhibitor, follow-up the newest after it; without a dose given every study counts as baseline. Within the visit the
 * model's preferred phase wins, then the newest study.
 *
 * @param featureSets All of the patient, newest study first.
 * @param status What the imaging job last said, or undefined when it has never run.
 */
export function chooseFeatures(
  requirement: ImagingRequirement,
  featureSets: readonly FeatureSetRecord[],
  facts: ClinicalFacts,
  status: ImagingStatus | undefined,
): FeatureAnswer {
  const firstDose = newest(facts, 'immunotherapyStart')?.value;
  const candidates = featureSets.filter(
    (set) =>
      set.processing === requirement.processing &&
      set.region === requirement.region &&
      (set.studyDate === null || set.studyDate <= facts.asOf.slice(0, 10)) &&
      visitOf(set.studyDate, typeof firstDose === 'string' ? firstDose : null) === requirement.visit,
  );
  // One study a visit: its phases compete with each other, not with those of an older study.
  const ofVisit = candidates.filter(({ StudyInstanceUID }) => StudyInstanceUID === candidates[0]?.StudyInstanceUID);
  for (const phase of requirement.phases) {
    const found = ofVisit.find((set) => set.phase === phase);
    if (found !== undefined) return { found: describe(found) };
  }
  return { gap: gapOf(requirement, featureSets, firstDose, status) };
}

function visitOf(studyDate: string | null, firstDose: string | null): 'baseline' | 'follow-up' {
  if (firstDose === null || studyDate === null) return 'baseline';
  return studyDate <= firstDose.slice(0, 10) ? 'baseline' : 'follow-up';
}

function describe(set: FeatureSetRecord) {
  return {
    features: set.features,
    phase: set.phase,
    studyDate: set.studyDate,
    sliceThicknessMm: set.SliceThickness,
    sources: [set.StudyInstanceUID, set.SeriesInstanceUID, set.segSOPInstanceUID],
    maskOrigin: set.SegmentAlgorithmType,
  };
}

function gapOf(
  { visit }: ImagingRequirement,
  featureSets: readonly FeatureSetRecord[],
  firstDose: unknown,
  status: ImagingStatus | undefined,
): string {
  if (status === undefined || status.state === 'pending') return 'image analysis is pending';
  if (status.state !== 'ready') return status.message ?? 'no images could be analysed';
  if (featureSets.length > 0 && visit === 'baseline' && typeof firstDose === 'string') {
    return `no CT with a tumour mask on or before the first dose (${formatDate(firstDose)})`;
  }
  return `no ${visit} CT with a tumour mask`;
}
