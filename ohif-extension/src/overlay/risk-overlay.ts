import type { PanelApi } from '../api/panel-api.ts';
import type { SharedState } from '../state/shared-state.ts';
import type { Cornerstone, DisplaySet, OhifServices, Subscription } from '../viewer/ohif-types.ts';
import { type ShownSeries, shownSeries, sopInstanceOf } from '../viewer/viewports.ts';
import { type Fill, fillSegments, hideBareLabels, isPainted, paint, removeFill, type SegmentColours } from './fill.ts';
import { createLegend } from './legend.ts';
import { LesionLayer } from './lesion-layer.ts';
import { LesionRings } from './lesion-rings.ts';
import { LesionShapes } from './lesion-shapes.ts';
import { onClick } from './on-click.ts';
import { lesionSegments, lesionsIn, segmentationsToDraw } from './pane-content.ts';
import { paneTitle } from './pane-title.ts';
import { pixelGrid } from './pixel-grid.ts';
import { rgba } from './risk-style.ts';
import { type LoadedSegmentation, Segmentations } from './segmentations.ts';
import { viewerNotices } from './viewer-notices.ts';

const imageRendered = 'CORNERSTONE_IMAGE_RENDERED';
/** Before a slice without colours is coloured again (ms). */
const repaintMs = 100;

export interface OverlayEvents {
  /** Panes, or what is known of them, may have changed. */
  onPanes(panes: readonly ShownSeries[], drawing: RiskOverlay): void;
  /** The viewer has put a series into a pane, at a slice of its own choice. */
  onHung(element: HTMLElement): void;
}

interface Pane extends ShownSeries {
  readonly layer: LesionLayer;
  readonly stop: () => void;
  readonly filling: { running: boolean; again: boolean; repainting: boolean };
  /** Whether the risk on a lesion was drawn, for the measurement of the time that it takes. */
  readonly seen: { risk: boolean };
}

/** Draws the lesions of the shown studies over their images, as the shared state says. */
export class RiskOverlay {
  readonly shapes = new LesionShapes();
  readonly segmentations: Segmentations;
  readonly #services: OhifServices;
  readonly #cornerstone: Cornerstone;
  readonly #ringPaths: LesionRings;
  readonly #state: SharedState;
  readonly #panes = new Map<string, Pane>();
  /** What each pane was last filled with, by segmentation. */
  readonly #filled = new Map<string, Map<string, Fill>>();
  readonly #ends: (() => void)[] = [];
  readonly #events: OverlayEvents;
  #ended = false;

  constructor(
    services: OhifServices,
    cornerstone: Cornerstone,
    state: SharedState,
    api: PanelApi,
    events: OverlayEvents,
  ) {
    this.#services = services;
    this.#cornerstone = cornerstone;
    this.#ringPaths = new LesionRings(api.region, () => this.#update());
    this.#state = state;
    this.#events = events;
    this.segmentations = new Segmentations(services, () => this.#update());
    const { viewportGridService, cornerstoneViewportService, displaySetService, segmentationService } = services;
    const subscriptions: Subscription[] = [
      ...['VIEWPORTS_READY', 'GRID_STATE_CHANGED', 'LAYOUT_CHANGED'].map((name) =>
        viewportGridService.subscribe(viewportGridService.EVENTS[name] ?? name, () => this.#update()),
      ),
      cornerstoneViewportService.subscribe(
        cornerstoneViewportService.EVENTS.VIEWPORT_DATA_CHANGED ?? '',
        ({ viewportId }: { viewportId: string }) => this.#hung(viewportId),
      ),
      ...['DISPLAY_SETS_ADDED', 'DISPLAY_SETS_CHANGED'].map((name) =>
        displaySetService.subscribe(displaySetService.EVENTS[name] ?? name, () => this.#update()),
      ),
      segmentationService.subscribe(segmentationService.EVENTS.SEGMENTATION_DATA_MODIFIED ?? '', () => {
        this.shapes.forget();
        this.#drawAll();
      }),
    ];
    this.#ends.push(
      ...subscriptions.map((subscription) => () => subscription.unsubscribe()),
      state.subscribe(() => this.#update()),
    );
    this.#update();
  }

  close(): void {
    this.#ended = true;
    for (const end of this.#ends) end();
    for (const { layer, stop } of this.#panes.values()) {
      stop();
      layer.remove();
    }
    this.#panes.clear();
  }

  #hung(viewportId: string): void {
    // The viewer takes all fillings away from a pane that it hangs.
    this.#filled.delete(viewportId);
    const element = this.#services.cornerstoneViewportService.getCornerstoneViewport(viewportId)?.element;
    if (element !== undefined) this.#events.onHung(element);
    this.#update();
  }

  #update(): void {
    if (this.#ended) return;
    this.#followPanes();
    this.#loadEarly();
    this.#drawAll();
    this.#events.onPanes([...this.#panes.values()], this);
    this.#notice();
    for (const pane of this.#panes.values()) void this.#keepFilled(pane);
  }

  /** One filling at a time for a pane: the viewer tells of one change by several events. */
  async #keepFilled(pane: Pane): Promise<void> {
    pane.filling.again = true;
    if (pane.filling.running) return;
    pane.filling.running = true;
    try {
      while (pane.filling.again && this.#isShown(pane)) {
        pane.filling.again = false;
        await this.#fill(pane);
      }
    } catch (error) {
      console.warn('Deltascope: the lesions of a pane could not be filled', error);
    } finally {
      pane.filling.running = false;
    }
  }

  #isShown(pane: Pane): boolean {
    return !this.#ended && this.#panes.get(pane.viewportId) === pane;
  }

  #followPanes(): void {
    const shown = shownSeries(this.#services);
    for (const [id, pane] of this.#panes) {
      const now = shown.find(({ viewportId }) => viewportId === id);
      const same = now?.displaySet === pane.displaySet && pane.layer.isOver(now.viewport);
      if (same) continue;
      pane.stop();
      pane.layer.remove();
      this.#panes.delete(id);
      this.#filled.delete(id);
    }
    for (const series of shown) {
      if (!this.#panes.has(series.viewportId)) this.#panes.set(series.viewportId, this.#open(series));
    }
  }

  #open(series: ShownSeries): Pane {
    const layer = new LesionLayer(series.viewport);
    const { element } = series.viewport;
    const rendered = () => {
      this.#draw(pane);
      this.#repaint(pane);
    };
    const stopClicks = onClick(element, (x, y) => {
      const lesion = layer.lesionAt(x, y);
      const known = this.#state.get().view?.course.lesions.some(({ key }) => key === lesion) ?? false;
      if (known) this.#state.set({ selectedLesion: lesion });
    });
    element.addEventListener(imageRendered, rendered);
    const stop = () => {
      element.removeEventListener(imageRendered, rendered);
      stopClicks();
    };
    const filling = { running: false, again: false, repainting: false };
    const pane: Pane = { ...series, layer, stop, filling, seen: { risk: false } };
    return pane;
  }

  /** What is hung is known before its pane and first image are there: time in which its segmentations are loaded. */
  #loadEarly(): void {
    const { viewportGridService, displaySetService } = this.#services;
    for (const { displaySetInstanceUIDs } of viewportGridService.getState().viewports.values()) {
      for (const uid of displaySetInstanceUIDs) {
        const displaySet = displaySetService.getDisplaySetByUID(uid);
        if (displaySet !== undefined) this.#toDraw(displaySet);
      }
    }
  }

  #drawn({ displaySet }: Pane): { displaySet: DisplaySet; loaded: LoadedSegmentation | undefined }[] {
    return this.#toDraw(displaySet);
  }

  #toDraw(displaySet: DisplaySet): { displaySet: DisplaySet; loaded: LoadedSegmentation | undefined }[] {
    const candidates = this.segmentations.of(new Set([displaySet.SeriesInstanceUID]));
    // All of them are loaded while nothing is known, because loading takes longer than the service's answer.
    for (const candidate of candidates) this.segmentations.get(candidate);
    return segmentationsToDraw(this.#state.get().view, candidates).map((set) => ({
      displaySet: set,
      loaded: this.segmentations.get(set),
    }));
  }

  #drawsAnything(): boolean {
    return [...this.#panes.values()].some((pane) => this.#drawn(pane).length > 0);
  }

  #drawAll(): void {
    for (const pane of this.#panes.values()) this.#draw(pane);
  }

  #draw(pane: Pane): void {
    const state = this.#state.get();
    const { viewport, layer, displaySet } = pane;
    const imageId = viewport.type === 'stack' ? viewport.getCurrentImageId?.() : undefined;
    const visible = state.overlay.visible && imageId !== undefined;
    const lesions = visible
      ? this.#drawn(pane).flatMap(({ loaded }) =>
          loaded === undefined ? [] : lesionsIn(state, loaded, imageId, this.shapes),
        )
      : [];
    const last = [...this.#panes.keys()].at(-1) === pane.viewportId;
    layer.draw({
      title: paneTitle(state.view, displaySet.StudyInstanceUID),
      synthetic: state.view?.patient.synthetic ?? false,
      legend: last && visible && this.#drawsAnything() ? createLegend() : null,
      grid: imageId === undefined ? null : pixelGrid(this.#cornerstone, viewport, imageId),
      lesions,
      rings: visible && state.overlay.ring ? this.#rings(pane, imageId) : [],
    });
    if (state.view === null || pane.seen.risk || !lesions.some(({ shapes }) => shapes.length > 0)) return;
    pane.seen.risk = true;
    performance.mark('deltascope-risk-visible', { detail: pane.viewportId });
  }

  #rings(pane: Pane, imageId: string): { path: string; colour: string }[] {
    const { view } = this.#state.get();
    const image = sopInstanceOf(pane, imageId);
    if (image === undefined) return [];
    return this.#drawn(pane).flatMap(({ loaded }) =>
      loaded === undefined
        ? []
        : lesionSegments(view, loaded).flatMap(({ outline, style: { colour } }) =>
            outline === undefined ? [] : this.#ringPaths.in(image, outline).map((path) => ({ path, colour })),
          ),
    );
  }

  /** Slices that come up without colours are seldom, and the viewer is given time to colour them by itself. */
  #repaint(pane: Pane): void {
    const { viewportId, viewport, filling } = pane;
    const isBare = (fill: Fill) => !isPainted(viewport, fill);
    if (filling.running || filling.repainting) return;
    const fills = [...(this.#filled.get(viewportId)?.values() ?? [])];
    if (!fills.some(isBare)) return;
    for (const fill of fills) hideBareLabels(viewport, fill);
    filling.repainting = true;
    setTimeout(() => {
      filling.repainting = false;
      if (!this.#isShown(pane)) return;
      for (const fill of fills.filter(isBare)) paint(this.#services, viewport, fill);
    }, repaintMs);
  }

  async #fill(pane: Pane): Promise<void> {
    const { view, overlay } = this.#state.get();
    const filled = this.#filled.get(pane.viewportId) ?? new Map<string, Fill>();
    this.#filled.set(pane.viewportId, filled);
    const wanted = this.#drawn(pane);
    for (const id of filled.keys()) {
      if (wanted.some(({ displaySet }) => displaySet.displaySetInstanceUID === id)) continue;
      removeFill(this.#services, pane.viewport, id);
      filled.delete(id);
    }
    for (const { loaded } of wanted) {
      if (loaded === undefined) continue;
      const { segmentationId } = loaded;
      const fill: Fill = {
        segmentationId,
        colours: coloursOf(view, loaded),
        alpha: overlay.visible ? overlay.opacity : 0,
      };
      if (isSame(filled.get(segmentationId), fill)) continue;
      await fillSegments(this.#services, pane.viewport, fill, () => this.#isShown(pane));
      filled.set(segmentationId, fill);
      if (view !== null) performance.mark('deltascope-risk-filled', { detail: pane.viewportId });
    }
  }

  #notice(): void {
    const state = this.#state.get();
    const ofPanes = viewerNotices(state.view, [...this.#panes.values()], this.segmentations);
    const notices = [...ofPanes, ...this.#ringPaths.notices(state)];
    if (notices.join('\n') !== state.viewerNotices.join('\n')) this.#state.set({ viewerNotices: notices });
  }
}

function isSame(before: Fill | undefined, after: Fill): boolean {
  return (
    JSON.stringify([before?.alpha, ...(before?.colours ?? [])]) === JSON.stringify([after.alpha, ...after.colours])
  );
}

/** Segments that are no lesion are not shown at all. */
function coloursOf(view: Parameters<typeof lesionSegments>[0], loaded: LoadedSegmentation): SegmentColours {
  const lesions = new Map(lesionSegments(view, loaded).map(({ number, style }) => [number, rgba(style)]));
  return new Map(loaded.segments.map(({ number }) => [number, lesions.get(number) ?? [0, 0, 0, 0]]));
}
