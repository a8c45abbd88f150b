import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readCsv } from '../../../src/cli/csv.ts';
import { extractFromFiles } from '../../../src/cli/extract-files.ts';
import { formatExtraction } from '../../../src/cli/extract-output.ts';
import { codeOfRejection } from '../../helpers/error-code.ts';
import { runExtract } from '../../helpers/extract-command.ts';
import { hasOracles, oraclePath, oracleSkipReason } from '../../helpers/oracles.ts';
import { expectFeatures } from './expect-features.ts';
import { expectClose, nrrdFiles, originalFeatures, readReference } from './reference-data.ts';
import { derivedProfiles, originalProfiles, readReferenceText } from './reference-settings.ts';

const at = (path: string) => oraclePath(`radiomics/${path}`);

/** Image and mask as DICOM, and the values for the slice order of a DICOM reader. */
const dicomCases = [
  ['lung-pat1/dicom/ct', 'lung-pat1/dicom/seg.dcm', 'lung-pat1/pyradiomics-values/default107.json'],
  ['brain1/dicom/mr', 'brain1/dicom/seg.dcm', 'brain1/pyradiomics-values-dicomorder/default107.json'],
  ['breast1/dicom/mr', 'breast1/dicom/seg.dcm', 'breast1/pyradiomics-values/default107.json'],
  ['sts001-ct/dicom/ct', 'sts001-ct/dicom/seg.dcm', 'sts001-ct/pyradiomics-values/default107.json'],
] as const;

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'extract-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const title = hasOracles ? 'extract command' : `extract command: ${oracleSkipReason}`;

describe.skipIf(!hasOracles)(title, () => {
  it.each(dicomCases)('%s with its SEG: as PyRadiomics, to 1e-9', async (image, mask, values) => {
    const reference = readReference(values);
    const { features, diagnostics } = await extractFromFiles({ image: at(image), mask: at(mask) });
    const expected = originalFeatures(reference);
    expect(Object.keys(features)).toEqual(expected.map(([key]) => key));
    for (const [key, value] of expected) expectClose(features[key], value, key);
    for (const key of [
      'Image-original_Hash',
      'Image-original_Size',
      'Mask-original_Hash',
      'Mask-original_BoundingBox',
    ]) {
      expect(diagnostics[`diagnostics_${key}`], key).toEqual(reference.diagnostics[`diagnostics_${key}`]);
    }
  });

  const [image, mask] = nrrdFiles.breast1!.map(at) as [string, string];

  it('writes JSON with every key, diagnostics first', async () => {
    const out = join(folder, 'out.json');
    await runExtract('--image', image, '--mask', mask, '--out', out);
    const written = JSON.parse(readFileSync(out, 'utf8')) as Record<string, unknown>;
    const keys = Object.keys(written);
    expect(keys.slice(0, 2)).toEqual(['Image', 'Mask']);
    expect(keys.filter((key) => key.startsWith('original_')).length).toBe(107);
    expect(keys.findLastIndex((key) => key.startsWith('diagnostics_'))).toBeLessThan(
      keys.indexOf('original_shape_Flatness'),
    );
    const reference = readReference('breast1/pyradiomics-values/default107.json');
    for (const [key, value] of originalFeatures(reference)) expectClose(written[key] as number, value, key);
  });

  it('writes CSV: a row of keys and a row of values, quoted where it must be', async () => {
    const out = join(folder, 'out.csv');
    const params = join(folder, 'params.yaml');
    writeFileSync(params, 'featureClass:\n  firstorder: [Mean, Median]\n');
    await runExtract('--image', image, '--mask', mask, '--params', params, '--format', 'csv', '--out', out);
    const [header, row, end] = readFileSync(out, 'utf8').split('\n');
    expect(header?.split(',').slice(-2)).toEqual(['original_firstorder_Mean', 'original_firstorder_Median']);
    expect(row).toContain('"[45,120,21]"');
    expect(row).toContain('""minimumROIDimensions"":2');
    expect(row?.endsWith(',130')).toBe(true);
    expect(end).toBe('');
  });

  it.each([...new Set([...originalProfiles, ...derivedProfiles.map(([name]) => name)])])(
    'CSV for the parameter file of %s: PyRadiomics’ columns in its order, with its values',
    async (profile) => {
      const path = `breast1/pyradiomics-values/${profile}.json`;
      const reference = readReference(path);
      const [params, out] = [join(folder, `${profile}.yaml`), join(folder, `${profile}.csv`)];
      writeFileSync(params, readReferenceText(path));
      await runExtract('--image', image, '--mask', mask, '--params', params, '--format', 'csv', '--out', out);
      const [header, row] = readCsv(readFileSync(out, 'utf8')).records.map(({ cells }) => cells);
      const columns = ['Image', 'Mask', ...Object.keys(reference.diagnostics), ...Object.keys(reference.features)];
      // Versions of PyRadiomics and what it runs on have other names here.
      const ofBoth = (names: readonly string[]) => names.filter((name) => !name.includes('Versions'));
      expect(ofBoth(header!)).toEqual(ofBoth(columns));
      const mine = Object.keys(reference.features).map((key) => [key, Number(row![header!.indexOf(key)])]);
      expectFeatures(profile, Object.fromEntries(mine), reference.features);
    },
    60_000,
  );

  it('uses --label before the label of the parameter file', async () => {
    const params = join(folder, 'label.yaml');
    writeFileSync(params, 'setting: { label: 7 }');
    expect(await codeOfRejection(extractFromFiles({ image, mask, params }))).toBe('MASK_LABEL_MISSING');
    expect(await codeOfRejection(extractFromFiles({ image, mask, params, label: 1 }))).toBe('none');
  });

  it.each([
    ['an image that is not there', { image: 'missing.nrrd', mask }, 'FILE_UNREADABLE'],
    ['a mask that is not there', { image, mask: 'missing.nrrd' }, 'FILE_UNREADABLE'],
    ['parameters that are not there', { image, mask, params: 'missing.yaml' }, 'FILE_UNREADABLE'],
    ['an image of another kind', { image: at('README.md'), mask }, 'CONFIG_INVALID'],
    ['a mask of another kind', { image, mask: at('README.md') }, 'DICOM_INVALID'],
    ['a SEG with an NRRD image', { image, mask: at('breast1/dicom/seg.dcm') }, 'CONFIG_INVALID'],
    ['a mask of another image', { image, mask: at(nrrdFiles.brain1![1]) }, 'MASK_GEOMETRY'],
  ])('%s', async (_, files, code) => {
    expect(await codeOfRejection(extractFromFiles(files))).toBe(code);
  });

  it('refuses a label that is no whole number', async () => {
    expect(await codeOfRejection(runExtract('--image', image, '--mask', mask, '--label', '1.5'))).toBe(
      'CONFIG_INVALID',
    );
  });

  it('an undefined feature is null in JSON and NaN in CSV', () => {
    const result = { features: { original_glcm_Id: Number.NaN }, diagnostics: {} };
    expect(JSON.parse(formatExtraction({ image, mask }, result, 'json'))).toMatchObject({ original_glcm_Id: null });
    expect(formatExtraction({ image, mask }, result, 'csv')).toMatch(/,NaN\n$/);
  });
});
