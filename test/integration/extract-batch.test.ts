import { appendFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { readCsv } from '../../src/cli/csv.ts';
import { type BatchOptions, extractBatch } from '../../src/cli/extract-batch.ts';
import { extractFromFiles } from '../../src/cli/extract-files.ts';
import { wholeTumour } from '../../src/cli/extract-region.ts';
import { runExtract } from '../helpers/extract-command.ts';
import { smallPhantom, writePhantom } from '../helpers/phantom-files.ts';

let folder: string;
let out: string;
let params: string;
let number = 0;

beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'batch-'));
  for (const [at, name] of ['one', 'two', 'three'].entries()) writePhantom(folder, name, smallPhantom(at + 1));
  params = path.join(folder, 'params.yaml');
  writeFileSync(params, 'featureClass: { shape: [], firstorder: [], glcm: [Idm] }');
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));
beforeEach(() => {
  number += 1;
  mkdirSync(path.join(folder, `run${number}`));
  out = path.join(folder, `run${number}`, 'results.csv');
});

function writeCases(...rows: string[]): string {
  const file = path.join(folder, `cases${number}.csv`);
  writeFileSync(file, `${['ID,Image,Mask,Label', ...rows].join('\n')}\n`);
  return file;
}

const run = (cases: string, more: Partial<BatchOptions> = {}) =>
  extractBatch({ cases, out, params, region: wholeTumour, jobs: 2, ...more });

/** Rows of the results, as column to cell. */
function results(): Record<string, string>[] {
  const [header, ...rows] = readCsv(readFileSync(out, 'utf8')).records;
  return rows.map(({ cells }) => Object.fromEntries(header!.cells.map((column, at) => [column, cells[at]!])));
}

describe('batch extraction', () => {
  it('gives each case the values of a single extraction, in the order of the cases, with their columns', async () => {
    const progress: number[] = [];
    const cases = writeCases(
      'a,one.nrrd,one-mask.nrrd,',
      'b,two.nrrd,two-mask.nrrd,1',
      'c,three.nrrd,three-mask.nrrd,',
    );
    const summary = await run(cases, { onProgress: ({ done }) => progress.push(done) });
    expect(summary).toEqual({ total: 3, skipped: 0, failures: [], warnings: [] });
    expect(progress).toEqual([0, 1, 2, 3]);
    const rows = results();
    expect(rows.map(({ ID }) => ID)).toEqual(['a', 'b', 'c']);
    const image = path.join(folder, 'two.nrrd');
    const { features, diagnostics } = await extractFromFiles({
      image,
      mask: path.join(folder, 'two-mask.nrrd'),
      params,
    });
    const columns = ['ID', 'Image', 'Mask', 'Label', ...Object.keys(diagnostics), ...Object.keys(features)];
    expect(Object.keys(rows[1]!)).toEqual(columns);
    expect(rows[1]!.Image).toBe(image);
    for (const [key, value] of Object.entries(features)) expect(Number(rows[1]![key]), key).toBe(value);
  });

  it('goes on with the others when a case fails, and tries it again', async () => {
    const rows = [
      'a,one.nrrd,one-mask.nrrd,',
      'b,missing.nrrd,two-mask.nrrd,',
      'c,two.nrrd,two-mask.nrrd,9',
      'd,,two.nrrd,',
    ];
    const cases = writeCases(...rows, 'e,two.nrrd,two-mask.nrrd,x', 'f,two.nrrd,two-mask.nrrd,');
    const failed = [
      [3, 'FILE_UNREADABLE'],
      [4, 'MASK_LABEL_MISSING'],
      [5, 'CONFIG_INVALID'],
      [6, 'CONFIG_INVALID'],
    ];
    const first = await run(cases);
    expect(first.failures.map(({ line, code }) => [line, code])).toEqual(failed);
    expect(results().map(({ ID }) => ID)).toEqual(['a', 'f']);
    const second = await run(cases);
    expect([second.skipped, second.failures.length]).toEqual([2, 4]);
    expect(results().map(({ ID }) => ID)).toEqual(['a', 'f']);
  });

  it('goes on where a killed run stopped, without the row that it was writing', async () => {
    const rows = ['a,one.nrrd,one-mask.nrrd,', 'b,two.nrrd,two-mask.nrrd,', 'b,two.nrrd,two-mask.nrrd,'];
    await run(writeCases(rows[1]!));
    appendFileSync(out, 'a,/unfinished,"quoted\n');
    const summary = await run(writeCases(...rows));
    expect([summary.skipped, summary.failures.length]).toEqual([1, 0]);
    expect(results().map(({ ID }) => ID)).toEqual(['a', 'b', 'b']);
    expect(new Set(results().map((row) => Object.keys(row).length)).size).toBe(1);
  });

  it('adds a column that only a later case has', async () => {
    const loG = path.join(folder, 'log.yaml');
    writeFileSync(loG, 'imageType: { LoG: { sigma: [60] } }\nfeatureClass: { firstorder: [Mean] }');
    const { volume, mask } = smallPhantom();
    const flat = 96 * 96 * 6;
    const first = 96 * 96 * 7;
    writePhantom(folder, 'thin', {
      volume: { ...volume, dims: [96, 96, 6], voxels: volume.voxels.slice(first, first + flat) },
      mask: { ...mask, dims: [96, 96, 6], voxels: mask.voxels.slice(first, first + flat) },
    });
    const cases = writeCases('a,thin.nrrd,thin-mask.nrrd,', 'b,one.nrrd,one-mask.nrrd,');
    expect((await run(cases, { params: loG, jobs: 1 })).failures).toEqual([]);
    const [thin, whole] = results();
    expect(thin!['log-sigma-60-mm-3D_firstorder_Mean']).toBe('');
    expect(Number(whole!['log-sigma-60-mm-3D_firstorder_Mean'])).not.toBeNaN();
    expect(thin!.diagnostics_Configuration_ImagesLeftOut).toContain('log-sigma-60');
  });

  it('does not mix results of other settings or regions into a file, nor overwrite a foreign one', async () => {
    const cases = writeCases('a,one.nrrd,one-mask.nrrd,');
    await run(cases);
    await expect(run(cases, { params: undefined })).rejects.toMatchObject({ code: 'CONFIG_INVALID', subject: out });
    const region = { ...wholeTumour, name: 'largest' } as const;
    await expect(run(cases, { region })).rejects.toMatchObject({ code: 'CONFIG_INVALID', subject: out });
    const foreign = path.join(folder, 'foreign.csv');
    writeFileSync(foreign, 'precious\n');
    await expect(run(cases, { out: foreign })).rejects.toMatchObject({ code: 'CONFIG_INVALID', subject: foreign });
    expect(readFileSync(foreign, 'utf8')).toBe('precious\n');
  });

  it.each([
    ['that is not there', null, 'FILE_UNREADABLE'],
    ['without a column Mask', 'Image,Label\na,1\n', 'CONFIG_INVALID'],
    ['that is empty', '', 'CONFIG_INVALID'],
  ])('refuses a file of cases %s', async (_, text, code) => {
    const cases = path.join(folder, 'bad.csv');
    rmSync(cases, { force: true });
    if (text !== null) writeFileSync(cases, text);
    await expect(run(cases)).rejects.toMatchObject({ code, subject: cases });
    expect(existsSync(out)).toBe(false);
  });

  it('ends the command with exit code 1 when a case failed', async () => {
    const before = process.exitCode;
    await runExtract('--batch', writeCases('a,one.nrrd,two-mask.nrrd,7'), '--params', params, '--out', out);
    expect(process.exitCode).toBe(1);
    process.exitCode = before;
  });

  it.each([
    ['--with-ibsi'],
    ['--format', 'json'],
    ['--image', 'a.nrrd'],
    ['--label', '1'],
    ['--jobs', '0'],
    ['--ring-mm', '2'],
    ['--ring-mm', '0,0'],
  ])('refuses %s %s with a batch', async (...option) => {
    await expect(runExtract('--batch', 'x.csv', '--out', out, ...option)).rejects.toMatchObject({
      code: 'CONFIG_INVALID',
    });
  });

  it('needs --out', async () => {
    await expect(runExtract('--batch', 'x.csv')).rejects.toMatchObject({ code: 'CONFIG_INCOMPLETE', subject: '--out' });
  });
});

describe('one extraction', () => {
  const one = () => ['--image', path.join(folder, 'one.nrrd'), '--mask', path.join(folder, 'one-mask.nrrd')];

  it('with IBSI identifiers, JSON: an object per feature, and the notes', async () => {
    await runExtract(...one(), '--params', params, '--with-ibsi', '--out', out);
    const written = JSON.parse(readFileSync(out, 'utf8')) as Record<string, unknown>;
    expect(written.original_glcm_Idm).toEqual({
      value: expect.any(Number),
      ibsi: 'WF0Z',
      tag: 'cm_inv_diff_mom_3D_avg',
      unit: '1',
      difference: null,
      source: expect.stringContaining('glcm.py'),
    });
    expect(written.ibsi_Notes).toContainEqual(expect.stringContaining('multiples of binWidth'));
  });

  it('with IBSI identifiers, CSV: rows below the values', async () => {
    await runExtract(...one(), '--params', params, '--with-ibsi', '--format', 'csv', '--out', out);
    const [values, ...rows] = results();
    expect(rows.map(({ Image }) => Image)).toEqual(['IBSI id', 'IBSI tag', 'Unit', 'Known difference from IBSI']);
    expect(rows.map((row) => row.original_shape_MajorAxisLength)).toEqual([
      'TDIC',
      'morph_pca_maj_axis',
      'mm',
      expect.stringContaining('divided by N'),
    ]);
    expect(Number(values!.original_shape_MajorAxisLength)).toBeGreaterThan(0);
  });

  it('of the ring: another region, named in the output', async () => {
    await runExtract(...one(), '--params', params, '--region', 'ring', '--ring-mm', '6,0', '--out', out);
    const ring = JSON.parse(readFileSync(out, 'utf8')) as Record<string, number | string>;
    const { features } = await extractFromFiles({ image: one()[1]!, mask: one()[3]!, params });
    expect(ring.Region).toBe('ring 6 + 0 mm');
    expect(ring.original_shape_MajorAxisLength).toBeGreaterThan(features.original_shape_MajorAxisLength!);
    expect(ring.original_firstorder_Mean).toBeLessThan(features.original_firstorder_Mean!);
  });

  it('on threads: the same text as on one', async () => {
    const several = path.join(folder, 'several.yaml');
    writeFileSync(several, 'imageType: { Original: {}, Wavelet: {} }');
    await runExtract(...one(), '--params', several, '--jobs', '1', '--out', out);
    const single = readFileSync(out, 'utf8');
    await runExtract(...one(), '--params', several, '--jobs', '2', '--out', out);
    expect(readFileSync(out, 'utf8')).toBe(single);
  });
});
