import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { NaturalDataset } from 'dcmjs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readCsv } from '../../src/cli/csv.ts';
import { extractBatch } from '../../src/cli/extract-batch.ts';
import { wholeTumour } from '../../src/cli/extract-region.ts';
import { frameItem, segmentItem, smallCt, smallSeg, smallSeries, writeDicom } from '../helpers/dicom-objects.ts';
import { smallRtstruct } from '../helpers/dicom-rtstruct.ts';
import { runExtract } from '../helpers/extract-command.ts';

let folder: string;
let params: string;
let number = 0;

beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'extract-dicom-'));
  params = path.join(folder, 'params.yaml');
  writeFileSync(
    params,
    'setting: { minimumROIDimensions: 1 }\nfeatureClass: { firstorder: [Mean], shape: [VoxelVolume] }\n',
  );
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Writes the small CT into a folder of its own. */
function writeSeries(changes: (z: number) => NaturalDataset = () => ({})): string {
  number += 1;
  const series = path.join(folder, `series${number}`);
  mkdirSync(series);
  for (const [z, bytes] of smallSeries(changes).entries()) writeFileSync(path.join(series, `${z}.dcm`), bytes);
  return series;
}

function writeMask(dataset: NaturalDataset): string {
  number += 1;
  const file = path.join(folder, `mask${number}.dcm`);
  writeFileSync(file, writeDicom(dataset));
  return file;
}

async function extract(image: string, mask: string, ...more: string[]): Promise<Record<string, unknown>> {
  const out = path.join(folder, 'result');
  await runExtract('--image', image, '--mask', mask, '--params', params, '--out', out, ...more);
  const text = readFileSync(out, 'utf8');
  if (text.startsWith('{')) return JSON.parse(text) as Record<string, unknown>;
  const [keys, values] = readCsv(text).records;
  return Object.fromEntries(keys!.cells.map((key, at) => [key, values!.cells[at]]));
}

const mean = 'original_firstorder_Mean';
/** Pixel (x, y, z) of the small CT is x + 10y + 100z - 1024 HU. */
const hu = (...pixels: (readonly [number, number, number])[]) =>
  pixels.reduce((sum, [x, y, z]) => sum + x + 10 * y + 100 * z - 1024, 0) / pixels.length;

const first = {
  z: 1,
  segment: 1,
  pixels: [
    [1, 1],
    [2, 1],
  ],
} as const;
const second = {
  z: 2,
  segment: 2,
  pixels: [
    [3, 0],
    [3, 1],
  ],
} as const;
const neoplasm = (at: number, name: string) => segmentItem(at, name, '86049000', 'Neoplasm, Primary');
const lung = (at: number) => segmentItem(at, 'Lung', '39607008', 'Lung');

describe('a SEG', () => {
  const series = () => writeSeries();

  it('of one segment needs no choice, whatever its number', async () => {
    const mask = writeMask(smallSeg([second], { SegmentSequence: [neoplasm(2, 'GTV')] }));
    const result = await extract(series(), mask);
    expect(result[mean]).toBeCloseTo(hu([3, 0, 2], [3, 1, 2]), 9);
    expect(result).not.toHaveProperty('Notes');
  });

  it('of several: the one that is coded as primary tumour, and the result says so', async () => {
    const mask = writeMask(smallSeg([first, second], { SegmentSequence: [lung(1), neoplasm(2, 'Any name')] }));
    const result = await extract(series(), mask);
    expect(result[mean]).toBeCloseTo(hu([3, 0, 2], [3, 1, 2]), 9);
    expect(result.Notes).toMatch(/segment 2 is used, the one that is coded as primary tumour/);
  });

  it('of two primary tumours: SEG_AMBIGUOUS naming them; --segments and --label answer', async () => {
    const mask = writeMask(smallSeg([first, second], { SegmentSequence: [neoplasm(1, 'Left'), neoplasm(2, 'Right')] }));
    const image = series();
    await expect(extract(image, mask)).rejects.toMatchObject({
      code: 'SEG_AMBIGUOUS',
      message: expect.stringMatching(/1 "Left".*2 "Right".*name the segments to use/),
    });
    const both = await extract(image, mask, '--segments', '1,2');
    expect(both[mean]).toBeCloseTo(hu([1, 1, 1], [2, 1, 1], [3, 0, 2], [3, 1, 2]), 9);
    expect((await extract(image, mask, '--label', '1'))[mean]).toBeCloseTo(hu([1, 1, 1], [2, 1, 1]), 9);
    await expect(extract(image, mask, '--segments', '3')).rejects.toMatchObject({ code: 'MASK_LABEL_MISSING' });
  });

  it('without a primary tumour: SEG_NO_PRIMARY_TUMOUR, not segment 1', async () => {
    const mask = writeMask(smallSeg([first, second], { SegmentSequence: [lung(1), lung(2)] }));
    await expect(extract(series(), mask)).rejects.toMatchObject({ code: 'SEG_NO_PRIMARY_TUMOUR' });
  });

  it('of overlapping segments: a voxel of both counts once in their union', async () => {
    const over = {
      z: 1,
      segment: 2,
      pixels: [
        [2, 1],
        [3, 1],
      ],
    } as const;
    const mask = writeMask(smallSeg([first, over], { SegmentSequence: [neoplasm(1, 'A'), neoplasm(2, 'B')] }));
    const result = await extract(series(), mask, '--segments', '1,2');
    expect(result[mean]).toBeCloseTo(hu([1, 1, 1], [2, 1, 1], [3, 1, 1]), 9);
    expect(result.original_shape_VoxelVolume).toBeCloseTo(3 * 0.5 * 0.75 * 2, 9);
  });

  it.each(['json', 'csv'])('of fractions: the threshold stands in the result (%s)', async (format) => {
    const fractions = new Uint8Array(16);
    fractions.set([99, 100, 200], 5);
    const mask = writeMask(
      smallSeg([{ z: 1, pixels: [] }], {
        ...{ BitsAllocated: 8, BitsStored: 8, HighBit: 7, PixelData: fractions },
        ...{ SegmentationType: 'FRACTIONAL', SegmentationFractionalType: 'PROBABILITY', MaximumFractionalValue: 200 },
      }),
    );
    const result = await extract(series(), mask, '--format', format);
    expect(Number(result[mean])).toBeCloseTo(hu([1, 1, 1], [2, 1, 1]), 9);
    expect(result.Notes).toBe('the segmentation is fractional: inside is what reaches 0.5 of its maximum');
  });

  it.each<[string, string, Uint8Array]>([
    ['0 bytes', 'DICOM_INVALID', new Uint8Array()],
    ['cut off', 'DICOM_INVALID', writeDicom(smallSeg([first])).subarray(0, 700)],
    ['an image', 'SEG_UNSUPPORTED', smallSeries()[0]!],
    ['empty', 'SEG_EMPTY', writeDicom(smallSeg([{ z: 1, pixels: [] }]))],
    ['one voxel', 'MASK_TOO_SMALL', writeDicom(smallSeg([{ z: 1, pixels: [[1, 1]] }]))],
  ])('%s: %s', async (name, code, bytes) => {
    const mask = path.join(folder, `${name}.dcm`);
    writeFileSync(mask, bytes);
    await expect(extract(series(), mask)).rejects.toMatchObject({ code });
  });
});

describe('a batch', () => {
  it('notes what single extractions note, and takes --straighten', async () => {
    const tilted = writeSeries((z) => ({ ImagePositionPatient: [-10, -20 + 0.375 * z, 30 + 2 * z] }));
    const onTilted = { ...frameItem(first), PlanePositionSequence: [{ ImagePositionPatient: [-10, -19.625, 32] }] };
    const masks = [
      writeMask(smallSeg([first], { PerFrameFunctionalGroupsSequence: [onTilted] })),
      writeMask(smallSeg([first])),
    ];
    const cases = path.join(folder, 'cases.csv');
    const out = path.join(folder, 'results.csv');
    writeFileSync(cases, `Image,Mask\n${tilted},${masks[0]}\n${writeSeries()},${masks[1]}\n`);
    const options = { cases, params, region: wholeTumour, jobs: 1 };
    const refused = await extractBatch({ ...options, out: `${out}.refused` });
    expect(refused.failures).toMatchObject([{ line: 2, code: 'SERIES_GANTRY_TILT' }]);
    expect((await extractBatch({ ...options, out, straighten: true })).failures).toEqual([]);
    const [header, ...rows] = readCsv(readFileSync(out, 'utf8')).records;
    const notes = header!.cells.indexOf('Notes');
    expect(rows.map(({ cells }) => cells[notes])).toEqual([expect.stringMatching(/tilted gantry.*resampled/), '']);
  });
});

describe('an RTSTRUCT', () => {
  const square = (x: number) =>
    [
      [x - 0.5, -0.5],
      [x + 0.5, -0.5],
      [x + 0.5, 1.5],
      [x - 0.5, 1.5],
    ] as const;
  const roi = (at: number, name: string, type: string) => ({
    ...{ number: at, name, type },
    contours: [{ z: 2, points: square(at) }],
  });

  it('the only GTV, a name, a number; several GTVs are RTSTRUCT_AMBIGUOUS', async () => {
    const image = writeSeries();
    const column = (x: number) => hu([x, 0, 2], [x, 1, 2]);
    const one = writeMask(smallRtstruct([roi(1, 'Heart', 'ORGAN'), roi(2, 'GTV-1', 'GTV')]));
    expect((await extract(image, one))[mean]).toBeCloseTo(column(2), 9);
    expect((await extract(image, one, '--roi', 'Heart'))[mean]).toBeCloseTo(column(1), 9);
    expect((await extract(image, one, '--roi', '1'))[mean]).toBeCloseTo(column(1), 9);
    const two = writeMask(smallRtstruct([roi(1, 'GTV-1', 'GTV'), roi(2, 'GTV-2', 'GTV')]));
    await expect(extract(image, two)).rejects.toMatchObject({ code: 'RTSTRUCT_AMBIGUOUS' });
    await expect(extract(image, two, '--segments', '1')).rejects.toMatchObject({ code: 'CONFIG_INVALID' });
    const seg = writeMask(smallSeg([first]));
    await expect(extract(image, seg, '--roi', 'GTV-1')).rejects.toMatchObject({ code: 'CONFIG_INVALID' });
  });
});

describe('slices that are no straight and even stack', () => {
  const { origin } = smallCt;
  const at = (y: number, z: number) => ({ ImagePositionPatient: [origin[0], origin[1] + y, origin[2] + z] });
  // Half a pixel of 0.75 mm a slice.
  const tilted = (z: number) => at(0.375 * z, 2 * z);
  const uneven = (z: number) => at(0, [0, 2, 5, 7][z]!);
  const drawnOn = (z: number, position: (z: number) => NaturalDataset) => {
    const frame = {
      z,
      pixels: [
        [1, 0],
        [2, 0],
        [1, 1],
        [2, 1],
      ],
    } as const;
    const groups = { ...frameItem(frame), PlanePositionSequence: [position(z)] };
    return writeMask(smallSeg([frame], { PerFrameFunctionalGroupsSequence: [groups] }));
  };

  it.each([
    ['a tilted gantry', tilted, 'SERIES_GANTRY_TILT', /shifted sideways by up to 1\.13 mm .*resampled/],
    ['uneven distances', uneven, 'SERIES_UNEVEN_SPACING', /2\.00 to 3\.00 mm apart.*resampled/],
  ])('%s: refused, with --straighten resampled, and the result says so', async (_, position, code, note) => {
    const image = writeSeries(position);
    const mask = drawnOn(0, position);
    await expect(extract(image, mask)).rejects.toMatchObject({ code });
    const result = await extract(image, mask, '--straighten');
    // The first slice of the grid is the first one acquired.
    expect(result[mean]).toBeCloseTo(hu([1, 0, 0], [2, 0, 0], [1, 1, 0], [2, 1, 0]), 9);
    expect(result.Notes).toMatch(note);
  });

  it('a straight series is the same with --straighten', async () => {
    const image = writeSeries();
    const mask = writeMask(smallSeg([first]));
    expect({ ...(await extract(image, mask, '--straighten')) }).toEqual(await extract(image, mask));
  });

  it('missing slices are refused all the same', async () => {
    const image = writeSeries((z) => at(0, [0, 2, 4, 8][z]!));
    const mask = writeMask(smallSeg([first]));
    await expect(extract(image, mask, '--straighten')).rejects.toMatchObject({ code: 'SERIES_MISSING_SLICES' });
  });
});
