import type { Cornerstone, CornerstoneViewport, Point2, Point3 } from '../viewer/ohif-types.ts';

/** Where the pixels of an image are in the canvas: `x = a i + c j + e`, `y = b i + d j + f`, as SVG's `matrix`. */
export interface PixelGrid {
  readonly matrix: readonly [number, number, number, number, number, number];
  toCanvas(column: number, row: number): Point2;
}

/** The grid of the image that a pane shows; null while its position is unknown. */
export function pixelGrid(cornerstone: Cornerstone, viewport: CornerstoneViewport, imageId: string): PixelGrid | null {
  const plane = cornerstone.metaData.get('imagePlaneModule', imageId);
  if (plane === undefined || plane.rowCosines === undefined || plane.columnCosines === undefined) return null;
  const at = (column: number, row: number): Point3 => {
    const along = (axis: 0 | 1 | 2) =>
      plane.imagePositionPatient[axis] +
      column * plane.columnPixelSpacing * plane.rowCosines[axis] +
      row * plane.rowPixelSpacing * plane.columnCosines[axis];
    return [along(0), along(1), along(2)];
  };
  const [e, f] = viewport.worldToCanvas(at(0, 0));
  const [x1, y1] = viewport.worldToCanvas(at(1, 0));
  const [x2, y2] = viewport.worldToCanvas(at(0, 1));
  const matrix = [x1 - e, y1 - f, x2 - e, y2 - f, e, f] as const;
  if (!matrix.every(Number.isFinite)) return null;
  const [a, b, c, d] = matrix;
  return { matrix, toCanvas: (column, row) => [a * column + c * row + e, b * column + d * row + f] };
}
