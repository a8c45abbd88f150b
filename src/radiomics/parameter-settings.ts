import { z } from 'zod';
import { RadiomicsError } from '../errors.ts';
import { isResampled, type Settings, samplingOf, settingsSchema } from './settings.ts';

/** A parameter file as read, and its name for error messages. */
export interface ParameterFile {
  readonly name: string;
  readonly content: unknown;
  /** How a number at a key path is written in the file; undefined if nothing is known of it. */
  readonly writtenAs: (path: readonly (string | number)[]) => string | undefined;
}

const mapping = z.record(z.string(), z.unknown());

/**
 * Checks that a part of a file is a mapping.
 *
 * @param path Key path of the part, empty for the whole file.
 * @throws RadiomicsError `PARAMS_INVALID` otherwise, `PARAMS_UNKNOWN_KEY` for the one key that no mapping can hold.
 */
export function readMapping(file: ParameterFile, path: string, value: unknown): Record<string, unknown> {
  const read = mapping.safeParse(value);
  const subject = path === '' ? file.name : path;
  // The check would drop this one key without a word.
  if (read.success && Object.hasOwn(Object(value), '__proto__')) {
    throw new RadiomicsError(
      'PARAMS_UNKNOWN_KEY',
      subject,
      `${file.name}: ${subject}: unknown key __proto__; remove it`,
    );
  }
  if (read.success) return read.data;
  throw new RadiomicsError('PARAMS_INVALID', subject, `${file.name}: ${subject} must be a mapping of keys to values`);
}

/** Refuses settings that PyRadiomics does not know. */
function requireKnown(
  file: ParameterFile,
  path: string,
  given: Readonly<Record<string, unknown>>,
  known: readonly string[],
): void {
  const unknown = Object.keys(given).find((key) => !known.includes(key));
  if (unknown === undefined) return;
  const allowed = known.toSorted().join(', ');
  const advice = `${file.name}: unknown setting ${unknown}; allowed: ${allowed}`;
  throw new RadiomicsError('PARAMS_UNKNOWN_KEY', `${path}.${unknown}`, advice);
}

/** Names the first value of the wrong type or range. */
function refuse(file: ParameterFile, path: string, error: z.ZodError): RadiomicsError {
  const issue = error.issues[0];
  const subject = [path, ...(issue?.path ?? []).filter((key) => key !== 'mm')].join('.');
  return new RadiomicsError('PARAMS_INVALID', subject, `${file.name}: ${subject}: ${issue?.message ?? 'wrong value'}`);
}

/** The widths of LoG with their spelling: PyRadiomics' feature keys tell 1 and 1.0 apart. */
function spellSigmas(file: ParameterFile, path: string, sigma: unknown): unknown {
  if (!Array.isArray(sigma)) return sigma;
  return sigma.map((mm: unknown, i) => {
    const source = file.writtenAs([...path.split('.'), 'sigma', i]) ?? '';
    const isFloat = Number.isInteger(mm) && /[.e]/i.test(source);
    return { mm, text: isFloat ? `${String(mm)}.0` : String(mm) };
  });
}

/**
 * Checks settings and fills in the rest.
 *
 * @param path Key path of the settings, `setting` or `imageType.<name>`.
 * @param given Settings of the file.
 * @param defaults Values for the settings that it leaves out.
 * @throws RadiomicsError `PARAMS_UNKNOWN_KEY`, `PARAMS_UNSUPPORTED` or `PARAMS_INVALID`, naming the key path.
 */
export function readSettings(
  file: ParameterFile,
  path: string,
  given: Readonly<Record<string, unknown>>,
  defaults: Settings,
): Settings {
  requireKnown(file, path, given, Object.keys(settingsSchema.shape));
  const sigma = 'sigma' in given ? { sigma: spellSigmas(file, path, given.sigma) } : {};
  const read = settingsSchema.safeParse({ ...defaults, ...given, ...sigma });
  if (!read.success) throw refuse(file, path, read.error);
  if (isResampled(read.data) && samplingOf(read.data) === undefined) {
    const subject = `${path}.interpolator`;
    const advice = `${file.name}: ${subject} ${read.data.interpolator} is not available; use sitkBSpline, sitkLinear or sitkNearestNeighbor`;
    throw new RadiomicsError('PARAMS_UNSUPPORTED', subject, advice);
  }
  return read.data;
}

/** The `voxelSetting` part: how PyRadiomics makes feature maps, which is not what an extraction of a region does. */
const voxelSettingsSchema = z.object({
  kernelRadius: z.int().positive().optional(),
  maskedKernel: z.boolean().optional(),
  initValue: z.number().or(z.nan()).or(z.literal('nan')).optional(),
  voxelBatch: z.int().positive().optional(),
});

/**
 * Checks the `voxelSetting` part of a parameter file. PyRadiomics reads it for feature maps only, and it changes nothing
 * here.
 *
 * @param value Settings of the part.
 * @throws RadiomicsError `PARAMS_UNKNOWN_KEY` or `PARAMS_INVALID`, naming the key path.
 */
export function checkVoxelSettings(file: ParameterFile, value: unknown): void {
  const path = 'voxelSetting';
  const given = readMapping(file, path, value);
  requireKnown(file, path, given, Object.keys(voxelSettingsSchema.shape));
  const read = voxelSettingsSchema.safeParse(given);
  if (!read.success) throw refuse(file, path, read.error);
}
