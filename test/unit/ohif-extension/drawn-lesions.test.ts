import * as dcmjs from 'dcmjs';
import { describe, expect, it } from 'vitest';
import { meaningChoices, meaningsOf } from '../../../ohif-extension/src/panel/drawn-meaning.ts';
import { newUid } from '../../../ohif-extension/src/viewer/dicom-uid.ts';
import { describeSegments, keepFrames, type SegDataset } from '../../../ohif-extension/src/viewer/seg-dataset.ts';
import { packageRoot } from '../../../src/config.ts';
import { loadSegmentTable, otherLesionKind, primaryTumourRank } from '../../../src/dicomweb/segment-table.ts';
import { isSnomedCode } from '../../../src/fhir/check-digits.ts';
import { fullView } from '../../browser/panel/panel-fixture.ts';

const { lesions } = fullView.course;
const table = loadSegmentTable(`${packageRoot()}/mappings`);
/** Packs and unpacks bits as dcmjs does. */
const { BitArray } = (dcmjs as unknown as { data: { BitArray: { pack(bits: Uint8Array): Uint8Array } } }).data;

const meaning = (value: string) => meaningsOf([{ index: 1, value }], lesions, newUid);
const added = meaningChoices(lesions).added.map(({ value }) => value);

describe('what a drawn lesion is stored as', () => {
  it.each(added)('%s is a kind of lesion that the service reads back as the same', (value) => {
    const [stored] = meaning(value);
    const { kind, type: coded, region } = stored!.kind;
    const type = { ...coded, value: coded.code };
    for (const concept of [stored!.kind.category, coded, ...(region === null ? [] : [region])]) {
      expect(isSnomedCode(concept.code), concept.code).toBe(true);
    }
    const rank = primaryTumourRank(table, type);
    expect(rank === null ? otherLesionKind(table, type) : 'primary-tumour').toBe(kind);
    // Anything else that could be taken for the primary tumour would change what the models are computed on.
    expect(rank).toBe(kind === 'primary-tumour' ? 0 : null);
    expect(region?.code ?? null).toBe(kind === 'primary-tumour' ? '39607008' : null);
  });

  it('a new outline of a followed lesion keeps its tracking', () => {
    expect(meaning('lesion:2.25.102')).toMatchObject([
      {
        label: 'Lymph node 4R',
        kind: { kind: 'lymph-node' },
        tracking: { TrackingID: 'Lymph node 4R', TrackingUID: '2.25.102' },
      },
    ]);
  });

  it('a lesion without a TrackingUID gets none: another one would make it another lesion', () => {
    const untracked = lesions.map((lesion) => ({ ...lesion, key: lesion.kind }));
    expect(meaningsOf([{ index: 1, value: 'lesion:primary-tumour' }], untracked, newUid)).toMatchObject([
      { label: 'Primary tumour', tracking: null },
    ]);
  });

  it('new lesions of one kind have names and UIDs of their own', () => {
    const [first, second] = meaningsOf(
      [
        { index: 1, value: 'new:metastasis' },
        { index: 2, value: 'new:metastasis' },
      ],
      lesions,
      newUid,
    );
    expect([first!.label, second!.label]).toEqual(['Metastasis', 'Metastasis 2']);
    expect(first!.tracking!.TrackingUID).not.toBe(second!.tracking!.TrackingUID);
  });

  it('what is left out, or not decided, is not stored', () => {
    expect(meaning('none')).toEqual([]);
    expect(meaning('')).toEqual([]);
  });

  it('UIDs are UUIDs as decimal numbers: DICOM PS3.5 section B.2', () => {
    for (let round = 0; round < 50; round += 1) {
      const [, number = ''] = /^2\.25\.(0|[1-9]\d*)$/.exec(newUid()) ?? [];
      expect(BigInt(number) < 2n ** 128n && number !== '').toBe(true);
    }
  });
});

describe('segments of a SEG', () => {
  const size = 15;
  const bits = (frame: number) =>
    Uint8Array.from({ length: size }, (_, voxel) => ((voxel * (frame + 3)) % 4 === 1 ? 1 : 0));
  const join = (frames: readonly Uint8Array[]) => Uint8Array.from(frames.flatMap((frame) => [...frame]));

  it.each([[[0]], [[1, 3]], [[4, 2]], [[]]])(
    'frames %j of five that do not end at a byte, as dcmjs packs them',
    (kept) => {
      const packed = BitArray.pack(join([0, 1, 2, 3, 4].map(bits)));
      const expected = BitArray.pack(join(kept.map(bits)));
      const out = new Uint8Array(keepFrames(packed, kept, size));
      expect(out.length % 2).toBe(0);
      expect([...out.subarray(0, expected.length)]).toEqual([...expected]);
    },
  );

  function dataset(): SegDataset {
    const frame = (segment: number, place: number) => ({
      SegmentIdentificationSequence: { ReferencedSegmentNumber: segment },
      FrameContentSequence: { DimensionIndexValues: [segment, place] },
      DerivationImageSequence: { SourceImageSequence: { ReferencedSOPInstanceUID: `1.2.${place}` } },
    });
    return {
      StudyInstanceUID: '1.1',
      SeriesInstanceUID: '1.2',
      SOPInstanceUID: '1.3',
      Rows: 3,
      Columns: 5,
      NumberOfFrames: 3,
      PixelData: BitArray.pack(join([0, 1, 2].map(bits))),
      SegmentSequence: [
        { SegmentNumber: 1, SegmentLabel: 'Heart', SegmentAlgorithmName: 'x' },
        { SegmentNumber: 2, SegmentLabel: 'Segment 2', SegmentAlgorithmName: 'x' },
      ],
      PerFrameFunctionalGroupsSequence: [frame(1, 1), frame(2, 1), frame(2, 2)],
      ReferencedSeriesSequence: {
        ReferencedInstanceSequence: [1, 2].map((place) => ({
          ReferencedSOPClassUID: 'CT',
          ReferencedSOPInstanceUID: `1.2.${place}`,
        })),
      },
    };
  }
  const request = (index: number) => ({
    segmentationId: 's',
    meanings: meaningsOf([{ index, value: 'lesion:2.25.101' }], lesions, newUid),
    algorithm: 'MANUAL' as const,
    reader: 'Reader^Rita',
  });

  it('one that is left out goes with its frames, the other is numbered from 1', () => {
    const seg = describeSegments(dataset(), request(2), new Date(2026, 10, 21, 9, 5, 7));
    expect(seg).toMatchObject({
      NumberOfFrames: 2,
      ContentDate: '20261121',
      ContentTime: '090507',
      ContentCreatorName: 'Reader^Rita',
      SegmentSequence: [{ SegmentNumber: 1, SegmentLabel: 'Primary tumour', SegmentAlgorithmType: 'MANUAL' }],
      PerFrameFunctionalGroupsSequence: [1, 2].map((place) => ({
        SegmentIdentificationSequence: [{ ReferencedSegmentNumber: 1 }],
        FrameContentSequence: [{ DimensionIndexValues: [1, place] }],
        DerivationImageSequence: [{ SourceImageSequence: [{ ReferencedSOPClassUID: 'CT' }] }],
      })),
    });
    expect(seg.SegmentSequence).not.toHaveProperty('0.SegmentAlgorithmName');
    const [pixels] = seg.PixelData as [ArrayBuffer];
    const expected = BitArray.pack(join([bits(1), bits(2)]));
    expect([...new Uint8Array(pixels).subarray(0, expected.length)]).toEqual([...expected]);
  });

  it('one without an outlined voxel is not stored', () => {
    expect(() => describeSegments(dataset(), request(3), new Date())).toThrow(
      'Nothing is outlined in the segment for "Primary tumour"',
    );
  });
});
