import type { SharedState } from '../state/shared-state.ts';
import type { Cornerstone, Point3 } from './ohif-types.ts';
import { currentOutlines } from './outlines.ts';
import { type ShownSeries, showImage, stackIndexOf } from './viewports.ts';

const newImage = 'CORNERSTONE_STACK_NEW_IMAGE';

/**
 * Scrolls two studies together, by distance from the lesion.
 *
 * Two visits have different frames of reference, so positions can't be compared; but the same lesion is in both. A slice
 * so many millimetres above its key slice is matched by the slice as far above the key slice of the other visit.
 */
export class LinkedScroll {
  readonly #cornerstone: Cornerstone;
  readonly #state: SharedState;
  readonly #stops = new Map<HTMLElement, () => void>();
  #panes: readonly ShownSeries[] = [];
  #following = false;

  constructor(cornerstone: Cornerstone, state: SharedState) {
    this.#cornerstone = cornerstone;
    this.#state = state;
  }

  /** Takes note of the panes there are now. */
  follow(panes: readonly ShownSeries[]): void {
    this.#panes = panes;
    const elements = new Set<HTMLElement>(panes.map(({ viewport }) => viewport.element));
    for (const [element, stop] of this.#stops) {
      if (elements.has(element as HTMLDivElement)) continue;
      stop();
      this.#stops.delete(element);
    }
    for (const element of elements) {
      if (this.#stops.has(element)) continue;
      const scrolled = () => void this.#scrolled(element);
      element.addEventListener(newImage, scrolled);
      this.#stops.set(element, () => element.removeEventListener(newImage, scrolled));
    }
  }

  close(): void {
    for (const stop of this.#stops.values()) stop();
    this.#stops.clear();
  }

  async #scrolled(element: HTMLElement): Promise<void> {
    if (this.#following || this.#panes.length !== 2 || !this.#state.get().overlay.linkedScroll) return;
    const moved = this.#panes.find(({ viewport }) => viewport.element === element);
    const other = this.#panes.find(({ viewport }) => viewport.element !== element);
    if (moved === undefined || other === undefined) return;
    // Moved before its first image, a pane would lose the hanging protocol's window: the viewer sets it when that image is there.
    if (other.viewport.getActors().length === 0) return;
    const offset = this.#offset(moved);
    const index = offset === null ? null : this.#indexAt(other, offset);
    if (index === null) return;
    this.#following = true;
    try {
      await showImage(other, index);
    } finally {
      this.#following = false;
    }
  }

  /** mm of the shown slice from the key slice along the normal. */
  #offset(pane: ShownSeries): number | null {
    const key = this.#keyPosition(pane);
    const imageId = pane.viewport.getCurrentImageId?.();
    const shown = imageId === undefined ? null : this.#position(imageId);
    return key === null || shown === null ? null : shown - key;
  }

  #indexAt(pane: ShownSeries, offset: number): number | null {
    const key = this.#keyPosition(pane);
    if (key === null) return null;
    let best: { index: number; distance: number } | null = null;
    for (const [index, imageId] of (pane.viewport.getImageIds?.() ?? []).entries()) {
      const position = this.#position(imageId);
      if (position === null) continue;
      const distance = Math.abs(position - key - offset);
      if (distance < (best?.distance ?? Number.POSITIVE_INFINITY)) best = { index, distance };
    }
    return best?.index ?? null;
  }

  #keyPosition(pane: ShownSeries): number | null {
    const { view, selectedLesion } = this.#state.get();
    const outlines = currentOutlines(view).filter(
      ({ SeriesInstanceUID }) => SeriesInstanceUID === pane.displaySet.SeriesInstanceUID,
    );
    const outline =
      outlines.find(({ lesion }) => lesion.key === selectedLesion) ?? outlines.find(({ lesion }) => lesion.primary);
    if (outline == null || outline.keySOPInstanceUID === null) return null;
    const imageId = pane.viewport.getImageIds?.()[stackIndexOf(pane, outline.keySOPInstanceUID)];
    return imageId === undefined ? null : this.#position(imageId);
  }

  /** mm along the normal of the image. */
  #position(imageId: string): number | null {
    const plane = this.#cornerstone.metaData.get('imagePlaneModule', imageId);
    if (plane?.rowCosines === undefined || plane.columnCosines === undefined) return null;
    const normal = cross(plane.rowCosines, plane.columnCosines);
    const [x, y, z] = plane.imagePositionPatient;
    return x * normal[0] + y * normal[1] + z * normal[2];
  }
}

function cross([ax, ay, az]: Point3, [bx, by, bz]: Point3): Point3 {
  return [ay * bz - az * by, az * bx - ax * bz, ax * by - ay * bx];
}
