import type { NaturalDataset } from 'dcmjs';
import { editDicom } from './dicom-objects.ts';

/** A CT series as its files say it, slices from feet to head. */
export interface FileSeries {
  readonly SeriesInstanceUID: string;
  readonly columns: number;
  readonly rows: number;
  /** mm between columns, rows and slices. */
  readonly spacing: readonly [number, number, number];
  readonly uids: readonly string[];
  /** HU by slice, row by row. */
  readonly hounsfield: readonly (readonly number[])[];
}

/** Voxels by SOPInstanceUID of their image: indices `column + columns * row`. */
export type VoxelsByImage = ReadonlyMap<string, ReadonlySet<number>>;

function datasetOf(file: Uint8Array): NaturalDataset {
  let found: NaturalDataset = {};
  editDicom(file, (dataset) => {
    found = { ...dataset };
  });
  return found;
}

const bytesOf = ({ PixelData }: NaturalDataset) => new Uint8Array((PixelData as [ArrayBuffer])[0]);
const list = <T>(value: unknown) => (Array.isArray(value) ? value : [value]) as T[];

/** Reads the images of a series; other objects among the files are left out. */
export function readFileSeries(files: readonly Uint8Array[]): FileSeries {
  const height = (dataset: NaturalDataset) => Number((dataset.ImagePositionPatient as unknown[])[2]);
  const slices = files
    .map(datasetOf)
    .filter(({ Modality }) => Modality === 'CT')
    .sort((a, b) => height(a) - height(b));
  const [first, second] = slices as [NaturalDataset, NaturalDataset];
  const [betweenRows, betweenColumns] = first.PixelSpacing as [unknown, unknown];
  return {
    SeriesInstanceUID: String(first.SeriesInstanceUID),
    columns: Number(first.Columns),
    rows: Number(first.Rows),
    spacing: [Number(betweenColumns), Number(betweenRows), height(second) - height(first)],
    uids: slices.map(({ SOPInstanceUID }) => String(SOPInstanceUID)),
    hounsfield: slices.map((slice) => {
      const bytes = bytesOf(slice);
      const stored = slice.PixelRepresentation === 1 ? new Int16Array(bytes.buffer) : new Uint16Array(bytes.buffer);
      return Array.from(stored, (value) => value * Number(slice.RescaleSlope) + Number(slice.RescaleIntercept));
    }),
  };
}

/** The voxels of a segment of a binary SEG, bit by bit. */
export function readFileSegment(file: Uint8Array, segment = 1): VoxelsByImage {
  const dataset = datasetOf(file);
  const plane = Number(dataset.Rows) * Number(dataset.Columns);
  const bytes = bytesOf(dataset);
  const found = new Map<string, Set<number>>();
  for (const [at, frame] of list<NaturalDataset>(dataset.PerFrameFunctionalGroupsSequence).entries()) {
    const groups = [frame, ...list<NaturalDataset>(dataset.SharedFunctionalGroupsSequence)];
    const [identified] = groups.flatMap((group) => group.SegmentIdentificationSequence ?? []);
    if (Number((identified as NaturalDataset).ReferencedSegmentNumber) !== segment) continue;
    const [derivation] = list<NaturalDataset>(frame.DerivationImageSequence);
    const [source] = list<NaturalDataset>(derivation?.SourceImageSequence);
    const inside = new Set<number>();
    for (let index = 0; index < plane; index++) {
      const bit = at * plane + index;
      if (((bytes[bit >> 3] ?? 0) >> (bit & 7)) & 1) inside.add(index);
    }
    if (inside.size > 0) found.set(String(source?.ReferencedSOPInstanceUID), inside);
  }
  return found;
}

/**
 * The ring by its definition, voxel against voxel: outside the segment what lies within a distance of a voxel inside, and the other way
 * round. The body is not asked.
 *
 * @param reach To either side (mm).
 */
export function ringByDistance(series: FileSeries, segment: VoxelsByImage, reach: number): VoxelsByImage {
  const { columns, rows, uids, spacing } = series;
  const [dx, dy, dz] = spacing;
  const inside = (x: number, y: number, z: number) => segment.get(uids[z] ?? '')?.has(x + columns * y) ?? false;
  const ring = new Map<string, Set<number>>();
  const steps: [number, number, number][] = [];
  for (let z = -Math.floor(reach / dz); z * dz <= reach; z++) {
    for (let y = -Math.floor(reach / dy); y * dy <= reach; y++) {
      for (let x = -Math.floor(reach / dx); x * dx <= reach; x++) {
        if (Math.hypot(x * dx, y * dy, z * dz) <= reach * (1 + 1e-9)) steps.push([x, y, z]);
      }
    }
  }
  const touched = uids.flatMap((uid, z) => (segment.has(uid) ? [z] : []));
  const around = Math.ceil(reach / dz);
  for (let z = Math.min(...touched) - around; z <= Math.max(...touched) + around; z++) {
    const uid = uids[z];
    if (uid === undefined) continue;
    const found = new Set<number>();
    for (let y = 0; y < rows; y++) {
      for (let x = 0; x < columns; x++) {
        const isInside = inside(x, y, z);
        const meetsOther = steps.some(([sx, sy, sz]) => {
          const [ox, oy, oz] = [x + sx, y + sy, z + sz];
          const isThere = ox >= 0 && oy >= 0 && oz >= 0 && ox < columns && oy < rows && oz < uids.length;
          return isThere && inside(ox, oy, oz) !== isInside;
        });
        if (meetsOther) found.add(x + columns * y);
      }
    }
    if (found.size > 0) ring.set(uid, found);
  }
  return ring;
}
