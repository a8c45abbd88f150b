import { hangingAttributes } from '../hanging-protocols.ts';
import type { SharedState } from '../state/shared-state.ts';
import type { DisplaySet, OhifServices } from './ohif-types.ts';
import { currentOutlines } from './outlines.ts';
import { byDate, paneOf, type StudyMetadata } from './study-panes.ts';

interface MatchingOptions {
  readonly studies?: readonly StudyMetadata[];
}

/** Teaches the hanging protocols which studies and series they are about. */
export function registerHangingAttributes(services: OhifServices, state: SharedState): void {
  const { hangingProtocolService, displaySetService } = services;
  const withImages = (studies: readonly StudyMetadata[]) =>
    studies.filter(({ StudyInstanceUID }) =>
      displaySetService
        .getActiveDisplaySets()
        .some((set) => set.StudyInstanceUID === StudyInstanceUID && (set.numImageFrames ?? 0) > 0),
    );
  const add = <T>(
    key: keyof typeof hangingAttributes,
    name: string,
    read: (subject: T, options: MatchingOptions) => unknown,
  ) =>
    hangingProtocolService.addCustomAttribute(hangingAttributes[key], name, (subject, options) =>
      read(subject as T, options ?? {}),
    );

  add('panes', 'Studies to show side by side', (_study, { studies = [] }) =>
    Math.min(2, Math.max(1, withImages(studies).length)),
  );
  add<StudyMetadata>('pane', 'Pane of a study: baseline or newest', (study, { studies = [] }) =>
    paneOf(study.StudyInstanceUID, byDate(withImages(studies)), baselineOf(state)),
  );
  add<DisplaySet>('outlined', 'Whether results rest on the series', ({ SeriesInstanceUID }) =>
    currentOutlines(state.get().view).some((outline) => outline.SeriesInstanceUID === SeriesInstanceUID) ? 'yes' : 'no',
  );
  add<DisplaySet>('segmented', 'Whether a segmentation refers to the series', ({ SeriesInstanceUID }) =>
    displaySetService
      .getActiveDisplaySets()
      .some(
        ({ Modality, referencedSeriesInstanceUID }) =>
          Modality === 'SEG' && referencedSeriesInstanceUID === SeriesInstanceUID,
      )
      ? 'yes'
      : 'no',
  );
}

function baselineOf(state: SharedState): string | null {
  const { view } = state.get();
  return view?.course.studies.find(({ visits }) => visits.includes('baseline'))?.StudyInstanceUID ?? null;
}
