import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import {
  checkFeatureCatalogue,
  ibsiNotes,
  loadFeatureCatalogue,
  meaningOf,
} from '../../../src/assessment/feature-catalogue.ts';
import { defaultParameters, parseParameters } from '../../../src/radiomics/parameters.ts';
import { defaultSettings, settingsSchema } from '../../../src/radiomics/settings.ts';
import { hasOracles, oracleBytes, oracleSkipReason } from '../../helpers/oracles.ts';

const catalogue = loadFeatureCatalogue(fileURLToPath(new URL('../../../mappings', import.meta.url)));
const title = hasOracles ? 'reference files' : `reference files: ${oracleSkipReason}`;

describe('feature catalogue', () => {
  it('has every feature of the extractor and no other', () => {
    expect(checkFeatureCatalogue(catalogue)).toEqual([]);
    expect(Object.keys(catalogue.features).length).toBe(116 + 5);
  });

  it.each([
    ['lacks a feature', { glcm_Idm: undefined }, /^glcm_Idm: not in the catalogue/],
    ['has one too many', { glcm_Other: catalogue.features.glcm_Idm }, /^glcm_Other: the extractor has no such/],
    ['has another unit', { glcm_Idm: { ...catalogue.features.glcm_Idm, unit: 'mm' } }, /^glcm_Idm: .*WF0Z.*mm/],
  ])('says when it %s', (_, change, problem) => {
    const entries = Object.entries({ ...catalogue.features, ...change }).filter(([, entry]) => entry !== undefined);
    const features = Object.fromEntries(entries) as typeof catalogue.features;
    expect(checkFeatureCatalogue({ ...catalogue, features })).toEqual([expect.stringMatching(problem)]);
  });

  it('gives identifier, tag, unit and difference of a key', () => {
    expect(meaningOf(catalogue, 'wavelet-LLH_glcm_JointEntropy', defaultSettings)).toEqual({
      ibsi: 'TU9B',
      tag: 'cm_joint_entr_3D_avg',
      unit: '1',
      difference: null,
      source: expect.stringContaining('glcm.py'),
    });
    expect(meaningOf(catalogue, 'original_firstorder_Kurtosis', defaultSettings)?.difference).toMatch(/excess/);
    expect(meaningOf(catalogue, 'original_firstorder_TotalEnergy', defaultSettings)).toMatchObject({
      ibsi: null,
      tag: null,
      unit: 'intensity2 mm3',
    });
    expect(meaningOf(catalogue, 'original_glcm_Unknown', defaultSettings)).toBeNull();
  });

  it('names the tag of the aggregation, none for weighted directions', () => {
    const tagOf = (settings: object) =>
      meaningOf(catalogue, 'original_glrlm_RunEntropy', { ...defaultSettings, ...settings })?.tag;
    expect(tagOf({ force2D: true })).toBe('rlm_rl_entr_2_5D_avg');
    expect(tagOf({ weightingNorm: 'euclidean' })).toBeNull();
  });

  it('notes settings that change the meaning, of any image type', () => {
    const notesOf = (yaml: string) => ibsiNotes(catalogue, parseParameters(yaml, 'test')).join(' ');
    expect(ibsiNotes(catalogue, defaultParameters())[0]).toBe(catalogue.notes.always);
    expect(notesOf('setting: { normalize: true }')).toContain('standard deviations');
    expect(notesOf('setting: { binCount: 32 }')).not.toContain('multiples of binWidth');
    expect(notesOf('imageType: { Original: { gldm_a: 1 } }')).toContain('difference of grey levels');
    expect(notesOf('imageType: { Wavelet: {} }')).toContain(catalogue.notes.filtered);
  });

  it('names only settings that exist', () => {
    for (const { setting } of catalogue.notes.settings) expect(Object.keys(settingsSchema.shape)).toContain(setting);
  });
});

describe.skipIf(!hasOracles)(title, () => {
  const rowsOf = (name: string, separator: string) =>
    oracleBytes(`radiomics/ibsi1-digital-phantom/${name}`)
      .toString('utf8')
      .trim()
      .split(/\r?\n/)
      .slice(1)
      .map((row) => row.split(separator));

  it('pyradiomics_vs_ibsi.csv has the same tag for each feature', () => {
    const rows = hasOracles ? rowsOf('pyradiomics_vs_ibsi.csv', ',') : [];
    expect(rows.length).toBe(102);
    for (const [key = '', , tag] of rows) expect(meaningOf(catalogue, key, defaultSettings)?.tag, key).toBe(tag);
  });

  it('ibsi1_reference_values.csv has every tag', () => {
    const tags = new Set((hasOracles ? rowsOf('ibsi1_reference_values.csv', ';') : []).map(([, , tag]) => tag));
    for (const key of Object.keys(catalogue.features)) {
      const tag = meaningOf(catalogue, `original_${key}`, defaultSettings)?.tag ?? null;
      if (tag !== null) expect(tags, key).toContain(tag);
    }
  });
});
