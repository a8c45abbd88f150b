import { deterministicUid } from '../../dicomweb/objects/dicom-file.ts';
import type {
  Algorithm,
  MeasuredValue,
  ModelPrediction,
  Statement,
} from '../../dicomweb/objects/measurement-report.ts';
import type { OwnConcept, ResultCodes } from '../../dicomweb/objects/result-codes.ts';
import { ModelInputError } from '../../errors.ts';
import { endpointWords } from '../../models/endpoint-words.ts';
import type { ModelResult, Outcome } from '../../models/model-result.ts';
import type { Assessment } from '../assessment.ts';
import { outcomeHeading, standingFirst } from '../wording.ts';

/**
 * Results of models that may be published: those that were assessed, and those that could not be, with why.
 *
 * @throws ModelInputError `MODEL_INPUT_RANGE` for a result of a demonstration model on a record that is not synthetic: no such thing
 *   leaves.
 */
export function publishedModels({ models, synthetic }: Assessment): ModelResult[] {
  const published = models.filter(({ status }) => status !== 'not-applicable');
  const leaking = published.find(({ model }) => model.standing === 'synthetic-demo' && !synthetic);
  if (leaking === undefined) return published;
  const text = 'a demonstration model has a result on a record that is not synthetic: it is not published';
  throw new ModelInputError('MODEL_INPUT_RANGE', leaking.model.id, text);
}

/** One a model and endpoint; one a model that gives no result. */
export function modelPredictions(assessment: Assessment, codes: ResultCodes): ModelPrediction[] {
  return publishedModels(assessment).flatMap((result) =>
    result.outcomes.length === 0
      ? [withoutOutcome(assessment, result, codes)]
      : result.outcomes.map((outcome, at) => ofOutcome(assessment, result, outcome, at === 0, codes)),
  );
}

function ofOutcome(
  { subject }: Assessment,
  result: ModelResult,
  outcome: Outcome,
  first: boolean,
  codes: ResultCodes,
): ModelPrediction {
  const algorithm = algorithmOf(result);
  const value = (concept: OwnConcept, number: number, modifiers: Statement[] = []): MeasuredValue => ({
    concept: codes.own(concept),
    value: number,
    unit: '1',
    algorithm,
    modifiers,
  });
  const risks = outcome.risks.map(({ months, probability }) =>
    value('probability', probability, [{ concept: codes.own('months'), value: `by ${months} months` }]),
  );
  // Scores belong to the model as a whole: said once.
  const signatures = first
    ? result.signatures.map(({ label, score }) =>
        value('signature', score, [{ concept: codes.own('signature'), value: label }]),
      )
    : [];
  const words = endpointWords(outcome.endpoint);
  return {
    trackingIdentifier: `${standingFirst(result.model.standing)}${result.model.title}: ${words}`,
    trackingUid: deterministicUid(subject, result.model.id, words),
    concept: codes.own('prediction'),
    algorithm,
    values: [value(outcome.kind, outcome.value, relativeTo(outcome, codes)), ...risks, ...signatures],
    evaluations: [
      { concept: codes.own('standing'), value: standingText(result) },
      { concept: codes.own('endpoint'), value: words },
      ...(outcome.group === null ? [] : [{ concept: codes.own('riskGroup'), value: codes.riskGroups[outcome.group] }]),
      { concept: codes.own('groupBasis'), value: `${outcomeHeading(outcome)}. ${outcome.groupNote}` },
      ...(outcome.classification === null
        ? []
        : [{ concept: codes.own('classification'), value: outcome.classification }]),
      ...remarks(result, codes),
    ],
  };
}

function relativeTo({ relativeTo: reference }: Outcome, codes: ResultCodes): Statement[] {
  return reference === null ? [] : [{ concept: codes.own('relativeTo'), value: reference }];
}

function withoutOutcome({ subject }: Assessment, result: ModelResult, codes: ResultCodes): ModelPrediction {
  return {
    trackingIdentifier: `${standingFirst(result.model.standing)}${result.model.title}: not assessable`,
    trackingUid: deterministicUid(subject, result.model.id),
    concept: codes.own('prediction'),
    algorithm: algorithmOf(result),
    values: [],
    evaluations: [
      { concept: codes.own('standing'), value: standingText(result) },
      ...result.reasons.map((reason) => ({ concept: codes.own('reason'), value: reason })),
      ...remarks(result, codes),
    ],
  };
}

function remarks({ warnings, missing }: ModelResult, codes: ResultCodes): Statement[] {
  return [
    ...warnings.map(({ text }) => ({ concept: codes.own('warning'), value: text })),
    ...missing.map(({ label, why, mend }) => ({ concept: codes.own('missing'), value: `${label}: ${why}; ${mend}` })),
  ];
}

function standingText({ model }: ModelResult): string {
  return `${standingFirst(model.standing)}${model.standing}. ${model.standingNote}`;
}

function algorithmOf({ model }: ModelResult): Algorithm {
  const { source } = model;
  return {
    name: `${standingFirst(model.standing)}${model.title}`,
    version: model.version,
    parameters: [
      `${model.id} sha256 ${model.hash}`,
      source.doi === undefined ? source.citation : `https://doi.org/${source.doi}`,
    ],
  };
}
