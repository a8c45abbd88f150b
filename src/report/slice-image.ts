import { encode } from 'fast-png';
import { maskOutline } from '../radiomics/mask-outline.ts';
import type { PointMm, SliceImage } from './key-slice-types.ts';

/** One slice of a CT with the lesion on it. */
export interface SlicePlane {
  /** Hounsfield units, length `columns * rows`, column fastest. */
  readonly values: ArrayLike<number>;
  /** Same pixels; not 0 inside the lesion. */
  readonly mask: Uint8Array;
  readonly columns: number;
  readonly rows: number;
  /** Width and height of a pixel (mm). */
  readonly pixelMm: PointMm;
}

/** A part of a slice, mm from the upper left corner of its first pixel; it may reach beyond the slice. */
export interface Extent {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

export interface Window {
  /** HU. */
  readonly width: number;
  readonly center: number;
}

/** Pixels along the longer side of an image: 300 a inch at the size in which a report shows it. */
const imagePixels = 560;
/** What is denser than this belongs to the body (HU). */
const bodyHu = -400;

/**
 * Draws a part of a slice in grey, interpolated linearly between the pixels, with the outline of the lesion.
 *
 * @see DICOM PS3.3 section C.11.2.1.2 (window, linear function)
 */
export function drawSlice(plane: SlicePlane, extent: Extent, window: Window): SliceImage {
  const scale = imagePixels / Math.max(extent.width, extent.height);
  const width = Math.max(1, Math.round(extent.width * scale));
  const height = Math.max(1, Math.round(extent.height * scale));
  const data = new Uint8Array(width * height);
  for (let y = 0; y < height; y++) {
    const row = (extent.top + ((y + 0.5) / height) * extent.height) / plane.pixelMm[1] - 0.5;
    for (let x = 0; x < width; x++) {
      const column = (extent.left + ((x + 0.5) / width) * extent.width) / plane.pixelMm[0] - 0.5;
      data[x + width * y] = grey(valueAt(plane, column, row), window);
    }
  }
  const png = encode({ width, height, data, depth: 8, channels: 1 });
  const outlines = maskOutline(plane.mask, plane.columns, plane.pixelMm).map((line) =>
    line.map(([x, y]): PointMm => [x - extent.left, y - extent.top]),
  );
  return {
    png: `data:image/png;base64,${Buffer.from(png).toString('base64')}`,
    widthMm: extent.width,
    heightMm: extent.height,
    outlines,
  };
}

/** Air outside the slice. */
const outsideHu = -1024;

function valueAt(plane: SlicePlane, column: number, row: number): number {
  const { values, columns, rows } = plane;
  if (column < -0.5 || row < -0.5 || column > columns - 0.5 || row > rows - 0.5) return outsideHu;
  const [x, y] = [Math.min(Math.max(column, 0), columns - 1), Math.min(Math.max(row, 0), rows - 1)];
  const [x0, y0] = [Math.floor(x), Math.floor(y)];
  const [x1, y1] = [Math.min(x0 + 1, columns - 1), Math.min(y0 + 1, rows - 1)];
  const at = (atX: number, atY: number) => values[atX + columns * atY] ?? outsideHu;
  const upper = at(x0, y0) + (x - x0) * (at(x1, y0) - at(x0, y0));
  const lower = at(x0, y1) + (x - x0) * (at(x1, y1) - at(x0, y1));
  return upper + (y - y0) * (lower - upper);
}

function grey(value: number, { width, center }: Window): number {
  const share = (value - (center - 0.5)) / (width - 1) + 0.5;
  return Math.round(255 * Math.min(1, Math.max(0, share)));
}

/** Pixels of a slice that a condition holds for, as the smallest extent around them; null where there is none. */
function extentOf({ columns, rows, pixelMm }: SlicePlane, holds: (index: number) => boolean): Extent | null {
  let [left, top, right, bottom] = [columns, rows, -1, -1];
  for (let y = 0; y < rows; y++) {
    for (let x = 0; x < columns; x++) {
      if (!holds(x + columns * y)) continue;
      left = Math.min(left, x);
      right = Math.max(right, x);
      top = Math.min(top, y);
      bottom = Math.max(bottom, y);
    }
  }
  if (right < 0) return null;
  const [mmX, mmY] = pixelMm;
  return { left: left * mmX, top: top * mmY, width: (right - left + 1) * mmX, height: (bottom - top + 1) * mmY };
}

/** The body in a slice; all of it where nothing is dense. */
export function bodyExtent(plane: SlicePlane): Extent {
  const whole = { left: 0, top: 0, width: plane.columns * plane.pixelMm[0], height: plane.rows * plane.pixelMm[1] };
  return extentOf(plane, (index) => (plane.values[index] ?? outsideHu) > bodyHu) ?? whole;
}

/** The lesion in a slice; null where it is not in it. */
export function lesionExtent(plane: SlicePlane): Extent | null {
  return extentOf(plane, (index) => plane.mask[index] !== 0);
}

/** Extents of one size around the middles of the given ones, so that images of several visits have one scale. */
export function sameSize(extents: readonly Extent[], size: { width: number; height: number }): Extent[] {
  return extents.map(({ left, top, width, height }) => ({
    left: left + (width - size.width) / 2,
    top: top + (height - size.height) / 2,
    ...size,
  }));
}
