import { endpointWords } from '../../models/endpoint-words.ts';
import type { ModelResult, Outcome, RiskGroup } from '../../models/model-result.ts';
import { notesOf, studiesOf } from './observations.ts';
import {
  aiMeta,
  identifiedEntry,
  modelCodeSystem,
  type NewEntry,
  type PublishedResult,
  recordSources,
  resultIdentifierSystem,
  sourcesOf,
  syntheticNotice,
  ucumSystem,
} from './resource-parts.ts';

const riskProbability = 'http://terminology.hl7.org/CodeSystem/risk-probability';
const qualitative: Readonly<Record<RiskGroup, { readonly code: string; readonly display: string }>> = {
  low: { code: 'low', display: 'Low likelihood' },
  intermediate: { code: 'moderate', display: 'Moderate likelihood' },
  high: { code: 'high', display: 'High likelihood' },
};

/**
 * What one model says about one endpoint.
 *
 * A probability is written in percent, as R4 has it; a relative hazard or relative odds as `relativeRisk`, with what it is in words. The
 * number itself stands in the Observation of `basis`.
 */
export function riskAssessment(
  result: PublishedResult,
  model: ModelResult,
  outcome: Outcome,
  device: NewEntry,
  score: NewEntry,
): NewEntry {
  const { id, title } = model.model;
  const words = endpointWords(outcome.endpoint);
  const sources = sourcesOf(model);
  const resource: fhir4.RiskAssessment = {
    resourceType: 'RiskAssessment',
    meta: aiMeta(result),
    status: 'preliminary',
    method: {
      coding: [{ system: modelCodeSystem, code: id, display: title }],
      text: `${syntheticNotice(result)}${title}`,
    },
    subject: { reference: result.subject },
    occurrenceDateTime: result.asOf,
    performer: { reference: device.fullUrl },
    basis: [
      { reference: score.fullUrl },
      ...recordSources(sources).map((reference) => ({ reference })),
      ...studiesOf(result, sources),
    ],
    prediction: [prediction(outcome, words), ...outcome.risks.map((risk) => byMonth(outcome, risk))],
    note: notesOf(model).map((text) => ({ text })),
  };
  return identifiedEntry(resource, resultIdentifierSystem, result.subject, result.resultKey, id, words);
}

function prediction(outcome: Outcome, words: string): fhir4.RiskAssessmentPrediction {
  const { endpoint, group, kind, value, relativeTo } = outcome;
  const relative = kind === 'relative-hazard' ? 'Hazard' : kind === 'relative-odds' ? 'Odds' : null;
  return {
    outcome: { text: outcome.classification ?? words },
    ...(kind === 'probability' && { probabilityDecimal: 100 * value }),
    ...(relative !== null && { relativeRisk: value }),
    ...(group !== null && {
      qualitativeRisk: { coding: [{ system: riskProbability, ...qualitative[group] }], text: `${group} risk` },
    }),
    ...(endpoint.horizonMonths !== undefined && { whenRange: within(endpoint.horizonMonths) }),
    rationale: [
      relative === null ? null : `${relative} relative to ${relativeTo ?? 'the reference'}`,
      outcome.groupNote,
    ]
      .filter((text) => text !== null && text !== '')
      .join('. '),
  };
}

function byMonth(
  { endpoint }: Outcome,
  { months, probability }: Outcome['risks'][number],
): fhir4.RiskAssessmentPrediction {
  return {
    outcome: { text: endpointWords({ ...endpoint, horizonMonths: months }) },
    probabilityDecimal: 100 * probability,
    whenRange: within(months),
  };
}

function within(months: number): fhir4.Range {
  return { high: { value: months, unit: 'months', system: ucumSystem, code: 'mo' } };
}
