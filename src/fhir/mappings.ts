import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { z } from 'zod';
import { ConfigError, describeError } from '../errors.ts';
import { type AdviceTable, adviceSchema } from './advice-schema.ts';
import type { CodeSet } from './code-set.ts';
import type { KnownFactKey } from './facts.ts';
import { conditionsSchema, drugsSchema, labsSchema, stagesSchema } from './mapping-schema.ts';
import { eligibilitySchema, type LineRules, therapiesSchema, tumourBoardSchema } from './therapy-schema.ts';

type Labs = z.infer<typeof labsSchema>;
type Drugs = z.infer<typeof drugsSchema>;

/** The name of a test in `labs.json`. */
export type LabKey = string;
export type Lab = Labs['labs']['ldh'];
export type UnitAliases = Readonly<Record<string, string>>;

/** What a fact is called, for how many days it counts as current, and what would mend its absence. */
export interface FactDescription {
  readonly label: string;
  /** Null for what does not go out of date. */
  readonly maximumAgeDays: number | null;
  readonly mend: string;
}

export interface Drug {
  /** International nonproprietary name, lower case. */
  readonly inn: string;
  readonly group: Drugs['drugs'][number]['group'];
  /** ATC first; the display is the INN. */
  readonly codes: CodeSet;
  readonly names: readonly string[];
}

/** The clinical tables of `mappings/`: which codes, units and names mean what. */
export interface ClinicalMappings {
  readonly labs: Labs['labs'];
  readonly unitAliases: Labs['unitAliases'];
  readonly conditions: Omit<z.infer<typeof conditionsSchema>, 'facts'>;
  readonly stages: Omit<z.infer<typeof stagesSchema>, 'facts'>;
  /** Checkpoint inhibitors first. */
  readonly drugs: readonly Drug[];
  /** Procedures that are radiotherapy. */
  readonly radiotherapy: CodeSet;
  /** Codes of any systemic therapy of a cancer. */
  readonly antineoplastics: CodeSet;
  /** Procedures that resect lung. */
  readonly surgery: CodeSet;
  /** Procedures that say that systemic therapy was given, without its doses. */
  readonly systemicTherapyProcedures: CodeSet;
  /** How lines of therapy are told apart. */
  readonly lines: LineRules;
  readonly eligibility: Omit<z.infer<typeof eligibilitySchema>, 'facts'>;
  /** Kinds of appointment that are a tumour board. */
  readonly tumourBoard: CodeSet;
  /** What cards suggest and ask beside a result. */
  readonly advice: AdviceTable;
  /** By key; complete for the known ones. */
  readonly facts: Readonly<Record<KnownFactKey, FactDescription>> & Readonly<Record<string, FactDescription>>;
}

/**
 * Reads and checks `labs.json`, `conditions.json`, `stages.json`, `drugs.json`, `therapies.json`, `eligibility.json`,
 * `tumour-board.json` and `advice.json`.
 *
 * @param mappingsFolder Folder of the clinical tables.
 * @throws ConfigError `CONFIG_INVALID` naming the file and the path in it, `FILE_UNREADABLE` for a file that is not there.
 */
export function loadClinicalMappings(mappingsFolder: string): ClinicalMappings {
  const labs = readTable(mappingsFolder, 'labs.json', labsSchema);
  const { facts: conditionFacts, ...conditions } = readTable(mappingsFolder, 'conditions.json', conditionsSchema);
  const { facts: stageFacts, ...stages } = readTable(mappingsFolder, 'stages.json', stagesSchema);
  const drugs = readTable(mappingsFolder, 'drugs.json', drugsSchema);
  const therapies = readTable(mappingsFolder, 'therapies.json', therapiesSchema);
  const { facts: eligibilityFacts, ...eligibility } = readTable(mappingsFolder, 'eligibility.json', eligibilitySchema);
  const facts = {
    ...conditionFacts,
    ...stageFacts,
    ...drugs.facts,
    ...therapies.facts,
    ...eligibilityFacts,
    ...labs.derived,
  };
  const taken = Object.keys(labs.labs).find((key) => key in facts);
  if (taken !== undefined) {
    throw new ConfigError(
      'CONFIG_INVALID',
      'labs.json',
      `labs.${taken} is the name of another fact: name the test otherwise`,
    );
  }
  return {
    labs: labs.labs,
    unitAliases: labs.unitAliases,
    conditions,
    stages,
    drugs: drugs.drugs.map((drug) => withCodes(drug, drugs.systems)),
    radiotherapy: drugs.radiotherapy,
    surgery: therapies.surgery,
    systemicTherapyProcedures: therapies.systemicTherapyProcedures,
    lines: therapies.lines,
    eligibility,
    tumourBoard: readTable(mappingsFolder, 'tumour-board.json', tumourBoardSchema).serviceTypes,
    advice: readAdvice(mappingsFolder, labs.labs),
    antineoplastics: drugs.systems.atc.map((system) => ({
      system,
      code: drugs.antineoplasticAtcPrefix,
      display: 'antineoplastic agent',
      prefix: true,
    })),
    facts: { ...facts, ...describeLabs(labs.labs) },
  };
}

/** A table that orders a test which `labs.json` does not have would fail in front of a patient. */
function readAdvice(folder: string, labs: Labs['labs']): AdviceTable {
  const advice = readTable(folder, 'advice.json', adviceSchema);
  const unknown = advice.labOrders.find(({ lab }) => lab !== undefined && !(lab in labs))?.lab;
  if (unknown === undefined) return advice;
  throw new ConfigError('CONFIG_INVALID', 'advice.json', `labOrders: labs.json has no test "${unknown}"`);
}

function readTable<Schema extends z.ZodType>(folder: string, file: string, schema: Schema): z.infer<Schema> {
  let content: unknown;
  try {
    content = JSON.parse(readFileSync(path.join(folder, file), 'utf8'));
  } catch (error) {
    if (error instanceof SyntaxError) throw new ConfigError('CONFIG_INVALID', file, `not JSON: ${error.message}`);
    throw new ConfigError('FILE_UNREADABLE', file, `can't be read from the mappings folder: ${describeError(error)}`);
  }
  const parsed = schema.safeParse(content);
  if (parsed.success) return parsed.data;
  const wrong = parsed.error.issues.map((issue) => `${issue.path.join('.') || 'file'}: ${issue.message}`).join('; ');
  throw new ConfigError('CONFIG_INVALID', file, `the clinical table is not valid (${wrong})`);
}

function describeLabs(labs: Labs['labs']): { [Key in keyof Labs['labs']]: FactDescription } {
  const described = Object.entries(labs).map(([key, { label, maximumAgeDays, mend }]) => [
    key,
    { label, maximumAgeDays, mend },
  ]);
  // Object.fromEntries forgets the keys, which the schema has checked.
  return Object.fromEntries(described) as { [Key in keyof Labs['labs']]: FactDescription };
}

function withCodes({ inn, group, names, ...coded }: Drugs['drugs'][number], systems: Drugs['systems']): Drug {
  const codes = (['atc', 'rxnorm', 'hcpcs'] as const).flatMap((kind) =>
    coded[kind].flatMap((code) => systems[kind].map((system) => ({ system, code, display: inn, prefix: false }))),
  );
  return { inn, group, names: [inn, ...names], codes };
}
