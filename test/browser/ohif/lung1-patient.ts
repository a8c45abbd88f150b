import type { NaturalDataset } from 'dcmjs';
import { editDicom, readInstances } from '../../helpers/dicom-objects.ts';
import { dicomCases, imageFiles, nrrdOf, segFile } from '../../helpers/dicom-oracles.ts';
import { lung1Bundle } from '../../helpers/lung1-record.ts';
import type { ViewerPatient } from './viewer-service.ts';

const [ctCase] = dicomCases;
/** Orthanc 1.10 gives no frames of a bit-packed image whose columns are not a multiple of this. */
const wholeBytes = 8;

/**
 * The CT of a person with a lung tumour that is among the reference data, outlined by a reader, with a made-up record. Image and
 * outline get a few columns more at the right, so that the archive can give the outline to the viewer.
 */
export async function lung1Patient(): Promise<ViewerPatient & { readonly StudyInstanceUID: string }> {
  const images = imageFiles(ctCase);
  const [first] = await readInstances(images.slice(0, 1));
  return {
    id: 'lung1',
    StudyInstanceUID: String(first?.dataset.StudyInstanceUID),
    // Two packages' types of the same resources.
    bundle: lung1Bundle() as ViewerPatient['bundle'],
    dicomSeries: () => [
      [...images.map((bytes) => editDicom(bytes, widenImage)), editDicom(segFile(ctCase), widenMask)],
    ],
  };
}

function widen(dataset: NaturalDataset): { rows: number; from: number; to: number; bytes: ArrayBuffer } {
  const from = Number(dataset.Columns);
  const to = wholeBytes * Math.ceil(from / wholeBytes);
  dataset.Columns = to;
  return { rows: Number(dataset.Rows), from, to, bytes: [dataset.PixelData].flat()[0] as ArrayBuffer };
}

function widenImage(dataset: NaturalDataset): void {
  const { rows, from, to, bytes } = widen(dataset);
  const pixels = new Int16Array(bytes);
  const wide = Int16Array.from({ length: rows * to }, (_, at) => {
    const column = Math.min(at % to, from - 1);
    return pixels[Math.floor(at / to) * from + column] ?? 0;
  });
  dataset.PixelData = [wide.buffer];
}

function widenMask(dataset: NaturalDataset): void {
  const { rows, from, to, bytes } = widen(dataset);
  const bits = new Uint8Array(bytes);
  const lines = rows * Number(dataset.NumberOfFrames);
  const wide = new Uint8Array((lines * to) / 8);
  for (let line = 0; line < lines; line++) {
    for (let column = 0; column < from; column++) {
      const [at, target] = [line * from + column, line * to + column];
      if (((bits[at >> 3] ?? 0) & (1 << (at & 7))) !== 0)
        wide[target >> 3] = (wide[target >> 3] ?? 0) | (1 << (target & 7));
    }
  }
  dataset.PixelData = [wide.buffer];
}

/** What the reader outlined, from the NRRD file: volume, and where it is in the slice in which it is largest. */
export function lung1Outline() {
  const { mask } = nrrdOf(ctCase);
  const [nx, ny, nz] = mask.dims;
  const slices = Array.from({ length: nz }, (_, z) => boxIn(mask.voxels.subarray(nx * ny * z, nx * ny * (z + 1)), nx));
  const largest = slices.reduce((best, slice) => (slice.area > best.area ? slice : best));
  const voxelMm3 = mask.spacingMm[0] * mask.spacingMm[1] * mask.spacingMm[2];
  return {
    volumeMl: (slices.reduce((sum, { area }) => sum + area, 0) * voxelMm3) / 1000,
    box: largest.box,
  };
}

function boxIn(slice: ArrayLike<number>, columns: number) {
  const box = { left: columns, top: columns, right: -1, bottom: -1 };
  let area = 0;
  for (let at = 0; at < slice.length; at++) {
    if (slice[at] === 0) continue;
    const x = at % columns;
    const y = (at - x) / columns;
    area += 1;
    box.left = Math.min(box.left, x);
    box.right = Math.max(box.right, x);
    box.top = Math.min(box.top, y);
    box.bottom = Math.max(box.bottom, y);
  }
  return { box, area };
}
