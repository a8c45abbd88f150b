import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { ImagingRules } from '../dicomweb/find-imaging.ts';
import { loadSegmentTable } from '../dicomweb/segment-table.ts';
import { loadSeriesRules } from '../dicomweb/series-rules.ts';
import { type ClinicalMappings, loadClinicalMappings } from '../fhir/mappings.ts';
import type { ContextFacts } from '../models/inputs.ts';
import { loadModels, type RegisteredModel } from '../models/registry.ts';
import { parseParameters, settingsHash } from '../radiomics/parameters.ts';
import type { Processing } from './image-features.ts';

/** Everything under `mappings/`, read and checked once when a program starts. */
export interface ClinicalContent {
  readonly mappings: ClinicalMappings;
  readonly models: readonly RegisteredModel[];
  readonly rules: ImagingRules;
  /** The parameter files that the models ask for. */
  readonly processing: readonly Processing[];
  readonly settingsHashes: Readonly<Record<string, string>>;
  readonly contextFacts: ContextFacts;
}

/**
 * Reads and checks tables, rules, parameter files and model folders.
 *
 * @throws ConfigError, ModelFolderError or RadiomicsError naming the file and what is wrong in it.
 */
export function loadClinicalContent(mappingsFolder: string): ClinicalContent {
  const models = loadModels(mappingsFolder);
  const mappings = loadClinicalMappings(mappingsFolder);
  const names = new Set(models.flatMap(({ imaging }) => (imaging === undefined ? [] : [imaging.processing])));
  const processing = [...names].map((name) => ({
    name,
    parameters: parseParameters(readFileSync(path.join(mappingsFolder, 'processing', name), 'utf8'), name),
  }));
  return {
    mappings,
    models,
    rules: { seriesRules: loadSeriesRules(mappingsFolder), segments: loadSegmentTable(mappingsFolder) },
    processing,
    settingsHashes: Object.fromEntries(processing.map(({ name, parameters }) => [name, settingsHash(parameters)])),
    contextFacts: mappings.facts,
  };
}
