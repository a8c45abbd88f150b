import { readFileSync } from 'node:fs';
import path from 'node:path';
import PQueue from 'p-queue';
import { packageRoot } from '../../config.ts';
import { createExtractionPool, type ExtractionPool } from '../../jobs/extraction-pool.ts';
import type { Region } from '../../models/image-schema.ts';
import { type Parameters, parseParameters } from '../../radiomics/parameters.ts';
import { peripheralRing } from '../../radiomics/regions.ts';
import type { Mask } from '../../radiomics/volume.ts';
import { createPhantom, type Phantom, type PhantomParameters } from '../phantom/phantom.ts';

/** Feature values of one image by their PyRadiomics key. */
export type Features = Readonly<Record<string, number>>;

/** One set of features to be computed of one phantom. */
export interface FeatureRequest {
  /** By which the features are found in the answer. */
  readonly name: string;
  /** Requests that share this very object share the image. */
  readonly phantom: PhantomParameters;
  readonly region: Region;
  /** A parameter file under `mappings/processing`. */
  readonly processing: string;
}

/** Features of one person by the name of the request. */
export type FeatureTable = Readonly<Record<string, Features>>;

/** Persons whose images wait for a thread at once: enough to keep the threads busy, few enough to fit the memory. */
const personsAhead = 3;

/**
 * Makes phantoms and computes their features on worker threads.
 *
 * @param persons The requests of each person.
 * @param threads Most threads at once.
 * @param onProgress Called with the number of persons done.
 * @returns One table a person, in the order of `persons`; the same on any number of threads.
 * @throws RadiomicsError what the extractor refuses, RangeError for a phantom without a tumour in its grid.
 */
export async function measureFeatures(
  persons: readonly (readonly FeatureRequest[])[],
  threads: number,
  onProgress: (done: number) => void = () => undefined,
): Promise<FeatureTable[]> {
  const pool = createExtractionPool(threads);
  const queue = new PQueue({ concurrency: personsAhead });
  const parameters = readProcessing(persons.flat().map(({ processing }) => processing));
  let done = 0;
  try {
    return await queue.addAll(
      persons.map((requests) => async () => {
        const table = await measurePerson(requests, parameters, pool);
        onProgress(++done);
        return table;
      }),
    );
  } finally {
    await pool.close();
  }
}

async function measurePerson(
  requests: readonly FeatureRequest[],
  parameters: ReadonlyMap<string, Parameters>,
  pool: ExtractionPool,
): Promise<FeatureTable> {
  const phantoms = new Map<PhantomParameters, Phantom>();
  const entries = requests.map(async ({ name, phantom, region, processing }) => {
    const made = phantoms.get(phantom) ?? createPhantom(phantom);
    phantoms.set(phantom, made);
    const chosen = parameters.get(processing);
    if (chosen === undefined) throw new RangeError(`${processing}: not read`);
    const { features } = await pool.extract({ volume: made.volume, mask: regionOf(made, region), parameters: chosen });
    return [name, features] as const;
  });
  return Object.fromEntries(await Promise.all(entries));
}

/**
 * The part of a phantom that features are computed of.
 *
 * @throws RadiomicsError what {@link peripheralRing} refuses.
 */
export function regionOf({ volume, mask }: Phantom, region: Region): Mask {
  if (region.name === 'tumour') return mask;
  return peripheralRing(mask, 1, { outsideMm: region.growMm, insideMm: region.shrinkMm }, volume);
}

/** Parameter files by name, without the diagnostics that nobody reads here. */
export function readProcessing(names: readonly string[]): ReadonlyMap<string, Parameters> {
  const folder = path.join(packageRoot(), 'mappings', 'processing');
  return new Map(
    [...new Set(names)].map((name) => {
      const parameters = parseParameters(readFileSync(path.join(folder, name), 'utf8'), name);
      return [name, { ...parameters, settings: { ...parameters.settings, additionalInfo: false } }];
    }),
  );
}
