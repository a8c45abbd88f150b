import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { ImagingRules } from '../dicomweb/find-imaging.ts';
import { loadResultCodes, type ResultCodes } from '../dicomweb/objects/result-codes.ts';
import { loadSegmentTable } from '../dicomweb/segment-table.ts';
import { loadSeriesRules } from '../dicomweb/series-rules.ts';
import { ConfigError, NetworkError } from '../errors.ts';
import { type ClinicalMappings, loadClinicalMappings } from '../fhir/mappings.ts';
import type { ContextFacts } from '../models/inputs.ts';
import { loadModels, type RegisteredModel } from '../models/registry.ts';
import { type Network, readNetwork } from '../onnx/network.ts';
import { type Parameters, parseParameters, settingsHash } from '../radiomics/parameters.ts';
import { type FeatureCatalogue, loadFeatureCatalogue } from './feature-catalogue.ts';

interface NamedProcessing {
  /** File under `mappings/processing`. */
  readonly name: string;
  /** Part of a feature set's identity. */
  readonly settingsHash: string;
}

/** A PyRadiomics parameter file of `mappings/processing`, read. */
export type ParameterProcessing = NamedProcessing & { readonly parameters: Parameters };

/** A file of `mappings/processing`, read: PyRadiomics parameters, or a neural network. */
export type Processing = ParameterProcessing | (NamedProcessing & { readonly network: Network });

/** Parameter file of the size that every lesion is measured by. */
const lesionSizeFile = 'lesion-size.yaml';

/** Everything under `mappings/`, read and checked once when a program starts. */
export interface ClinicalContent {
  readonly mappings: ClinicalMappings;
  readonly models: readonly RegisteredModel[];
  /** Markdown by model id; a model without a card is left out. */
  readonly modelCards: Readonly<Record<string, string>>;
  readonly rules: ImagingRules;
  /** The parameter files and networks that the models ask for, as far as they are there. */
  readonly processing: readonly Processing[];
  /** How lesions are measured for orientation. */
  readonly lesionSize: ParameterProcessing;
  readonly catalogue: FeatureCatalogue;
  /** Of `processing` and `lesionSize`, by name. */
  readonly settingsHashes: Readonly<Record<string, string>>;
  /** Networks that the site has not supplied: name of the declaration -> what to say. */
  readonly unavailable: Readonly<Record<string, string>>;
  readonly contextFacts: ContextFacts;
  /** Codes of what is stored in the image archive. */
  readonly resultCodes: ResultCodes;
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
  const lesionSize = readParameterFile(mappingsFolder, lesionSizeFile);
  return {
    mappings,
    models,
    modelCards: readModelCards(mappingsFolder, models),
    lesionSize,
    catalogue: loadFeatureCatalogue(mappingsFolder),
    rules: {
      seriesRules: loadSeriesRules(mappingsFolder),
      segments: loadSegmentTable(mappingsFolder),
      sliceThicknessMm: images.map((image) => image.sliceThicknessMm),
    },
    processing,
    settingsHashes: Object.fromEntries([...processing, lesionSize].map((entry) => [entry.name, entry.settingsHash])),
    unavailable,
    contextFacts: mappings.facts,
    resultCodes: loadResultCodes(mappingsFolder),
  };
}

function readModelCards(mappingsFolder: string, models: readonly RegisteredModel[]): Record<string, string> {
  return Object.fromEntries(
    models.flatMap(({ id }) => {
      const file = path.join(mappingsFolder, 'models', id, 'model-card.md');
      return existsSync(file) ? [[id, readFileSync(file, 'utf8')]] : [];
    }),
  );
}

function readProcessing(mappingsFolder: string, name: string): Processing {
  if (!name.endsWith('.json')) return readParameterFile(mappingsFolder, name);
  const network = readNetwork(path.join(mappingsFolder, 'processing', name));
  return { name, settingsHash: network.hash, network };
}

function readParameterFile(mappingsFolder: string, name: string): ParameterProcessing {
  const file = path.join(mappingsFolder, 'processing', name);
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (cause) {
    throw new ConfigError('FILE_UNREADABLE', name, `can't be read: put it back into ${path.dirname(file)}`, { cause });
  }
  const parameters = parseParameters(text, name);
  return { name, settingsHash: settingsHash(parameters), parameters };
}
