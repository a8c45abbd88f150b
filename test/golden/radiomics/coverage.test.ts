import { readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { featureClasses } from '../../../src/radiomics/classes/registry.ts';
import { imageTypes } from '../../../src/radiomics/filters/registry.ts';
import { hasOracles, oraclePath, oracleSkipReason } from '../../helpers/oracles.ts';
import { nrrdFiles, readReference } from './reference-data.ts';
import { derivedProfiles, originalProfiles, singleProfiles } from './reference-settings.ts';

/** Files of reference values, as folder and profile. */
function referenceFiles(): (readonly [folder: string, profile: string])[] {
  return [...Object.keys(nrrdFiles), 'ibsi1-digital-phantom'].flatMap((name) =>
    ['pyradiomics-values', 'pyradiomics-values-dicomorder'].flatMap((folder) => {
      const path = oraclePath(`radiomics/${name}/${folder}`);
      const files = readdirSync(oraclePath(`radiomics/${name}`)).includes(folder) ? readdirSync(path) : [];
      return files.map((file) => [`${name}/${folder}`, file.replace('.json', '')] as const);
    }),
  );
}

const compared = new Set<string>([...originalProfiles, ...derivedProfiles.map(([name]) => name), ...singleProfiles]);

/** First part of the keys of an image type: `LoG` gives `log-sigma-...`, `LBP2D` gives `lbp-2D`. */
const prefixes: Readonly<Record<string, string>> = { LoG: 'log-sigma', LBP2D: 'lbp-2D', LBP3D: 'lbp-3D' };
const prefixOf = (imageType: string) => prefixes[imageType] ?? imageType.toLowerCase();

const title = hasOracles ? 'what is compared with PyRadiomics' : `coverage of PyRadiomics: ${oracleSkipReason}`;

describe.skipIf(!hasOracles)(title, () => {
  it('every file of reference values', () => {
    const files = referenceFiles();
    expect(files.length).toBeGreaterThan(45);
    expect(files.filter(([, profile]) => !compared.has(profile))).toEqual([]);
  });

  it('every feature of every class on every image type: nothing is left out', () => {
    // All but three classes of images come from profiles that every case has; one case is as good as all.
    const keys = referenceFiles()
      .filter(([folder]) => folder === 'breast1/pyradiomics-values')
      .flatMap(([folder, profile]) => Object.keys(readReference(`${folder}/${profile}.json`).features));
    const missing = imageTypes.flatMap(({ name }) =>
      featureClasses
        .filter(({ appliesTo }) => appliesTo === 'image')
        .flatMap((featureClass) =>
          featureClass.features
            .map((feature) => `_${featureClass.name}_${feature}`)
            .filter((end) => !keys.some((key) => key.startsWith(prefixOf(name)) && key.endsWith(end)))
            .map((end) => name + end),
        ),
    );
    expect(missing).toEqual([]);
  });
});
