import type { PanelView } from '../../../src/http/api/panel-types.ts';
import type { LesionShapes } from '../overlay/lesion-shapes.ts';
import { lesionSegments, segmentationsToDraw } from '../overlay/pane-content.ts';
import type { Segmentations } from '../overlay/segmentations.ts';
import type { ViewerActions } from '../state/viewer-actions.ts';
import { currentOutlines, type KnownOutline } from './outlines.ts';
import { noteReader, type ShownSeries, showImage, stackIndexOf, wasMovedByReader } from './viewports.ts';

/** What the overlay knows of the segmentations. */
export interface Drawing {
  readonly shapes: LesionShapes;
  readonly segmentations: Segmentations;
}

/** Brings each pane to the tumour once, unless the reader was faster. */
export class FirstLook {
  readonly #actions: ViewerActions;
  /** Elements that are where they should be, by what put them there. */
  readonly #settled = new WeakMap<HTMLElement, string>();
  readonly #watched = new WeakSet<HTMLElement>();

  constructor(actions: ViewerActions) {
    this.#actions = actions;
  }

  /** Moves the panes that can be moved by now. */
  look(panes: readonly ShownSeries[], view: PanelView | null, drawing: Drawing): void {
    for (const pane of panes) {
      this.#watch(pane.viewport.element);
      if (this.isSettled(pane) || pane.viewport.getActors().length === 0) continue;
      const outline = tumourOf(view, pane);
      if (outline !== undefined && outline.SeriesInstanceUID !== pane.displaySet.SeriesInstanceUID) {
        this.#settle(pane, outline.SeriesInstanceUID);
        void this.#actions.jumpToOutline(outline);
        continue;
      }
      const index =
        outline?.keySOPInstanceUID != null
          ? stackIndexOf(pane, outline.keySOPInstanceUID)
          : largestIndex(pane, view, drawing);
      if (index < 0) continue;
      this.#settle(pane, view === null ? 'guess' : pane.displaySet.SeriesInstanceUID);
      void showImage(pane, index);
    }
  }

  /** The viewer has hung a pane anew: it is back in the middle of its series. */
  forget(element: HTMLElement): void {
    this.#settled.delete(element);
  }

  /** Whether a pane is where it should be. A first guess from the segmentation alone is corrected by what the service says. */
  isSettled({ viewport, displaySet }: ShownSeries): boolean {
    return wasMovedByReader(viewport.element) || this.#settled.get(viewport.element) === displaySet.SeriesInstanceUID;
  }

  #settle({ viewport: { element } }: ShownSeries, by: string): void {
    this.#settled.set(element, by);
  }

  #watch(element: HTMLElement): void {
    if (this.#watched.has(element)) return;
    this.#watched.add(element);
    for (const event of ['wheel', 'mousedown', 'touchstart', 'keydown']) {
      element.addEventListener(event, () => noteReader(element), { capture: true, passive: true, once: true });
    }
  }
}

/** Where the first lesion of the pane's segmentation is largest; -1 where that is not known. */
function largestIndex(pane: ShownSeries, view: PanelView | null, { shapes, segmentations }: Drawing): number {
  const candidates = segmentations.of(new Set([pane.displaySet.SeriesInstanceUID]));
  for (const set of segmentationsToDraw(view, candidates)) {
    const loaded = segmentations.get(set);
    const [first] = loaded === undefined ? [] : lesionSegments(view, loaded);
    const imageId = loaded === undefined || first === undefined ? null : shapes.largest(loaded, first.number);
    if (imageId !== null) return (pane.viewport.getImageIds?.() ?? []).indexOf(imageId);
  }
  return -1;
}

/** The outline of the primary tumour in the study of a pane, on its series if there is one. */
function tumourOf(view: PanelView | null, { displaySet }: ShownSeries): KnownOutline | undefined {
  const ofStudy = currentOutlines(view).filter(
    ({ StudyInstanceUID }) => StudyInstanceUID === displaySet.StudyInstanceUID,
  );
  const primary = ofStudy.filter(({ lesion }) => lesion.primary);
  const best = primary.length > 0 ? primary : ofStudy;
  return best.find(({ SeriesInstanceUID }) => SeriesInstanceUID === displaySet.SeriesInstanceUID) ?? best[0];
}
