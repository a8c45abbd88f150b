import { existsSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { Piscina } from 'piscina';
import { packageRoot } from '../config.ts';
import { type ErrorCode, errorTable, RadiomicsError } from '../errors.ts';
import {
  divideExtraction,
  type ExtractionShare,
  type ShareResult,
  shareInputOf,
  usesLargest,
} from '../radiomics/extraction-shares.ts';
import { assembleResult, type ExtractionResult } from '../radiomics/extractor.ts';
import type { VoxelArray } from '../radiomics/kernels/voxel-array.ts';
import { type Prepared, prepare } from '../radiomics/preprocess.ts';
import type { Image, Mask, Volume } from '../radiomics/volume.ts';
import type {
  ExtractionTask,
  MaskTask,
  PreparationTask,
  RegionTask,
  ShareTask,
  WorkerAnswer,
} from './extraction-worker.ts';

export interface ExtractionPool {
  /** Extracts features on a worker thread; the event loop stays free for hook calls. */
  extract(task: ExtractionTask): Promise<ExtractionResult>;
  /**
   * Extracts features on all threads, one image at a time on each: the same numbers, to the last bit. Image and mask are
   * prepared on the calling thread, which is busy for that long.
   */
  extractDivided(task: ExtractionTask): Promise<ExtractionResult>;
  /** The voxels of a region on a worker thread, as runs for each slice; see `maskRuns`. */
  regionRuns(task: RegionTask): Promise<number[][]>;
  /** Ends the threads, and what still runs on them. */
  close(): Promise<void>;
}

/**
 * Worker threads for feature extraction.
 *
 * @param threads Most threads that run at once.
 */
export function createExtractionPool(threads: number): ExtractionPool {
  const pool = new Piscina({
    filename: workerFile(import.meta.url, 'extraction-worker'),
    minThreads: 0,
    maxThreads: threads,
    idleTimeout: 10_000,
    execArgv: noLoaders,
  });
  const run = async <T>(name: string, task: object): Promise<T> =>
    settle((await pool.run(task, { name })) as WorkerAnswer<T>);
  return {
    extract: (task) => run<ExtractionResult>('extractInWorker', task),
    extractDivided: (task) => extractDivided(task, threads, run),
    regionRuns: (task) => run<number[][]>('regionRunsInWorker', task),
    close: () => pool.destroy(),
  };
}

/** A worker runs built JavaScript, so it needs none of the loaders that the program may have been started with. */
export const noLoaders: string[] = [];

/** Runs a task by the name of its entry in the worker. */
type Run = <T>(name: string, task: object) => Promise<T>;

async function extractDivided(given: ExtractionTask, threads: number, run: Run): Promise<ExtractionResult> {
  const { parameters } = given;
  const { settings } = parameters;
  // In memory that all threads see, so that none of them copies the image.
  const share = createSharing();
  const [volume, mask] = [share(given.volume), share(given.mask)];
  // On a large image this takes longer than most shares, and it needs nothing but the image: it begins before all else.
  const asLoaded = settings.additionalInfo ? describeAsLoaded(volume, mask, settings.label, run) : Promise.resolve({});
  // Its failure counts where it is waited for; not when this thread fails before.
  asLoaded.catch(() => undefined);
  const prepared = sharePrepared(prepare(volume, mask, settings), share);
  const { shape, image } = shareInputOf(prepared, settings.label);
  const shared = {
    shape: { ...shape, inside: inSharedMemory(shape.inside), values: inSharedMemory(shape.values) },
    image: { ...image, inside: inSharedMemory(image.inside) },
  };
  const described = settings.additionalInfo
    ? run<Diagnostics>('describePreparationInWorker', { prepared, label: settings.label } satisfies PreparationTask)
    : Promise.resolve({});
  const compute = (part: ExtractionShare, largest: number) => {
    const input: ShareTask['input'] = { ...shared, image: { ...shared.image, largest } };
    return run<ShareResult[]>('computeShareInWorker', { input, share: part, parameters } satisfies ShareTask);
  };
  const [later, sooner] = partition(divideExtraction(parameters, threads), usesLargest);
  const computed = sooner.map((part) => compute(part, Number.NaN));
  // The threads are busy by now.
  computed.push(...later.map((part) => compute(part, image.largest())));
  const [results, original, preparation] = await Promise.all([Promise.all(computed), asLoaded, described]);
  return assembleResult(parameters, results.flat(), { ...original, ...preparation });
}

type Diagnostics = ExtractionResult['diagnostics'];

/** The diagnostics of image and mask as they were loaded. */
async function describeAsLoaded(volume: Volume, mask: Mask, label: number, run: Run): Promise<Diagnostics> {
  const [image, region] = await Promise.all([
    run<Diagnostics>('describeImageInWorker', { volume }),
    run<Diagnostics>('describeMaskInWorker', { mask, label } satisfies MaskTask),
  ]);
  return { ...image, ...region };
}

/** Those for which a condition holds, and the others. */
function partition<T>(all: readonly T[], holds: (one: T) => boolean): readonly [T[], T[]] {
  return [all.filter(holds), all.filter((one) => !holds(one))];
}

/** A copy in memory that all threads see; the array itself where it is there already. */
function inSharedMemory<T extends VoxelArray>(values: T): T {
  if (values.buffer instanceof SharedArrayBuffer) return values;
  const ArrayType = values.constructor as new (buffer: SharedArrayBuffer) => T;
  const shared = new ArrayType(new SharedArrayBuffer(values.byteLength));
  shared.set(values);
  return shared;
}

/** Copies an image or a label map into shared memory, once however often it is asked for. */
type Sharing = <T extends Volume>(image: T) => T;

function createSharing(): Sharing {
  const known = new Map<VoxelArray, VoxelArray>();
  return (image) => {
    const { voxels } = image;
    const shared = known.get(voxels) ?? inSharedMemory(voxels);
    known.set(voxels, shared);
    return { ...image, voxels: shared };
  };
}

/** Of a normalised image, the stored voxels: those of the image as it was given. */
function shareImage({ voxels, ...grid }: Image, share: Sharing): Image {
  if (!('stored' in voxels)) return share({ ...grid, voxels });
  return { ...grid, voxels: { ...voxels, stored: share({ ...grid, voxels: voxels.stored }).voxels } };
}

function sharePrepared(prepared: Prepared, share: Sharing): Prepared {
  const { image, mask, shapeMask, interpolated, corrected, resegmented } = prepared;
  return {
    ...prepared,
    image: shareImage(image, share),
    mask: share(mask),
    shapeMask: share(shapeMask),
    interpolated: interpolated && { image: share(interpolated.image), mask: share(interpolated.mask) },
    corrected: corrected && share(corrected),
    resegmented: resegmented && share(resegmented),
  };
}

/**
 * The script of a worker thread. A worker of Node 20 loads built JavaScript only, so a source file names its own build.
 *
 * @param from `import.meta.url` of the module beside it.
 * @param name File name without extension.
 */
export function workerFile(from: string, name: string): string {
  const beside = fileURLToPath(new URL(`./${name}.js`, from));
  if (existsSync(beside)) return beside;
  const root = packageRoot();
  return path.join(root, 'dist', path.relative(root, beside));
}

/**
 * What a worker answered, or its failure as an error.
 *
 * @throws RadiomicsError with the code that the worker met.
 */
export function settle<T>(answer: WorkerAnswer<T>): T {
  if ('result' in answer) return answer.result;
  const { code, subject, message } = answer.failure;
  throw new RadiomicsError(code in errorTable ? (code as ErrorCode) : 'INTERNAL', subject, message);
}
