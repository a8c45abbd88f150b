import { createHash } from 'node:crypto';
import { modelDevice, softwareDevice } from './devices.ts';
import { scoreObservation, sizeObservations } from './observations.ts';
import { publicationTagSystem } from './own-result.ts';
import {
  aiMeta,
  dicomIdentifier,
  dicomSources,
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
  uuidOf,
} from './resource-parts.ts';
import { riskAssessment } from './risk-assessments.ts';

/** Resource types that a result is written as: what write access is needed to. */
export const writtenTypes: readonly string[] = [
  'Device',
  'Observation',
  'RiskAssessment',
  'DiagnosticReport',
  'Provenance',
];

const participantType = 'http://terminology.hl7.org/CodeSystem/provenance-participant-type';

/**
 * The transaction that tells the record of a result. Every entry is a conditional create: what is there already stays as it is, nothing is
 * changed, and a repeat makes no duplicate.
 */
export function resultBundle(result: PublishedResult): fhir4.Bundle {
  const software = softwareDevice(result);
  const devices = new Map(result.models.map((model) => [model.model.id, modelDevice(result, model, software)]));
  const scored = result.models.flatMap((model) =>
    model.outcomes.map((outcome) => {
      const device = devices.get(model.model.id) ?? software;
      const score = scoreObservation(result, model, outcome, device);
      return { score, risk: riskAssessment(result, model, outcome, device, score) };
    }),
  );
  const scores = scored.map(({ score }) => score);
  const risks = scored.map(({ risk }) => risk);
  const sizes = result.measures.flatMap((measure) => sizeObservations(result, measure, software));
  const report = diagnosticReport(result, [...scores, ...sizes]);
  const made = [...scores, ...risks, ...sizes, report];
  const provenance = provenanceOf(result, made, [software, ...devices.values()]);
  return {
    resourceType: 'Bundle',
    type: 'transaction',
    entry: [software, ...devices.values(), ...made, provenance].map(({ fullUrl, resource, ifNoneExist }) => ({
      fullUrl,
      resource,
      request: { method: 'POST', url: resource.resourceType, ifNoneExist },
    })),
  };
}

function reportIdentity(subject: string, publicationKey: string): readonly string[] {
  return [subject, publicationKey, 'board report'];
}

function diagnosticReport(result: PublishedResult, results: readonly NewEntry[]): NewEntry {
  const title = `${syntheticNotice(result)}Deltascope tumour board report`;
  const { pdf } = result;
  const report: fhir4.DiagnosticReport = {
    resourceType: 'DiagnosticReport',
    meta: aiMeta(result),
    status: 'preliminary',
    code: { coding: [{ system: resultCodeSystem, code: 'board-report' }], text: title },
    subject: { reference: result.subject },
    effectiveDateTime: result.asOf,
    issued: result.createdAt,
    ...(results.length > 0 && { result: results.map(({ fullUrl }) => ({ reference: fullUrl })) }),
    ...(result.studies.length > 0 && { imagingStudy: result.studies.map(studyReference) }),
    conclusion: `${syntheticNotice(result)}${result.statement}. Decision support, not a decision; not verified by a clinician.`,
    presentedForm: [
      {
        contentType: 'application/pdf',
        data: Buffer.from(pdf).toString('base64'),
        size: pdf.length,
        hash: createHash('sha1').update(pdf).digest('base64'),
        title,
        creation: result.createdAt,
      },
    ],
  };
  return identifiedEntry(report, resultIdentifierSystem, ...reportIdentity(result.subject, result.publicationKey));
}

/** Who made it, and of what: resources of the record, and DICOM instances by their UIDs. Provenance has no identifier: its tag finds it. */
function provenanceOf(result: PublishedResult, targets: readonly NewEntry[], devices: readonly NewEntry[]): NewEntry {
  const sources = [...new Set(result.models.flatMap(sourcesOf))];
  const dicom = new Set([
    ...dicomSources(sources),
    ...result.measures.map(({ segSOPInstanceUID }) => segSOPInstanceUID),
  ]);
  const previous = result.previousKey;
  const resource: fhir4.Provenance = {
    resourceType: 'Provenance',
    meta: aiMeta(result),
    target: targets.map(({ fullUrl }) => ({ reference: fullUrl })),
    occurredDateTime: result.asOf,
    recorded: result.createdAt,
    agent: devices.map(({ fullUrl }, at) => ({
      type: {
        coding: [{ system: participantType, code: at === 0 ? 'author' : 'performer' }],
      },
      who: { reference: fullUrl },
    })),
    entity: [
      ...recordSources(sources).map((reference) => ({ role: 'source' as const, what: { reference } })),
      ...[...dicom].map((uid) => ({ role: 'source' as const, what: { identifier: dicomIdentifier(uid) } })),
      ...result.reports.map(({ SOPInstanceUID, description }) => ({
        role: 'derivation' as const,
        what: { identifier: dicomIdentifier(SOPInstanceUID), display: description },
      })),
      ...(previous === null ? [] : [{ role: 'revision' as const, what: previousReport(result.subject, previous) }]),
    ],
  };
  const { entity = [], ...rest } = resource;
  return {
    fullUrl: `urn:uuid:${uuidOf(hashOf('Provenance', result.subject, result.publicationKey))}`,
    resource: entity.length === 0 ? rest : resource,
    ifNoneExist: `_tag=${encodeURIComponent(`${publicationTagSystem}|${result.publicationKey}`)}`,
  };
}

function previousReport(subject: string, publicationKey: string): fhir4.Reference {
  const value = hashOf('DiagnosticReport', ...reportIdentity(subject, publicationKey));
  return { type: 'DiagnosticReport', identifier: { system: resultIdentifierSystem, value } };
}
