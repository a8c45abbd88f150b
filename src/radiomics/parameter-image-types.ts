import { RadiomicsError } from '../errors.ts';
import { imageTypeOf, imageTypes } from './filters/registry.ts';
import { type ParameterFile, readMapping, readSettings } from './parameter-settings.ts';
import { imageTypeSettings, type Settings } from './settings.ts';

/** An image type to compute features on. */
export interface ImageTypeSelection {
  /** PyRadiomics' name, `Original`. */
  readonly name: string;
  /** Settings for this image type: the file's, overridden by its own. */
  readonly settings: Settings;
  /** Its own settings as the file has them, for the diagnostics. */
  readonly reported: Readonly<Record<string, unknown>>;
}

/** Checks one entry of `imageType`. */
function readImageType(file: ParameterFile, name: string, value: unknown, settings: Settings): ImageTypeSelection {
  const path = `imageType.${name}`;
  const type = imageTypeOf(name);
  if (type === undefined) {
    const allowed = imageTypes.map((known) => known.name).join(', ');
    throw new RadiomicsError(
      'PARAMS_UNKNOWN_KEY',
      path,
      `${file.name}: unknown image type ${name}; allowed: ${allowed}`,
    );
  }
  const given = readMapping(file, path, value ?? {});
  const own = readSettings(file, path, given, settings);
  const misplaced = Object.keys(given).find((key) => !imageTypeSettings.includes(key));
  if (misplaced !== undefined) {
    const subject = `${path}.${misplaced}`;
    const advice = `${file.name}: ${misplaced} can't differ between image types; move it to setting`;
    throw new RadiomicsError('PARAMS_UNSUPPORTED', subject, advice);
  }
  if (type.needs !== undefined && own[type.needs].length === 0) {
    const subject = `${path}.${type.needs}`;
    const advice = `${file.name}: ${name} needs ${subject}, a list of widths in mm, e.g. [1.0, 2.0, 3.0]`;
    throw new RadiomicsError('PARAMS_INVALID', subject, advice);
  }
  return { name, settings: own, reported: given };
}

/**
 * Reads the `imageType` part of a parameter file.
 *
 * @param value Image type to own settings; undefined or empty enables the original image.
 * @param settings The file's settings.
 * @throws RadiomicsError `PARAMS_UNKNOWN_KEY`, `PARAMS_UNSUPPORTED` or `PARAMS_INVALID`, naming the key path.
 */
export function readImageTypes(file: ParameterFile, value: unknown, settings: Settings): ImageTypeSelection[] {
  const given = Object.entries(value === undefined ? {} : readMapping(file, 'imageType', value));
  if (given.length === 0) return [{ name: 'Original', settings, reported: {} }];
  return given.map(([name, own]) => readImageType(file, name, own, settings));
}
