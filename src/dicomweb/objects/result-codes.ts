import { z } from 'zod';
import type { Code } from '../dataset.ts';
import { loadMapping } from '../mapping-file.ts';

const text = z.string().min(1);
/** CodeValue and CodingSchemeDesignator are VR SH, CodeMeaning is VR LO. */
const shortText = text.max(16);
const meaning = text.max(64);
const code = z.strictObject({ scheme: shortText, value: shortText, meaning });
const ownConcept = z.strictObject({ value: shortText, meaning });

/** What Deltascope has codes of its own for, because no public terminology has one. */
const ownConcepts = [
  'prediction',
  'endpoint',
  'riskGroup',
  'groupBasis',
  'classification',
  'probability',
  'relative-hazard',
  'relative-odds',
  'score',
  'relativeTo',
  'signature',
  'months',
  'standing',
  'warning',
  'missing',
  'reason',
  'statement',
  'notice',
  'featureDefinition',
  'difference',
  'report',
  'ring',
] as const;
export type OwnConcept = (typeof ownConcepts)[number];

const tableSchema = z.looseObject({
  dicom: z.strictObject({
    scheme: z.strictObject({ designator: shortText.regex(/^99/), name: text, responsibleOrganization: text }),
    procedureReported: code,
    concepts: z.record(z.enum(ownConcepts), ownConcept),
    ringCategory: code,
    measurements: z.strictObject({ volume: code, longAxis: code, area: code }),
    riskGroups: z.strictObject({ low: code, intermediate: code, high: code }),
    /** Meaning by IBSI identifier. */
    ibsi: z.record(z.string().regex(/^[0-9A-Z]{4}$/), meaning),
  }),
});

/** Codes of the objects that are stored in the archive. */
export interface ResultCodes {
  readonly scheme: { readonly designator: string; readonly name: string; readonly responsibleOrganization: string };
  readonly procedureReported: Code;
  readonly ringCategory: Code;
  readonly measurements: Readonly<Record<'volume' | 'longAxis' | 'area', Code>>;
  readonly riskGroups: Readonly<Record<'low' | 'intermediate' | 'high', Code>>;
  readonly ibsi: Readonly<Record<string, string>>;
  /** A concept of Deltascope's own coding scheme. */
  own(concept: OwnConcept): Code;
}

/**
 * Reads `result-codes.json`.
 *
 * @throws ConfigError `FILE_UNREADABLE` or `CONFIG_INVALID` naming every wrong entry.
 */
export function loadResultCodes(mappingsFolder: string): ResultCodes {
  const { dicom } = loadMapping(mappingsFolder, 'result-codes.json', tableSchema);
  const { concepts, ...codes } = dicom;
  return {
    ...codes,
    own: (concept) => ({ scheme: codes.scheme.designator, ...concepts[concept] }),
  };
}
