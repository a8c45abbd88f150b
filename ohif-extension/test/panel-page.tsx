import { createRoot } from 'react-dom/client';
import { createPanelApi } from '../src/api/panel-api.ts';
import { RiskPanelIsland } from '../src/panel/risk-panel-island.tsx';
import { createPanelController } from '../src/state/panel-controller.ts';
import { SharedState } from '../src/state/shared-state.ts';
import type { ViewerActions } from '../src/state/viewer-actions.ts';
import { type Drawing, type DrawingActions, StoreRefused, type StoreRequest } from '../src/viewer/drawing-actions.ts';

/** What a test sets and reads from outside. */
interface PanelPage {
  readonly state: SharedState;
  /** Studies that a viewport shows. */
  shown: string[];
  /** Outlines that the viewer was asked for: "jump <study>" or "open <study>". */
  readonly moves: string[];
  readonly stored: StoreRequest[];
  /** What the archive says instead of storing; null to store. */
  refusal: string | null;
  draw(drawing: Drawing | null): void;
  open(StudyInstanceUIDs: readonly string[]): void;
}

declare global {
  interface Window {
    panelPage: PanelPage;
  }
}

const state = new SharedState();
const api = createPanelApi({ base: '', authorization: () => 'Bearer test-token' });
const controller = createPanelController({ api, state });
let active: Drawing | null = null;
const listeners = new Set<() => void>();

const page: PanelPage = {
  state,
  shown: [],
  moves: [],
  stored: [],
  refusal: null,
  draw(drawing) {
    active = drawing;
    for (const listener of listeners) listener();
  },
  open: controller.open,
};
window.panelPage = page;

const viewer: ViewerActions = {
  showsStudy: (StudyInstanceUID) => page.shown.includes(StudyInstanceUID),
  async jumpToOutline({ StudyInstanceUID }) {
    page.moves.push(`jump ${StudyInstanceUID}`);
    return page.shown.includes(StudyInstanceUID);
  },
  async openOutline({ StudyInstanceUID }) {
    page.moves.push(`open ${StudyInstanceUID}`);
    page.shown.push(StudyInstanceUID);
    return true;
  },
};
const drawing: DrawingActions = {
  active: () => active,
  subscribe(listener) {
    listeners.add(listener);
    return () => listeners.delete(listener);
  },
  readerName: () => null,
  async store(request) {
    if (page.refusal !== null) throw new StoreRefused(page.refusal);
    page.stored.push(request);
    return '1.2.3.4';
  },
};

const element = document.getElementById('panel');
if (element !== null) {
  createRoot(element).render(<RiskPanelIsland {...{ state, controller, viewer, drawing }} />);
}
