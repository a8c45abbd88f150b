import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { loadSegmentTable } from '../../../src/dicomweb/segment-table.ts';
import {
  bodyPartOf,
  excludedByImage,
  excludedByTraits,
  kernelKind,
  loadSeriesRules,
  type SeriesTraits,
} from '../../../src/dicomweb/series-rules.ts';

const rules = loadSeriesRules(fileURLToPath(new URL('../../../mappings', import.meta.url)));

const traits = (changes: Partial<SeriesTraits>): SeriesTraits => ({
  BodyPartExamined: null,
  StudyDescription: null,
  SeriesDescription: null,
  slices: null,
  ...changes,
});

describe('mappings/series-rules.json: body part', () => {
  it.each([
    ['CHEST', null, null, 'chest'],
    ['CHESTABDPELVIS', null, null, 'chest'],
    ['CHEST_ABDOMEN', null, null, 'chest'],
    ['TORAX', null, null, 'chest'],
    [null, 'Thorax 3.0', null, 'chest'],
    [null, 'B30f 1.0', 'CT Thorax mit KM', 'chest'],
    [null, null, 'TDM thoracique', 'chest'],
    [null, null, 'TAC tórax', 'chest'],
    [null, null, 'TC torace', 'chest'],
    [null, null, 'Hals/Thorax/Abdomen', 'chest'],
    [null, null, '胸部CT平扫', 'chest'],
    ['ABDOMEN', 'CAP venous', null, 'chest'],
    ['ABDOMEN', 'venous', null, 'other'],
    ['HEAD', null, null, 'other'],
    ['HEAD', 'capital vessels', null, 'other'],
    [null, 'B30f 1.0', null, 'unknown'],
    [null, null, null, 'unknown'],
  ])('body part %s, series %s, study %s: %s', (BodyPartExamined, SeriesDescription, StudyDescription, expected) => {
    expect(bodyPartOf(rules, traits({ BodyPartExamined, SeriesDescription, StudyDescription }))).toBe(expected);
  });
});

describe('mappings/series-rules.json: what is no volume of axial slices', () => {
  it.each([
    ['English', 'Scout'],
    ['English', 'AP Localizer'],
    ['German', 'Chest Topogram 0.6'],
    ['German', 'Übersicht'],
    ['French', 'Repérage'],
    ['Italian', 'Localizzatore'],
    ['Spanish', 'LOCALIZADOR'],
    ['Chinese', '定位像'],
    ['Japanese', '位置決め'],
    ['English', 'Chest coronal 3 mm'],
    ['German', 'Thorax koronal'],
    ['Spanish', 'tórax sagital'],
    ['Chinese', '冠状位重建'],
    ['Japanese', '矢状断'],
    ['English', 'Chest MIP'],
    ['English', 'Thorax_MPR_3.0'],
    ['English', 'Dose Report'],
    ['Chinese', '剂量报告'],
    ['English', 'Bolus Tracking'],
    ['English', 'PREMONITORING'],
    ['English', 'VNC 1.0'],
    ['German', 'Thorax Exspiration'],
  ])('%s: "%s" is excluded', (_, SeriesDescription) => {
    expect(excludedByTraits(rules, traits({ SeriesDescription, slices: 60 }))).toMatch(/in SeriesDescription/);
  });

  it.each(['Thorax 3.0', 'Chest venous phase', 'CORE biopsy planning', 'Sagamore protocol', 'split bolus CAP'])(
    '"%s" is not',
    (SeriesDescription) => {
      expect(excludedByTraits(rules, traits({ SeriesDescription, slices: 60 }))).toBeNull();
    },
  );

  it('fewer than three slices are no volume; an unknown number may be one', () => {
    expect(excludedByTraits(rules, traits({ slices: 2 }))).toBe('2 slices: too few for a volume');
    expect(excludedByTraits(rules, traits({ slices: 3 }))).toBeNull();
    expect(excludedByTraits(rules, traits({ slices: null }))).toBeNull();
  });

  it('ImageType and orientation: a gantry tilt of 30 degrees is axial, a coronal reformat is not', () => {
    const [c, s] = [Math.cos(Math.PI / 6), Math.sin(Math.PI / 6)];
    expect(excludedByImage(rules, ['ORIGINAL', 'PRIMARY', 'AXIAL'], [1, 0, 0, 0, c, s])).toBeNull();
    expect(excludedByImage(rules, ['ORIGINAL', 'PRIMARY', 'AXIAL'], [1, 0, 0, 0, 0, -1])).toMatch(
      /90 degrees off axial/,
    );
    expect(excludedByImage(rules, ['DERIVED', 'PRIMARY', 'AXIAL'], [])).toBeNull();
    expect(excludedByImage(rules, ['DERIVED', 'SECONDARY', 'MPR'], [])).toMatch(/ImageType SECONDARY/);
    expect(excludedByImage(rules, ['DERIVED', 'PRIMARY', 'MIP'], [])).toMatch(/ImageType MIP/);
  });
});

describe('mappings/series-rules.json: kernel', () => {
  it.each([
    ['B30f', 'soft'],
    ['B31s', 'soft'],
    ['I30f', 'soft'],
    ['Br40d', 'soft'],
    ['Qr40', 'soft'],
    ['STANDARD', 'soft'],
    ['SOFT', 'soft'],
    ['B', 'soft'],
    ['FC08', 'soft'],
    ['B70f', 'sharp'],
    ['Bl57d', 'sharp'],
    ['LUNG', 'sharp'],
    ['BONEPLUS', 'sharp'],
    ['L', 'sharp'],
    ['YC', 'sharp'],
    ['FC52', 'sharp'],
    ['XYZ', 'unknown'],
  ])('%s: %s', (kernel, expected) => {
    expect(kernelKind(rules, kernel, 'Lung')).toBe(expected);
  });

  it.each([
    ['Mediastinum 3.0', 'soft'],
    ['Thorax Weichteil', 'soft'],
    ['纵隔窗', 'soft'],
    ['Lung 1.0', 'sharp'],
    ['Parenchyme pulmonaire', 'sharp'],
    ['肺野条件', 'sharp'],
    ['Thorax 3.0', 'unknown'],
    [null, 'unknown'],
  ])('without ConvolutionKernel, "%s": %s', (description, expected) => {
    expect(kernelKind(rules, null, description)).toBe(expected);
  });
});

describe('loading the tables', () => {
  const withFile = (name: string, text: string, load: (folder: string) => unknown) => {
    const folder = mkdtempSync(path.join(tmpdir(), 'deltascope-mappings-'));
    try {
      if (text !== '') writeFileSync(path.join(folder, name), text);
      return load(folder);
    } finally {
      rmSync(folder, { recursive: true });
    }
  };

  it.each([
    ['no file', '', 'FILE_UNREADABLE', /put it back/],
    ['no JSON', '{', 'CONFIG_INVALID', /not valid JSON/],
    [
      'an unknown key',
      '{"about":"","primaryTumourTypes":[],"anatomicRegions":{"codes":[],"meaningPattern":"("},"x":1}',
      'CONFIG_INVALID',
      /primaryTumourTypes.*meaningPattern: not a regular expression.*"x"/,
    ],
  ])('segments.json with %s names the file and what is wrong', (_, text, code, message) => {
    expect(() => withFile('segments.json', text, loadSegmentTable)).toThrow(
      expect.objectContaining({ code, subject: 'segments.json', message: expect.stringMatching(message) }),
    );
  });
});
