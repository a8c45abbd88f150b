import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { Piscina } from 'piscina';
import { ConfigError, DeltascopeError } from '../errors.ts';
import { noLoaders, settle, workerFile } from '../jobs/extraction-pool.ts';
import type { WorkerAnswer } from '../jobs/extraction-worker.ts';
import { extractorVersion } from '../radiomics/extractor.ts';
import { settingsHash } from '../radiomics/parameters.ts';
import { type CsvRecord, readCsv } from './csv.ts';
import type { CaseResult } from './extract-batch-worker.ts';
import { type ExtractionFiles, loadParameters } from './extract-files.ts';
import { readSegmentNumbers } from './extract-mask.ts';
import { describeRegion, type RegionChoice } from './extract-region.ts';
import { openResults } from './extract-results.ts';

export interface BatchOptions {
  /**
   * Comma-separated file with the columns Image and Mask, and optionally Label, ROIName (of an RTSTRUCT) and
   * SegmentNumbers (of a SEG, to unite); all columns are copied to the results.
   */
  readonly cases: string;
  /** File that the results are appended to. */
  readonly out: string;
  readonly params: string | undefined;
  readonly region: RegionChoice;
  /** Resample series with gantry tilt or uneven slice distances. */
  readonly straighten?: boolean;
  /** Cases that are worked on at the same time, each on a thread. */
  readonly jobs: number;
  readonly onProgress?: (progress: { readonly done: number; readonly total: number; readonly failed: number }) => void;
}

/** A case without result. */
export interface BatchFailure {
  /** Line of the case in the file of cases. */
  readonly line: number;
  readonly code: string;
  readonly subject: string;
  readonly message: string;
}

export interface BatchSummary {
  readonly total: number;
  /** Cases whose result was there already. */
  readonly skipped: number;
  readonly failures: readonly BatchFailure[];
  /** What is to be known of results, by the line of the case. */
  readonly warnings: readonly { readonly line: number; readonly message: string }[];
}

/** A row of the file of cases. */
interface BatchCase {
  readonly line: number;
  /** Columns of the row, image and mask as absolute paths. */
  readonly input: Readonly<Record<string, string>>;
}

async function readCases(file: string): Promise<BatchCase[]> {
  const text = await readFile(file, 'utf8').catch((cause: NodeJS.ErrnoException) => {
    const advice = `--batch can't be read (${cause.code}); give an existing file`;
    throw new ConfigError('FILE_UNREADABLE', file, advice, { cause });
  });
  const [header, ...rows] = readCsv(text).records;
  const columns = header?.cells.map((cell) => cell.trim()) ?? [];
  for (const required of ['Image', 'Mask']) {
    if (columns.includes(required)) continue;
    throw new ConfigError('CONFIG_INVALID', file, `--batch has no column ${required}; name it in the first line`);
  }
  return rows.map((row) => readCase(file, columns, row));
}

/** A relative path is relative to the file of cases. */
function readCase(file: string, columns: readonly string[], { cells, line }: CsvRecord): BatchCase {
  const resolve = (column: string, cell: string) =>
    (column === 'Image' || column === 'Mask') && cell !== '' ? path.resolve(path.dirname(file), cell) : cell;
  const input = columns.map((column, at) => [column, resolve(column, (cells[at] ?? '').trim())] as const);
  return { line, input: Object.fromEntries(input) };
}

/** What to extract from for a case. */
function filesOf({ input, line }: BatchCase, { params, region, straighten = false }: BatchOptions): ExtractionFiles {
  const { Image: image = '', Mask: mask = '', Label = '', ROIName = '', SegmentNumbers = '' } = input;
  if (image === '' || mask === '') {
    throw new ConfigError('CONFIG_INVALID', `line ${line}`, 'the case names no image or no mask; fill both columns');
  }
  if (Label !== '' && !/^[1-9]\d*$/.test(Label)) {
    throw new ConfigError('CONFIG_INVALID', `line ${line}`, `"${Label}" is not a label: give a whole number from 1`);
  }
  return {
    ...{ image, mask, params, region, straighten },
    ...(Label === '' ? {} : { label: Number(Label) }),
    ...(ROIName === '' ? {} : { roi: ROIName }),
    ...(SegmentNumbers === '' ? {} : { segments: readSegmentNumbers(SegmentNumbers) }),
  };
}

function failureOf(line: number, error: unknown): BatchFailure {
  if (error instanceof DeltascopeError) {
    return { line, code: error.code, subject: error.subject, message: error.message };
  }
  return { line, code: 'INTERNAL', subject: '', message: error instanceof Error ? error.message : String(error) };
}

/**
 * Extracts the features of many cases, several at a time, and appends each result as soon as it is there. Started again
 * with the same arguments it goes on where it stopped and tries failed cases again. A case that fails does not stop the
 * others.
 *
 * @param options What to read and write. Columns of the results: those of the cases, diagnostics, features.
 * @throws ConfigError, RadiomicsError if the cases, the parameters or the results so far can't be read.
 */
export async function extractBatch(options: BatchOptions): Promise<BatchSummary> {
  const cases = await readCases(options.cases);
  const parameters = await loadParameters(options.params);
  const region = describeRegion(options.region);
  // Absent where it changes nothing, so that results of before it was there go on.
  const straighten = options.straighten ? { straighten: true } : {};
  const settings = JSON.stringify({ settingsHash: settingsHash(parameters), extractorVersion, region, ...straighten });
  const inputs = cases.map(({ input }) => Object.values(input));
  const results = await openResults(options.out, Object.keys(cases[0]?.input ?? {}), settings);
  const open = cases.filter((_, at) => !results.claim(inputs[at] ?? []));
  const skipped = cases.length - open.length;
  const failures: BatchFailure[] = [];
  const warnings: { line: number; message: string }[] = [];
  let done = skipped;
  let writing: Promise<void> = Promise.resolve();
  const report = () => options.onProgress?.({ done, total: cases.length, failed: failures.length });
  const pool = new Piscina({
    filename: workerFile(import.meta.url, 'extract-batch-worker'),
    name: 'extractCaseInWorker',
    minThreads: 0,
    maxThreads: options.jobs,
    execArgv: noLoaders,
  });

  async function extract(one: BatchCase): Promise<void> {
    try {
      const answer = (await pool.run(filesOf(one, options))) as WorkerAnswer<CaseResult>;
      const { diagnostics, features, warnings: found } = settle(answer);
      const head = {
        ...(region === undefined ? {} : { Region: region }),
        ...(found.length === 0 ? {} : { Notes: found.join('; ') }),
      };
      const row = { ...one.input, ...head, ...diagnostics, ...features };
      // One row after the other: rows of two cases must not run into each other.
      writing = writing.then(() => results.append(row));
      await writing;
      warnings.push(...found.map((message) => ({ line: one.line, message })));
    } catch (error) {
      failures.push(failureOf(one.line, error));
    }
    done++;
    report();
  }

  report();
  try {
    await Promise.all(open.map(extract));
  } finally {
    await pool.close();
  }
  await results.sort(inputs);
  const byLine = (a: { line: number }, b: { line: number }) => a.line - b.line;
  return { total: cases.length, skipped, failures: failures.sort(byLine), warnings: warnings.sort(byLine) };
}
