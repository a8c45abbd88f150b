import type { LabelmapImage } from '../viewer/ohif-types.ts';
import { outlinePath } from './outline-path.ts';
import type { LoadedSegmentation } from './segmentations.ts';

/** A segment in one slice. */
export interface LesionShape {
  /** SVG path in pixel indices. */
  readonly path: string;
  /** In pixel indices, inclusive. */
  readonly box: { readonly left: number; readonly top: number; readonly right: number; readonly bottom: number };
  /** Pixels. */
  readonly area: number;
}

/** Where segments lie in slices; worked out once per slice, until the reader changes it. */
export class LesionShapes {
  #shapes = new WeakMap<LabelmapImage, Map<number, LesionShape | null>>();

  /** The parts of a segment in an image, one per label image where segments overlap. */
  in({ slices }: LoadedSegmentation, imageId: string, segment: number): LesionShape[] {
    return (slices.get(imageId) ?? []).flatMap((image) => this.#shape(image, segment) ?? []);
  }

  /** The CT image in which a segment has its largest area; null where it is empty. */
  largest({ slices }: LoadedSegmentation, segment: number): string | null {
    let best: { imageId: string; area: number } | null = null;
    for (const [imageId, images] of slices) {
      const area = images.reduce((sum, image) => sum + (boxOf(image, segment)?.area ?? 0), 0);
      if (area > (best?.area ?? 0)) best = { imageId, area };
    }
    return best?.imageId ?? null;
  }

  /** Forgets everything: labels were edited. */
  forget(): void {
    this.#shapes = new WeakMap();
  }

  #shape(image: LabelmapImage, segment: number): LesionShape | null {
    const known = this.#shapes.get(image) ?? new Map<number, LesionShape | null>();
    this.#shapes.set(image, known);
    let shape = known.get(segment);
    if (shape === undefined) {
      const found = boxOf(image, segment);
      const labels = image.voxelManager.getScalarData();
      shape = found === null ? null : { ...found, path: outlinePath(labels, image.columns, image.rows, segment) };
      known.set(segment, shape);
    }
    return shape;
  }
}

function boxOf({ voxelManager, columns, rows }: LabelmapImage, segment: number): Omit<LesionShape, 'path'> | null {
  const labels = voxelManager.getScalarData();
  const box = { left: columns, top: rows, right: -1, bottom: -1 };
  let area = 0;
  for (let at = 0; at < columns * rows; at++) {
    if (labels[at] !== segment) continue;
    const x = at % columns;
    const y = (at - x) / columns;
    area += 1;
    if (x < box.left) box.left = x;
    if (x > box.right) box.right = x;
    if (y < box.top) box.top = y;
    if (y > box.bottom) box.bottom = y;
  }
  return area === 0 ? null : { box, area };
}
