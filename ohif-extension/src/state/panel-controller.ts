import type { PanelView } from '../../../src/http/api/panel-types.ts';
import { failureOf, mayPass } from '../api/api-failure.ts';
import type { PanelApi } from '../api/panel-api.ts';
import { isUnderWay } from './analysis-under-way.ts';
import { pauseAfter, wait } from './back-off.ts';
import type { SharedState } from './shared-state.ts';

/** Keeps the shared state up to date with the service. */
export interface PanelController {
  /** Loads the patient of these studies; does nothing when they are the ones already open. */
  open(StudyInstanceUIDs: readonly string[]): void;
  /** Asks again, now. */
  retry(): void;
  /** Asks for an analysis of the patient's images, after this segmentation was stored, and follows it. */
  analyse(SOPInstanceUID?: string): Promise<void>;
  /** Shows why something that was asked for on the reader's behalf failed. */
  fail(error: unknown): void;
  /** Ends everything that runs, and forgets the patient. */
  close(): void;
  readonly api: PanelApi;
}

/**
 * The one place that talks to the service on behalf of panel and overlay: the stored result first, then a fresh one, then the running
 * analysis until it ends, then its result. A service that can't be reached is asked again with growing pauses.
 */
export function createPanelController({ api, state }: { api: PanelApi; state: SharedState }): PanelController {
  let studies: readonly string[] = [];
  let running: AbortController | undefined;
  let failures = 0;

  function restart(work: (signal: AbortSignal) => Promise<void>): void {
    running?.abort();
    running = new AbortController();
    const { signal } = running;
    void work(signal).catch((error: unknown) => {
      if (!signal.aborted) fail(error);
    });
  }

  function fail(error: unknown): void {
    const failure = failureOf(error);
    // Whoever may not see the patient now must not go on seeing what was read before.
    const hidden =
      failure.reason === 'unreachable' || failure.reason === 'refused' ? {} : { view: null, analysis: null };
    state.set({ failure, loading: false, ...hidden });
    if (!mayPass(failure)) return;
    const pause = pauseAfter(failures++);
    restart(async (signal) => {
      await wait(pause, signal);
      await load(signal);
    });
  }

  function show(view: PanelView): void {
    const { selectedLesion } = state.get();
    const known = view.course.lesions.some(({ key }) => key === selectedLesion);
    const primary = view.course.lesions.find((lesion) => lesion.primary) ?? view.course.lesions[0];
    failures = 0;
    state.set({
      view,
      failure: null,
      loadedAt: Date.now(),
      analysis: view.analysis,
      selectedLesion: known ? selectedLesion : (primary?.key ?? null),
    });
  }

  async function load(signal: AbortSignal): Promise<void> {
    state.set({ loading: true });
    let view = await api.panel(studies, { fresh: state.get().view !== null, signal });
    show(view);
    if (!view.fresh) {
      view = await api.panel(studies, { fresh: true, signal });
      show(view);
    }
    state.set({ loading: false });
    if (isUnderWay(view.analysis)) await follow(view, signal);
  }

  /** Listens until the analysis ends, through broken connections, and shows its result. */
  async function follow(view: PanelView, signal: AbortSignal): Promise<void> {
    for (let attempt = 0; ; attempt += 1) {
      try {
        for await (const analysis of api.analysisEvents(patientIdOf(view), signal)) {
          state.set({ analysis });
          if (isUnderWay(analysis)) continue;
          show(await api.panel(studies, { fresh: true, signal }));
          return;
        }
      } catch (error) {
        if (signal.aborted || !mayPass(failureOf(error))) throw error;
      }
      await wait(pauseAfter(attempt), signal);
    }
  }

  return {
    api,
    open(uids) {
      if (uids.length === 0 || uids.join() === studies.join()) return;
      studies = [...uids];
      failures = 0;
      state.clear();
      restart(load);
    },
    retry: () => restart(load),
    async analyse(SOPInstanceUID) {
      const { view } = state.get();
      if (view === null) return;
      const analysis = await api.analyse(patientIdOf(view), SOPInstanceUID);
      state.set({ analysis });
      restart((signal) => follow(view, signal));
    },
    fail,
    close() {
      running?.abort();
      studies = [];
      state.clear();
    },
  };
}

function patientIdOf({ patient }: PanelView): string {
  return patient.reference.replace(/^Patient\//, '');
}
