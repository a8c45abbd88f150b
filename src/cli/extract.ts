import { writeFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { SingleBar } from 'cli-progress';
import type { CommandModule } from 'yargs';
import { loadFeatureCatalogue } from '../assessment/feature-catalogue.ts';
import { readConfig } from '../config.ts';
import { ConfigError } from '../errors.ts';
import { createExtractionPool } from '../jobs/extraction-pool.ts';
import { type ExtractionResult, extractFeatures } from '../radiomics/extractor.ts';
import { extractBatch } from './extract-batch.ts';
import { type ExtractionCase, type ExtractionFiles, loadCase } from './extract-files.ts';
import { readSegmentNumbers } from './extract-mask.ts';
import { explainExtraction, formatExtraction } from './extract-output.ts';
import { type RegionChoice, readRingWidth, regionNames } from './extract-region.ts';

interface ExtractArguments {
  readonly image: string | undefined;
  readonly mask: string | undefined;
  readonly label: number | undefined;
  readonly roi: string | undefined;
  readonly segments: string | undefined;
  readonly straighten: boolean;
  readonly params: string | undefined;
  readonly region: RegionChoice['name'];
  readonly 'ring-mm': string;
  readonly 'with-ibsi': boolean;
  readonly batch: string | undefined;
  readonly jobs: number;
  readonly format: 'json' | 'csv' | undefined;
  readonly out: string | undefined;
}

/** `deltascope extract`: the radiomics features of one region, or of many. */
export const extractCommand: CommandModule<object, ExtractArguments> = {
  command: 'extract',
  describe: 'compute the radiomics features of one region of an image, or of a batch',
  builder: (yargs) =>
    yargs
      .option('image', { type: 'string', describe: 'NRRD file, or folder with one DICOM series' })
      .option('mask', { type: 'string', describe: 'NRRD label map, or DICOM SEG or RTSTRUCT of that series' })
      .option('label', {
        type: 'number',
        describe:
          'label of the region in an NRRD mask (default: label in --params, else 1), SegmentNumber in a SEG (default: the only segment, or the one coded as primary tumour)',
      })
      .option('roi', {
        type: 'string',
        describe: 'name or number of the region in an RTSTRUCT (default: the only GTV)',
      })
      .option('segments', { type: 'string', describe: 'segments of a SEG to unite, such as 1,2; instead of --label' })
      .option('straighten', {
        type: 'boolean',
        default: false,
        describe: 'resample a DICOM series with gantry tilt or uneven slice distances, which is refused otherwise',
      })
      .option('params', { type: 'string', describe: 'PyRadiomics parameter file (YAML); default: its defaults' })
      .option('region', {
        choices: regionNames,
        default: 'tumour' as const,
        describe: 'the mask itself, its peripheral ring within the body, or its largest connected part',
      })
      .option('ring-mm', { type: 'string', default: '2,2', describe: 'width of the ring: mm outwards and inwards' })
      .option('with-ibsi', {
        type: 'boolean',
        default: false,
        describe: 'add IBSI identifier, unit and known difference to each feature',
      })
      .option('batch', {
        type: 'string',
        describe:
          'CSV of cases: Image, Mask, optional Label, ROIName, SegmentNumbers; needs --out, goes on where it stopped',
      })
      .option('jobs', { type: 'number', default: availableParallelism(), describe: 'threads to use' })
      .option('format', { choices: ['json', 'csv'] as const, describe: 'default: json, for a batch csv' })
      .option('out', { type: 'string', describe: 'file to write; default: standard output' })
      .epilogue('Feature keys and diagnostics are those of PyRadiomics.'),
  async handler(given) {
    requireWhole('--label', given.label);
    requireWhole('--jobs', given.jobs);
    const region: RegionChoice = { name: given.region, ring: readRingWidth(given['ring-mm']) };
    if (given.batch === undefined) await extractOne(given, region);
    else await extractMany(given, given.batch, region);
  },
};

function requireWhole(option: string, value: number | undefined): void {
  if (value === undefined || (Number.isInteger(value) && value >= 1)) return;
  throw new ConfigError('CONFIG_INVALID', option, `"${value}" is not valid: give a whole number from 1`);
}

function requireOption(option: string, value: string | undefined): string {
  if (value !== undefined) return value;
  throw new ConfigError('CONFIG_INCOMPLETE', option, `give ${option}; \`deltascope extract --help\` lists all options`);
}

async function extractOne(given: ExtractArguments, region: RegionChoice): Promise<void> {
  const files: ExtractionFiles = {
    image: requireOption('--image', given.image),
    mask: requireOption('--mask', given.mask),
    label: given.label,
    roi: given.roi,
    segments: readSegmentNumbers(given.segments),
    straighten: given.straighten,
    params: given.params,
    region,
  };
  const format = given.format ?? 'json';
  const catalogue = given['with-ibsi'] ? loadFeatureCatalogue(readConfig(process.env).mappingsFolder) : undefined;
  const loaded = await loadCase(files);
  for (const warning of loaded.warnings) console.error(`Warning: ${warning}.`);
  const result = await extractOnThreads(loaded, given.jobs);
  const source = { ...files, warnings: loaded.warnings };
  const text =
    catalogue === undefined
      ? formatExtraction(source, result, format)
      : explainExtraction(source, result, format, { catalogue, parameters: loaded.parameters });
  if (given.out === undefined) process.stdout.write(text);
  else await writeFile(given.out, text);
}

/** One image has nothing to share out: starting threads would take longer than it does. */
async function extractOnThreads(loaded: ExtractionCase, jobs: number): Promise<ExtractionResult> {
  const { volume, mask, parameters } = loaded;
  const { imageTypes } = parameters;
  if (jobs === 1 || (imageTypes.length === 1 && imageTypes[0]?.name === 'Original')) {
    return extractFeatures(volume, mask, parameters);
  }
  const pool = createExtractionPool(jobs);
  try {
    return await pool.extractDivided(loaded);
  } finally {
    await pool.close();
  }
}

/** `5 s`, `12 min`, `3 h 20 min`; before anything is done there is nothing to tell the time from. */
function formatSeconds(seconds: number): string {
  if (!Number.isFinite(seconds)) return 'unknown time';
  if (seconds < 60) return `${Math.round(seconds)} s`;
  const minutes = Math.round(seconds / 60);
  return minutes < 60 ? `${minutes} min` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

async function extractMany(given: ExtractArguments, cases: string, region: RegionChoice): Promise<void> {
  const refuse = (option: string, why: string) => new ConfigError('CONFIG_INVALID', option, why);
  if (given['with-ibsi'])
    throw refuse('--with-ibsi', 'a batch has no room for it; mappings/features.json has it by key');
  if (given.format === 'json') throw refuse('--format', 'the results of a batch are csv; leave --format out');
  const { image, mask, label, roi, segments } = given;
  for (const [option, value] of Object.entries({ image, mask, label, roi, segments })) {
    if (value !== undefined) throw refuse(`--${option}`, 'a batch names it in a column; leave it out');
  }
  const out = requireOption('--out', given.out);
  const bar = new SingleBar({
    format: 'Cases [{bar}] {value}/{total}, {failed} failed, {eta_formatted} left',
    noTTYOutput: true,
    notTTYSchedule: 2000,
    formatTime: formatSeconds,
    stream: process.stderr,
  });
  const { jobs, params, straighten } = given;
  const summary = await extractBatch({
    ...{ cases, out, params, region, straighten, jobs },
    onProgress({ done, total, failed }) {
      // How many cases there are is known once they have been read.
      if (bar.isActive) bar.update(done, { failed });
      else bar.start(total, done, { failed });
    },
  }).finally(() => bar.stop());
  const { total, skipped, failures, warnings } = summary;
  console.error(`${total - failures.length} of ${total} cases have a result (${skipped} of them from before): ${out}`);
  for (const { line, message } of warnings) console.error(`line ${line}: warning: ${message}`);
  for (const { line, code, subject, message } of failures) {
    console.error(`line ${line}: ${code} (${subject}): ${message}`);
  }
  if (failures.length > 0) process.exitCode = 1;
}
