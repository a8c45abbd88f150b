import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readCsv } from '../../../src/cli/csv.ts';
import type { Mask } from '../../../src/radiomics/volume.ts';
import { runExtract } from '../../helpers/extract-command.ts';
import { hasOracles, oraclePath, oracleSkipReason } from '../../helpers/oracles.ts';
import { writeNrrd } from '../../helpers/phantom-files.ts';
import { expectFeatures } from './expect-features.ts';
import { nrrdFiles, readPhantomNifti, readReference } from './reference-data.ts';
import { readReferenceText } from './reference-settings.ts';

/** Image, mask, and the folder of the reference values. */
type Case = readonly [image: string, mask: string, values: string];

const at = (path: string) => oraclePath(`radiomics/${path}`);

/** The NRRD cases, and the one whose slices a DICOM reader orders otherwise. */
const cases: readonly Case[] = [
  ...Object.entries(nrrdFiles).map(
    ([name, [image, mask]]): Case => [at(image), at(mask), `${name}/pyradiomics-values`],
  ),
  [at('brain1/dicom/mr'), at('brain1/dicom/seg.dcm'), 'brain1/pyradiomics-values-dicomorder'],
];

/** Every parameter set of the references, with the cases that it was run on. */
function profiles(): [string, readonly Case[]][] {
  if (!hasOracles) return [];
  const names = new Set(cases.flatMap(([, , values]) => readdirSync(at(values))));
  return [...names]
    .sort()
    .map((name) => [name, cases.filter(([, , values]) => readdirSync(at(values)).includes(name))]);
}

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'extract-all-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Rows of the results, each by column, and the columns. */
async function runBatch(name: string, params: string, some: readonly Case[]) {
  const file = (end: string) => join(folder, `${name}${end}`);
  const rows = some.map(([image, mask]) => `"${image}","${mask}"`);
  writeFileSync(file('-cases.csv'), ['Image,Mask', ...rows, ''].join('\n'));
  writeFileSync(file('.yaml'), params);
  const args = ['--batch', file('-cases.csv'), '--params', file('.yaml'), '--out', file('.csv'), '--jobs', '2'];
  await runExtract(...args);
  const [header, ...found] = readCsv(readFileSync(file('.csv'), 'utf8')).records.map(({ cells }) => cells);
  return { header: header!, rows: found.map((cells) => new Map(header!.map((key, i) => [key, cells[i]!]))) };
}

/** Versions of PyRadiomics and what it runs on have other names here. */
const ofBoth = (names: readonly string[]) => names.filter((name) => !name.includes('Versions'));

async function expectBatch(file: string, some: readonly Case[]): Promise<void> {
  const references = some.map(([, , values]) => readReference(`${values}/${file}`));
  const profile = file.replace('.json', '');
  const { header, rows } = await runBatch(profile, readReferenceText(`${some[0]![2]}/${file}`), some);
  expect(rows.length).toBe(some.length);
  references.forEach(({ diagnostics, features }, i) => {
    expect(ofBoth(header)).toEqual(ofBoth(['Image', 'Mask', ...Object.keys(diagnostics), ...Object.keys(features)]));
    const mine = Object.keys(features).map((key) => [key, Number(rows[i]!.get(key))]);
    expectFeatures(profile, Object.fromEntries(mine), features);
  });
}

const title = hasOracles ? 'extract command, every case' : `extract command, every case: ${oracleSkipReason}`;

describe.skipIf(!hasOracles)(title, { timeout: 120_000 }, () => {
  it.each(profiles())('%s: PyRadiomics’ columns in its order, with its values', expectBatch);

  it.each(['binwidth1.json', 'force2d_binwidth1.json'])('%s of the IBSI digital phantom', async (file) => {
    const [image, mask] = [join(folder, 'phantom.nrrd'), join(folder, 'phantom-mask.nrrd')];
    const labels = readPhantomNifti('ibsi1-digital-phantom/mask.nii.gz');
    const asLabels: Mask = { ...labels, voxels: new Uint8Array(labels.voxels) };
    writeNrrd(image, readPhantomNifti('ibsi1-digital-phantom/phantom.nii.gz'));
    writeNrrd(mask, asLabels);
    await expectBatch(file, [[image, mask, 'ibsi1-digital-phantom/pyradiomics-values']]);
  });
});
