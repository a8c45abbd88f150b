import type { ClinicalFacts, FactKey, FactProblem } from '../fhir/facts.ts';
import { newest } from '../fhir/facts.ts';
import { factAtVisit } from '../fhir/visits.ts';
import { evaluateModel } from '../models/evaluate.ts';
import type { ContextFacts } from '../models/inputs.ts';
import type { ModelData, ModelResult } from '../models/model-result.ts';
import type { RegisteredModel } from '../models/registry.ts';
import type { FeatureSetRecord, ImagingStatus } from '../store/records.ts';
import { chooseFeatures } from './choose-features.ts';
import { type CombinedRisk, combineRisk } from './combined-risk.ts';
import { isUsable } from './known-features.ts';
import { type RiskTrend, riskTrend } from './risk-trend.ts';

/** Raised when the shape of an Assessment changes: stored ones of another shape are kept, and not compared with new ones. */
export const assessmentFormat = 3;

/**
 * What is known about a patient's risk at one time, with everything it rests on. Every surface only presents it.
 * Plain JSON: it is stored and answered as it stands.
 */
export interface Assessment {
  readonly format: typeof assessmentFormat;
  readonly id: string;
  /** `Patient/123`. */
  readonly subject: string;
  /** True when the record says that it is synthetic. */
  readonly synthetic: boolean;
  /** Only what was known up to then was used (ISO 8601). */
  readonly asOf: string;
  readonly createdAt: string;
  /** Lung cancer that the record documents, or null. */
  readonly histology: string | null;
  readonly models: readonly ModelResult[];
  readonly combined: CombinedRisk;
  /** Against the last Assessment of an earlier day; null where there is none. */
  readonly trend: RiskTrend | null;
  /** What the record holds but could not be used. */
  readonly problems: readonly FactProblem[];
  /** Resource types that were not read, or only in part: what they could hold may be there all the same. */
  readonly unread: readonly string[];
  /** Days on which a checkpoint inhibitor was given; null where the record holds no dose, or was not read. */
  readonly checkpointInhibitor: {
    readonly firstDose: string;
    readonly lastDose: string;
    readonly cycles: number;
  } | null;
  readonly imaging: Pick<ImagingStatus, 'state' | 'code' | 'message' | 'selection'>;
  readonly versions: { readonly deltascope: string; readonly extractor: string };
}

export interface AssessmentParts {
  readonly id: string;
  readonly createdAt: string;
  readonly facts: ClinicalFacts;
  /** All of the patient, newest study first. */
  readonly featureSets: readonly FeatureSetRecord[];
  /** Hash of the current settings by name of the parameter file: features made by other settings are not used. */
  readonly settingsHashes: Readonly<Record<string, string>>;
  /** Why features can't be computed at this site, by name of the parameter file or network. */
  readonly unavailable?: Readonly<Record<string, string>>;
  readonly imagingStatus: ImagingStatus | undefined;
  readonly models: readonly RegisteredModel[];
  readonly contextFacts: ContextFacts;
  readonly versions: Assessment['versions'];
  /** The last one of an earlier day. */
  readonly previous: Assessment | undefined;
}

/** Builds the one value that every surface presents: each model on the facts and features, then all of them together. */
export function buildAssessment(parts: AssessmentParts): Assessment {
  const { facts, imagingStatus, previous } = parts;
  const data = modelData(parts);
  const models = parts.models.map((model) => evaluateModel(model, data, parts.contextFacts));
  const histology = newest(facts, 'histology')?.value;
  return {
    format: assessmentFormat,
    id: parts.id,
    subject: facts.patient.reference,
    synthetic: facts.patient.synthetic,
    asOf: facts.asOf,
    createdAt: parts.createdAt,
    histology: typeof histology === 'string' ? histology : null,
    models,
    combined: combineRisk(models),
    trend: previous === undefined ? null : riskTrend(previous, models),
    problems: facts.problems,
    unread: facts.unread,
    checkpointInhibitor: dosesOf(facts),
    imaging: imagingStatus
      ? {
          state: imagingStatus.state,
          code: imagingStatus.code,
          message: imagingStatus.message,
          selection: imagingStatus.selection,
        }
      : { state: 'pending', code: null, message: null, selection: [] },
    versions: parts.versions,
  };
}

function dosesOf({ timeline }: ClinicalFacts): Assessment['checkpointInhibitor'] {
  const doses = timeline.filter(({ key }) => key === 'checkpointInhibitorDose').map(({ date }) => date.slice(0, 10));
  const days = [...new Set(doses)].sort();
  const [firstDose] = days;
  const lastDose = days.at(-1);
  if (firstDose === undefined || lastDose === undefined) return null;
  return { firstDose, lastDose, cycles: days.length };
}

/** Facts and features as the models ask for them. */
function modelData({
  facts,
  featureSets,
  settingsHashes,
  versions,
  imagingStatus,
  unavailable,
}: AssessmentParts): ModelData {
  // Models are about the primary tumour.
  const usable = featureSets.filter(
    (set) => set.lesion?.primary !== false && isUsable(set, settingsHashes, versions.extractor),
  );
  return {
    asOf: facts.asOf,
    unread: facts.unread,
    synthetic: facts.patient.synthetic,
    // Keys come from model folders, which the registry has compared with the facts there are.
    fact: (key, visit) =>
      visit === undefined
        ? newest(facts, key as FactKey)
        : factAtVisit(facts, key as FactKey, visit.at, {
            windowDays: visit.windowDays,
            cycleDays: visit.cycleDays,
          }),
    features: (image) => chooseFeatures(image, usable, facts, imagingStatus, unavailable),
  };
}
