import type { ClinicalFacts, FactProblem } from '../fhir/facts.ts';
import { newest } from '../fhir/facts.ts';
import { evaluateModel } from '../models/evaluate.ts';
import type { ContextFacts } from '../models/inputs.ts';
import type { ModelResult, RiskGroup } from '../models/model-result.ts';
import type { RegisteredModel } from '../models/registry.ts';
import type { FeatureSetRecord, ImagingStatus } from '../store/records.ts';
import { chooseFeatures } from './choose-features.ts';

/** What all models together say. */
export interface CombinedRisk {
  /** Highest group that a model gives; null when none gives one. */
  readonly group: RiskGroup | null;
  /** Agreement or conflict between the models, in a sentence. */
  readonly statement: string;
  readonly conflict: boolean;
}

/**
 * What is known about a patient's risk at one time, with everything it rests on. Every surface only presents it.
 * Plain JSON: it is stored and answered as it stands.
 */
export interface Assessment {
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
  /** What the record holds but could not be used. */
  readonly problems: readonly FactProblem[];
  readonly imaging: Pick<ImagingStatus, 'state' | 'code' | 'message'>;
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
  readonly imagingStatus: ImagingStatus | undefined;
  readonly models: readonly RegisteredModel[];
  readonly contextFacts: ContextFacts;
  readonly versions: Assessment['versions'];
}

/** Builds the one value that every surface presents: each model on the facts and features, then all of them together. */
export function buildAssessment(parts: AssessmentParts): Assessment {
  const { facts, imagingStatus } = parts;
  const featureSets = parts.featureSets.filter(
    ({ processing, settingsHash, extractorVersion }) =>
      settingsHash === parts.settingsHashes[processing] && extractorVersion === parts.versions.extractor,
  );
  const models = parts.models.map((model) =>
    evaluateModel(
      model,
      {
        fact: (key) => newest(facts, key as Parameters<typeof newest>[1]),
        features: model.imaging
          ? chooseFeatures(model.imaging, featureSets, facts, imagingStatus)
          : { gap: 'the model uses no images' },
        asOf: facts.asOf,
      },
      parts.contextFacts,
    ),
  );
  return {
    id: parts.id,
    subject: facts.patient.reference,
    synthetic: facts.patient.synthetic,
    asOf: facts.asOf,
    createdAt: parts.createdAt,
    histology: textOf(newest(facts, 'histology')?.value),
    models,
    combined: combine(models),
    problems: facts.problems,
    imaging: imagingStatus
      ? { state: imagingStatus.state, code: imagingStatus.code, message: imagingStatus.message }
      : { state: 'pending', code: null, message: null },
    versions: parts.versions,
  };
}

function textOf(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}

const order: readonly RiskGroup[] = ['low', 'intermediate', 'high'];

function combine(models: readonly ModelResult[]): CombinedRisk {
  const groups = models.flatMap(({ group, model }) => (group === null ? [] : [{ group, title: model.title }]));
  const highest = groups.reduce<RiskGroup | null>(
    (top, { group }) => (top === null || order.indexOf(group) > order.indexOf(top) ? group : top),
    null,
  );
  if (highest === null) {
    const assessed = models.some(({ status }) => status === 'assessed');
    return {
      group: null,
      conflict: false,
      statement: assessed ? 'No model gives a risk group' : 'No model could be assessed',
    };
  }
  const conflict = groups.some(({ group }) => group !== highest);
  if (groups.length === 1) return { group: highest, conflict, statement: 'One model gives a risk group' };
  const each = groups.map(({ group, title }) => `${title}: ${group}`).join('; ');
  return {
    group: highest,
    conflict,
    statement: conflict ? `Models disagree (${each})` : `${groups.length} models agree (${each})`,
  };
}
