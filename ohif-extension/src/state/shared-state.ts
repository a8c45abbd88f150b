import type { AnalysisState, PanelView } from '../../../src/http/api/panel-types.ts';
import type { ApiFailure } from '../api/api-failure.ts';

/** How the lesions are drawn over the CT. */
export interface OverlaySettings {
  readonly visible: boolean;
  /** 0 to 1. */
  readonly opacity: number;
  /** The ring region around the tumour as well. */
  readonly ring: boolean;
  /** Where two studies are shown: scrolling one scrolls the other to the same place. */
  readonly linkedScroll: boolean;
}

/** All that panel and overlay show, in one place. */
export interface ViewerState {
  /** What the service last answered; stays while a newer answer is on its way or fails. */
  readonly view: PanelView | null;
  readonly loading: boolean;
  /** Why the last request failed; null after one that did not. */
  readonly failure: ApiFailure | null;
  /** When `view` came (ms since 1970), so that an old answer can be called old. */
  readonly loadedAt: number | null;
  /** The running analysis as last heard of; `view.analysis` until something is heard. */
  readonly analysis: AnalysisState | null;
  /** `Lesion.key` of the lesion that panel and viewports stress. */
  readonly selectedLesion: string | null;
  /** StudyInstanceUIDs that the viewports show, each once. */
  readonly shownStudies: readonly string[];
  /** StudyInstanceUID of the active viewport. */
  readonly activeStudy: string | null;
  readonly overlay: OverlaySettings;
  /** What the overlay has to say: no segmentation, RTSTRUCT only, overlapping segments. */
  readonly viewerNotices: readonly string[];
}

const initialState: ViewerState = {
  view: null,
  loading: false,
  failure: null,
  loadedAt: null,
  analysis: null,
  selectedLesion: null,
  shownStudies: [],
  activeStudy: null,
  overlay: { visible: true, opacity: 0.35, ring: false, linkedScroll: true },
  viewerNotices: [],
};

/** The state that panel and overlay share. A plain class: the two live in different React trees, and the overlay in none. */
export class SharedState {
  #state = initialState;
  readonly #listeners = new Set<() => void>();

  /** The current state; the same object until something changes. */
  readonly get = (): ViewerState => this.#state;

  /** Takes over the given fields and tells every listener, once; nobody is told where nothing changes. */
  readonly set = (patch: Partial<ViewerState>): void => {
    const keys = Object.keys(patch) as (keyof ViewerState)[];
    if (keys.every((key) => Object.is(patch[key], this.#state[key]))) return;
    this.#state = { ...this.#state, ...patch };
    for (const listener of [...this.#listeners]) listener();
  };

  /** Calls `listener` after each change until the returned function is called. */
  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  /** Forgets the patient; what the viewports show and what the reader set for the overlay stays. */
  readonly clear = (): void => {
    const { overlay, activeStudy, shownStudies } = this.#state;
    this.set({ ...initialState, overlay, activeStudy, shownStudies });
  };
}
