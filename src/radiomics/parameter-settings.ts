import { z } from 'zod';
import { RadiomicsError } from '../errors.ts';
import { type Settings, settingsSchema, unavailableSettings } from './settings.ts';

/** A parameter file as read, and its name for error messages. */
export interface ParameterFile {
  readonly name: string;
  readonly content: unknown;
}

const mapping = z.record(z.string(), z.unknown());

/**
 * Checks that a part of a file is a mapping.
 *
 * @param path Key path of the part, empty for the whole file.
 * @throws RadiomicsError `PARAMS_INVALID` otherwise.
 */
export function readMapping(file: ParameterFile, path: string, value: unknown): Record<string, unknown> {
  const read = mapping.safeParse(value);
  if (read.success) return read.data;
  const subject = path === '' ? file.name : path;
  throw new RadiomicsError('PARAMS_INVALID', subject, `${file.name}: ${subject} must be a mapping of keys to values`);
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
  const known = Object.keys(settingsSchema.shape);
  for (const [key, value] of Object.entries(given)) {
    if (known.includes(key)) continue;
    const harmless = unavailableSettings[key];
    const subject = `${path}.${key}`;
    if (harmless === undefined) {
      const allowed = [...known, ...Object.keys(unavailableSettings)].sort().join(', ');
      throw new RadiomicsError(
        'PARAMS_UNKNOWN_KEY',
        subject,
        `${file.name}: unknown setting ${key}; allowed: ${allowed}`,
      );
    }
    // PyRadiomics itself switches resampling off when there is no interpolator.
    const switchedOff = key === 'resampledPixelSpacing' && given.interpolator === null;
    if (harmless.includes(value) || switchedOff) continue;
    const advice = `${file.name}: ${subject} is not available yet; remove it`;
    throw new RadiomicsError('PARAMS_UNSUPPORTED', subject, advice);
  }
  const read = settingsSchema.safeParse({ ...defaults, ...given });
  if (read.success) return read.data;
  const issue = read.error.issues[0];
  const subject = [path, ...(issue?.path ?? [])].join('.');
  throw new RadiomicsError('PARAMS_INVALID', subject, `${file.name}: ${subject}: ${issue?.message ?? 'wrong value'}`);
}
