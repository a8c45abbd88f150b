import { createHash } from 'node:crypto';
import { type Document, isScalar, parseDocument } from 'yaml';
import { RadiomicsError } from '../errors.ts';
import { featureClasses } from './classes/registry.ts';
import { type FeatureSelection, readFeatureClasses } from './parameter-features.ts';
import { type ImageTypeSelection, readImageTypes } from './parameter-image-types.ts';
import { checkVoxelSettings, type ParameterFile, readMapping, readSettings } from './parameter-settings.ts';
import { defaultSettings, reportedDefaults, type Settings } from './settings.ts';

/** What to compute and how: a PyRadiomics parameter file, checked, every default filled in. */
export interface Parameters {
  readonly settings: Settings;
  readonly imageTypes: readonly ImageTypeSelection[];
  readonly featureClasses: readonly FeatureSelection[];
  /** PyRadiomics' reported defaults and what the file sets, for the diagnostics. */
  readonly reported: Readonly<Record<string, unknown>>;
}

const defaultFeatures: readonly FeatureSelection[] = featureClasses
  .filter(({ byDefault }) => byDefault)
  .map(({ name, features }) => ({ name, features }));

/** Characters: hundreds of times what a parameter file has. */
const longestFile = 2 ** 20;

const parts = ['setting', 'imageType', 'featureClass', 'voxelSetting'];

/**
 * Reads a PyRadiomics parameter file unchanged; a part that is absent gets PyRadiomics' defaults.
 *
 * @param yamlText YAML (or JSON, which is YAML) with `setting`, `imageType` and `featureClass`; a `voxelSetting` is
 *   checked and changes nothing.
 * @param fileName Name for the error messages.
 * @throws RadiomicsError `PARAMS_INVALID` if it is not YAML or a value has the wrong type or range, `PARAMS_UNKNOWN_KEY`
 *   naming the path of a key that PyRadiomics does not know, `PARAMS_UNSUPPORTED` naming the path of one that it knows
 *   and this extractor does not have.
 * @see PyRadiomics, schemas/paramSchema.yaml
 */
export function parseParameters(yamlText: string, fileName: string): Parameters {
  if (yamlText.length > longestFile) {
    const advice = `${fileName}: ${yamlText.length} characters are no parameter file; give a YAML file of at most 1 MB`;
    throw new RadiomicsError('PARAMS_INVALID', fileName, advice);
  }
  const document = parseDocument(yamlText, { stringKeys: true, logLevel: 'error' });
  const problem = document.errors[0];
  if (problem !== undefined) {
    throw new RadiomicsError(
      'PARAMS_INVALID',
      fileName,
      `${fileName}: not valid YAML, correct it: ${problem.message.split('\n')[0]}`,
    );
  }
  return readParameters({
    name: fileName,
    content: toPlain(document, fileName),
    writtenAs: (path) => sourceAt(document, path),
  });
}

/** PyRadiomics' defaults: the original image, every available feature, bins of width 25. */
export function defaultParameters(): Parameters {
  return readParameters({ name: 'defaults', content: {}, writtenAs: () => undefined });
}

/**
 * The same parameters for another label.
 *
 * @param parameters Parameters.
 * @param label 1..255.
 */
export function withLabel(parameters: Parameters, label: number): Parameters {
  const relabel = (settings: Settings): Settings => ({ ...settings, label });
  return {
    ...parameters,
    settings: relabel(parameters.settings),
    imageTypes: parameters.imageTypes.map((type) => ({ ...type, settings: relabel(type.settings) })),
    reported: { ...parameters.reported, label },
  };
}

/**
 * Identifies the parameters: equal hashes give equal numbers.
 *
 * @returns SHA-256, hex, of the canonical JSON of all settings (defaults included), image types and features; neither
 *   the order of keys in the file nor whether a default is written out matters.
 */
export function settingsHash(parameters: Parameters): string {
  const withoutReport = ({ additionalInfo: _, ...numeric }: Settings) => numeric;
  const content = {
    setting: withoutReport(parameters.settings),
    imageType: Object.fromEntries(parameters.imageTypes.map((type) => [type.name, withoutReport(type.settings)])),
    featureClass: Object.fromEntries(
      parameters.featureClasses.map(({ name, features }) => [name, features.toSorted()]),
    ),
  };
  return createHash('sha256').update(canonicalJson(content)).digest('hex');
}

function toPlain(document: ReturnType<typeof parseDocument>, fileName: string): unknown {
  try {
    return document.toJS() ?? {};
  } catch (cause) {
    throw new RadiomicsError(
      'PARAMS_INVALID',
      fileName,
      `${fileName}: aliases in the YAML don't resolve; remove them`,
      {
        cause,
      },
    );
  }
}

/** The text of a scalar in the file. */
function sourceAt(document: Document.Parsed, path: readonly (string | number)[]): string | undefined {
  const node = document.getIn(path, true);
  return isScalar(node) ? node.source : undefined;
}

function readParameters(file: ParameterFile): Parameters {
  const content = readMapping(file, '', file.content);
  for (const key of Object.keys(content)) {
    if (parts.includes(key)) continue;
    throw new RadiomicsError('PARAMS_UNKNOWN_KEY', key, `${file.name}: unknown key ${key}; use ${parts.join(', ')}`);
  }
  if (content.voxelSetting !== undefined) checkVoxelSettings(file, content.voxelSetting);
  const given = readMapping(file, 'setting', content.setting ?? {});
  const settings = readSettings(file, 'setting', given, defaultSettings);
  return {
    settings,
    imageTypes: readImageTypes(file, content.imageType, settings),
    featureClasses: readFeatureClasses(file, content.featureClass) ?? defaultFeatures,
    reported: { ...reportedDefaults, ...given },
  };
}

/** JSON with the keys of every object sorted. */
function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_, part: unknown) =>
    part !== null && typeof part === 'object' && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).toSorted(([a], [b]) => (a < b ? -1 : 1)))
      : part,
  );
}
