import { createPanelApi } from '../api/panel-api.ts';
import { RiskOverlay } from '../overlay/risk-overlay.ts';
import { createPanelController, type PanelController } from '../state/panel-controller.ts';
import { SharedState } from '../state/shared-state.ts';
import type { ViewerActions } from '../state/viewer-actions.ts';
import { createViewerActions } from './actions.ts';
import type { DrawingActions } from './drawing-actions.ts';
import { createDrawingActions } from './drawn-segmentation.ts';
import { FirstLook } from './first-look.ts';
import { registerHangingAttributes } from './hanging-attributes.ts';
import { LinkedScroll } from './linked-scroll.ts';
import type { OhifContext, OhifServices } from './ohif-types.ts';
import { OutlineEditing } from './outline-editing.ts';
import { noteReader, type ShownSeries, shownSeries } from './viewports.ts';

/** The extension's life in a viewer: one state, one connection to the service, and an overlay per visit of a mode. */
export class Session {
  readonly state = new SharedState();
  readonly controller: PanelController;
  readonly viewer: ViewerActions;
  readonly services: OhifServices;
  readonly drawing: DrawingActions;
  readonly editing: OutlineEditing;
  #overlay: RiskOverlay | null = null;
  #leave: (() => void) | null = null;
  #guide = false;

  constructor(context: OhifContext) {
    const { appConfig } = context;
    const { services } = context.servicesManager;
    this.services = services;
    this.drawing = createDrawingActions(context);
    this.editing = new OutlineEditing(services, (viewportId) => this.#overlay?.segmentationsIn(viewportId) ?? []);
    this.viewer = createViewerActions(services, noteReader);
    this.controller = createPanelController({
      state: this.state,
      api: createPanelApi({
        // With our own configuration the service is the viewer's own origin.
        base: (appConfig.deltascope?.service ?? '').replace(/\/$/, ''),
        authorization: () => services.userAuthenticationService.getAuthorizationHeader()?.Authorization,
      }),
    });
    registerHangingAttributes(services, this.state);
  }

  /** Loads the patient of the studies in the viewer's address. */
  open(): void {
    this.controller.open(studiesInAddress(window.location.search));
  }

  /**
   * Draws risk over the images until the mode is left; does nothing where that is done already.
   *
   * @param guide Whether the panes are brought to the tumour, in the window of the lung; not in somebody else's mode.
   */
  startOverlay({ guide }: { readonly guide: boolean }): void {
    const { cornerstone } = window;
    // The panel may be mounted before the mode is entered.
    this.#guide ||= guide;
    if (this.#leave !== null || cornerstone === undefined) return;
    this.open();
    const scroll = new LinkedScroll(cornerstone, this.state);
    const look = new FirstLook(createViewerActions(this.services));
    const overlay = new RiskOverlay(this.services, cornerstone, this.state, this.controller.api, {
      onPanes: (panes, drawing) => {
        this.#noteShown(panes);
        if (this.#guide) look.look(panes, this.state.get().view, drawing);
        // The slice that a pane comes up with is nobody's scrolling.
        scroll.follow(this.#guide ? panes.filter((pane) => look.isSettled(pane)) : panes);
      },
      onHung: (element) => look.forget(element),
    });
    this.#overlay = overlay;
    const { viewportGridService } = this.services;
    const active = viewportGridService.subscribe(viewportGridService.EVENTS.ACTIVE_VIEWPORT_ID_CHANGED ?? '', () =>
      this.#noteShown(shownSeries(this.services)),
    );
    this.#leave = () => {
      active.unsubscribe();
      overlay.close();
      this.#overlay = null;
      scroll.close();
    };
  }

  #noteShown(panes: readonly ShownSeries[]): void {
    const studyOf = ({ displaySet }: ShownSeries) => displaySet.StudyInstanceUID;
    const activeId = this.services.viewportGridService.getActiveViewportId();
    const activePane = panes.find(({ viewportId }) => viewportId === activeId);
    const shownStudies = [...new Set(panes.map(studyOf))];
    const before = this.state.get().shownStudies;
    this.state.set({
      activeStudy: activePane === undefined ? null : studyOf(activePane),
      // The same list is the same value, or telling would never end.
      shownStudies: before.join() === shownStudies.join() ? before : shownStudies,
    });
  }

  leave(): void {
    this.#leave?.();
    this.#leave = null;
    this.#guide = false;
    this.controller.close();
  }
}

/** The studies that the viewer was opened with. @param search Query of its address. */
function studiesInAddress(search: string): string[] {
  const uids: string[] = [];
  for (const [name, value] of new URLSearchParams(search)) {
    if (name.toLowerCase() === 'studyinstanceuids') uids.push(...value.split(','));
  }
  return [...new Set(uids.map((uid) => uid.trim()).filter(Boolean))];
}
