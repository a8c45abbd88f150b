import type { NaturalDataset } from 'dcmjs';
import { editDicom } from '../../helpers/dicom-objects.ts';
import type { ViewerPatient } from './viewer-service.ts';

/** Pixels by which the second segment lies to the right of the first one: a byte of a bit-packed frame. */
export const overlapShift = 8;

/** The patient with a second segment in each SEG that is the first one, moved to the right: they share most of their pixels. */
export function withOverlappingSegments(patient: ViewerPatient): ViewerPatient {
  return {
    ...patient,
    *dicomSeries() {
      for (const series of patient.dicomSeries()) {
        const seg = series.at(-1);
        if (seg !== undefined) yield [...series.slice(0, -1), editDicom(seg, overlap)];
      }
    },
  };
}

interface FrameItem {
  readonly SegmentIdentificationSequence: readonly NaturalDataset[] | NaturalDataset;
}

function overlap(dataset: NaturalDataset): void {
  const items = [dataset.PerFrameFunctionalGroupsSequence].flat() as FrameItem[];
  const segmentOf = ({ SegmentIdentificationSequence: id }: FrameItem) =>
    Number([id].flat()[0]?.ReferencedSegmentNumber);
  const bytes = new Uint8Array([dataset.PixelData].flat()[0] as ArrayBuffer);
  const frameBytes = (Number(dataset.Rows) * Number(dataset.Columns)) / 8;
  const frames = items.flatMap((item, at) =>
    segmentOf(item) === 1 ? [{ item, bits: bytes.slice(at * frameBytes, (at + 1) * frameBytes) }] : [],
  );
  const second = frames.map(({ item, bits }) => {
    const moved = new Uint8Array(bits.length);
    moved.set(bits.subarray(0, -1), 1);
    return { item: { ...item, SegmentIdentificationSequence: [{ ReferencedSegmentNumber: 2 }] }, bits: moved };
  });
  const all = [...frames, ...second];
  const pixels = new Uint8Array(all.length * frameBytes);
  all.forEach(({ bits }, at) => {
    pixels.set(bits, at * frameBytes);
  });
  dataset.PerFrameFunctionalGroupsSequence = all.map(({ item }) => item);
  dataset.NumberOfFrames = all.length;
  dataset.PixelData = [pixels.buffer];
}
