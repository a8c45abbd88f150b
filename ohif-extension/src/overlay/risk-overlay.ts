import type { PanelApi } from '../api/panel-api.ts';
import type { SharedState } from '../state/shared-state.ts';
import type { Cornerstone, DisplaySet, OhifServices, Subscription } from '../viewer/ohif-types.ts';
import { type ShownSeries, shownSeries, sopInstanceOf } from '../viewer/viewports.ts';
import { createLegend } from './legend.ts';
import { LesionLayer } from './lesion-layer.ts';
import { LesionRings } from './lesion-rings.ts';
import { LesionShapes } from './lesion-shapes.ts';
import { onClick } from './on-click.ts';
import { lesionSegments, lesionsIn, segmentationsToDraw } from './pane-content.ts';
import { paneTitle } from './pane-title.ts';
import { pixelGrid } from './pixel-grid.ts';
import { type LoadedSegmentation, Segmentations } from './segmentations.ts';
import { viewerNotices } from './viewer-notices.ts';
import { colourViewersFilling, isFilledByViewer } from './viewers-filling.ts';

const imageRendered = 'CORNERSTONE_IMAGE_RENDERED';

export interface OverlayEvents {
  /** Panes, or what is known of them, may have changed. */
  onPanes(panes: readonly ShownSeries[], drawing: RiskOverlay): void;
  /** The viewer has put a series into a pane, at a slice of its own choice. */
  onHung(element: HTMLElement): void;
}

interface Pane extends ShownSeries {
  readonly layer: LesionLayer;
  readonly stop: () => void;
  /** Whether there was an image; and the risk on a lesion, for the measurement of the time that it takes. */
  readonly seen: { image: boolean; risk: boolean };
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
      ...['SEGMENTATION_REPRESENTATION_MODIFIED', 'SEGMENTATION_REPRESENTATION_REMOVED'].map((name) =>
        segmentationService.subscribe(segmentationService.EVENTS[name] ?? name, () => this.#update()),
      ),
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

  /** The segmentations that are drawn in a pane and loaded by now. */
  segmentationsIn(viewportId: string): LoadedSegmentation[] {
    const pane = this.#panes.get(viewportId);
    return pane === undefined ? [] : this.#drawn(pane).flatMap(({ loaded }) => loaded ?? []);
  }

  #hung(viewportId: string): void {
    const element = this.#services.cornerstoneViewportService.getCornerstoneViewport(viewportId)?.element;
    if (element !== undefined) this.#events.onHung(element);
    this.#update();
  }

  #update(): void {
    if (this.#ended) return;
    this.#followPanes();
    this.#loadEarly();
    this.#drawAll();
    this.#colourViewersFillings();
    this.#events.onPanes([...this.#panes.values()], this);
    this.#notice();
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
    }
    for (const series of shown) {
      if (!this.#panes.has(series.viewportId)) this.#panes.set(series.viewportId, this.#open(series));
    }
  }

  #open(series: ShownSeries): Pane {
    const layer = new LesionLayer(series.viewport);
    const { element } = series.viewport;
    const rendered = () => {
      if (pane.seen.image || series.viewport.getActors().length === 0) return this.#draw(pane);
      pane.seen.image = true;
      this.#update();
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
    const pane: Pane = { ...series, layer, stop, seen: { image: false, risk: false } };
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

  #colourViewersFillings(): void {
    for (const { viewportId } of this.#panes.values()) {
      for (const loaded of this.segmentationsIn(viewportId)) {
        const { segmentationId } = loaded;
        if (!isFilledByViewer(this.#services, viewportId, segmentationId)) continue;
        const lesions = lesionSegments(this.#state.get().view, loaded);
        colourViewersFilling(this.#services, viewportId, segmentationId, lesions);
      }
    }
  }

  #draw(pane: Pane): void {
    const state = this.#state.get();
    const { viewportId, viewport, layer, displaySet } = pane;
    // Where points of the patient are in the pane is known with its first image.
    const hasImage = viewport.type === 'stack' && viewport.getActors().length > 0;
    const imageId = hasImage ? viewport.getCurrentImageId?.() : undefined;
    const visible = state.overlay.visible && imageId !== undefined;
    const lesions = visible
      ? this.#drawn(pane).flatMap(({ loaded }) =>
          loaded === undefined
            ? []
            : lesionsIn(
                state,
                loaded,
                imageId,
                this.shapes,
                isFilledByViewer(this.#services, viewportId, loaded.segmentationId),
              ),
        )
      : [];
    const last = [...this.#panes.keys()].at(-1) === viewportId;
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
    performance.mark('deltascope-risk-visible', { detail: viewportId });
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

  #notice(): void {
    const state = this.#state.get();
    const ofPanes = viewerNotices(state.view, [...this.#panes.values()], this.segmentations);
    const notices = [...ofPanes, ...this.#ringPaths.notices(state)];
    if (notices.join('\n') !== state.viewerNotices.join('\n')) this.#state.set({ viewerNotices: notices });
  }
}
