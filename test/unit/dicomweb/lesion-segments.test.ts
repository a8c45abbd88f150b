import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { NaturalDataset } from 'dcmjs';
import { describe, expect, it } from 'vitest';
import { findImaging } from '../../../src/dicomweb/find-imaging.ts';
import { loadSegmentTable } from '../../../src/dicomweb/segment-table.ts';
import { loadSeriesRules } from '../../../src/dicomweb/series-rules.ts';
import { isSnomedCode } from '../../../src/fhir/check-digits.ts';
import { segmentItem } from '../../helpers/dicom-objects.ts';
import { ct, type FakeSeries, fakeClient, seg, study } from '../../helpers/fake-archive.ts';

const mappings = fileURLToPath(new URL('../../../mappings', import.meta.url));
const rules = { seriesRules: loadSeriesRules(mappings), segments: loadSegmentTable(mappings) };

const primary = segmentItem(1, 'Tumour', '86049000', 'Neoplasm, Primary');
const tracked = (item: NaturalDataset, TrackingUID: string) => ({
  ...item,
  TrackingUID,
  TrackingID: `lesion ${TrackingUID}`,
});
const metastasis = (number: number) =>
  segmentItem(number, 'Met', '14799000', 'Neoplasm, Secondary', ['10200004', 'Liver']);

const lesionsOf = async (...segmentations: readonly FakeSeries[]) => {
  const { candidates } = await findImaging(fakeClient([study([ct('2'), ...segmentations])]), ['P1'], rules);
  return candidates.flatMap(({ lesions }) =>
    lesions.map(({ kind, segSOPInstanceUID, segmentNumber, primary: isPrimary }) => [
      kind,
      segSOPInstanceUID,
      segmentNumber,
      isPrimary,
    ]),
  );
};

describe('segments.json', () => {
  it('has SNOMED CT codes with right check digits', () => {
    const text = readFileSync(`${mappings}/segments.json`, 'utf8');
    const codes = [...text.matchAll(/"scheme": "SCT", "code": "(\d+)"/g)].map(([, code]) => code!);
    expect(codes.length).toBeGreaterThan(8);
    expect(codes.filter((code) => !isSnomedCode(code))).toEqual([]);
  });
});

describe('lesions of a series', () => {
  it('are the primary tumour first, then the others of the SEG, wherever in the body; organs are none', async () => {
    const SegmentSequence = [
      segmentItem(1, 'Liver', '10200004', 'Liver'),
      metastasis(2),
      segmentItem(3, 'LN', '62683002', 'Mediastinal lymph node'),
      { ...primary, SegmentNumber: 4 },
      segmentItem(5, 'Nodule', '27925004', 'Nodule', ['39607008', 'Lung']),
    ];
    expect(await lesionsOf(seg('3', '2', { SegmentSequence }))).toEqual([
      ['primary-tumour', '3.1', 4, true],
      ['metastasis', '3.1', 2, false],
      ['lymph-node', '3.1', 3, false],
      ['lesion', '3.1', 5, false],
    ]);
  });

  it('that are tracked come from the newest SEG of each, also when that has no primary tumour', async () => {
    const both = { SegmentSequence: [primary, tracked(metastasis(2), '1.1'), tracked(metastasis(3), '1.2')] };
    const corrected = { ContentDate: '20260102', SegmentSequence: [tracked(metastasis(1), '1.1')] };
    expect(await lesionsOf(seg('3', '2', both), seg('4', '2', corrected))).toEqual([
      ['primary-tumour', '3.1', 1, true],
      ['metastasis', '4.1', 1, false],
      ['metastasis', '3.1', 3, false],
    ]);
  });

  it('stay when the primary tumour alone is drawn again', async () => {
    const both = { SegmentSequence: [tracked(primary, '1.0'), tracked(metastasis(2), '1.1')] };
    const corrected = { ContentDate: '20260102', SegmentSequence: [tracked(primary, '1.0')] };
    expect(await lesionsOf(seg('3', '2', both), seg('4', '2', corrected))).toEqual([
      ['primary-tumour', '4.1', 1, true],
      ['metastasis', '3.1', 2, false],
    ]);
  });

  it('of an older SEG that tracks nothing may be earlier outlines of the same: they are left out', async () => {
    const old = { SegmentSequence: [primary, metastasis(2)] };
    const newer = { ContentDate: '20260102', SegmentSequence: [primary, metastasis(2)] };
    expect(await lesionsOf(seg('3', '2', old), seg('4', '2', newer))).toEqual([
      ['primary-tumour', '4.1', 1, true],
      ['metastasis', '4.1', 2, false],
    ]);
  });

  it('of another frame of reference are none', async () => {
    const elsewhere = { FrameOfReferenceUID: 'F2', SegmentSequence: [tracked(metastasis(1), '1.1')] };
    expect(await lesionsOf(seg('3', '2'), seg('4', '2', elsewhere))).toEqual([['primary-tumour', '3.1', 1, true]]);
  });
});
