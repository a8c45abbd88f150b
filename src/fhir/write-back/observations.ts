import { endpointWords } from '../../models/endpoint-words.ts';
import type { ModelResult, Outcome } from '../../models/model-result.ts';
import {
  aiMeta,
  dicomIdentifier,
  hashOf,
  identifiedEntry,
  type NewEntry,
  type PublishedResult,
  recordSources,
  resultCodeSystem,
  resultIdentifierSystem,
  sourcesOf,
  studyReference,
  syntheticNotice,
  type TumourMeasure,
  ucumSystem,
} from './resource-parts.ts';

const loinc = 'http://loinc.org';
const tumorSizeProfile = 'http://hl7.org/fhir/us/mcode/StructureDefinition/mcode-tumor-size';

/**
 * The number of one outcome as it was computed, in full precision; probabilities by month and the scores of signatures as components.
 *
 * Preliminary: no clinician has verified it. Deltascope itself reads released Observations only, and so never its own.
 */
export function scoreObservation(
  result: PublishedResult,
  model: ModelResult,
  outcome: Outcome,
  device: NewEntry,
): NewEntry {
  const words = endpointWords(outcome.endpoint);
  const signatures = model.signatures.map(({ label, score }) => component('signature-score', label, score));
  const risks = outcome.risks.map(({ months, probability }) =>
    component('probability', `${words} by ${months} months`, probability),
  );
  const parts = [...risks, ...signatures];
  const sources = sourcesOf(model);
  const observation: fhir4.Observation = {
    resourceType: 'Observation',
    meta: aiMeta(result),
    status: 'preliminary',
    code: code(outcome.kind, `${syntheticNotice(result)}${model.model.title}: ${kindWords[outcome.kind]} of ${words}`),
    subject: { reference: result.subject },
    effectiveDateTime: result.asOf,
    issued: result.createdAt,
    valueQuantity: unity(outcome.value),
    device: { reference: device.fullUrl },
    derivedFrom: [
      ...recordSources(sources)
        .filter((source) => source.startsWith('Observation/'))
        .map((reference) => ({ reference })),
      ...studiesOf(result, sources),
    ],
    note: notesOf(model).map((text) => ({ text })),
    ...(parts.length > 0 && { component: parts }),
  };
  return identifiedEntry(
    withoutEmpty(observation),
    resultIdentifierSystem,
    ...[result.subject, result.resultKey, model.model.id, words],
  );
}

/** What a reader has to know with a model's number: what is no reason to change it. */
export function notesOf({ model, warnings, missing }: ModelResult): string[] {
  return [
    `Standing: ${model.standing}. ${model.standingNote}`,
    ...warnings.map(({ text }) => text),
    ...missing.map(({ label, why }) => `Missing: ${label}: ${why}`),
  ];
}

/** Studies among the sources of a result. */
export function studiesOf({ studies }: PublishedResult, sources: readonly string[]): fhir4.Reference[] {
  return studies.filter(({ StudyInstanceUID }) => sources.includes(StudyInstanceUID)).map(studyReference);
}

/**
 * Size of a lesion on one outline: longest dimension by mCODE TumorSize, and its volume.
 *
 * @returns Nothing where neither was measured, or the study has no date.
 */
export function sizeObservations(result: PublishedResult, measure: TumourMeasure, device: NewEntry): NewEntry[] {
  const { axialDiameterMm, volumeMl, date } = measure;
  if (date === null) return [];
  const identity = [result.subject, measure.segSOPInstanceUID, String(measure.segmentNumber)];
  const common = {
    ...sharedParts(result, measure, device),
    effectiveDateTime: date,
  };
  const size: fhir4.Observation = {
    ...common,
    meta: aiMeta(result, tumorSizeProfile),
    code: { coding: [{ system: loinc, code: '21889-1' }], text: `${measure.label}: size` },
    component: [
      {
        code: { coding: [{ system: loinc, code: '33728-7' }], text: 'Longest dimension in an axial slice' },
        valueQuantity: quantity(axialDiameterMm ?? 0, 'mm'),
      },
    ],
  };
  const volume: fhir4.Observation = {
    ...common,
    meta: aiMeta(result),
    code: code('volume', `${measure.label}: volume`),
    valueQuantity: quantity(volumeMl ?? 0, 'mL'),
  };
  return [
    ...(axialDiameterMm === null
      ? []
      : [identifiedEntry(size, resultIdentifierSystem, ...identity, 'size', hashOf(String(axialDiameterMm)))]),
    ...(volumeMl === null
      ? []
      : [identifiedEntry(volume, resultIdentifierSystem, ...identity, 'volume', hashOf(String(volumeMl)))]),
  ];
}

function sharedParts(result: PublishedResult, measure: TumourMeasure, device: NewEntry) {
  const study = result.studies.find(({ StudyInstanceUID }) => StudyInstanceUID === measure.StudyInstanceUID);
  return {
    resourceType: 'Observation' as const,
    status: 'preliminary' as const,
    subject: { reference: result.subject },
    issued: result.createdAt,
    device: { reference: device.fullUrl },
    derivedFrom: [studyReference(study ?? { StudyInstanceUID: measure.StudyInstanceUID, reference: null })],
    // The outline itself: R4 has no other place for an instance.
    extension: [
      {
        url: `${resultCodeSystem}/measured-on`,
        extension: [
          { url: 'series', valueIdentifier: dicomIdentifier(measure.SeriesInstanceUID) },
          { url: 'segmentation', valueIdentifier: dicomIdentifier(measure.segSOPInstanceUID) },
          { url: 'segmentNumber', valueInteger: measure.segmentNumber },
        ],
      },
    ],
  };
}

const kindWords: Readonly<Record<Outcome['kind'], string>> = {
  probability: 'probability',
  'relative-hazard': 'hazard relative to the reference',
  'relative-odds': 'odds relative to the reference',
  score: 'score',
};

function component(kind: string, text: string, value: number): fhir4.ObservationComponent {
  return { code: code(kind, text), valueQuantity: unity(value) };
}

function code(value: string, text: string): fhir4.CodeableConcept {
  return { coding: [{ system: resultCodeSystem, code: value }], text };
}

function unity(value: number): fhir4.Quantity {
  return { value, system: ucumSystem, code: '1' };
}

function quantity(value: number, unit: string): fhir4.Quantity {
  return { value, unit, system: ucumSystem, code: unit };
}

/** FHIR has no empty lists. */
function withoutEmpty(observation: fhir4.Observation): fhir4.Observation {
  const { derivedFrom = [], ...rest } = observation;
  return derivedFrom.length === 0 ? rest : observation;
}
