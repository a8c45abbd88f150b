import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { ImagingRules } from '../dicomweb/find-imaging.ts';
import { loadSegmentTable } from '../dicomweb/segment-table.ts';
import { loadSeriesRules } from '../dicomweb/series-rules.ts';
import { NetworkError } from '../errors.ts';
import { type ClinicalMappings, loadClinicalMappings } from '../fhir/mappings.ts';
import type { ContextFacts } from '../models/inputs.ts';
import { loadModels, type RegisteredModel } from '../models/registry.ts';
import { type Network, readNetwork } from '../onnx/network.ts';
import { type Parameters, parseParameters, settingsHash } from '../radiomics/parameters.ts';

/** A file of `mappings/processing`, read: PyRadiomics parameters, or a neural network. */
export type Processing = {
  readonly name: string;
  /** Part of a feature set's identity. */
  readonly settingsHash: string;
} & ({ readonly parameters: Parameters } | { readonly network: Network });

/** Everything under `mappings/`, read and checked once when a program starts. */
export interface ClinicalContent {
  readonly mappings: ClinicalMappings;
  readonly models: readonly RegisteredModel[];
  readonly rules: ImagingRules;
  /** The parameter files and networks that the models ask for, as far as they are there. */
  readonly processing: readonly Processing[];
  readonly settingsHashes: Readonly<Record<string, string>>;
  /** Networks that the site has not supplied: name of the declaration -> what to say. */
  readonly unavailable: Readonly<Record<string, string>>;
  readonly contextFacts: ContextFacts;
}

/**
 * Reads and checks tables, rules, parameter files, networks and model folders.
 *
 * @throws ConfigError, ModelFolderError, NetworkError or RadiomicsError naming the file and what is wrong in it. A network
 *   that is not there is no error: the models that need it abstain.
 */
export function loadClinicalContent(mappingsFolder: string): ClinicalContent {
  const models = loadModels(mappingsFolder);
  const mappings = loadClinicalMappings(mappingsFolder);
  const images = models.flatMap((model) => model.images);
  const processing: Processing[] = [];
  const unavailable: Record<string, string> = {};
  for (const name of new Set(images.map((image) => image.processing))) {
    try {
      processing.push(readProcessing(mappingsFolder, name));
    } catch (error) {
      if (!(error instanceof NetworkError) || error.code !== 'NETWORK_MISSING') throw error;
      unavailable[name] = error.message;
    }
  }
  return {
    mappings,
    models,
    rules: {
      seriesRules: loadSeriesRules(mappingsFolder),
      segments: loadSegmentTable(mappingsFolder),
      sliceThicknessMm: images.map((image) => image.sliceThicknessMm),
    },
    processing,
    settingsHashes: Object.fromEntries(processing.map((entry) => [entry.name, entry.settingsHash])),
    unavailable,
    contextFacts: mappings.facts,
  };
}

function readProcessing(mappingsFolder: string, name: string): Processing {
  const file = path.join(mappingsFolder, 'processing', name);
  if (name.endsWith('.json')) {
    const network = readNetwork(file);
    return { name, settingsHash: network.hash, network };
  }
  const parameters = parseParameters(readFileSync(file, 'utf8'), name);
  return { name, settingsHash: settingsHash(parameters), parameters };
}
