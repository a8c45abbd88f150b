import { readFile, stat, writeFile } from 'node:fs/promises';
import type { CommandModule } from 'yargs';
import { readDicomFolder } from '../dicomweb/dicom-folder.ts';
import { readInstance } from '../dicomweb/instance.ts';
import { readSegment } from '../dicomweb/segmentation.ts';
import { buildVolume } from '../dicomweb/series-volume.ts';
import type { SeriesVolume } from '../dicomweb/types.ts';
import { ConfigError } from '../errors.ts';
import { readNrrdMask, readNrrdVolume } from '../nrrd/nrrd.ts';
import { type ExtractionResult, extractFeatures } from '../radiomics/extractor.ts';
import { defaultParameters, type Parameters, parseParameters, withLabel } from '../radiomics/parameters.ts';
import type { Mask, Volume } from '../radiomics/volume.ts';

/** What to extract from. */
export interface ExtractionFiles {
  /** NRRD file, or folder with one DICOM series. */
  readonly image: string;
  /** NRRD file, or DICOM SEG of the series in `image`. */
  readonly mask: string;
  /** Label in an NRRD mask, SegmentNumber in a SEG; without it the parameters' `label`. */
  readonly label?: number | undefined;
  /** PyRadiomics parameter file; without it the defaults. */
  readonly params?: string | undefined;
}

/** An image, its mask, and which label of the mask to use. */
interface LoadedImage {
  readonly volume: Volume;
  readonly mask: Mask;
  readonly label: number;
}

interface ExtractArguments extends ExtractionFiles {
  readonly format: 'json' | 'csv';
  readonly out: string | undefined;
}

async function readBytes(path: string, option: string): Promise<Buffer> {
  try {
    return await readFile(path);
  } catch (cause) {
    const code = (cause as NodeJS.ErrnoException).code ?? 'unreadable';
    throw new ConfigError('FILE_UNREADABLE', path, `${option} can't be read (${code}); give an existing file`, {
      cause,
    });
  }
}

async function isFolder(path: string): Promise<boolean> {
  return stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );
}

/** Whether the bytes are an NRRD file; anything else is tried as DICOM. */
function isNrrd(bytes: Uint8Array): boolean {
  return new TextDecoder('latin1').decode(bytes.subarray(0, 4)) === 'NRRD';
}

async function loadImage(path: string): Promise<{ readonly volume: Volume; readonly series: SeriesVolume | null }> {
  if (await isFolder(path)) {
    const series = buildVolume(await readDicomFolder(path));
    return { volume: series.volume, series };
  }
  const bytes = await readBytes(path, '--image');
  if (isNrrd(bytes)) return { volume: readNrrdVolume(bytes, path), series: null };
  throw new ConfigError(
    'CONFIG_INVALID',
    '--image',
    `${path} is neither an NRRD file nor a folder with a DICOM series`,
  );
}

async function load({ image, mask: maskPath }: ExtractionFiles, label: number): Promise<LoadedImage> {
  const { volume, series } = await loadImage(image);
  const bytes = await readBytes(maskPath, '--mask');
  if (isNrrd(bytes)) return { volume, mask: readNrrdMask(bytes, maskPath), label };
  const seg = readInstance(bytes, maskPath);
  if (series === null) {
    throw new ConfigError(
      'CONFIG_INVALID',
      '--mask',
      'a DICOM SEG needs its series: give the folder with it as --image',
    );
  }
  return { volume, mask: readSegment(seg, series, label).mask, label: 1 };
}

async function loadParameters(path: string | undefined): Promise<Parameters> {
  if (path === undefined) return defaultParameters();
  return parseParameters((await readBytes(path, '--params')).toString('utf8'), path);
}

/**
 * Extracts the features of one region from files.
 *
 * @throws ConfigError `FILE_UNREADABLE` or `CONFIG_INVALID`, DicomError, RadiomicsError: what is wrong with which file.
 */
export async function extractFromFiles(files: ExtractionFiles): Promise<ExtractionResult> {
  const parameters = await loadParameters(files.params);
  const { volume, mask, label } = await load(files, files.label ?? parameters.settings.label);
  return extractFeatures(volume, mask, withLabel(parameters, label));
}

/** One cell of a comma-separated file: lists and mappings as JSON, quoted where it must be. */
function csvCell(value: unknown): string {
  const text = typeof value === 'object' && value !== null ? JSON.stringify(value) : String(value);
  return /[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/**
 * Writes a result as PyRadiomics' command line does: image, mask, diagnostics, features.
 *
 * @param format `json`: one object, undefined features are null. `csv`: a row of keys and a row of values.
 */
export function formatExtraction(files: ExtractionFiles, result: ExtractionResult, format: 'json' | 'csv'): string {
  const row = { Image: files.image, Mask: files.mask, ...result.diagnostics, ...result.features };
  if (format === 'json') return `${JSON.stringify(row, null, 2)}\n`;
  return `${Object.keys(row).map(csvCell).join(',')}\n${Object.values(row).map(csvCell).join(',')}\n`;
}

/** `deltascope extract`: the radiomics features of one region. */
export const extractCommand: CommandModule<object, ExtractArguments> = {
  command: 'extract',
  describe: 'compute the radiomics features of one region of an image',
  builder: (yargs) =>
    yargs
      .option('image', { type: 'string', demandOption: true, describe: 'NRRD file, or folder with one DICOM series' })
      .option('mask', { type: 'string', demandOption: true, describe: 'NRRD label map, or DICOM SEG of that series' })
      .option('label', {
        type: 'number',
        describe: 'label of the region in an NRRD mask, SegmentNumber in a SEG (default: label in --params, else 1)',
      })
      .option('params', { type: 'string', describe: 'PyRadiomics parameter file (YAML); default: its defaults' })
      .option('format', { choices: ['json', 'csv'] as const, default: 'json' as const, describe: 'output format' })
      .option('out', { type: 'string', describe: 'file to write; default: standard output' })
      .epilogue('Feature keys and diagnostics are those of PyRadiomics.'),
  async handler({ image, mask, label, params, format, out }) {
    if (label !== undefined && !(Number.isInteger(label) && label >= 1)) {
      throw new ConfigError('CONFIG_INVALID', '--label', `"${label}" is not a label: give a whole number from 1`);
    }
    const files = { image, mask, label, params };
    const text = formatExtraction(files, await extractFromFiles(files), format);
    if (out === undefined) process.stdout.write(text);
    else await writeFile(out, text);
  },
};
