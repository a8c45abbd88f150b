import { readFile, stat } from 'node:fs/promises';
import { readConfig } from '../config.ts';
import { readDicomFolder } from '../dicomweb/dicom-folder.ts';
import { readInstance } from '../dicomweb/instance.ts';
import { buildVolume } from '../dicomweb/series-volume.ts';
import type { SeriesVolume } from '../dicomweb/types.ts';
import { ConfigError } from '../errors.ts';
import { lossyWords } from '../models/lossy-words.ts';
import { readNrrdMask, readNrrdVolume } from '../nrrd/nrrd.ts';
import { type ExtractionResult, extractFeatures } from '../radiomics/extractor.ts';
import { defaultParameters, type Parameters, parseParameters, withLabel } from '../radiomics/parameters.ts';
import { defaultSettings } from '../radiomics/settings.ts';
import type { Mask, Volume } from '../radiomics/volume.ts';
import { type MaskChoice, readDicomMask } from './extract-mask.ts';
import { chooseRegion, type RegionChoice, wholeTumour } from './extract-region.ts';

/** What to extract from. */
export interface ExtractionFiles extends MaskChoice {
  /** NRRD file, or folder with one DICOM series. */
  readonly image: string;
  /** NRRD file, or DICOM SEG or RTSTRUCT of the series in `image`. */
  readonly mask: string;
  /**
   * Label in an NRRD mask, SegmentNumber in a SEG; without it the parameters' `label`. A SEG of which neither that nor
   * `segments` names a segment gives its only one, or the one that is coded as primary tumour.
   */
  readonly label?: number | undefined;
  /** What of the mask to extract from; without it the mask itself. */
  readonly region?: RegionChoice | undefined;
  /** Resample slices of a tilted gantry or at uneven distances to a straight grid; otherwise they are refused. */
  readonly straighten?: boolean | undefined;
  /** PyRadiomics parameter file; without it the defaults. */
  readonly params?: string | undefined;
}

/** An image, its mask and how to extract: what an extraction needs. */
export interface ExtractionCase {
  readonly volume: Volume;
  readonly mask: Mask;
  readonly parameters: Parameters;
  /** What the reader of the result should know. */
  readonly warnings: readonly string[];
}

/** An image, its mask, and which label of the mask to use. */
interface LoadedImage {
  readonly volume: Volume;
  readonly mask: Mask;
  readonly label: number;
  readonly warnings: readonly string[];
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

async function loadImage(
  path: string,
  straighten: boolean,
): Promise<{ readonly volume: Volume; readonly series: SeriesVolume | null }> {
  if (await isFolder(path)) {
    const series = buildVolume(await readDicomFolder(path), { straighten });
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

function warningsOf({ lossyCompression, acquired }: SeriesVolume): string[] {
  return [
    ...(lossyCompression === null
      ? []
      : [`the images have been ${lossyWords(lossyCompression)}: texture features suffer from it`]),
    ...(acquired === null
      ? []
      : [
          `${acquired.description}: they were resampled to a straight grid, linearly, and the mask to its nearest voxels`,
        ]),
  ];
}

async function load(files: ExtractionFiles, parameters: Parameters): Promise<LoadedImage> {
  const { volume, series } = await loadImage(files.image, files.straighten ?? false);
  const bytes = await readBytes(files.mask, '--mask');
  const warnings = series === null ? [] : warningsOf(series);
  const refuse = (option: string, text: string) => new ConfigError('CONFIG_INVALID', option, text);
  if (isNrrd(bytes)) {
    if (files.roi !== undefined) throw refuse('--roi', 'an NRRD mask has labels and no names: give --label');
    if (files.segments !== undefined) throw refuse('--segments', 'an NRRD mask has one label a voxel: give --label');
    const label = files.label ?? parameters.settings.label;
    return { volume, mask: readNrrdMask(bytes, files.mask), label, warnings };
  }
  const object = await readInstance(bytes, files.mask);
  if (series === null) {
    throw refuse('--mask', 'a DICOM SEG or RTSTRUCT needs its series: give the folder with it as --image');
  }
  const { mappingsFolder } = readConfig(process.env);
  const read = readDicomMask(object, series, files.label ?? namedLabel(parameters), files, mappingsFolder);
  return { volume, mask: read.mask, label: 1, warnings: [...warnings, ...read.warnings] };
}

/** The label of a parameter file: 1, the default, is what most files have for NRRD masks and names no segment. */
function namedLabel({ settings: { label } }: Parameters): number | undefined {
  return label === defaultSettings.label ? undefined : label;
}

/**
 * Reads a parameter file.
 *
 * @param path PyRadiomics parameter file; undefined gives the defaults.
 * @throws ConfigError `FILE_UNREADABLE`, or RadiomicsError what {@link parseParameters} refuses.
 */
export async function loadParameters(path: string | undefined): Promise<Parameters> {
  if (path === undefined) return defaultParameters();
  return parseParameters((await readBytes(path, '--params')).toString('utf8'), path);
}

/**
 * Reads image, mask and parameters from files and makes the region.
 *
 * @throws ConfigError `FILE_UNREADABLE` or `CONFIG_INVALID`, DicomError, RadiomicsError: what is wrong with which file.
 */
export async function loadCase(files: ExtractionFiles): Promise<ExtractionCase> {
  const parameters = await loadParameters(files.params);
  const { volume, mask, label, warnings } = await load(files, parameters);
  const region = chooseRegion(volume, mask, label, files.region ?? wholeTumour);
  return { volume, mask: region, parameters: withLabel(parameters, label), warnings };
}

/**
 * Extracts the features of one region from files.
 *
 * @throws ConfigError, DicomError or RadiomicsError as {@link loadCase}.
 */
export async function extractFromFiles(files: ExtractionFiles): Promise<ExtractionResult> {
  const { volume, mask, parameters } = await loadCase(files);
  return extractFeatures(volume, mask, parameters);
}
