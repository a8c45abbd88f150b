import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { loadSegmentTable } from '../../../src/dicomweb/segment-table.ts';
import { bodyPartOf, loadSeriesRules, phaseOf } from '../../../src/dicomweb/series-rules.ts';

const rules = loadSeriesRules(fileURLToPath(new URL('../../../mappings', import.meta.url)));

describe('mappings/series-rules.json', () => {
  it.each([
    ['CHEST', null, null, 60, 'chest'],
    ['CHEST_ABDOMEN', null, null, 60, 'chest'],
    [null, 'Thorax 3.0', null, 60, 'chest'],
    [null, 'B30f 1.0', 'CT Thorax mit KM', 60, 'chest'],
    ['ABDOMEN', 'CAP venous', null, 60, 'chest'],
    ['ABDOMEN', 'venous', null, 60, 'other'],
    ['HEAD', null, null, 60, 'other'],
    [null, 'B30f 1.0', null, 60, 'unknown'],
    [null, null, null, null, 'unknown'],
    ['CHEST', 'Scout', null, 60, 'excluded'],
    ['CHEST', 'Chest Topogram 0.6', null, 60, 'excluded'],
    ['CHEST', 'Chest coronal 3 mm', null, 60, 'excluded'],
    ['CHEST', 'Dose Report', null, 60, 'excluded'],
    ['CHEST', 'Chest MIP', null, 60, 'excluded'],
    ['CHEST', null, null, 2, 'excluded'],
  ])('body part %s, series %s, study %s, %s images: %s', (bodyPart, series, study, count, expected) => {
    const traits = {
      BodyPartExamined: bodyPart,
      SeriesDescription: series,
      StudyDescription: study,
      slices: count,
    };
    expect(bodyPartOf(rules, traits)).toBe(expected);
  });

  it.each([
    ['Chest plain', false, 'plain'],
    ['Thorax nativ 1.0', false, 'plain'],
    ['CHEST W/O', false, 'plain'],
    ['NON-CONTRAST CHEST', false, 'plain'],
    ['Chest plain', true, 'unknown'],
    ['Chest venous phase', true, 'venous'],
    ['Chest venous phase', false, 'venous'],
    ['Thorax venös 3.0', true, 'venous'],
    ['CAP portal venous', true, 'venous'],
    ['Chest arterial', true, 'unknown'],
    ['CTPA', true, 'unknown'],
    ['Thorax 3.0', true, 'unknown'],
    ['Thorax 3.0', false, 'unknown'],
    [null, false, 'unknown'],
  ])('phase of "%s", contrast agent %s: %s', (description, agent, expected) => {
    expect(phaseOf(rules, description, agent)).toBe(expected);
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
