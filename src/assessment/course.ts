import type { ClinicalFacts } from '../fhir/facts.ts';
import type { ClinicalMappings } from '../fhir/mappings.ts';
import type { Person } from '../fhir/person.ts';
import type { FeatureSetRecord, ImagingStatus } from '../store/records.ts';
import type { Assessment } from './assessment.ts';
import type { ClinicalContent } from './clinical-content.ts';
import { labSeries, progressionDays, therapyBands } from './course-clinical.ts';
import { courseLesions } from './course-lesions.ts';
import { courseStudies } from './course-studies.ts';
import type { PatientCourse } from './course-types.ts';
import { isUsable, wasKnown } from './known-features.ts';
import { type UsedFeature, usedFeatures } from './signature-features.ts';

export interface CourseParts {
  readonly facts: ClinicalFacts;
  readonly person: Person;
  /** All of the patient. */
  readonly featureSets: readonly FeatureSetRecord[];
  readonly imagingStatus: ImagingStatus | undefined;
  /** On the same facts and features: says which features count, and how much. */
  readonly assessment: Pick<Assessment, 'models' | 'versions'>;
  readonly content: Pick<
    ClinicalContent,
    'models' | 'processing' | 'lesionSize' | 'settingsHashes' | 'catalogue' | 'rules'
  >;
  readonly labels: ClinicalMappings['facts'];
}

/** A patient's course on a time axis: therapy, progressions, blood values, CT studies and lesions, as known then. Reads nothing. */
export function buildCourse(parts: CourseParts): PatientCourse {
  const { facts, person, imagingStatus, content, assessment } = parts;
  const featureSets = parts.featureSets.filter(
    (set) => isUsable(set, content.settingsHashes, assessment.versions.extractor) && wasKnown(set, facts.asOf),
  );
  const ofPrimary = featureSets.filter(({ lesion }) => lesion?.primary !== false);
  const studies = courseStudies(facts, ofPrimary, imagingStatus);
  return {
    subject: facts.patient.reference,
    synthetic: facts.patient.synthetic,
    asOf: facts.asOf,
    person: {
      name: person.name,
      sex: facts.patient.sex ?? null,
      birthDate: facts.patient.birthDate ?? null,
      PatientIDs: facts.patient.identifiers,
    },
    therapy: therapyBands(facts),
    progressions: progressionDays(facts),
    labs: labSeries(facts, parts.labels),
    studies,
    lesions: courseLesions({
      featureSets,
      status: imagingStatus,
      asOf: facts.asOf,
      studies,
      used: usedByModels(parts, ofPrimary),
      catalogue: content.catalogue,
      processing: [...content.processing, content.lesionSize],
      lesionSize: content.lesionSize.name,
      kindLabels: Object.fromEntries(content.rules.segments.otherLesions.map(({ kind, label }) => [kind, label])),
    }),
  };
}

function usedByModels({ assessment, content }: CourseParts, sets: readonly FeatureSetRecord[]): UsedFeature[] {
  return content.models.flatMap((model) => {
    const result = assessment.models.find((each) => each.model.id === model.id);
    if (result === undefined) return [];
    return usedFeatures({
      model,
      result,
      featuresOf: ({ sources: [study, series, seg] }, processing, region) =>
        sets.find(
          (set) =>
            set.StudyInstanceUID === study &&
            set.SeriesInstanceUID === series &&
            set.segSOPInstanceUID === seg &&
            set.processing === processing &&
            set.region === region,
        )?.features,
    });
  });
}
